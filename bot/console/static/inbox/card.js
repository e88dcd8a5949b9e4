// What the shop's own records say of the customer.

import { $, el } from "./dom.js";
import { Offline, call } from "./net.js";
import { state } from "./store.js";
import { number, t } from "./words.js";

let asked = null;

export async function askCard(id) {
  asked = id;
  let card = { state: "away" };
  try {
    card = await call(`conversations/${id}/card`);
  } catch (error) {
    if (error instanceof Offline) return;
  }
  if (asked === id && state.open === id) draw(card);
}

export function hideCard() {
  asked = null;
  $("card").hidden = true;
}

const fact = (key, value) => el("div", {}, el("dt", {}, t(key)), el("dd", {}, value));
const money = (amount) => t("card.money", { amount: number(amount) });
const day = (iso) => iso.split("-").reverse().join("/");

function draw(card) {
  if (card.state === "off") return;
  $("card").hidden = false;
  $("card").replaceChildren(el("h3", {}, t("card.title")), ...(card.state === "known" ? known(card) : [
    el("p", { class: "muted small-text" }, t(`card.${card.state}`)),
  ]));
}

function known({ name, phone, tier, points, vip, orders, warranties }) {
  const rank = [tier, points === null ? "" : t("card.points", { n: number(points) })].filter(Boolean).join(" · ");
  return [
    el("dl", { class: "facts" },
      fact("card.name", el("span", {}, name, vip ? el("span", { class: "tag assigned" }, t("card.vip")) : "")),
      phone ? fact("card.phone", phone) : "",
      rank ? fact("card.rank", rank) : ""),
    orders.length ? el("h4", {}, t("card.orders")) : "",
    orders.length ? el("ul", { class: "records" }, ...orders.map((each) => el("li", {},
      el("p", {}, el("b", {}, each.code), " ", el("span", { class: "muted" }, `${each.status} · ${day(each.date)}`)),
      el("p", {}, each.items.join(", "), each.total === null ? "" : el("span", { class: "muted" }, ` · ${money(each.total)}`))))) : "",
    warranties.length ? el("h4", {}, t("card.warranties")) : "",
    warranties.length ? el("ul", { class: "records" }, ...warranties.map((each) => el("li", {},
      el("p", {}, each.item, " ",
        el("span", { class: each.covered ? "muted" : "late" },
          t(each.covered ? "card.covered" : "card.over", { date: day(each.until) })))))) : "",
  ];
}
