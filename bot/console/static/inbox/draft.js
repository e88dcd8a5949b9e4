// What a draft has beside its words: files to send along, and what it was begun with.

import { $, el, icon } from "./dom.js";
import { isOurs } from "./files.js";
import { me, t } from "./words.js";

const key = (id) => `draft:${me.id}:${id}:extra`;

export const extraOf = (id) => JSON.parse(sessionStorage.getItem(key(id)) ?? "{}");

export function keepExtra(id, values) {
  sessionStorage.setItem(key(id), JSON.stringify({ ...extraOf(id), ...values }));
}

export function dropExtra(id) {
  sessionStorage.removeItem(key(id));
}

export const filesOf = (id) => extraOf(id).files ?? [];

// The variables that still stand in a text.
export const leftOpen = (text) => [...new Set(text.match(/\{[a-z][a-z0-9_]*\}/g) ?? [])];

// Put the cursor over the first of them: typing replaces it.
export function selectOpen(field) {
  const [first] = leftOpen(field.value);
  if (!first) return field.setSelectionRange(field.value.length, field.value.length);
  const at = field.value.indexOf(first);
  field.setSelectionRange(at, at + first.length);
}

// The chips of the files, and the sentence that says why the draft cannot be sent yet.
export function drawDraft(id, mode, text) {
  const files = mode === "reply" ? filesOf(id) : [];
  const list = $("attached");
  if (list.dataset.drawn !== JSON.stringify(files)) {
    list.dataset.drawn = JSON.stringify(files);
    list.hidden = files.length === 0;
    list.replaceChildren(...files.map((file) => chip(id, mode, file)));
  }
  const open = mode === "reply" ? leftOpen(text) : [];
  const problem = open.length ? t("refused.unresolved", { names: open.join(", ") }) : "";
  $("draft-problem").hidden = !problem;
  if ($("draft-problem").textContent !== problem) $("draft-problem").textContent = problem;
  return !problem;
}

function chip(id, mode, file) {
  const remove = () => {
    keepExtra(id, { files: filesOf(id).filter((each) => each.key !== file.key) });
    drawDraft(id, mode, $("text").value);
    $("text").focus();
  };
  return el("li", {},
    file.kind === "image" && isOurs(file.url) ? el("img", { src: file.url, alt: "" }) : icon("clip"),
    el("span", {}, file.name),
    el("button", { type: "button", class: "icon-button", "aria-label": t("compose.detach", { name: file.name }), onclick: remove },
      icon("close")));
}
