// How our accounts on the platforms stand: the page brings it, the live line keeps it fresh.

import { $, el } from "./dom.js";
import { withCode } from "./told.js";

const narrow = matchMedia("(max-width: 760px)");
let drawn = null;

// A small screen is the conversation's.
export function foldAlerts() {
  for (const each of $("channel-alerts").children) each.open = !narrow.matches;
}

export function drawAlerts(alerts) {
  const key = JSON.stringify(alerts);
  if (key === drawn) return;
  drawn = key;
  $("channel-alerts").replaceChildren(...alerts.map(({ tone, lead, text, detail }) =>
    el("details", { class: "banner", "data-tone": tone, open: !narrow.matches },
      el("summary", {}, lead), ...withCode(text), detail ? " " : "",
      detail ? el("span", { class: "code" }, detail) : "")));
}
