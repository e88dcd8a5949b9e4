// The inbox: puts the parts together.

import { showAlarm } from "./alarms.js";
import { drawAlerts, foldAlerts } from "./alerts.js";
import { askCard, hideCard } from "./card.js";
import { tick } from "./clocks.js";
import { drawComposer, flush, setUpComposer, write } from "./composer.js";
import { $, announce, toast } from "./dom.js";
import { drawCurrent, focusHit, seek, setUpFound, stepHits } from "./found.js";
import { setUpKeys } from "./keys.js";
import { isForMe, keepMentions, mentioned, seen, unseenIn } from "./mentions.js";
import { Line, Offline, call } from "./net.js";
import { noticeMessage, noticeRow, setUpNotify, takenByHand } from "./notify.js";
import { drawPack } from "./pack.js";
import { bodyOf, mayAskFor, mayPassOn, offer, request } from "./passon.js";
import { drawPanel } from "./panel.js";
import { setUpPresence, showPresence } from "./presence.js";
import { setUpPromises } from "./promises.js";
import { announceQueued, drawRows, focusLastRow, focusRow, showView, step } from "./rows.js";
import { VIEWS, isMine, keepTalk, mergeMessage, mergeRow, openRow, replaceRows, state, viewOf } from "./store.js";
import { drawTalk, drawTyping, goTo, newsBelow, setUpLog, toEnd } from "./talk.js";
import { inShort } from "./told.js";
import { customerName, now, setServerTime, t } from "./words.js";

const TYPING_MS = 6000;
const MY_TEAMS = "carebot-my-teams";
const line = new Line();
let drawing = null;

// Many frames may come at once; one picture is enough.
function draw() {
  drawing ??= setTimeout(drawNow);
}

function drawNow() {
  clearTimeout(drawing);
  drawing = null;
  drawRows();
  drawPack();
  drawCurrent();
  drawTalk();
  drawComposer();
  drawPanel();
  drawTyping();
  if (state.justSent) {
    state.justSent = false;
    toEnd();
  }
}

// --- reading

async function load() {
  for (let tries = 0; ; tries++) {
    try {
      const answer = await call("inbox");
      setServerTime(answer.now);
      state.shownOfBot = answer.shown_of_bot;
      keepMentions(answer.mentions);
      Object.assign(state, { colleagues: answer.colleagues, teams: answer.teams });
      showPresence(answer.presence);
      replaceRows(answer.conversations);
      draw();
      return answer.cursor;
    } catch (error) {
      if (!(error instanceof Offline)) throw error;
      lost(t("inbox.load_failed"));
      await new Promise((done) => setTimeout(done, Math.min(10_000, 500 * 2 ** tries)));
    }
  }
}

async function loadTalk(id) {
  const message = id === state.open && state.sought;
  try {
    keepTalk(id, await call(`conversations/${id}${message ? `?since=${message}` : ""}`));
    while (message && message === state.sought && isDeeper(id, message)) await addOlder(id, message);
  } catch (error) {
    if (!(error instanceof Offline)) {
      if (state.open === id) location.hash = "";
      toast(error.message, { problem: true });
    }
  }
  draw();
  markRead();
}

const oldestOf = (talk) => Math.min(...talk.messages.keys());

function isDeeper(id, message) {
  const talk = state.talks.get(id);
  return talk.more && message < oldestOf(talk);
}

async function addOlder(id, message = null) {
  const since = message ? `&since=${message}` : "";
  const oldest = oldestOf(state.talks.get(id));
  keepTalk(id, await call(`conversations/${id}?before=${oldest}${since}`), { older: true });
}

async function loadOlder() {
  const id = state.open;
  const talk = state.talks.get(id);
  if (!talk?.more || talk.asking) return;
  talk.asking = true;
  try {
    await addOlder(id);
    $("log").focus();
  } catch (error) {
    talk.asking = false;
    toast(error.message, { problem: true });
  }
  draw();
}

let reading = null;

function markRead() {
  const row = openRow();
  if (!row || document.visibilityState !== "visible" || !state.talks.has(row.id)) return;
  if (row.unread || unseenIn(row.id)) {
    row.unread = 0;
    seen(row.id);
    draw();
  }
  if (row.newest <= (row.readUpto ?? 0)) return;
  row.readUpto = row.newest;
  clearTimeout(reading);
  reading = setTimeout(() => {
    call(`conversations/${row.id}/read`, { message: row.newest }).catch(() => { row.readUpto = 0; });
  }, 200);
}

// --- moving about

function openTalk(id, message = null) {
  const place = message ? `#c${id}m${message}` : `#c${id}`;
  if (location.hash === place) showOpen({ focus: true });
  else location.hash = place;
}

function showOpen({ focus }) {
  const [id, message] = (location.hash.match(/^#c(\d+)(?:m(\d+))?$/) ?? []).slice(1).map((part) => Number(part) || null);
  const changed = id !== state.open;
  const left = openRow();
  state.open = id ?? null;
  state.sought = message ?? null;
  goTo(state.sought);
  if (changed && left?.status === "resolved") state.rows.delete(left.id);
  if (id) state.active = id;
  showPart(id ? "talk" : "list");
  drawNow();
  if (id && focus && !$("log").contains(document.activeElement)) $("log").focus({ preventScroll: true });
  if (changed) hideCard();
  if (id && (changed || message && !state.talks.get(id)?.messages.has(message))) loadTalk(id).then(() => askCard(id));
}

// On a narrow screen one part is shown at a time.
function showPart(part) {
  $("inbox").dataset.show = part;
  $("details").setAttribute("aria-expanded", String(part === "panel"));
}

function backToList() {
  const { open: id, sought } = state;
  if (getComputedStyle($("back")).display !== "none") location.hash = "";
  if (sought && focusHit(sought)) return;
  if (!focusRow(id)) focusRow(state.active) || $(`tab-${state.view}`).focus();
}

// --- acting

async function act(name, body, done) {
  const row = openRow();
  if (!row) return false;
  if (name === "accept" || name === "take-over") takenByHand(row.id);
  try {
    await call(`conversations/${row.id}/${name}`, body);
    if (done) toast(t(done));
    return true;
  } catch (error) {
    toast(error.message, { problem: true });
    return false;
  } finally {
    // The live line tells too; asking makes it sure, even while the line is down.
    if (state.open === row.id) await loadTalk(row.id);
  }
}

// Whoever is writing already goes on: a note that became a reply would reach the customer.
function readyToWrite() {
  drawNow(); // until it is drawn as mine the field is hidden, and what is hidden takes no focus
  if (!$("composer").contains(document.activeElement)) $("text").focus();
}

let accepting = false;

async function accept() {
  if ($("rows").contains(document.activeElement) && state.active !== state.open) {
    openTalk(state.active);
    showOpen({ focus: false });
  }
  const row = openRow();
  if (!row || isMine(row) || row.status === "resolved" || accepting) return;
  accepting = true;
  if (await act("accept", {}, "done.accepted")) readyToWrite();
  accepting = false;
}

function ask(name, prepare = () => {}) {
  const dialog = $(`dialog-${name}`);
  prepare(dialog);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answered) => {
    dialog.addEventListener("close", () => {
      const form = new FormData(dialog.querySelector("form"));
      answered(dialog.returnValue === "ok" ? form : null);
    }, { once: true });
  });
}

const clear = (dialog) => dialog.querySelector("form").reset();

async function resolve() {
  const form = await ask("resolve", clear);
  if (!form) return;
  if (await act("resolve", { reason: form.get("reason"), outcome: form.get("outcome").trim() }, "done.resolved")) {
    focusRow(state.active) || $("log").focus();
  }
}

async function giveBack() {
  if (await ask("return")) await act("return", {}, "done.returned");
}

async function takeOver() {
  const by = openRow()?.assignee?.name ?? "";
  const form = await ask("take-over", (dialog) => {
    clear(dialog);
    $("take-over-lead").textContent = t("dialog.take_over_lead", { by });
  });
  if (form && await act("take-over", { reason: form.get("reason") }, "done.accepted")) readyToWrite();
}

async function passOn() {
  const row = openRow();
  if (!row || !mayPassOn(row)) return;
  const form = await ask("pass-on", (dialog) => {
    clear(dialog);
    offer(row);
  });
  if (form && await act("pass-on", bodyOf(form), "done.passed_on")) focusRow(state.active) || $("log").focus();
}

function askFor() {
  const row = openRow();
  if (!row || !mayAskFor(row)) return;
  write("note", { begin: request(row) });
}

// --- the live line

function lost(text) {
  $("lost").textContent = text;
  $("lost").hidden = false;
}

line.addEventListener("lost", () => lost(t("live.lost")));

line.addEventListener("up", () => {
  if (!$("lost").hidden) {
    $("lost").hidden = true;
    toast(t("live.back"));
  }
  flush();
  draw();
});

line.addEventListener("reload", async () => {
  state.talks.clear();
  const cursor = await load();
  if (state.open) await loadTalk(state.open);
  line.resume(cursor);
});

line.addEventListener("event", ({ detail: { conversation, message, alarm } }) => {
  if (!conversation) return;
  const forMe = message && isForMe(message) && mentioned(message);
  const before = mergeRow(conversation);
  const asked = conversation.handoff?.requested_at;
  if (conversation.id === state.open && asked && asked !== before?.handoff?.requested_at) loadTalk(state.open);
  if (conversation.status === "queued" && before?.status !== "queued") announceQueued(conversation);
  noticeRow(conversation, before);
  if (alarm) showAlarm(alarm, conversation);
  if (message) {
    const isNew = mergeMessage(message, before);
    if (!message.internal && message.author !== "system") state.typing.delete(message.conversation);
    if (isNew && message.conversation === state.open) {
      newsBelow();
      if (message.author === "customer") {
        const name = customerName(conversation.customer);
        announce(t("live.message", { name, text: inShort({ ...message, attachment: message.attachments[0]?.kind }) }));
      }
      markRead();
    }
    if (forMe) announce(t("live.mentioned", { by: message.by, text: message.text }));
    if (isNew) noticeMessage(message, conversation);
  }
  draw();
});

line.addEventListener("pong", ({ detail: { alerts, presence } }) => {
  drawAlerts(alerts);
  showPresence(presence);
});

line.addEventListener("typing", ({ detail: { conversation, who } }) => {
  state.typing.set(conversation, { who, until: now() + TYPING_MS });
  setTimeout(() => {
    if ((state.typing.get(conversation)?.until ?? 0) <= now()) state.typing.delete(conversation);
    draw();
  }, TYPING_MS + 50);
  draw();
});

// --- wiring

$("tabs").addEventListener("click", (event) => {
  const tab = event.target.closest("[role=tab]");
  if (tab) showView(tab.dataset.view);
});
$("rows").addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  if (row) openTalk(Number(row.dataset.id));
});
$("search").addEventListener("input", () => {
  state.search = $("search").value;
  seek(state.search);
  draw();
});
$("search").addEventListener("keydown", (event) => {
  if ((event.key === "ArrowDown" || event.key === "Enter") && !event.isComposing) {
    event.preventDefault();
    focusRow(state.active) || focusHit();
  }
});
$("my-teams").checked = state.myTeamsOnly = localStorage.getItem(MY_TEAMS) === "on";
$("my-teams").addEventListener("change", () => {
  state.myTeamsOnly = $("my-teams").checked;
  localStorage.setItem(MY_TEAMS, state.myTeamsOnly ? "on" : "off");
  draw();
});
$("back").addEventListener("click", backToList);
$("details").addEventListener("click", () => {
  showPart($("inbox").dataset.show === "panel" ? "talk" : "panel");
  if ($("inbox").dataset.show === "panel") $("panel").focus();
});
$("panel-close").addEventListener("click", closePanel);
$("do-accept").addEventListener("click", accept);
$("do-take-over").addEventListener("click", takeOver);
$("do-pass-on").addEventListener("click", passOn);
$("do-ask-for").addEventListener("click", askFor);
$("do-return").addEventListener("click", giveBack);
$("do-resolve").addEventListener("click", resolve);
$("help").addEventListener("click", () => $("dialog-keys").showModal());
for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}

function closePanel() {
  showPart("talk");
  $("details").focus();
}

setUpPromises(ask);
setUpPresence();
setUpNotify();
setUpLog({ older: loadOlder });
setUpFound({ open: openTalk });
setUpComposer({
  changed: draw,
  typing: (id) => {
    const row = state.rows.get(id);
    if (row && isMine(row)) line.send({ type: "typing", conversation: id });
  },
});
setUpKeys({
  step: (by) => {
    if ($("inbox").dataset.show !== "list" && getComputedStyle($("back")).display !== "none") return;
    const from = document.activeElement;
    if ($("hits").contains(from)) stepHits(by) || focusLastRow() || $("search").focus();
    else if (!step(by) && by > 0) focusHit();
  },
  tab: (by) => {
    const view = VIEWS[(VIEWS.indexOf(state.view) + by + VIEWS.length) % VIEWS.length];
    showView(view);
    $(`tab-${view}`).focus();
  },
  accept,
  write: (kind) => write(kind),
  passOn,
  askFor,
  presence: () => $("presence").focus(),
  search: () => {
    showPart("list");
    $("search").focus();
    $("search").select();
  },
  help: () => $("dialog-keys").showModal(),
  escape: (field) => {
    if (field === $("search") && field.value) {
      field.value = state.search = "";
      seek("");
      draw();
    } else if (field === $("text")) $("log").focus();
    else if ($("inbox").dataset.show === "panel") closePanel();
    else backToList();
  },
});

addEventListener("hashchange", () => showOpen({ focus: true }));
document.addEventListener("visibilitychange", markRead);
setInterval(() => {
  tick();
  drawTyping();
  drawComposer();
}, 1000);

foldAlerts();
draw();
line.start(await load());
showOpen({ focus: false });
showView(viewOf(state.open) ?? "queue");
