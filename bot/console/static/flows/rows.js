// The steps of a flow as rows: a kind, its words, how deep it stands.

import { el, icon } from "../inbox/dom.js";
import { BARE, open } from "./text.js";

const KINDS = ["say", "ask", "if", "else", "person", "end"];
const HOWS = ["là", "từ", "dưới"];

export class Rows {
  constructor(list, editor, changed) {
    Object.assign(this, { list, editor, changed, rows: [] });
    list.addEventListener("keydown", (event) => this.key(event));
  }

  show(rows) {
    this.rows = rows;
    for (const row of rows) {
      row.wrong = this.editor.problems.filter((each) => each.line === row.line).map((each) => each.text);
    }
    this.draw();
  }

  // Draw anew, with the cursor in the row of that number.
  draw(at = -1) {
    this.list.replaceChildren(...this.rows.map((row, n) => this.drawn(row, n)));
    if (at >= 0) this.list.children[at]?.querySelector("[data-first]")?.focus();
  }

  edit(row, part, value) {
    row[part] = value;
    this.changed();
  }

  drawn(row, n) {
    const { words, heads } = this.editor;
    const depth = Math.min(row.indent, 5);
    const kind = el(
      "select",
      { class: "flow-kind", "aria-label": this.editor.row.replace("{n}", n + 1), onchange: (event) => this.turn(n, event.target.value) },
      ...KINDS.map((head) => el("option", { value: head, selected: head === row.head }, heads[head])),
    );
    if (BARE.includes(row.head)) kind.dataset.first = "";
    const move = (name, label, work, possible = true) =>
      el("button", { type: "button", class: "icon-button small", "aria-label": words[label], title: words[label], disabled: !possible, onclick: work }, icon(name));
    return el(
      "li",
      { class: `flow-row depth-${depth} is-${row.head}`, "data-n": n },
      el("div", { class: "flow-line" }, kind, ...this.fields(row)),
      row.wrong?.length ? el("p", { class: "flow-wrong" }, icon("alert"), row.wrong.join(" ")) : null,
      el(
        "div",
        { class: "flow-moves" },
        move("up", "up", () => this.move(n, -1), n > 0),
        move("down", "down", () => this.move(n, 1), n < this.rows.length - 1),
        move("back", "shallower", () => this.shift(n, -1), row.indent > 0),
        move("forward", "deeper", () => this.shift(n, 1), n > 0 && row.indent <= this.rows[n - 1].indent),
        move("trash", "remove", () => this.remove(n)),
      ),
    );
  }

  fields(row) {
    const { words, kinds } = this.editor;
    const input = (part, label, more = {}) =>
      el("input", { value: row[part], "aria-label": words[label], placeholder: words[label], autocomplete: "off", oninput: (event) => this.edit(row, part, event.target.value), ...more });
    const choice = (part, label, options, more = {}) =>
      el(
        "select",
        { "aria-label": words[label], onchange: (event) => { this.edit(row, part, event.target.value); this.draw(this.rows.indexOf(row)); }, ...more },
        ...options.map((each) => el("option", { value: each, selected: each === row[part] }, each)),
      );
    const told = (label) => {
      const area = el("textarea", { rows: row.text.split("\n").length, "aria-label": words[label], placeholder: words[label], "data-first": true, oninput: (event) => this.edit(row, "text", event.target.value) });
      area.value = row.text;
      return area;
    };
    if (row.head === "say") return [told("say")];
    if (row.head === "ask") {
      return [
        told("ask"),
        el("span", { class: "flow-answer" }, el("span", { class: "muted", "aria-hidden": "true" }, `${words.kept_as} «`), input("name", "ask_name", { class: "flow-name", maxlength: 40 }), el("span", { class: "muted", "aria-hidden": "true" }, "»"), choice("kind", "ask_kind", kinds), row.kind === "một trong" ? input("options", "options", { class: "flow-options" }) : null),
      ];
    }
    if (row.head === "if") {
      const names = [...new Set([...this.asked(row), row.name])].filter(Boolean);
      return [
        el("span", { class: "flow-answer" }, choice("name", "if_name", names, { "data-first": true }), choice("how", "if_how", this.hows(row)), this.value(row, input), row.how === "từ" ? el("span", {}, words.more) : null),
      ];
    }
    return [];
  }

  // The names of the questions above a row.
  asked(row) {
    const above = this.rows.slice(0, this.rows.indexOf(row));
    return above.filter((each) => each.head === "ask").map((each) => each.name);
  }

  question(row) {
    return this.rows.find((each) => each.head === "ask" && each.name === row.name);
  }

  hows(row) {
    const kind = this.question(row)?.kind;
    return kind === undefined || kind === "số" || row.how !== "là" ? HOWS : ["là"];
  }

  value(row, input) {
    const question = this.question(row);
    const options = question?.kind === "có/không" ? ["có", "không"] : (question?.options ?? "").split("/").map((each) => each.trim()).filter(Boolean);
    if (row.how !== "là" || !options.length) return input("text", "if_value", { class: "flow-value" });
    const list = `flow-options-${this.rows.indexOf(row)}`;
    const field = input("text", "if_value", { class: "flow-value", list });
    return el("span", { class: "flow-value" }, field, el("datalist", { id: list }, ...options.map((each) => el("option", { value: each }))));
  }

  turn(n, head) {
    const row = this.rows[n];
    row.head = head;
    if (head === "if") {
      row.name = this.asked(row).at(-1) ?? "";
      row.text = "";
    }
    if (BARE.includes(head)) row.text = "";
    this.changed();
    this.draw(n);
  }

  add(at, head = "say") {
    const before = this.rows[at - 1];
    const by = { if: 1, else: 1, person: -1, end: -1 }[before?.head] ?? 0;
    const row = open({ head, text: "", indent: before ? Math.max(0, before.indent + by) : 0, line: 0 });
    this.rows.splice(at, 0, row);
    this.changed();
    this.draw(at);
  }

  remove(n) {
    this.rows.splice(n, 1);
    this.changed();
    if (this.rows.length) this.draw(Math.max(0, n - 1));
    else this.add(0);
  }

  move(n, by) {
    const to = n + by;
    if (to < 0 || to >= this.rows.length) return;
    this.rows.splice(to, 0, ...this.rows.splice(n, 1));
    this.changed();
    this.draw(to);
  }

  shift(n, by) {
    const row = this.rows[n];
    const deepest = n ? this.rows[n - 1].indent + 1 : 0;
    row.indent = Math.max(0, Math.min(row.indent + by, deepest, 5));
    this.changed();
    this.draw(n);
  }

  key(event) {
    const item = event.target.closest("li");
    if (!item || event.isComposing) return;
    const n = Number(item.dataset.n);
    const moves = { ArrowUp: () => this.move(n, -1), ArrowDown: () => this.move(n, 1), ArrowRight: () => this.shift(n, 1), ArrowLeft: () => this.shift(n, -1) };
    const typed = event.target.matches("input, textarea");
    if (event.altKey && moves[event.key]) moves[event.key]();
    else if (event.key === "Enter" && !event.shiftKey && typed) this.add(n + 1);
    else if (event.key === "Backspace" && typed && !event.target.value && event.target.matches("[data-first]")) this.remove(n);
    else return;
    event.preventDefault();
  }
}
