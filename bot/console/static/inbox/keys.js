// The keyboard. Single letters can be switched off for those who dictate.

import { $ } from "./dom.js";

const SWITCH = "carebot-keys";

const lettersOn = () => localStorage.getItem(SWITCH) !== "off";

export function setUpKeys(on) {
  const box = $("keys-enabled");
  box.checked = lettersOn();
  box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return; // a dialog has its own keys
    const field = event.target.closest("input, textarea, select");
    if (event.key === "Escape") return on.escape(field);
    if (field || event.target.closest("summary") && event.key === "Enter") return;
    if (event.target.closest("#tabs") && tabKeys(event, on)) return;
    if (event.target.closest("#rows, #hits") && rowKeys(event, on)) return;
    const act = lettersOn() && {
      j: () => on.step(1), k: () => on.step(-1), a: on.accept,
      r: () => on.write("reply"), n: () => on.write("note"), c: on.passOn, x: on.askFor, w: () => on.write("whisper"), p: on.presence, "/": on.search, "?": on.help,
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function rowKeys(event, on) {
  const by = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
  if (by === undefined) return false;
  event.preventDefault();
  on.step(by);
  return true;
}

function tabKeys(event, on) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by) on.tab(by);
  else if (event.key === "ArrowDown") on.step(1);
  else return false;
  event.preventDefault();
  return true;
}
