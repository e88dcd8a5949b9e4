// The customer's side panel: who they are, what they need, what was before.

import { $, avatar, el, outside } from "./dom.js";
import { promisesOf } from "./promises.js";
import { tagsOf } from "./tags.js";
import { isInApp, openRow, state } from "./store.js";
import { customerName, moment, nameOf, t } from "./words.js";

let drawn = "";

export function drawPanel() {
  const row = openRow();
  const talk = row && state.talks.get(row.id);
  $("panel").classList.toggle("has-talk", Boolean(row));
  const key = JSON.stringify([row?.id, row?.handoff, row?.status, row?.assignee, row?.resolution, row?.promises, row?.tags, talk?.customer, talk?.earlier]);
  if (key === drawn) return;
  drawn = key;
  $("facts").replaceChildren(...(row ? [who(row, talk), tagsOf(row), promisesOf(row), handoffs(row, talk), earlier(talk)] : []));
}

function sourceOf({ source }) {
  return source.startsWith("ad:") ? t("facts.from_ad", { id: source.slice(3) }) : source;
}

const fact = (key, value) => el("div", {}, el("dt", {}, t(key)), el("dd", {}, value));

function who(row, talk) {
  const name = customerName(row.customer);
  const page = talk?.customer.page;
  return el("section", { "aria-label": t("facts.customer") },
    el("div", { class: "who" }, avatar(row.customer, name),
      el("div", {}, el("p", { class: "who-name" }, name),
        el("p", { class: "muted" }, nameOf("channel", row.channel)))),
    el("dl", { class: "facts" },
      talk?.customer.on_channel ? fact("facts.on_channel", talk.customer.on_channel) : "",
      talk ? fact("facts.first_seen", moment(talk.customer.first_seen)) : "",
      talk?.customer.source ? fact("facts.source", sourceOf(talk.customer)) : "",
      page?.url ? fact("facts.page", outside(page.url, page.title || page.url)) : "",
      fact("facts.status", t(`status.${row.status}`)),
      row.assignee || isInApp(row) ? fact("facts.assignee", row.assignee?.name ?? t("author.in_app")) : "",
      row.resolution ? fact("facts.resolution", nameOf("resolution", row.resolution)) : ""));
}

function handoffs(row, talk) {
  const newest = row.handoff;
  if (!newest) return "";
  const before = (talk?.handoffs ?? []).filter((each) => each.requested_at !== newest.requested_at);
  return el("section", {}, el("h3", {}, t("facts.handoff")), clocks(newest), ...before.reverse().map(clocks));
}

function clocks(each) {
  const missing = el("span", { class: "muted" }, t("facts.none"));
  const late = Date.parse(each.first_reply_at) > Date.parse(each.respond_by);
  return el("dl", { class: "facts" },
    fact("facts.reason", nameOf("reason", each.reason)),
    each.summary ? fact("facts.matter", each.summary) : "",
    fact("facts.requested", moment(each.requested_at)),
    each.first_reply_at ? "" : fact("facts.respond_by", moment(each.respond_by)),
    fact("facts.accepted", each.accepted_at ? moment(each.accepted_at) : missing),
    fact("facts.first_reply", each.first_reply_at
      ? el("span", { class: late ? "late" : "" }, moment(each.first_reply_at), late ? ` (${t("facts.late")})` : "")
      : missing.cloneNode(true)),
    each.closed_at ? fact("facts.closed", moment(each.closed_at)) : "",
    each.outcome ? fact("facts.outcome", nameOf("outcome", each.outcome)) : "");
}

function earlier(talk) {
  if (!talk) return "";
  return el("section", {}, el("h3", {}, t("facts.earlier")),
    talk.earlier.length
      ? el("ul", { class: "earlier" }, ...talk.earlier.map((each) =>
          el("li", {}, el("a", { href: `#c${each.id}` },
            el("span", {}, moment(each.created_at)),
            el("span", { class: "muted" }, each.summary || (each.resolution ? nameOf("resolution", each.resolution) : t(`status.${each.status}`)))))))
      : el("p", { class: "muted small-text" }, t("facts.no_earlier")));
}
