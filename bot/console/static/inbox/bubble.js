// One message, as the transcript shows it.

import { el, icon, linked, outside } from "./dom.js";
import { attachment, isOurs } from "./files.js";
import { isForMe } from "./mentions.js";
import { delivery, failure, inApp, marks, reaction } from "./told.js";
import { customerName, me, nameOf, t, timeOfDay } from "./words.js";

const PENDING = { note: "note.label", whisper: "action.whisper" };
const percent = (score) => `${Math.round(score * 100)}%`;

export function bubble(message, row) {
  if ((message.author === "system" && !message.internal) || message.told === "begins") {
    const said = message.told ? t(`told.${message.told}`) : linked(message.text);
    return el("div", { class: "line system", "data-id": message.id },
      el("p", {}, said, " ", el("time", {}, timeOfDay(message.at))), failure(message));
  }
  const kind = message.whisper ? "note whisper" : message.internal ? "note" : message.author;
  return el("article", {
    class: `line ${kind}${isForMe(message) ? " for-me" : ""}${message.failure ? ` ${message.delivery}` : ""}`,
    "data-id": message.id,
    "aria-label": `${speaker(message, row)}, ${timeOfDay(message.at)}`,
  },
  el("p", { class: "by" }, ...byline(message, row)),
  el("div", { class: `bubble${message.told ? " instead" : ""}` }, ...body(message)),
  reaction(message),
  message.author === "bot" ? why(message) : "",
  el("div", { class: "meta" },
    el("time", { datetime: message.at }, timeOfDay(message.at)), delivery(message), ...marks(message)),
  failure(message));
}

function speaker(message, row) {
  if (message.internal) return `${noteLabel(message)}, ${noter(message)}`;
  if (message.author === "customer") return customerName(row.customer);
  if (message.author === "bot") return t("author.bot");
  if (message.app) return inApp(message.app);
  return message.by || t("author.agent");
}

const noteLabel = ({ whisper }) => (whisper ? t("note.whisper", whisper) : t("note.label"));

function noter(message) {
  return message.by || t(`author.${message.author}`);
}

function byline(message, row) {
  if (message.internal) return [icon("note"), el("b", {}, noteLabel(message)), ` · ${noter(message)}`];
  if (message.author === "bot") return [icon("bot"), t("author.bot")];
  return [speaker(message, row)];
}

function body(message) {
  const parts = message.told ? [el("p", {}, t(`told.${message.told}`))] : [];
  if (message.text) parts.push(el("p", { class: "text" }, linked(message.text)));
  for (const each of message.attachments) parts.push(attachment(each));
  for (const card of message.cards) {
    parts.push(el("div", { class: "mini-card" },
      isOurs(card.image) ? el("img", { src: card.image, alt: "", loading: "lazy" }) : "",
      el("b", {}, card.title), card.subtitle ? el("span", { class: "muted" }, card.subtitle) : ""));
  }
  if (message.buttons.length) {
    parts.push(el("p", { class: "choices-shown" },
      ...message.buttons.map((button) => button.url
        ? outside(button.url, button.title, { class: "chip" })
        : el("span", { class: "chip" }, button.title))));
  }
  return parts;
}

// The small badge under the assistant's words; it opens what the assistant thought.
function why(message) {
  const facts = message.why;
  if (!Object.keys(facts).length) return "";
  const scored = (code, score) => [
    el("span", {}, nameOf("intent", code)), " ", el("code", {}, code),
    typeof score === "number" ? el("span", { class: "score" }, percent(score)) : "",
  ];
  const lines = [];
  if (facts.intent) lines.push(["why.intent", scored(facts.intent, facts.confidence)]);
  if (facts.runner_up) lines.push(["why.runner_up", scored(facts.runner_up, facts.runner_up_confidence)]);
  const named = (key, pairs) => {
    const parts = pairs.map(([name, value]) => el("span", {}, el("span", { class: "muted" }, `${name}:`), ` ${value}`));
    if (parts.length) lines.push([key, [el("span", { class: "named" }, ...parts)]]);
  };
  const coded = (key) => facts[key] && lines.push([`why.${key}`, [el("code", {}, String(facts[key]))]]);
  named("why.entities", (facts.entities || []).map((each) => [each.entity, each.value]));
  if (facts.rule) lines.push(["why.rule", [facts.rule]]);
  ["form", "policy", "action"].forEach(coded);
  named("why.data", Object.entries(facts.data || {}));
  ["model", "error"].forEach(coded);
  const short = facts.intent
    ? [nameOf("intent", facts.intent), typeof facts.confidence === "number" ? percent(facts.confidence) : ""]
    : [t("why.title")];
  return el("details", { class: "why" },
    el("summary", { "aria-label": `${t("why.title")}: ${short.join(" ")}` }, short.filter(Boolean).join(" · ")),
    el("dl", {}, ...lines.map(([key, value]) => el("div", {}, el("dt", {}, t(key)), el("dd", {}, ...value)))));
}

// A message that is still on its way to the server, or did not get there.
export function pendingBubble(each, { retry, discard }) {
  const kind = each.kind === "reply" ? "agent" : "note";
  return el("article", { class: `line ${kind} pending${each.problem ? " failed" : ""}`, "data-client": each.client_id },
    el("p", { class: "by" }, ...(kind === "note" ? [icon("note"), el("b", {}, t(PENDING[each.kind])), ` · ${me.name}`] : [me.name])),
    el("div", { class: "bubble" }, el("p", { class: "text" }, each.text)),
    el("p", { class: "meta" },
      ...(each.problem
        ? [el("span", { class: "delivery failed" }, icon("alert"), `${t("compose.failed")}: ${each.problem}`),
           el("button", { type: "button", class: "link", onclick: retry }, t("action.retry")),
           el("button", { type: "button", class: "link", onclick: discard }, t("action.discard"))]
        : [el("span", { class: "delivery" }, icon("clock"), t("compose.pending"))])));
}

