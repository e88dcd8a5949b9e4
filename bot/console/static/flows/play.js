// Trying a flow out: it is played anew from the beginning for every message.

import { $, el } from "../inbox/dom.js";

export function rehearse(editor, csrf, text) {
  const talk = $("flow-talk");
  const reply = $("flow-reply");
  const field = $("flow-said");
  let said = [];
  let asked = 0;

  async function play() {
    const turn = ++asked;
    const answer = await fetch("/console/api/flows/rehearsal", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
      body: JSON.stringify({ text: text(), said }),
    }).catch(() => null);
    if (!answer?.ok || turn !== asked) return;
    show(await answer.json());
  }

  function show({ turns, problems }) {
    const wrong = problems.map((each) => el("li", {}, editor.at.replace("{line}", each.line).replace("{text}", each.text)));
    const spoken = turns.flatMap((turn, n) => [
      el("p", { class: "bubble said" }, turn.said),
      ...turn.bubbles.map((bubble) => el("p", { class: "bubble told" }, bubble)),
      n === turns.length - 1 ? buttons(turn) : null,
      turn.end ? el("p", { class: "flow-end" }, editor.words[`end_${turn.end}`]) : null,
    ]);
    talk.replaceChildren(...(wrong.length ? [el("ul", { class: "flow-wrong" }, ...wrong)] : spoken.filter(Boolean)));
    talk.hidden = false;
    const ended = wrong.length || ["person", "done"].includes(turns.at(-1)?.end);
    reply.hidden = ended;
    talk.scrollTop = talk.scrollHeight;
    $("flow-begin").textContent = editor.words.restart;
    (ended ? $("flow-begin") : field).focus({ preventScroll: true });
  }

  function buttons(turn) {
    if (!turn.buttons.length) return null;
    const made = turn.buttons.map(([title, payload]) =>
      el("button", { type: "button", class: "button small", onclick: () => say(payload.startsWith("/") ? payload : title) }, title),
    );
    return el("p", { class: "flow-buttons" }, ...made);
  }

  function say(words) {
    said.push(words);
    play();
  }

  $("flow-begin").addEventListener("click", () => {
    said = [];
    play();
  });
  reply.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.value.trim()) return;
    say(field.value);
    field.value = "";
  });
}
