// The open conversation: its head, its transcript, who may do what.

import { bubble, pendingBubble } from "./bubble.js";
import { tick, urgency } from "./clocks.js";
import { discard, pendingOf, retry } from "./composer.js";
import { $, el } from "./dom.js";
import { mayAskFor, mayPassOn } from "./passon.js";
import { isInApp, isMine, nameOfAgent, openRow, owedUntil, state } from "./store.js";
import { customerName, day, dayName, mayTakeOver, nameOf, now, t } from "./words.js";

const NEAR = 80; // pixels from the end that still count as reading along
const TOGETHER_MS = 5 * 60_000; // messages of one speaker this close stand as a group

let shown = null; // the conversation that is drawn
let nodes = new Map(); // key → {node, signature}
let atEnd = true;
let goal = null; // a message to go to as soon as it is drawn

export function drawTalk() {
  const row = openRow();
  $("talk").hidden = !row;
  $("nothing").hidden = Boolean(row);
  if (!row) return;
  if (shown !== row.id) {
    shown = row.id;
    nodes = new Map();
    $("log").replaceChildren();
    $("newer").hidden = true;
    atEnd = true;
  }
  drawHead(row);
  drawLog(row);
}

function drawHead(row) {
  setText($("talk-name"), customerName(row.customer));
  const by = nameOfAgent(row);
  replaceIfChanged($("talk-state"), [
    el("span", { class: `channel channel-${row.channel}` }, nameOf("channel", row.channel)),
    el("span", { class: `state state-${row.status}` }, t(`status.${row.status}`)),
    row.status === "assigned" && by ? el("span", {}, by) : "",
  ]);

  const mine = isMine(row);
  show("do-accept", row.status === "queued" || row.status === "bot" || isInApp(row));
  show("do-take-over", row.status === "assigned" && !mine && !isInApp(row) && mayTakeOver);
  show("do-pass-on", mayPassOn(row));
  show("do-ask-for", mayAskFor(row));
  show("do-return", mine);
  show("do-resolve", mine);

  const matter = $("matter");
  const open = row.handoff && !row.handoff.closed_at;
  matter.hidden = !open;
  if (open) {
    const until = owedUntil(row);
    const promise = until ? el("span", { class: "promise", "data-promise": until }) : "";
    replaceIfChanged(matter, [
      urgency(row.handoff),
      el("span", { class: "reason" }, nameOf("reason", row.handoff.reason)),
      row.handoff.summary ? el("span", { class: "summary" }, `“${row.handoff.summary}”`) : "",
      promise,
    ]);
    tick(matter);
  }
}

function show(id, wanted) {
  const node = $(id);
  // A button that goes away must not take the focus with it.
  if (!wanted && node === document.activeElement) $("log").focus();
  node.hidden = !wanted;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function replaceIfChanged(node, children) {
  const next = el("div", {}, ...children);
  for (const each of next.querySelectorAll("[data-promise]")) each.textContent = "";
  const key = next.innerHTML;
  if (node.dataset.drawn === key) return;
  node.dataset.drawn = key;
  node.replaceChildren(...next.childNodes);
}

function drawLog(row) {
  const talk = state.talks.get(row.id);
  const log = $("log");
  const wanted = [];
  if (!talk) wanted.push(["loading", "loading", () => el("p", { class: "loading muted" }, t("inbox.loading"))]);
  if (talk?.more) {
    wanted.push(["older", "older", () =>
      el("p", { class: "older" }, el("button", { type: "button", class: "button quiet", id: "older" }, t("inbox.older")))]);
  }
  let last = null;
  const messages = talk ? [...talk.messages.values()].sort((a, b) => a.id - b.id) : [];
  for (const message of messages) {
    if (!last || day(last.at) !== day(message.at)) {
      const key = `day ${day(message.at)}`;
      wanted.push([key, key, () => el("h3", { class: "day" }, dayName(message.at))]);
    }
    const follows = last && last.told !== "begins" && last.author === message.author && last.by === message.by &&
      last.internal === message.internal && day(last.at) === day(message.at) &&
      Date.parse(message.at) - Date.parse(last.at) < TOGETHER_MS;
    const isSought = message.id === state.sought;
    wanted.push([`m${message.id}`, JSON.stringify([message, Boolean(follows), isSought]), () => {
      const node = bubble(message, row);
      node.classList.toggle("follows", Boolean(follows));
      node.classList.toggle("sought", isSought);
      return node;
    }]);
    last = message;
  }
  for (const each of pendingOf(row.id, talk)) {
    wanted.push([`p${each.client_id}`, JSON.stringify(each), () =>
      pendingBubble(each, { retry: () => retry(each.client_id), discard: () => discard(each.client_id) })]);
  }
  patch(log, wanted);
  if (nodes.has(`m${goal}`)) reach(nodes.get(`m${goal}`).node);
  if (atEnd) log.scrollTop = log.scrollHeight;
  $("newer").hidden = atEnd || $("newer").dataset.fresh !== "true";
}

// Change only what differs, so that what is open, selected or focused stays so.
function patch(log, wanted) {
  const height = log.scrollHeight;
  const top = log.scrollTop;
  const grewAbove = nodes.size > 0 && wanted.length > 0 && !nodes.has(wanted.find(([key]) => key.startsWith("m"))?.[0]);
  const keys = new Set(wanted.map(([key]) => key));
  for (const [key, { node }] of nodes) {
    if (!keys.has(key)) {
      if (node.contains(document.activeElement)) log.focus();
      node.remove();
      nodes.delete(key);
    }
  }
  let place = log.firstChild;
  for (const [key, signature, make] of wanted) {
    let kept = nodes.get(key);
    if (!kept) {
      kept = { node: make(), signature };
      nodes.set(key, kept);
    } else if (kept.signature !== signature) {
      const fresh = make();
      const details = kept.node.querySelector("details");
      if (details?.open && fresh.querySelector("details")) fresh.querySelector("details").open = true;
      const focused = kept.node.contains(document.activeElement);
      if (kept.node === place) place = fresh;
      kept.node.replaceWith(fresh);
      kept.node = fresh;
      kept.signature = signature;
      if (focused) (fresh.querySelector("summary") ?? log).focus();
    }
    if (kept.node === place) place = place.nextSibling;
    else log.insertBefore(kept.node, place);
  }
  if (grewAbove && !atEnd) log.scrollTop = top + log.scrollHeight - height;
}

export function setUpLog({ older }) {
  const log = $("log");
  log.addEventListener("scroll", () => {
    atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
    if (atEnd) {
      $("newer").hidden = true;
      $("newer").dataset.fresh = "false";
    }
  });
  // A picture that arrives late must not push the end out of sight. Load events do not bubble.
  log.addEventListener("load", () => { if (atEnd) log.scrollTop = log.scrollHeight; }, true);
  new ResizeObserver(() => { if (atEnd) log.scrollTop = log.scrollHeight; }).observe(log);
  log.addEventListener("click", (event) => {
    if (event.target.closest("#older")) older();
  });
  $("newer").addEventListener("click", () => {
    toEnd();
    log.focus();
  });
}

export function goTo(message) {
  goal = message;
}

function reach(node) {
  goal = null;
  atEnd = false;
  node.tabIndex = -1;
  node.scrollIntoView({ block: "center" });
  // Whoever went on to write keeps the focus.
  if (!document.activeElement.matches("input, textarea")) node.focus({ preventScroll: true });
}

export function toEnd() {
  atEnd = true;
  $("newer").hidden = true;
  $("newer").dataset.fresh = "false";
  $("log").scrollTop = $("log").scrollHeight;
}

export function newsBelow() {
  if (!atEnd) $("newer").dataset.fresh = "true";
}

export function drawTyping() {
  const row = openRow();
  const typing = row && state.typing.get(row.id);
  const words = {
    customer: () => t("typing.customer", { name: customerName(row.customer) }),
    bot: () => t("typing.bot"),
    agent: () => (isMine(row) ? "" : t("typing.agent", { name: row.assignee?.name ?? t("author.agent") })),
  };
  const active = typing && typing.until > now();
  setText($("typing"), active ? words[typing.who]?.() ?? "" : "");
}

