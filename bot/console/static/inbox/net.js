// Talking to the server: calls, and the live line with its cursor.

import { csrf, t } from "./words.js";

const CALL_MS = 15_000;
const PING_MS = 25_000;
const PONG_MS = 10_000;
const LOST_MS = 1_000; // shorter breaks are not shown

export class Refusal extends Error {
  constructor(answer) {
    super(answer.text);
    this.code = answer.code;
  }
}

export class Offline extends Error {
  constructor() {
    super(t("refused.network"));
  }
}

function toLogin() {
  const here = encodeURIComponent(location.pathname);
  location.assign(`/console/login?next=${here}`);
}

export async function call(path, body) {
  let answer;
  try {
    answer = await fetch(`/console/api/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: body === undefined ? {} : { "Content-Type": "application/json", "X-CSRF-Token": csrf },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_MS),
    });
    if (answer.status >= 500) throw new Offline();
    const data = await answer.json();
    if (answer.ok) return data;
    if (answer.status === 401) toLogin();
    throw new Refusal(data);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Offline();
  }
}

// The WebSocket. It comes back by itself and resumes after the last event it has told.
export class Line extends EventTarget {
  cursor = 0;
  up = false;
  #socket = null;
  #tries = 0;
  #timers = {};

  start(cursor) {
    this.cursor = cursor;
    this.#connect();
    addEventListener("online", () => this.#hurry());
    addEventListener("offline", () => this.#socket?.close());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#hurry();
    });
  }

  send(frame) {
    if (this.up) this.#socket.send(JSON.stringify(frame));
  }

  #hurry() {
    if (this.#socket === null) this.#connect();
  }

  #connect() {
    clearTimeout(this.#timers.retry);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/console/ws`);
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", after: this.cursor }));
    socket.onmessage = (message) => this.#heard(JSON.parse(message.data));
    socket.onclose = (closing) => {
      if (socket === this.#socket) this.#lost(closing.code);
    };
    // A socket that neither opens nor fails is given up.
    this.#timers.pong = setTimeout(() => this.#cut(socket), CALL_MS);
  }

  #heard(frame) {
    if (frame.type === "ready") {
      this.up = true;
      this.#tries = 0;
      clearTimeout(this.#timers.lost);
      clearTimeout(this.#timers.pong);
      this.#timers.lost = undefined;
      this.#ping();
      this.#tell("up");
    } else if (frame.type === "pong") {
      clearTimeout(this.#timers.pong);
      this.#tell("pong", frame);
    } else if (frame.type === "beat") {
      this.send({ type: "ping" });
    } else if (frame.type === "reload") {
      this.#tell("reload");
    } else if (frame.type === "event") {
      this.#tell("event", frame);
      this.cursor = Math.max(this.cursor, frame.event);
    } else if (frame.type === "typing") {
      this.#tell("typing", frame);
    }
  }

  #ping() {
    clearInterval(this.#timers.ping);
    const socket = this.#socket;
    this.#timers.ping = setInterval(() => {
      this.send({ type: "ping" });
      clearTimeout(this.#timers.pong);
      this.#timers.pong = setTimeout(() => this.#cut(socket), PONG_MS);
    }, PING_MS);
  }

  // Do not wait for a dead connection's own goodbye: it may take minutes.
  #cut(socket) {
    if (socket !== this.#socket) return;
    socket.close();
    this.#lost(1006);
  }

  #lost(code) {
    this.up = false;
    this.#socket = null;
    clearInterval(this.#timers.ping);
    clearTimeout(this.#timers.pong);
    if (code === 4401) return toLogin();
    this.#timers.lost ??= setTimeout(() => this.#tell("lost"), LOST_MS);
    const wait = Math.min(15_000, 500 * 2 ** this.#tries++) * (0.6 + 0.4 * Math.random());
    this.#timers.retry = setTimeout(() => this.#connect(), wait);
  }

  // Read everything anew, then go on from there.
  resume(cursor) {
    this.cursor = cursor;
    const old = this.#socket;
    this.#socket = null;
    old?.close();
    this.#connect();
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
