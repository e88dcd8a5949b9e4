// What cannot wait, in words, with the way into the conversation. The server says who hears of it.

import { $, el, icon } from "./dom.js";
import { tell } from "./notify.js";
import { customerName, me, nameOf, now, t } from "./words.js";

const FRESH_MS = 60_000; // an older one was missed: the lists show how things stand
const SHOWN_MS = 20_000;
const MOST = 4;

const shown = new Set();

export function showAlarm(alarm, row) {
  const key = [row.id, alarm.kind, alarm.clock, alarm.at].join();
  if (shown.has(key) || now() - Date.parse(alarm.at) > FRESH_MS) return;
  shown.add(key);
  const text = inWords(alarm, row);
  const node = el("div", { class: "toast alarm", "data-tone": alarm.kind === "warned" ? "soon" : "late" },
    icon("alert"), el("p", {}, text),
    el("a", { class: "button", href: `/console/inbox#c${row.id}`, onclick: () => node.remove() }, t("alarm.open")),
    el("button", { type: "button", class: "icon-button", "aria-label": t("app.close"), onclick: () => node.remove() },
      icon("close")));
  $("alarms").append(node);
  for (const each of [...$("alarms").children].slice(0, -MOST)) each.remove();
  leave(node);
  tell(row.id, text, row.handoff?.summary ?? "");
}

// Not while somebody is at it.
function leave(node) {
  setTimeout(() => (node.matches(":hover, :focus-within") ? leave(node) : node.remove()), SHOWN_MS);
}

function inWords({ kind, clock, why, by }, row) {
  const name = customerName(row.customer);
  if (kind === "requested") return t("alarm.requested", { name, reason: nameOf("reason", row.handoff?.reason ?? "") });
  if (kind === "requeued") return t(`alarm.requeued_${why}`, { name, by: by?.name ?? t("author.agent") });
  if (kind === "raised") return t("alarm.raised", { name, level: t(`inbox.urgency_${Math.min(row.handoff?.priority ?? 1, 1)}`) });
  if (kind === "abandoned") return t("alarm.abandoned", { name });
  const who = row.assignee?.id === me.id ? t("inbox.you") : row.assignee?.name ?? nameOf("status", row.status);
  return t(`alarm.${kind}`, { name, who, clock: t(`alarm.clock_${clock}`) });
}
