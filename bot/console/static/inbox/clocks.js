// What presses: how urgent something is, since when somebody waits, until when they were promised.

import { el } from "./dom.js";
import { duration, now, t } from "./words.js";

// The mark of a hand-off that comes before the others.
export function urgency(handoff) {
  if (!handoff || handoff.closed_at || handoff.priority > 1) return "";
  return el("span", { class: `urgency urgency-${handoff.priority}` }, t(`inbox.urgency_${handoff.priority}`));
}

// The clocks, once a second.
export function tick(within = document) {
  for (const node of within.querySelectorAll("[data-since]")) {
    const until = node.dataset.until ? Date.parse(node.dataset.until) : Infinity;
    const late = now() > until;
    const text = duration(now() - Date.parse(node.dataset.since));
    const shown = late ? t("inbox.late", { time: duration(now() - until) }) : t("inbox.waiting", { time: text });
    if (node.textContent !== shown) node.textContent = shown;
    node.classList.toggle("late", late);
  }
  for (const node of within.querySelectorAll("[data-promise]")) {
    const left = Date.parse(node.dataset.promise) - now();
    const key = left < 0 ? "inbox.late" : "inbox.left";
    const shown = t(key, { time: duration(Math.abs(left)) });
    if (node.textContent !== shown) node.textContent = shown;
    node.classList.toggle("late", left < 0);
  }
}
