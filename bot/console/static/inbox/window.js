// How long the customer can be answered: what the platform allows, counted down by the server's
// clock. The server says when each way ends; which one holds now is told here.

import { date, day, duration, nameOf, now, number, t, timeOfDay } from "./words.js";

const DAY = 86_400_000;
const SOON = 3_600_000; // the end of a way is near

const WAYS = ["free_until", "by_hand_until", "paid_until"];

// {code, until} of the way that holds now; null where there is no limit.
function wayOf(window) {
  const ends = WAYS.map((name) => [name, Date.parse(window[name] ?? "")]).filter(([, end]) => end);
  if (!ends.length) return null;
  const open = ends.find(([, end]) => now() < end);
  if (!open) return { code: "closed", until: Math.max(...ends.map(([, end]) => end)) };
  const code = open[0].replace("_until", "");
  return { code: code === "free" && window.paid_until ? "unbilled" : code, until: open[1] };
}

// Why the reader may not answer now: a code of ours, or "".
export function refusalOf({ window }) {
  if (window.refused) return window.refused;
  return wayOf(window)?.code === "closed" ? "window_closed" : "";
}

// The line above the composer, and how it looks; null when there is nothing to say.
export function lineOf({ channel, status, window }) {
  if (status === "resolved" || (window.refused && window.refused !== "window_closed")) return null;
  const name = nameOf("channel", channel);
  const way = wayOf(window);
  if (!way) {
    if (window.quota_left === null) return null;
    return { text: t("window.quota", { channel: name, n: number(window.quota_left) }), tone: "" };
  }
  const left = way.until - now();
  const values = { channel: name, when: when(way.until), left: span(left) };
  const tone = way.code === "closed" ? "late" : left < SOON ? "soon" : "";
  return { text: t(`window.${way.code}`, values), tone };
}

function when(moment) {
  const key = { [day(now())]: "today", [day(now() + DAY)]: "tomorrow", [day(now() - DAY)]: "yesterday" };
  return t(`window.${key[day(moment)] ?? "date"}`, { time: timeOfDay(moment), date: date(moment) });
}

function span(ms) {
  const hours = Math.floor((ms % DAY) / 3_600_000);
  if (ms < DAY || !hours) return duration(ms);
  return t("window.days", { d: Math.floor(ms / DAY), h: hours });
}
