// Canned replies: "/" at the start of a reply finds them.

import { keepExtra, selectOpen } from "./draft.js";
import { el, icon } from "./dom.js";
import { call } from "./net.js";
import { state } from "./store.js";
import { t } from "./words.js";

export const cannedReplies = {
  label: () => t("compose.canned"),
  none: () => t("compose.canned_none"),

  asked(field) {
    if (field.form.dataset.mode !== "reply" || field.readOnly) return null;
    return field.value.match(/^\/([^\n]{0,40})$/)?.[1] ?? null;
  },

  async find(words) {
    const answer = await call(`conversations/${state.open}/canned?q=${encodeURIComponent(words)}`);
    return answer.replies;
  },

  draw: (reply) => [
    el("span", { class: "choice-title" }, reply.title, reply.files.length ? icon("clip") : ""),
    el("code", { class: "slash" }, `/${reply.shortcut}`),
    el("span", { class: "choice-text" }, reply.text),
  ],

  choose(reply, field) {
    field.value = reply.text;
    selectOpen(field);
    keepExtra(state.open, { canned: reply.id, files: reply.files });
  },
};
