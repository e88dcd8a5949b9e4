/** One phone: its screen, its composer, its sheets and its drawers. */
import { clock, make } from "./dom.js";
import { gist, line } from "./bubble.js";

const PAUSE = 10 * 60_000; // after which a screen says the time again
const READING = 1000; // until a person has seen what came

export class Phone {
  constructor(stand, send) {
    this.stand = stand;
    this.name = stand.dataset.phone;
    this.unread = 0;
    this._send = send;
    this._shown = new Map(); // bubble id: [how it was, its line]
    this._bubbles = [];
    this._editing = null;
    this._opener = null;
    this._find = (selector) => stand.querySelector(selector);
    this._log = this._find(".log");
    this._text = this._find(".composer textarea");
    this._atEnd = true;
    this._listen();
  }

  act(act, value = {}) {
    this._send({ phone: this.name, act, value });
  }

  // --- what the person does

  _listen() {
    let top = 0;
    this._log.addEventListener("scroll", () => {
      const { scrollTop, scrollHeight, clientHeight } = this._log;
      if (scrollHeight - scrollTop - clientHeight < 80) this._atEnd = true;
      else if (scrollTop < top) this._atEnd = false;
      top = scrollTop;
    });
    // Pictures come late, and drawers take room: who reads the end goes on reading it.
    this._log.addEventListener("load", () => this._atEnd && this._toEnd(), true);
    new ResizeObserver(() => this._atEnd && this._toEnd()).observe(this._log);
    this._find(".composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this._say();
    });
    this._text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this._say();
    });
    this._text.addEventListener("input", () => this._grow());
    this._find(".plus").addEventListener("click", (event) => this._open(".attach", event.currentTarget));
    this._find(".menu").addEventListener("click", (event) => this._open(".options", event.currentTarget));
    this._find(".shade").addEventListener("click", () => this._close());
    this._find(".phone").addEventListener("keydown", (event) => {
      if (event.key === "Escape") this._close() || this._stopEditing();
    });
    for (const button of this.stand.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => {
        this._close();
        this.act(button.dataset.act, JSON.parse(button.dataset.value));
      });
    }
    this._find(".start")?.addEventListener("click", () => {
      this._begun = this._person; // Zalo shows nothing of it
      this._find(".hello").hidden = true;
      this._text.focus();
    });
    this._find(".chooser").addEventListener("change", (event) => this._attach(event.target));
    for (const button of this.stand.querySelectorAll("[data-emoji]")) {
      button.addEventListener("click", () => this._onTouched("react", { emoji: button.dataset.emoji }));
    }
    this._find(".unreact").addEventListener("click", () => this._onTouched("react", { emoji: "" }));
    this._find(".recall").addEventListener("click", () => this._onTouched("recall", {}));
    this._find(".edit")?.addEventListener("click", () => this._edit());
    this._find(".editing button").addEventListener("click", () => this._stopEditing());
    for (const button of this.stand.querySelectorAll(".opens")) {
      button.addEventListener("click", () => this._drawer(button));
    }
    this._find(".staff")?.addEventListener("submit", (event) => {
      event.preventDefault();
      const field = event.target.querySelector("textarea");
      if (field.value.trim()) this.act("staff", { text: field.value.trim() });
    });
    for (const field of this.stand.querySelectorAll("[data-fault]")) {
      field.addEventListener("change", () => {
        const value = field.type === "checkbox" ? Number(field.checked) : Math.trunc(Number(field.value));
        this.act("fault", { [field.dataset.fault]: value || 0 });
      });
    }
    this._find(".calm").addEventListener("click", () => {
      const fields = [...this.stand.querySelectorAll("[data-fault]")];
      this.act("fault", Object.fromEntries(fields.map((field) => [field.dataset.fault, 0])));
    });
  }

  _say() {
    const text = this._text.value.trim();
    if (!text) return;
    if (this._editing) this.act("edit", { bubble: this._editing.id, text });
    else this.act("say", { text });
    this._stopEditing();
    this._write("");
  }

  _write(text) {
    this._text.value = text;
    this._grow();
  }

  _grow() {
    this._text.rows = Math.min(5, this._text.value.split("\n").length + Math.floor(this._text.value.length / 34));
  }

  async _attach(chooser) {
    const [file] = chooser.files;
    chooser.value = "";
    this._close();
    if (!file) return;
    const answer = await fetch(`/files/${this.name}?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
    if (answer.ok) this.act("attach", await answer.json());
    else this.say("Không gửi được tệp này. Tệp nặng quá 25 MB hoặc không có nội dung.");
  }

  _onTouched(act, value) {
    const { id } = this._touched;
    this._close();
    this.act(act, { bubble: id, ...value });
  }

  _edit() {
    this._editing = this._touched;
    this._close();
    this._find(".editing").hidden = false;
    this._write(this._editing.text);
    this._text.focus();
  }

  _stopEditing() {
    if (!this._editing) return;
    this._editing = null;
    this._find(".editing").hidden = true;
    this._write("");
  }

  _press(bubble, choice) {
    const onCard = bubble.cards.some((card) => card.buttons.includes(choice));
    this.act("press", { bubble: bubble.id, title: choice.title, ...(onCard && { key: choice.key }) });
  }

  // --- sheets and drawers

  _open(which, opener) {
    this._close();
    const sheet = this._find(which);
    this._opener = opener;
    opener.setAttribute("aria-expanded", "true");
    sheet.hidden = this._find(".shade").hidden = false;
    sheet.querySelector("button:not([hidden]), input").focus();
  }

  _close() {
    const sheet = this._find(".sheet:not([hidden])");
    if (!sheet) return false;
    const inside = sheet.contains(document.activeElement);
    sheet.hidden = this._find(".shade").hidden = true;
    this._opener?.setAttribute("aria-expanded", "false");
    if (inside) (this._opener?.isConnected ? this._opener : this._text).focus();
    return true;
  }

  _touch(bubble, opener) {
    this._touched = bubble;
    const own = bubble.by === "customer";
    this._find(".touched .recall").hidden = !own;
    this._find(".touched .unreact").hidden = !bubble.reaction;
    const edit = this._find(".touched .edit");
    if (edit) edit.hidden = !own || !bubble.text;
    this._find(".touched").setAttribute("aria-label", `Thao tác với tin: ${gist(bubble)}`);
    this._open(".touched", opener);
  }

  _drawer(button) {
    const opens = button.getAttribute("aria-expanded") !== "true";
    for (const each of this.stand.querySelectorAll(".opens")) {
      const open = each === button && opens;
      each.setAttribute("aria-expanded", String(open));
      document.getElementById(each.getAttribute("aria-controls")).hidden = !open;
    }
  }

  say(text) {
    const toast = this._find(".toast");
    toast.textContent = text;
    toast.hidden = false;
    clearTimeout(this._toasting);
    this._toasting = setTimeout(() => (toast.hidden = true), 5000);
  }

  // --- what the screen shows

  show(screen) {
    const before = new Set(this._bubbles.map((each) => each.id));
    const begins = !this._bubbles.length || this._person !== screen.person.id;
    this._person = screen.person.id;
    this._bubbles = screen.bubbles;
    this._find(".holder strong").textContent = screen.person.name;
    this._lines(screen.bubbles, screen.typing_until);
    this._find(".hello").hidden = screen.bubbles.length > 0 || this._begun === this._person;
    this._find(".left").hidden = !screen.blocked;
    this._find(".item.leave").hidden = screen.blocked;
    const comeBack = this._find(".item.come-back");
    if (comeBack) comeBack.hidden = !screen.blocked;
    this._quick(screen.bubbles.at(-1));
    this._faults(screen.faults);
    const fresh = screen.bubbles.filter((each) => !before.has(each.id));
    if (begins || this._atEnd || fresh.some((each) => each.by === "customer")) this._toEnd();
    if (!begins) this.unread += fresh.filter((each) => each.by !== "customer").length;
    this.look();
  }

  /** The phone comes before somebody's eyes, on a small screen. */
  reveal() {
    this._toEnd();
    this.look();
  }

  _toEnd() {
    this._atEnd = true;
    this._log.scrollTop = this._log.scrollHeight;
  }

  /** A person who has the phone before their eyes sees what came. */
  look() {
    if (document.visibilityState !== "visible" || !this._log.offsetParent) return;
    this.unread = 0;
    if (!this._bubbles.some((each) => each.by !== "customer" && !each.seen)) return;
    clearTimeout(this._reading);
    this._reading = setTimeout(() => this.act("see"), READING);
  }

  _lines(bubbles, typingUntil) {
    const telegram = this.name === "telegram";
    const seen = bubbles.filter((each) => each.by === "customer" && each.seen).at(-1);
    const all = bubbles.filter((each) => !(telegram && each.recalled));
    const wanted = [];
    let earlier = null;
    all.forEach((bubble, n) => {
      const next = all[n + 1];
      const pause = !earlier || bubble.at - earlier.at > PAUSE;
      const first = pause || earlier.by !== bubble.by;
      const last = !next || next.by !== bubble.by || next.at - bubble.at > PAUSE;
      if (pause) wanted.push(this._once(`time ${bubble.id}`, bubble.at, () => make("p", { class: "time" }, clock(bubble.at))));
      wanted.push(
        this._once(bubble.id, JSON.stringify([bubble, first, last]), () =>
          line(bubble, {
            first,
            last,
            touch: (touched, opener) => this._touch(touched, opener),
            press: (pressed, choice) => this._press(pressed, choice),
          }),
        ),
      );
      if (bubble === seen && !telegram) wanted.push(this._once("seen", bubble.id, () => make("p", { class: "seen" }, "Đã xem")));
      earlier = bubble;
    });
    clearTimeout(this._typing);
    const left = typingUntil - Date.now();
    if (left > 0) {
      wanted.push(this._once("typing", "", () => typing()));
      this._typing = setTimeout(() => this._lines(this._bubbles, 0), left);
    }
    const kept = new Set(wanted);
    for (const [key, [, element]] of this._shown) if (!kept.has(element)) this._shown.delete(key), element.remove();
    wanted.forEach((element, n) => {
      if (this._log.children[n] !== element) this._log.insertBefore(element, this._log.children[n] ?? null);
    });
  }

  /** The element of this key, made anew when it changed. */
  _once(key, how, build) {
    const known = this._shown.get(key);
    if (known && known[0] === how) return known[1];
    const element = build();
    if (known) known[1].replaceWith(element);
    this._shown.set(key, [how, element]);
    return element;
  }

  _quick(last) {
    const row = this._find(".quick");
    const how = JSON.stringify(last?.quick ?? []);
    if (row.dataset.how === how) return;
    row.dataset.how = how;
    row.hidden = !last?.quick.length;
    row.replaceChildren(
      ...(last?.quick ?? []).map((choice) =>
        make("button", { type: "button", onclick: () => this._press(last, choice) }, choice.title),
      ),
    );
  }

  _faults(faults) {
    let on = 0;
    for (const field of this.stand.querySelectorAll("[data-fault]")) {
      const value = Number(faults[field.dataset.fault]);
      on += value > 0;
      if (field.type === "checkbox") field.checked = value > 0;
      else if (document.activeElement !== field || value < Number(field.value)) field.value = value;
    }
    const count = this._find(".opens .count");
    count.hidden = !on;
    count.textContent = on;
  }
}

function typing() {
  return make(
    "div",
    { class: "line business first last typing" },
    make("span", { class: "sr-only" }, "Cửa hàng đang soạn tin"),
    make("div", { class: "bubble", "aria-hidden": "true" }, make("i"), make("i"), make("i")),
  );
}
