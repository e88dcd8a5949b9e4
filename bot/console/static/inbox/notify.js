// A sound and a desktop notification for what is mine and not before my eyes. Both can be switched
// off; the browser's own question is asked by the click that switches notifications on.

import { $, toast } from "./dom.js";
import { isMine, state } from "./store.js";
import { inShort } from "./told.js";
import { customerName, me, t } from "./words.js";

const SOUND = "carebot-sound"; // on unless "off"
const DESKTOP = "carebot-desktop"; // off unless "on"
const FRESH_MS = 30_000;

const byHand = new Map(); // conversation id → when this screen asked for it
let audio = null;

const canNotify = () => "Notification" in window && isSecureContext;
export const soundOn = () => localStorage.getItem(SOUND) !== "off";
const desktopOn = () =>
  canNotify() && Notification.permission === "granted" && localStorage.getItem(DESKTOP) === "on";

// What the agent takes themselves is no news to them.
export const takenByHand = (id) => byHand.set(id, Date.now());

// To be called with each row that the live line brings.
export function noticeRow(row, before) {
  if (!isMine(row) || (before && isMine(before))) return;
  if (Date.now() - (byHand.get(row.id) ?? 0) < FRESH_MS) return;
  const name = customerName(row.customer);
  tell(row.id, t("notify.assigned", { name }), row.handoff?.summary ?? "");
  toast(t("notify.assigned", { name }));
}

export function noticeMessage(message, row) {
  if (message.whisper?.id === me.id) return tell(row.id, t("notify.whisper", { name: message.by }), message.text);
  if (message.author !== "customer" || !isMine(row)) return;
  tell(row.id, customerName(row.customer), inShort({ ...message, attachment: message.attachments[0]?.kind }));
}

export function tell(id, title, body) {
  if (document.hasFocus() && state.open === id) return;
  if (soundOn()) chime();
  if (!desktopOn() || document.hasFocus()) return;
  const shown = new Notification(title, { body, tag: `carebot-${id}`, icon: "/console/static/icon.svg" });
  shown.onclick = () => {
    focus();
    location.hash = `#c${id}`;
    shown.close();
  };
}

// Two soft notes. Browsers are silent until somebody has touched the page.
export function chime() {
  if (audio?.state !== "running") return;
  for (const [hertz, after] of [[660, 0], [880, 0.14]]) {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    const at = audio.currentTime + after;
    tone.frequency.value = hertz;
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.12, at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.35);
    tone.connect(loudness).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.4);
  }
}

function wake() {
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
}

export function setUpNotify() {
  addEventListener("pointerdown", wake);
  addEventListener("keydown", wake);
  const sound = $("notify-sound");
  const desktop = $("notify-desktop");
  sound.checked = soundOn();
  sound.addEventListener("change", () => {
    localStorage.setItem(SOUND, sound.checked ? "on" : "off");
    if (sound.checked) chime();
  });
  desktop.checked = desktopOn();
  desktop.disabled = !canNotify();
  desktop.addEventListener("change", async () => {
    if (desktop.checked && Notification.permission !== "granted") {
      const answer = await Notification.requestPermission();
      if (answer !== "granted") {
        desktop.checked = false;
        toast(t("notify.refused"), { problem: true });
      }
    }
    localStorage.setItem(DESKTOP, desktop.checked ? "on" : "off");
  });
}
