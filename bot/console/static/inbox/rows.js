// The list: one button per conversation, drawn again only where something changed.

import { tick, urgency } from "./clocks.js";
import { $, announce, avatar, el, icon } from "./dom.js";
import { unseen, unseenIn } from "./mentions.js";
import { VIEWS, attention, myTeams, nameOfAgent, owedUntil, rowsOf, state, visibleRows } from "./store.js";
import { rowTags } from "./tags.js";
import { inApp, inShort } from "./told.js";
import { customerName, nameOf, now, pageTitle, stamp, t } from "./words.js";

const drawn = new Map(); // conversation id → {item, signature}

export function drawRows() {
  const rows = visibleRows();
  const list = $("rows");
  const focused = list.contains(document.activeElement)
    ? Number(document.activeElement.dataset.id)
    : null;
  const focusedAt = [...list.children].findIndex((item) => Number(item.dataset.id) === focused);
  const wanted = new Set(rows.map((row) => row.id));

  if (!wanted.has(state.active)) {
    state.active = rows[Math.min(Math.max(focusedAt, 0), rows.length - 1)]?.id ?? null;
  }
  const items = rows.map(itemOf);
  for (const [id, { item }] of drawn) {
    if (!wanted.has(id)) {
      item.remove();
      drawn.delete(id);
    }
  }
  arrange(list, items, wanted.has(focused) ? drawn.get(focused).item : null);
  if (focused !== null && !wanted.has(focused)) {
    // The row went away under the reader: stay near it.
    (rows.length ? drawn.get(state.active).item.firstChild : $(`tab-${state.view}`)).focus();
  }
  drawEmpty(rows);
  drawCounts();
}

// Put the items in order without moving the focused one: a moved element loses its focus.
function arrange(list, items, focused) {
  if (items.length === list.children.length && items.every((each, i) => each === list.children[i])) {
    return;
  }
  const at = focused ? items.indexOf(focused) : items.length;
  for (const item of items.slice(0, at)) list.insertBefore(item, focused);
  for (const item of items.slice(at + 1)) list.append(item);
}

function itemOf(row) {
  let kept = drawn.get(row.id);
  if (!kept) {
    kept = { item: el("li", { "data-id": row.id }, el("button", { class: "row", "data-id": row.id })) };
    drawn.set(row.id, kept);
  }
  const button = kept.item.firstChild;
  button.tabIndex = row.id === state.active ? 0 : -1;
  if (row.id === state.open) button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
  const typing = (state.typing.get(row.id)?.who ?? "") === "customer";
  const mentions = unseenIn(row.id);
  const signature = JSON.stringify([row, typing, state.view, mentions]);
  if (signature !== kept.signature) {
    kept.signature = signature;
    button.classList.toggle("unread", row.unread + mentions > 0);
    button.replaceChildren(...inside(row, typing));
    tick(button);
  }
  return kept.item;
}

function inside(row, typing) {
  const name = customerName(row.customer);
  const unread = row.unread
    ? el("span", { class: "badge" }, el("span", { "aria-hidden": "true" }, row.unread > 9 ? "9+" : String(row.unread)),
        el("span", { class: "sr-only" }, t("inbox.unread", { n: row.unread })))
    : "";
  return [
    avatar(row.customer, name),
    el("span", { class: "row-main" },
      el("span", { class: "row-top" }, el("span", { class: "row-name" }, name), urgency(row.handoff), timeOf(row)),
      el("span", { class: "row-text" }, typing ? el("em", {}, t("typing.customer", { name })) : preview(row)),
      el("span", { class: "row-foot" },
        el("span", { class: `channel channel-${row.channel}` }, nameOf("channel", row.channel)),
        whose(row), rowTags(row), unread)),
  ];
}

function timeOf(row) {
  if (row.status === "queued" && row.handoff) {
    return el("span", {
      class: "clock", "data-since": row.handoff.requested_at, "data-until": row.handoff.respond_by,
    });
  }
  const waits = row.status === "assigned" && row.waiting_since;
  if (waits) {
    return el("span", { class: "clock", "data-since": row.waiting_since, "data-until": owedUntil(row) });
  }
  return el("span", { class: "stamp" }, stamp(row.last_message_at));
}

function preview(row) {
  const queued = row.status === "queued" && row.handoff?.summary;
  if (queued) return queued;
  if (!row.last) return "";
  const { author, app } = row.last;
  const shown = inShort(row.last);
  const own = app ? inApp(app) : nameOfAgent(row) || t("author.agent");
  const by = { agent: own, bot: t("author.bot") }[author];
  return by ? `${by}: ${shown}` : shown;
}

function whose(row) {
  if (row.status === "bot") return el("span", { class: "whose" }, icon("bot"), t("status.bot"));
  if (row.status === "queued" && row.handoff) {
    const team = state.teams[row.handoff.team] ?? row.handoff.team;
    const both = [team, nameOf("reason", row.handoff.reason)].filter(Boolean).join(" · ");
    return el("span", { class: "whose" }, el("span", {}, both));
  }
  if (row.status === "assigned" && state.view === "all") {
    return el("span", { class: "whose" }, nameOfAgent(row));
  }
  return el("span", { class: "whose" });
}

function drawEmpty(rows) {
  const empty = $("empty");
  empty.hidden = rows.length > 0;
  if (!rows.length) {
    const text = !state.loaded
      ? t("inbox.loading")
      : state.search
        ? t("inbox.empty.search", { text: state.search })
        : t(`inbox.empty.${state.view}`);
    empty.classList.toggle("slim", Boolean(state.search));
    if (empty.textContent !== text) {
      const rests = state.loaded && !state.search && state.view === "queue";
      empty.replaceChildren(icon(rests ? "cup" : "chat"), el("p", {}, text));
    }
  }
  const bots = rows.filter((row) => row.status === "bot").length;
  const cut = $("truncated");
  cut.hidden = !(state.view === "all" && bots >= state.shownOfBot && !state.search);
  if (!cut.hidden) cut.textContent = t("inbox.more", { n: state.shownOfBot });
}

function drawCounts() {
  for (const view of VIEWS) {
    const rows = rowsOf(view);
    const tab = $(`tab-${view}`);
    const count = tab.querySelector(".count");
    const shown = view === "mentions" ? unseen() : rows.length;
    count.hidden = shown === 0;
    count.textContent = String(shown);
    const late = rows.some((row) => row.status === "queued" && isLate(row));
    count.classList.toggle("late", view === "queue" && late);
    count.classList.toggle("fresh", view === "mentions" || view === "mine" && rows.some((row) => row.unread > 0));
    tab.setAttribute("aria-selected", String(view === state.view));
    tab.tabIndex = view === state.view ? 0 : -1;
  }
  $("my-teams").parentElement.hidden = state.view !== "queue" || !myTeams().length;
  $("rows-panel").setAttribute("aria-labelledby", `tab-${state.view}`);
  const waiting = attention();
  document.title = waiting ? `(${waiting}) ${pageTitle}` : pageTitle;
}

export function isLate(row) {
  const until = owedUntil(row);
  return Boolean(until && now() > Date.parse(until));
}

export function showView(view) {
  state.view = view;
  state.active = state.open;
  drawRows();
  $("rows-panel").scrollTop = 0;
}

export function focusRow(id) {
  const kept = drawn.get(id);
  if (!kept) return false;
  state.active = id;
  for (const { item } of drawn.values()) {
    item.firstChild.tabIndex = Number(item.dataset.id) === id ? 0 : -1;
  }
  kept.item.firstChild.focus();
  return true;
}

export const focusLastRow = () => focusRow(visibleRows().at(-1)?.id);

// False when there is no further row.
export function step(by) {
  const rows = visibleRows();
  if (!rows.length) return false;
  const onRow = $("rows").contains(document.activeElement);
  const from = rows.findIndex((row) => row.id === (onRow ? state.active : state.open ?? state.active));
  const at = onRow || rows[from]?.id === state.open ? from + by : Math.max(from, 0);
  const next = rows[Math.min(Math.max(at, 0), rows.length - 1)].id;
  if (onRow && next === state.active) return false;
  return focusRow(next);
}

export function announceQueued(row) {
  announce(t("live.queued", { name: customerName(row.customer) }));
}
