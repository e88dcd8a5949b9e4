/** The page: its one connection, the four phones, the tabs of a small screen. */
import { Phone } from "./phone.js";

const AGAIN = 1000; // milliseconds before a lost connection is made anew
const WAITING = []; // what was done while there was none
let socket = null;

const send = (done) => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(done));
  else if (done.act !== "see") WAITING.push(done);
};
const phones = new Map();
for (const stand of document.querySelectorAll(".stand")) phones.set(stand.dataset.phone, new Phone(stand, send));

function connect() {
  socket = new WebSocket(`ws://${location.host}/screens`);
  socket.addEventListener("open", () => {
    document.getElementById("lost").hidden = true;
    for (const done of WAITING.splice(0)) send(done);
  });
  socket.addEventListener("message", (event) => {
    const told = JSON.parse(event.data);
    const phone = phones.get(told.phone);
    if (told.refused) phone?.say(told.refused);
    else phone?.show(told);
    count();
  });
  socket.addEventListener("close", () => {
    document.getElementById("lost").hidden = false;
    setTimeout(connect, AGAIN);
  });
}

function count() {
  for (const tab of document.querySelectorAll("[data-tab]")) {
    const { unread } = phones.get(tab.dataset.tab);
    const mark = tab.querySelector(".unread");
    mark.hidden = !unread;
    mark.textContent = unread;
  }
}

function choose(name) {
  for (const tab of document.querySelectorAll("[data-tab]")) tab.setAttribute("aria-pressed", String(tab.dataset.tab === name));
  document.querySelector("main").dataset.chosen = name;
  for (const stand of document.querySelectorAll(".stand")) stand.classList.toggle("chosen", stand.dataset.phone === name);
  phones.get(name).reveal();
  count();
}

for (const tab of document.querySelectorAll("[data-tab]")) tab.addEventListener("click", () => choose(tab.dataset.tab));
document.getElementById("all").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = document.getElementById("all-text");
  const text = field.value.trim();
  if (!text) return;
  for (const phone of phones.values()) phone.act("say", { text });
  field.value = "";
});
document.addEventListener("visibilitychange", () => {
  for (const phone of phones.values()) phone.look();
});

function tick() {
  const now = new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", hour12: false });
  for (const each of document.querySelectorAll(".bar .clock")) each.textContent = now;
}

tick();
setInterval(tick, 10_000);
choose(phones.keys().next().value);
connect();
