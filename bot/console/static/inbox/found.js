// What is found in all conversations, closed ones too, while somebody types.

import { $, announce, avatar, el, icon } from "./dom.js";
import { Offline, call } from "./net.js";
import { state } from "./store.js";
import { inApp } from "./told.js";
import { customerName, day, fullDate, me, nameOf, now, t, timeOfDay } from "./words.js";

const PAUSE_MS = 250; // after the last key

let sought = ""; // what the field says
let question = 0; // only the newest one's answer counts
let answer = null; // {text, hits, older}
let failed = false;
let pause = null;

const buttons = () => [...$("hits").querySelectorAll("button")];

export function setUpFound({ open }) {
  $("hits").addEventListener("click", (event) => {
    const hit = event.target.closest(".hit");
    if (hit) open(Number(hit.dataset.conversation), Number(hit.dataset.message));
  });
  $("hits").addEventListener("focusin", (event) => rest(event.target));
  $("found-more").addEventListener("click", async () => {
    const known = answer.hits.length;
    await ask({ more: true });
    buttons()[known]?.focus();
  });
}

export function seek(text) {
  text = text.trim();
  if (text === sought) return;
  sought = text;
  question += 1;
  failed = false;
  clearTimeout(pause);
  if (text) pause = setTimeout(ask, PAUSE_MS);
  else answer = null;
  draw();
}

async function ask({ more = false } = {}) {
  const mine = ++question;
  const before = more ? `&before=${answer.older}` : "";
  try {
    const fresh = await call(`search?text=${encodeURIComponent(sought)}${before}`);
    if (mine !== question) return;
    answer = { ...fresh, text: sought, hits: more ? [...answer.hits, ...fresh.hits] : fresh.hits };
  } catch (error) {
    if (mine !== question) return;
    if (!(error instanceof Offline)) throw error;
    failed = true;
  }
  draw();
  announce(`${$("found-title").textContent}: ${$("found-state").textContent}`);
}

function draw() {
  const waits = !failed && answer?.text !== sought;
  $("found").hidden = !sought;
  $("found").setAttribute("aria-busy", String(waits));
  $("found-state").textContent = sought ? inWords(waits) : "";
  $("found-more").hidden = waits || !answer?.older;
  // What was found before stays until there is an answer.
  if (waits && answer) return;
  $("hits").replaceChildren(...(failed ? [] : answer?.hits ?? []).map(itemOf));
  rest(buttons()[0]);
  drawCurrent();
}

function inWords(waits) {
  if (failed) return t("inbox.found.failed");
  if (waits) return t("inbox.found.searching");
  const n = answer.hits.length;
  if (!n) return t("inbox.found.none", { text: sought });
  return answer.older ? t("inbox.found.many", { n }) : t("inbox.found.count", { n });
}

function itemOf(hit) {
  const name = customerName(hit.customer);
  return el("li", {},
    el("button", { class: "row hit", "data-conversation": hit.conversation, "data-message": hit.id },
      avatar(hit.customer, name),
      el("span", { class: "row-main" },
        el("span", { class: "row-top" }, el("span", { class: "row-name" }, name),
          el("span", { class: "stamp" }, stamp(hit.at))),
        el("span", { class: "hit-text" }, ...by(hit),
          ...hit.parts.map(([text, isFound]) => (isFound ? el("mark", {}, text) : text))),
        el("span", { class: "row-foot" },
          el("span", { class: `channel channel-${hit.channel}` }, nameOf("channel", hit.channel)),
          el("span", { class: "whose" }, t(`status.${hit.status}`))))));
}

function by({ author, by: agent, app, internal }) {
  if (author === "customer") return [];
  const colleague = agent.id === me.id ? t("inbox.you") : agent.name || t("author.agent");
  const name = author === "agent" ? (app ? inApp(app) : colleague) : t(`author.${author}`);
  return [el("span", { class: "hit-by" }, internal ? icon("note") : "",
    internal ? el("span", { class: "sr-only" }, t("note.label")) : "", `${name}: `)];
}

function stamp(iso) {
  return day(iso) === day(now()) ? timeOfDay(iso) : fullDate(iso);
}

// The hit whose message is shown.
export function drawCurrent() {
  for (const button of buttons()) {
    const isShown = Number(button.dataset.message) === state.sought;
    if (isShown) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

// --- the keyboard: one hit is reached by Tab, the others by arrows from there

function rest(on) {
  for (const button of buttons()) button.tabIndex = button === on ? 0 : -1;
}

export function focusHit(message = null) {
  const all = buttons();
  const wanted = message ? all.find((button) => Number(button.dataset.message) === message) : all[0];
  wanted?.focus();
  return Boolean(wanted);
}

// False when the focus is not among the hits, or leaves them upwards.
export function stepHits(by) {
  const all = buttons();
  const at = all.indexOf(document.activeElement);
  if (at < 0 || at + by === -1) return false;
  all[Math.min(Math.max(at + by, 0), all.length - 1)].focus();
  return true;
}
