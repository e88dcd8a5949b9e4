// Whether this agent takes conversations: chosen in the top bar, told by the live line when it was
// chosen on another screen.

import { $, toast } from "./dom.js";
import { call } from "./net.js";
import { t } from "./words.js";

let saving = Promise.resolve(); // one at a time, so that the last choice stays
let wanted = 0;

export function showPresence(presence) {
  if (wanted) return;
  $("presence").value = presence;
  $("presence").parentElement.dataset.presence = presence;
}

async function choose() {
  const select = $("presence");
  const before = select.parentElement.dataset.presence;
  select.parentElement.dataset.presence = select.value;
  const { value } = select;
  wanted += 1;
  let kept = value;
  try {
    await call("presence", { presence: value });
    if (wanted === 1) toast(t(`presence.now_${value}`));
  } catch (error) {
    kept = before;
    toast(error.message, { problem: true });
  }
  wanted -= 1;
  showPresence(kept);
}

export function setUpPresence() {
  $("presence").addEventListener("change", () => { saving = saving.then(choose); });
}
