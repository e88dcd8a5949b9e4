// The page of a flow: in rows or as text, which is what is sent, and tried out beside it.

import { $ } from "../inbox/dom.js";
import { rehearse } from "./play.js";
import { Rows } from "./rows.js";
import { read, write } from "./text.js";

const form = $("flow");
const editor = JSON.parse(form.dataset.editor);
const text = $("flow-text");
const title = $("flow-title");
const lines = $("flow-lines");
const rows = new Rows($("flow-steps"), editor, compose);
let view = "rows";

function compose() {
  if (view !== "rows") return;
  const heard = lines.value.split("\n").map((line) => line.trim()).filter(Boolean);
  text.value = write({ title: title.value.trim(), lines: heard, rows: rows.rows }, editor.heads);
}

function show(chosen) {
  view = chosen;
  if (view === "rows") {
    const flow = read(text.value, editor.heads);
    title.value = flow.title;
    lines.value = flow.lines.join("\n");
    rows.show(flow.rows);
  }
  $("flow-rows").hidden = view !== "rows";
  $("flow-text-field").hidden = view === "rows";
  for (const button of document.querySelectorAll("[data-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === view));
  }
}

$("flow-view").hidden = false;
$("flow-play").hidden = false;
$("flow-view").addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-view]")?.dataset.view;
  if (chosen) show(chosen);
});
title.addEventListener("input", compose);
lines.addEventListener("input", compose);
$("flow-add").addEventListener("click", () => rows.add(rows.rows.length));
rehearse(editor, form.elements.csrf.value, () => text.value);
show("rows");
