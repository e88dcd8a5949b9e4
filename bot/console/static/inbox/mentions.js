// Colleagues named in notes: "@" finds them, and who was named sees where.

import { fold, me, t } from "./words.js";
import { el } from "./dom.js";
import { state } from "./store.js";

export const colleagues = {
  label: () => t("compose.colleagues"),
  none: () => "",

  asked(field) {
    if (field.form.dataset.mode !== "note") return null;
    return upToCursor(field).match(/(?:^|[\s(])@([\p{L}\p{N}._-]{0,30})$/u)?.[1] ?? null;
  },

  async find(name) {
    const people = state.colleagues.filter((each) => each.id !== me.id);
    const sought = fold(name);
    const begins = (each) => [each.username, ...fold(each.name).split(" ")].some((word) => word.startsWith(sought));
    return people.filter(begins).slice(0, 8);
  },

  draw: (each) => [el("span", { class: "choice-title" }, each.name), el("code", { class: "slash" }, `@${each.username}`)],

  choose(each, field) {
    const at = upToCursor(field).lastIndexOf("@");
    field.setRangeText(`@${each.username} `, at, field.selectionStart, "end");
  },
};

const upToCursor = (field) => field.value.slice(0, field.selectionStart);

export const isForMe = (message) => message.internal && message.mentions.includes(me.id);

export function keepMentions(pairs) {
  state.mentions = new Map(pairs.map(([id, notes]) => [id, new Set(notes)]));
}

export const unseenIn = (id) => state.mentions.get(id)?.size ?? 0;
export const unseen = () => [...state.mentions.keys()].reduce((sum, id) => sum + unseenIn(id), 0);

// True when it was not known.
export function mentioned(message) {
  const notes = state.mentions.get(message.conversation) ?? new Set();
  const isNew = !notes.has(message.id) && !state.talks.get(message.conversation)?.messages.has(message.id);
  if (isNew) state.mentions.set(message.conversation, notes.add(message.id));
  return isNew;
}

export const seen = (id) => state.mentions.get(id)?.clear();
