// What a platform told of a message beside its words, and how far ours has come.

import { el, icon } from "./dom.js";
import { clock, language, nameOf, t } from "./words.js";

const ICONS = {
  queued: "clock", sent: "check", delivered: "double", seen: "double", failed: "alert", unknown: "alert",
};

// A colleague who answered in the platform's own app: which one, no platform tells.
export const inApp = (channel) => t("author.in_this_app", { app: nameOf("native", channel) });

// What was said in one line of plain text, as lists and screen readers have it.
export function inShort({ text, told, attachment }) {
  if (text) return text;
  if (told) return t(`told.${told}`);
  return attachment ? `[${nameOf("attachment", attachment)}]` : "";
}

export function marks(message) {
  const mark = (text) => el("span", { class: "mark" }, text);
  return [
    message.pressed && message.text ? mark(t("told.pressed")) : "",
    message.in_group ? mark(t("told.in_group")) : "",
    message.late ? mark(t("told.late", { time: clock(message.late, message.at) })) : "",
    message.edits.length ? edits(message) : "",
  ];
}

function edits(message) {
  const before = (edit) => t("told.before", { time: clock(edit.at, message.at) });
  return el("details", { class: "edits" },
    el("summary", {}, t("told.edited")),
    ...message.edits.map((edit) =>
      el("p", {}, el("span", { class: "muted" }, before(edit)), ` ${edit.text}`)));
}

export function reaction({ reaction: emoji }) {
  if (!emoji) return "";
  return el("p", { class: "reaction" },
    el("span", { class: "sr-only" }, t("told.reaction", { emoji })),
    el("span", { "aria-hidden": "true" }, emoji));
}

export function delivery(message) {
  if (!message.delivery) return "";
  return el("span", { class: `delivery ${message.delivery}` },
    icon(ICONS[message.delivery]), nameOf("delivery", message.delivery));
}

// Why a message did not arrive, and what to do.
export function failure({ failure: known, channel, delivery: state }) {
  if (!known) return "";
  const [happened, todo] = known[language];
  const code = { channel: nameOf("channel", channel), code: known.code };
  return el("div", { class: "failure", "data-tone": state === "unknown" ? "soon" : "late" },
    el("p", {}, el("b", {}, happened), " ", ...withCode(todo)),
    known.code ? el("p", { class: "code" }, t("failure.code", code)) : "");
}

// What stands between back-quotes as code.
export function withCode(text) {
  return text.split("`").map((part, place) => (place % 2 ? el("code", {}, part) : part));
}
