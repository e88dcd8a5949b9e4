// What an agent should know before the first word: drawn above the transcript of whoever needs a
// person.

import { $, el } from "./dom.js";
import { openRow, state } from "./store.js";
import { nameOf, t } from "./words.js";

const narrow = matchMedia("(max-width: 760px)");
let drawn = "";

export function drawPack() {
  const row = openRow();
  const pack = row?.handoff && !row.handoff.closed_at ? state.talks.get(row.id)?.pack : null;
  const key = JSON.stringify([row?.id, pack]);
  if (key === drawn) return;
  drawn = key;
  const parts = pack ? inside(pack) : [];
  $("pack").hidden = !parts.length;
  $("pack").replaceChildren(...(parts.length
    ? [el("details", { open: !narrow.matches }, el("summary", {}, t("pack.title"), mood(pack)), el("dl", {}, ...parts))]
    : []));
}

function mood({ mood: known }) {
  return known === "neutral" ? "" : el("span", { class: `tag mood-${known}` }, t(`mood.${known}`));
}

const fact = (label, value, attributes = {}) => el("div", attributes, el("dt", {}, label), el("dd", {}, value));

function inside({ facts, tried, answered, mood: known }) {
  const parts = facts.map(({ name, value }) => fact(nameOf("given", name), value));
  if (tried.length) {
    parts.push(fact(t("pack.tried"), tried.slice(-5).map((code) => nameOf("intent", code)).join(" → "), { class: "wide" }));
  }
  if (answered) parts.push(fact(t("pack.answered"), `“${answered}”`, { class: "wide" }));
  return parts.length || known === "neutral" ? parts : [fact(t("pack.mood"), t(`mood.${known}`))];
}
