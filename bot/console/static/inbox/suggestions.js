// What might be answered: shown above an empty field, put in by a press, never sent by itself.

import { dropExtra, extraOf, keepExtra } from "./draft.js";
import { $, el, icon } from "./dom.js";
import { call } from "./net.js";
import { openRow, state } from "./store.js";
import { t } from "./words.js";

const found = new Map(); // conversation id → {upto, suggestions}

// The newest message, if the customer said it and nobody has answered.
function asked(id) {
  const said = [...(state.talks.get(id)?.messages.values() ?? [])]
    .filter((each) => !each.internal && each.author !== "system").sort((a, b) => b.id - a.id);
  return said[0]?.author === "customer" ? said[0].id : null;
}

export function drawSuggestions(mode, text, blocked) {
  const row = openRow();
  const upto = row && mode === "reply" && !blocked ? asked(row.id) : null;
  if (upto && found.get(row.id)?.upto !== upto) ask(row.id, upto);
  const shown = upto && !text && !extraOf(row.id).files?.length ? found.get(row.id)?.suggestions ?? [] : [];
  const box = $("suggestions");
  const key = JSON.stringify([row?.id, shown]);
  if (box.dataset.drawn === key) return;
  box.dataset.drawn = key;
  box.hidden = shown.length === 0;
  box.replaceChildren(...shown.map((each, place) => button(row.id, each, place, shown.length)));
}

async function ask(id, upto) {
  found.set(id, { upto, suggestions: [] });
  const answer = await call(`conversations/${id}/suggestions`).catch(() => ({ suggestions: [] }));
  if (found.get(id)?.upto !== upto) return;
  found.set(id, { upto, suggestions: answer.suggestions });
  if (answer.suggestions.length) keepExtra(id, { offered: answer.suggestions.length });
  $("text").dispatchEvent(new Event("suggested"));
}

function button(id, each, place, offered) {
  const source = each.source === "faq"
    ? t("suggest.faq", { title: each.title })
    : t("suggest.talk", { by: each.title, id: each.conversation_id });
  const take = () => {
    const field = $("text");
    field.value = each.text;
    keepExtra(id, { suggested: place + 1, offered });
    field.dispatchEvent(new Event("input"));
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  };
  return el("li", {}, el("button", { type: "button", class: "suggestion", title: each.text, onclick: take },
    icon("bulb"), el("span", { class: "choice-text" }, each.text), el("span", { class: "suggestion-source" }, source)));
}

// Words that were taken out again count as not used.
export function dropSuggestion(id) {
  const { offered } = extraOf(id);
  dropExtra(id);
  if (offered) keepExtra(id, { offered });
}
