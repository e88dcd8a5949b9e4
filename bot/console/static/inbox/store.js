// What this screen knows. Rows come from the server; nothing here draws.

import { customerName, fold, me, t } from "./words.js";

export const VIEWS = ["queue", "mine", "all", "mentions"];

export const state = {
  rows: new Map(), // conversation id → row
  talks: new Map(), // conversation id → {messages: Map, more, customer, handoffs, earlier}
  typing: new Map(), // conversation id → {who, until}
  mentions: new Map(), // conversation id → the notes that name me and that I have not seen
  view: "queue",
  search: "",
  open: null, // conversation id
  sought: null, // the message of it that was looked for
  active: null, // the row that j and k are on
  loaded: false,
  colleagues: [], // as the inbox was read last
  teams: {}, // names by code
  myTeamsOnly: false,
  shownOfBot: 0,
};

export const isMine = (row) => row.status === "assigned" && row.assignee?.id === me.id;
// A colleague has it in the platform's own app; whoever accepts it here takes it from there.
export const isInApp = (row) => row.status === "assigned" && !row.assignee;

export function nameOfAgent(row) {
  if (isInApp(row)) return t("author.in_app");
  return row.assignee?.id === me.id ? t("inbox.you") : row.assignee?.name;
}

// Until when a person owes this customer an answer; "" when nobody does.
export function owedUntil({ handoff }) {
  if (!handoff || handoff.closed_at) return "";
  return (handoff.first_reply_at ? handoff.reply_by : handoff.respond_by) ?? "";
}

export const openRow = () => state.rows.get(state.open);

export function replaceRows(rows) {
  const kept = openRow();
  state.rows.clear();
  for (const row of rows) state.rows.set(row.id, { ...row, newest: row.last?.id ?? 0 });
  if (kept && !state.rows.has(kept.id)) state.rows.set(kept.id, { ...kept, status: "resolved" });
  state.loaded = true;
}

// Take a row as the live line tells it. Returns what it was before.
export function mergeRow(row) {
  const before = state.rows.get(row.id);
  if (row.status === "resolved" && row.id !== state.open && !state.mentions.has(row.id)) {
    state.rows.delete(row.id);
    return before;
  }
  const newest = Math.max(before?.newest ?? 0, row.last?.id ?? 0);
  state.rows.set(row.id, { unread: before?.unread ?? 0, ...row, newest });
  return before;
}

// Take one message. True when it was not known before.
export function mergeMessage(message, before) {
  const isNew = message.id > (before?.newest ?? 0);
  const row = state.rows.get(message.conversation);
  if (row) {
    row.newest = Math.max(row.newest, message.id);
    if (isNew && message.author === "customer") row.unread += 1;
    const answered = !message.internal && ["agent", "bot"].includes(message.author);
    if (isNew && answered) row.unread = 0;
  }
  const talk = state.talks.get(message.conversation);
  if (!talk) return isNew;
  const known = talk.messages.has(message.id);
  talk.messages.set(message.id, message);
  // Whoever has this one, or has seen it, has those above it.
  const behind = { delivered: ["sent"], seen: ["sent", "delivered"] }[message.delivery] ?? [];
  for (const each of talk.messages.values()) {
    if (each.id < message.id && behind.includes(each.delivery)) each.delivery = message.delivery;
  }
  return isNew && !known;
}

export function keepTalk(id, answer, { older = false } = {}) {
  const fresh = new Map(answer.messages.map((message) => [message.id, message]));
  const known = state.talks.get(id)?.messages ?? new Map();
  const messages = older ? new Map([...fresh, ...known]) : fresh;
  if (!older) {
    // What came on the live line while we asked.
    const newest = Math.max(0, ...fresh.keys());
    for (const [key, message] of known) if (key > newest) messages.set(key, message);
  }
  state.talks.set(id, { ...answer, messages });
  const row = state.rows.get(id);
  if (older && row) return;
  state.rows.set(id, { ...answer.conversation, newest: Math.max(0, ...messages.keys()) });
}

const rank = (row) => row.handoff?.rank_at ?? row.waiting_since ?? row.last_message_at;

export const myTeams = () => state.colleagues.find((each) => each.id === me.id)?.teams ?? [];
const isForMe = (row) => !state.myTeamsOnly || myTeams().includes(row.handoff?.team);

const inView = {
  queue: (row) => row.status === "queued" && isForMe(row),
  mine: isMine,
  all: (row) => row.status !== "resolved",
  mentions: (row) => state.mentions.has(row.id),
};

const order = {
  queue: (a, b) => Date.parse(rank(a)) - Date.parse(rank(b)) || a.id - b.id,
  // Customers who wait for my answer first, then the latest.
  mine: (a, b) =>
    Number(!a.waiting_since) - Number(!b.waiting_since) ||
    (a.waiting_since
      ? Date.parse(a.waiting_since) - Date.parse(b.waiting_since)
      : Date.parse(b.last_message_at) - Date.parse(a.last_message_at)),
  all: (a, b) => Date.parse(b.last_message_at) - Date.parse(a.last_message_at) || b.id - a.id,
  mentions: (a, b) =>
    Number(!state.mentions.get(a.id).size) - Number(!state.mentions.get(b.id).size) || order.all(a, b),
};

export function rowsOf(view) {
  return [...state.rows.values()].filter(inView[view]).sort(order[view]);
}

export function visibleRows() {
  const words = fold(state.search).split(/\s+/).filter(Boolean);
  const rows = rowsOf(state.view);
  if (!words.length) return rows;
  return rows.filter((row) => {
    const all = [customerName(row.customer), row.last?.text, row.handoff?.summary, row.assignee?.name, ...(row.tags ?? [])];
    const text = fold(all.filter(Boolean).join(" "));
    return words.every((word) => text.includes(word));
  });
}

// The list to show a conversation in: the first that has it.
export const viewOf = (id) => VIEWS.find((view) => rowsOf(view).some((row) => row.id === id));

// What the page's title counts: customers in the queue, and mine with something unread.
export function attention() {
  const mentions = [...state.mentions.values()].filter((notes) => notes.size).length;
  return rowsOf("queue").length + rowsOf("mine").filter((row) => row.unread > 0).length + mentions;
}
