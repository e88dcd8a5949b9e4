// Promises of a time: offered after a reply that makes one, never kept silently; made by hand;
// those that are open, in the panel.

import { $, el, icon, toast } from "./dom.js";
import { call } from "./net.js";
import { openRow } from "./store.js";
import { day, dueText, now, t } from "./words.js";

const offers = new Map(); // conversation id → what its newest reply promises
let ask = null;

export function setUpPromises(asking) {
  ask = asking;
}

// A reply was sent: what the server found in it.
export function offerPromise(id, message, promised) {
  offers.delete(id);
  if (promised) offers.set(id, { ...promised, message });
  drawOffer();
}

export function drawOffer() {
  const row = openRow();
  const offer = row && offers.get(row.id);
  const box = $("offer");
  const key = offer ? JSON.stringify([row.id, offer]) : "";
  if (box.dataset.drawn === key) return;
  box.dataset.drawn = key;
  box.hidden = !offer;
  if (!offer) return box.replaceChildren();
  const what = t(`promise.${offer.kind}`).toLowerCase();
  box.replaceChildren(icon("clock"),
    el("span", {}, t("promise.offer", { what, when: dueText(offer.due_at) })),
    el("button", { type: "button", class: "button primary small", onclick: async () => { if (await save(row.id, offer)) over(row.id); } }, t("promise.save")),
    el("button", { type: "button", class: "button quiet small", onclick: () => over(row.id) }, t("promise.skip")));
}

function over(id) {
  offers.delete(id);
  drawOffer();
  $("text").focus();
}

async function save(id, body) {
  try {
    await call(`conversations/${id}/promises`, body);
    toast(t("done.promised"));
    return true;
  } catch (error) {
    toast(error.message, { problem: true });
    return false;
  }
}

async function finish(promise, outcome) {
  try {
    await call(`promises/${promise.id}`, { outcome });
    toast(t("done.promise_over"));
  } catch (error) {
    toast(error.message, { problem: true });
  }
  $("panel").focus({ preventScroll: true });
}

async function add() {
  const row = openRow();
  const form = await ask("promise", (dialog) => {
    dialog.querySelector("form").reset();
    const due = dialog.querySelector("[name=due]");
    due.min = `${day(now())}T00:00`;
    due.value = "";
  });
  // The field has no zone: it is an hour in Vietnam, wherever this screen is.
  if (form) save(row.id, { kind: form.get("kind"), text: form.get("text"), due_at: `${form.get("due")}:00+07:00` });
}

// The panel's section.
export function promisesOf(row) {
  const open = row.promises ?? [];
  return el("section", { "aria-label": t("promise.open") },
    el("div", { class: "section-head" }, el("h3", {}, t("promise.open")),
      el("button", { type: "button", class: "icon-button small", "aria-label": t("promise.add"), title: t("promise.add"), onclick: add }, icon("plus"))),
    open.length
      ? el("ul", { class: "promises" }, ...open.map(one))
      : el("p", { class: "muted small-text" }, t("promise.none")));
}

function one(promise) {
  const late = Date.parse(promise.due_at) < now();
  const what = t(`promise.${promise.kind}`);
  const button = (outcome) => el("button", {
    type: "button", class: "link", "aria-label": `${t(`promise.${outcome}`)}: ${what}, ${promise.text}`, onclick: () => finish(promise, outcome),
  }, t(`promise.${outcome}`));
  return el("li", {},
    el("p", { class: late ? "late" : "" }, el("b", {}, what), ` ${dueText(promise.due_at)}`),
    el("p", { class: "muted" }, promise.text),
    el("p", { class: "promise-do" }, button("kept"), button("dropped")));
}
