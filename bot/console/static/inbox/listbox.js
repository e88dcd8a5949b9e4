// A list above the field that is being written in: arrows move, Enter or Tab takes, Esc closes.
// A source says what in the field asks for it, finds options, and puts the chosen one in.

import { $, announce, el } from "./dom.js";
import { t } from "./words.js";

let field = null;
let source = null; // whose options are shown
let options = [];
let active = 0;
let turn = 0; // answers to earlier questions come too late
let finding = null;
let refused = null; // the source whose list was closed, until its words are gone

export function setUpListbox(textarea, sources) {
  field = textarea;
  field.addEventListener("input", () => look(sources));
  field.addEventListener("keydown", keys, { capture: true });
  field.addEventListener("blur", close);
  $("choices").addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus
  $("choice-list").addEventListener("click", (event) => {
    const node = event.target.closest("[role=option]");
    if (node) choose([...$("choice-list").children].indexOf(node));
  });
}

async function look(sources) {
  const asking = sources.find((each) => each.asked(field) !== null) ?? null;
  if (refused && asking !== refused) refused = null;
  if (!asking || asking === refused) return close();
  const mine = ++turn;
  finding = asking.find(asking.asked(field)).catch(() => []);
  const found = await finding;
  if (mine === turn) show(asking, found);
}

function show(asking, found) {
  finding = null;
  source = asking;
  options = found;
  active = 0;
  const list = $("choice-list");
  list.setAttribute("aria-label", source.label());
  list.replaceChildren(...options.map((each, place) =>
    el("li", { id: `choice-${place}`, role: "option", "aria-selected": "false" }, ...source.draw(each))));
  list.hidden = options.length === 0;
  $("choices-none").hidden = options.length > 0;
  $("choices-none").textContent = options.length ? "" : source.none();
  $("choices").hidden = !options.length && !source.none();
  if (!options.length) announce(source.none());
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", "choice-list");
  field.setAttribute("aria-expanded", "true");
  mark(0);
}

export function close() {
  turn += 1;
  source = finding = null;
  options = [];
  $("choices").hidden = true;
  for (const name of ["role", "aria-autocomplete", "aria-controls", "aria-expanded", "aria-activedescendant"]) {
    field.removeAttribute(name);
  }
}

function mark(place) {
  active = place;
  const nodes = [...$("choice-list").children];
  nodes.forEach((node, each) => node.setAttribute("aria-selected", String(each === place)));
  if (!nodes[place]) return field.removeAttribute("aria-activedescendant");
  field.setAttribute("aria-activedescendant", nodes[place].id);
  nodes[place].scrollIntoView({ block: "nearest" });
}

function choose(place) {
  const [chosen, by] = [options[place], source];
  close();
  by.choose(chosen, field);
  field.dispatchEvent(new Event("input"));
}

async function keys(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!source && !finding) return;
  const taking = event.key === "Enter" || (event.key === "Tab" && !event.shiftKey);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") refused = source;
  else if (taking && !finding && !options.length) return;
  else if (!taking && !step) return;
  event.preventDefault();
  event.stopPropagation(); // Esc would leave the field
  if (event.key === "Escape") close();
  else if (step && options.length) mark((active + step + options.length) % options.length);
  else if (taking) {
    // Who types fast is there before the answer.
    await finding;
    await null;
    if (options.length) choose(active);
  }
}
