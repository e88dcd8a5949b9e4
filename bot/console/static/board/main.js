// The live board: read anew when something has happened, and now and then for what only passes with
// time. What did not change is not touched, so that focus, selection and scroll stay.

import { showAlarm } from "../inbox/alarms.js";
import { drawAlerts } from "../inbox/alerts.js";
import { tick } from "../inbox/clocks.js";
import { $, toast } from "../inbox/dom.js";
import { Line, Offline, call } from "../inbox/net.js";
import { setUpNotify } from "../inbox/notify.js";
import { pageTitle, setServerTime, t, timeOfDay } from "../inbox/words.js";
import { patch } from "./patch.js";
import { agentRow, figures, lateRow, riskRow, teamRow } from "./rows.js";

const SOON_MS = 1_000; // many things happen together
const AGAIN_MS = 15_000;

const line = new Line();
let asked = null;

async function read() {
  clearTimeout(asked);
  asked = setTimeout(read, AGAIN_MS);
  if (document.visibilityState !== "visible") return null;
  try {
    const board = await call("board");
    draw(board);
    return board.cursor;
  } catch (error) {
    if (!(error instanceof Offline)) toast(error.message, { problem: true });
    return null;
  }
}

function readSoon() {
  clearTimeout(asked);
  asked = setTimeout(read, SOON_MS);
}

function draw(board) {
  setServerTime(board.now);
  const teams = Object.fromEntries(board.teams.map(({ code, name }) => [code, name]));
  patch($("figures"), figures(board.today), (each) => each.key, (each) => each.make());
  fill("teams", board.teams, (each) => each.code, teamRow);
  fill("late", board.late, (each) => each.conversation, (each) => lateRow(each, teams));
  fill("agents", board.agents, (each) => each.id, agentRow);
  fill("risk", board.at_risk, (each) => each.customer.id, riskRow);
  $("late-count").textContent = board.late.length || "";
  $("risk-count").textContent = board.at_risk.filter((each) => !each.followed_up).length || "";
  $("fresh").textContent = t("board.fresh", { time: timeOfDay(board.now) });
  document.title = board.late.length ? `(${board.late.length}) ${pageTitle}` : pageTitle;
  tick();
}

function fill(name, items, keyOf, make) {
  patch($(`${name}-rows`), items, keyOf, make);
  $(`${name}-table`).hidden = !items.length;
  const empty = $(`${name}-empty`);
  if (empty) empty.hidden = items.length > 0;
}

line.addEventListener("event", ({ detail: { conversation, alarm } }) => {
  if (alarm && conversation) showAlarm(alarm, conversation);
  readSoon();
});
line.addEventListener("pong", ({ detail: { alerts } }) => drawAlerts(alerts));
line.addEventListener("lost", () => {
  $("lost").textContent = t("board.lost");
  $("lost").hidden = false;
});
line.addEventListener("up", () => {
  $("lost").hidden = true;
  readSoon();
});
line.addEventListener("reload", async () => line.resume((await read()) ?? 0));
$("risk-rows").addEventListener("click", async (event) => {
  const button = event.target.closest("[data-follow-up]");
  if (!button) return;
  try {
    await call(`conversations/${button.dataset.followUp}/follow-up`, {});
    toast(t("board.follow_up_kept"));
  } catch (error) {
    toast(error.message, { problem: true });
  }
  await read();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") read();
});
setInterval(tick, 1000);
setUpNotify();

let cursor = await read();
while (cursor === null) {
  await new Promise((done) => setTimeout(done, 2000));
  cursor = await read();
}
line.start(cursor);
