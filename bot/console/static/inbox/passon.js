// Giving a conversation to a colleague or a team, asking for a colleague's, and a word to the one who
// has it.

import { $, el } from "./dom.js";
import { Offline, call } from "./net.js";
import { isInApp, isMine, state } from "./store.js";
import { mayTakeOver, me, number, t } from "./words.js";

const PLACE = { online: 0, away: 1, off: 2 };

export const mayPassOn = (row) =>
  isMine(row) || (mayTakeOver && ["queued", "assigned"].includes(row.status) && !isInApp(row));
export const mayAskFor = (row) => !mayTakeOver && row.status === "assigned" && !isMine(row) && !isInApp(row);
export const mayWhisper = (row) => mayTakeOver && row.status === "assigned" && !isMine(row) && !isInApp(row);

// Those who take customers and have the least to do stand first. How they stand is asked anew.
export async function offer(row) {
  draw(row);
  try {
    Object.assign(state, await call("colleagues"));
  } catch (error) {
    if (!(error instanceof Offline)) throw error;
  }
  if ($("dialog-pass-on").open) draw(row);
}

function draw(row) {
  const list = $("pass-on-to");
  const chosen = list.querySelector("input:checked")?.value;
  const focused = list.contains(document.activeElement) ? document.activeElement.value : null;
  const people = state.colleagues
    .filter(({ id }) => id !== me.id && id !== row.assignee?.id)
    .sort((a, b) => PLACE[a.presence] - PLACE[b.presence] || a.load / a.capacity - b.load / b.capacity);
  const teams = Object.entries(state.teams).filter(([code]) => row.status !== "queued" || code !== row.handoff?.team);
  list.replaceChildren(
    el("p", { class: "legend" }, t("dialog.pass_on_person")), ...people.map(person),
    el("p", { class: "legend" }, t("dialog.pass_on_team")),
    ...teams.map(([code, name]) => choice(`team:${code}`, el("span", { class: "choice-name" }, name))));
  for (const input of list.querySelectorAll("input")) {
    input.checked = input.value === chosen;
    if (input.value === focused) input.focus();
  }
}

const choice = (value, ...inside) =>
  el("label", {}, el("input", { type: "radio", name: "to", value, required: true }), ...inside);

function person({ id, name, presence, load, capacity, teams }) {
  const of = teams.map((code) => state.teams[code] ?? code).join(", ");
  return choice(`user:${id}`,
    el("span", { class: "choice-name" }, name, of ? el("span", { class: "cell-sub" }, of) : ""),
    el("span", { class: "choice-state" },
      el("span", { class: "dot", "data-presence": presence }), t(`presence.${presence}`),
      ` · ${t("dialog.pass_on_load", { load: number(load), capacity: number(capacity) })}`));
}

export function bodyOf(form) {
  const [kind, which] = form.get("to").split(":");
  return { reason: form.get("reason"), ...(kind === "team" ? { team: which } : { to: Number(which) }) };
}

// What a request begins with: a note that names the one who has it.
export function request(row) {
  const owner = state.colleagues.find((each) => each.id === row.assignee.id);
  return t("compose.ask_for", { by: owner ? `@${owner.username}` : row.assignee.name });
}
