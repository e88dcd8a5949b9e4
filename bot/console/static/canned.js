// The page of one canned reply: variables at a press, and how it will read.

const field = document.getElementById("canned-text");
const unfilled = document.getElementById("unfilled");
const csrf = document.querySelector("#canned [name=csrf]").value;
let waiting;
let asked = 0;

async function preview() {
  const turn = ++asked;
  const answer = await fetch("/console/api/canned/preview", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify({ text: field.value }),
  }).catch(() => null);
  if (!answer?.ok || turn !== asked) return;
  const { text, missing } = await answer.json();
  document.getElementById("preview").textContent = text;
  unfilled.hidden = !missing;
  unfilled.textContent = unfilled.dataset.words.replace("{names}", missing);
}

field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(preview, 250);
});

document.addEventListener("click", (event) => {
  const name = event.target.closest("[data-insert]")?.dataset.insert;
  if (!name) return;
  field.setRangeText(`{${name}}`, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input"));
});
