// The rows of the board's tables.

import { urgency } from "../inbox/clocks.js";
import { el } from "../inbox/dom.js";
import { customerName, moment, nameOf, number, t } from "../inbox/words.js";

const LATE = { breached: "late", abandoned: "late" };

export function figures(today) {
  return Object.entries(today).map(([key, value]) => ({
    key, value,
    make: () => el("div", { class: LATE[key] && value ? "is-late" : "" },
      el("dt", {}, t(`board.${key}`)),
      el("dd", {}, value === null ? "–" : key === "in_time" ? `${value}%` : number(value))),
  }));
}

const cell = (label, ...children) => el("td", { "data-label": label && t(label) }, ...children);
const nothing = () => el("span", { class: "muted", "aria-hidden": "true" }, "–");

export function teamRow(team) {
  const busy = team.waiting || team.closed_waiting;
  return el("tr", { class: busy ? "" : "is-idle" },
    el("th", { scope: "row" }, team.name, team.open ? "" : el("span", { class: "cell-sub" }, t("board.closed"))),
    cell("board.waiting", el("b", {}, number(team.waiting))),
    cell("board.longest", team.since ? el("span", { class: "clock", "data-since": team.since }) : nothing()),
    cell("board.closed_waiting", team.closed_waiting ? number(team.closed_waiting) : nothing()));
}

const link = (each, attributes = {}) =>
  el("a", { href: `/console/inbox#c${each.conversation}`, ...attributes }, customerName(each.customer));

function who(each) {
  return el("th", { scope: "row" },
    el("span", { class: "cell-name" }, link(each), urgency(each)),
    el("span", { class: "cell-sub" }, el("span", { class: `channel channel-${each.channel}` }, nameOf("channel", each.channel)),
      ` · ${nameOf("reason", each.reason)}`));
}

function holder(each, teams) {
  if (each.assignee) return [each.assignee];
  if (each.status === "assigned") return [t("author.in_app")];
  return [el("span", { class: `tag ${each.status}` }, nameOf("status", each.status)),
    teams?.[each.team] ? el("span", { class: "cell-sub" }, teams[each.team]) : ""];
}

export function lateRow(each, teams) {
  return el("tr", {}, who(each),
    cell("board.promise", t(`board.clock_${each.clock}`)),
    cell("board.overdue", el("span", { class: "clock", "data-since": each.requested_at, "data-until": each.by })),
    cell("board.holder", ...holder(each, teams)));
}

export function agentRow(agent) {
  const full = agent.load >= agent.capacity;
  return el("tr", { class: agent.presence === "off" && !agent.talks.length ? "is-idle" : "" },
    el("th", { scope: "row" }, el("span", { class: "dot", "data-presence": agent.presence }), agent.name),
    cell("board.presence", agent.lost ? t("board.lost_agent") : t(`presence.${agent.presence}`),
      agent.since ? el("span", { class: "cell-sub" }, t("board.since", { time: moment(agent.since) })) : ""),
    cell("board.load", el("span", { class: full ? "late" : "" }, `${number(agent.load)} / ${number(agent.capacity)}`)),
    cell("board.talks", agent.talks.length
      ? el("ul", { class: "wrap-list" }, ...agent.talks.map((each) => el("li", {}, link(each, { class: "chip" }))))
      : nothing()),
    cell("board.last_reply", agent.last_reply ? moment(agent.last_reply) : nothing()));
}

export function riskRow(each) {
  return el("tr", { class: each.followed_up ? "is-idle" : "" }, who(each),
    cell("board.why", el("ul", { class: "wrap-list" },
      ...each.why.map((code) => el("li", {}, el("span", { class: `tag risk-${code}` }, t(`board.risk_${code}`)))))),
    cell("board.state", ...holder(each)),
    cell("board.at", moment(each.at)),
    cell("board.follow_up", each.followed_up
      ? t("board.followed_up", { by: each.followed_up.by, time: moment(each.followed_up.at) })
      : el("button", { type: "button", class: "button", "data-follow-up": each.conversation,
          "aria-label": `${t("board.follow_up_done")}: ${customerName(each.customer)}` }, t("board.follow_up_done"))));
}
