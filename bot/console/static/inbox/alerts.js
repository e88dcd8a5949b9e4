// How our accounts on the platforms stand: the page brings it, the live line keeps it fresh.

import { $, el } from "./dom.js";
import { withCode } from "./told.js";

let drawn = null;

export function drawAlerts(alerts) {
  const key = JSON.stringify(alerts);
  if (key === drawn) return;
  drawn = key;
  $("channel-alerts").replaceChildren(...alerts.map(({ tone, lead, text, detail }) =>
    el("p", { class: "banner", "data-tone": tone },
      el("b", {}, lead), " ", ...withCode(text), detail ? " " : "",
      detail ? el("span", { class: "code" }, detail) : "")));
}
