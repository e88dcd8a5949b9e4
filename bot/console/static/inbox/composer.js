// Writing: drafts that survive everything, and messages that are posted once.

import { cannedReplies } from "./canned.js";
import { $, announce, el } from "./dom.js";
import { drawDraft, dropExtra, extraOf, filesOf, selectOpen } from "./draft.js";
import { close, setUpListbox } from "./listbox.js";
import { colleagues } from "./mentions.js";
import { Offline, call } from "./net.js";
import { mayWhisper } from "./passon.js";
import { isInApp, isMine, openRow, state } from "./store.js";
import { drawOffer, offerPromise } from "./promises.js";
import { drawSuggestions, dropSuggestion } from "./suggestions.js";
import { lineOf, refusalOf } from "./window.js";
import { me, nameOf, t } from "./words.js";

const TYPING_MS = 3000;
const SENDS = { reply: "action.send", note: "action.save_note", whisper: "action.whisper" };

let mode = "reply";
let showing = null; // the conversation whose draft is in the field
let lastTyping = 0;
let onChange = () => {};
let onTyping = () => {};

// --- drafts: one per conversation and kind

const draftKey = (id, kind) => `draft:${me.id}:${id}:${kind}`;

function keepDraft() {
  if (showing === null) return;
  const text = $("text").value;
  if (text) sessionStorage.setItem(draftKey(showing, mode), text);
  else sessionStorage.removeItem(draftKey(showing, mode));
}

function loadDraft() {
  $("text").value = sessionStorage.getItem(draftKey(showing, mode)) ?? "";
  grow();
}

export function drawComposer() {
  const row = openRow();
  if (!row) {
    showing = null;
    return;
  }
  if (showing !== row.id) {
    showing = row.id;
    mode = "reply";
    loadDraft();
    close();
  }
  if (mode === "whisper" && !mayWhisper(row)) {
    mode = "note"; // the words stay a draft, for nobody else should read them
    loadDraft();
  }
  drawWindow(row);
  drawDraft(row.id, mode, $("text").value);
  drawOffer();
  const blocked = mode === "reply" ? reasonBlocked(row) : [];
  const isBlocked = blocked.length > 0;
  $("blocked").hidden = !isBlocked;
  if ($("blocked").textContent !== blocked.join("")) {
    $("blocked").replaceChildren(...blocked.map((sentence) => el("span", {}, sentence)));
    if (document.activeElement === $("text")) announce(blocked.join(" "));
  }
  $("composer").dataset.mode = mode;
  drawSuggestions(mode, $("text").value, isBlocked);
  const wasBlocked = $("composer").classList.contains("is-blocked");
  $("composer").classList.toggle("is-blocked", isBlocked);
  $("mode-reply").setAttribute("aria-pressed", String(mode === "reply"));
  $("mode-note").setAttribute("aria-pressed", String(mode === "note"));
  if ($("mode-whisper")) {
    $("mode-whisper").hidden = !mayWhisper(row);
    $("mode-whisper").setAttribute("aria-pressed", String(mode === "whisper"));
  }
  const text = $("text");
  // Read-only, not disabled: who was writing keeps the focus and the words.
  text.readOnly = isBlocked;
  text.placeholder = isBlocked ? "" : t(`compose.${mode}_hint`, { by: row.assignee?.name ?? "" });
  text.setAttribute("aria-label", t(`compose.${mode}`));
  $("send").disabled = isBlocked;
  $("send-label").textContent = t(SENDS[mode]);
  if (wasBlocked && !isBlocked) grow(); // a hidden field has no height to measure
}

function drawWindow(row) {
  const line = lineOf(row);
  $("window").hidden = !line;
  $("window").dataset.tone = line?.tone ?? "";
  if (line && $("window-text").textContent !== line.text) $("window-text").textContent = line.text;
}

// The sentences that say why this reader cannot answer; none when they can.
function reasonBlocked(row) {
  if (isInApp(row)) return [t("compose.blocked.in_app", { app: nameOf("native", row.channel) })];
  if (!isMine(row)) return [t(`compose.blocked.${row.status}`, { by: row.assignee?.name ?? "" })];
  const code = refusalOf(row);
  if (!code) return [];
  return [t(`permission.${code}`), t("permission.instead", { way: t(`instead.${code}`) })];
}

export function write(kind, { focus = true, begin = "" } = {}) {
  if (!openRow() || (kind === "whisper" && !mayWhisper(openRow()))) return;
  if (kind !== mode) {
    keepDraft();
    mode = kind;
    loadDraft();
    close();
  }
  if (begin && !$("text").value) {
    $("text").value = begin;
    keepDraft();
  }
  drawComposer();
  if (focus) $("text").focus();
}

function grow() {
  const text = $("text");
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight + 2, 220)}px`;
}

// --- messages on their way: kept until the server has them, posted again with the same id

const pendingKey = `pending:${me.id}`;
let pending = JSON.parse(sessionStorage.getItem(pendingKey) ?? "[]");

function keepPending() {
  sessionStorage.setItem(pendingKey, JSON.stringify(pending));
}

export function pendingOf(id, talk) {
  const arrived = new Set(talk ? [...talk.messages.values()].map((each) => each.client_id) : []);
  const rest = pending.filter((each) => !arrived.has(each.client_id));
  if (talk && rest.length !== pending.length) {
    pending = rest;
    keepPending();
  }
  return rest.filter((each) => each.conversation === id);
}

export function flush() {
  for (const each of pending) if (!each.stored && !each.refused) post(each);
}

export function retry(clientId) {
  const each = pending.find((one) => one.client_id === clientId);
  if (each) post(each);
}

export function discard(clientId) {
  pending = pending.filter((one) => one.client_id !== clientId);
  keepPending();
  onChange();
}

const posting = new Set();

async function post(each) {
  if (posting.has(each.client_id)) return;
  posting.add(each.client_id);
  each.problem = "";
  onChange();
  try {
    const answer = await call(`conversations/${each.conversation}/${each.kind}`, {
      text: each.text, client_id: each.client_id, ...each.extra, files: each.extra?.files?.map((file) => file.key),
    });
    if (each.kind === "reply") offerPromise(each.conversation, answer.message, answer.promised);
    each.stored = true; // the live line brings the message itself
  } catch (error) {
    each.problem = error.message;
    each.refused = !(error instanceof Offline);
  } finally {
    posting.delete(each.client_id);
  }
  keepPending();
  onChange();
}

function send() {
  const row = openRow();
  const text = $("text").value.trim();
  const files = row && mode === "reply" ? filesOf(row.id) : [];
  if (!row || (!text && !files.length) || $("send").disabled) return;
  if (!drawDraft(row.id, mode, text)) {
    selectOpen($("text"));
    return announce($("draft-problem").textContent);
  }
  const each = { client_id: crypto.randomUUID?.() ?? randomId(), conversation: row.id, kind: mode, text };
  if (mode === "reply") {
    each.extra = extraOf(row.id);
    dropExtra(row.id);
  }
  // Meant for one colleague: not for whoever has the conversation by then.
  if (mode === "whisper") each.extra = { to: row.assignee.id };
  pending.push(each);
  keepPending();
  $("text").value = "";
  close();
  keepDraft();
  grow();
  state.justSent = true;
  post(each);
}

// randomUUID is missing on plain http pages outside localhost.
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function setUpComposer({ changed, typing }) {
  onChange = changed;
  onTyping = typing;
  const text = $("text");
  text.addEventListener("input", () => {
    if (mode === "reply" && !text.value && !filesOf(showing).length) dropSuggestion(showing);
    keepDraft();
    grow();
    drawDraft(showing, mode, text.value);
    drawSuggestions(mode, text.value, text.readOnly);
    if (mode === "reply" && text.value && Date.now() - lastTyping > TYPING_MS) {
      lastTyping = Date.now();
      onTyping(showing);
    }
  });
  text.addEventListener("suggested", drawComposer);
  setUpListbox(text, [cannedReplies, colleagues]);
  text.addEventListener("keydown", (event) => {
    // While a Vietnamese input method composes, Enter belongs to it.
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      send();
    }
  });
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
    text.focus();
  });
  $("mode-reply").addEventListener("click", () => write("reply"));
  $("mode-note").addEventListener("click", () => write("note"));
  $("mode-whisper")?.addEventListener("click", () => write("whisper"));
}

