/* Carebot's chat widget: one tag on any page, no dependency, no other host asked.
 *
 *   <script src="https://HOST/widget.js" defer data-locale="vi" data-position="right"
 *           data-color="#0b66c3" data-theme="auto"></script>
 *
 * It talks to the HOST it was loaded from, as docs/widget-protocol.md says. Its only global is
 * `Carebot`: open, close, toggle, send, identify, setLocale, on. A page that wants to call it
 * before it has loaded writes (window.Carebot = window.Carebot || []).push(["open"]).
 *
 * Every element is made with createElement and every text with textContent: nothing that a person
 * or a server writes is ever read as HTML, and the page's strictest CSP has nothing to refuse.
 */
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || customElements.get("carebot-widget")) return;
  const HOST = new URL(script.src).origin;
  const WS = `${HOST.replace(/^http/, "ws")}/widget/ws`;
  const TEXT_LIMIT = 4000; // until the server tells its own
  const FILE_LIMIT = 10 * 1024 * 1024;
  const FILES_PER_MESSAGE = 5; // as many as the server takes
  const VISIT = 30 * 60_000; // an open panel stays open over pages for this long without a sign
  const GROUP = 5 * 60_000; // messages of one author this near stand together

  // ---- words ------------------------------------------------------------------------------

  const STRINGS = {
    vi: {
      chat: "Hỗ trợ khách hàng",
      open: "Mở khung trò chuyện",
      open_unread: "Mở khung trò chuyện, {n} tin chưa đọc",
      close: "Đóng khung trò chuyện",
      log: "Nội dung trò chuyện",
      welcome: "{business} xin chào anh/chị. Anh/chị cần hỗ trợ gì, cứ nhắn cho em ạ.",
      we: "Chúng em",
      bot: "Trợ lý tự động",
      queue: "Đang chờ nhân viên",
      queue_place: "Đang\u00a0chờ\u00a0nhân\u00a0viên\u00a0· vị\u00a0trí\u00a0thứ\u00a0{n}",
      agent: "{name} – nhân viên",
      agent_unnamed: "Nhân viên đang hỗ trợ",
      closed: "Cuộc trò chuyện đã kết thúc",
      starting: "Trợ lý đang khởi động, anh/chị cứ nhắn, em sẽ trả lời ngay ạ.",
      offline: "Mất kết nối. Tin nhắn của anh/chị sẽ được gửi ngay khi có mạng trở lại.",
      online: "Đã kết nối lại.",
      expired: "Phiên trước đã hết hạn nên cuộc trò chuyện bắt đầu lại từ đầu. Mong anh/chị thông cảm ạ.",
      placeholder: "Nhập tin nhắn…",
      send: "Gửi",
      attach: "Đính kèm ảnh hoặc tệp",
      camera: "Chụp ảnh",
      drop: "Thả ảnh hoặc tệp vào đây",
      save: "Tải cuộc trò chuyện về máy",
      you: "Anh/chị",
      sending: "Đang gửi",
      waiting: "Chờ có mạng",
      sent: "Đã gửi",
      seen: "Đã xem",
      failed: "Chưa gửi được",
      retry: "Thử lại",
      today: "Hôm nay",
      yesterday: "Hôm qua",
      new_messages: "Tin nhắn mới",
      to_bottom: "Xuống tin mới nhất",
      older: "Xem tin cũ hơn",
      loading: "Đang tải tin cũ…",
      typing_bot: "Trợ lý đang soạn tin",
      typing_agent: "Nhân viên đang soạn tin",
      too_long: "Tin nhắn dài quá {n} ký tự, anh/chị rút gọn giúp em ạ.",
      too_large: "Tệp “{name}” nặng {size}, quá mức {limit} cho phép. Anh/chị chọn tệp nhỏ hơn giúp em ạ.",
      too_many: "Mỗi tin gửi được nhiều nhất {n} tệp ạ.",
      bad_file: "Em chưa nhận được loại tệp này: “{name}”. Anh/chị chọn tệp khác giúp em ạ.",
      empty_file: "Tệp “{name}” không có nội dung ạ.",
      upload_failed: "Chưa tải lên được “{name}”. Anh/chị thử lại giúp em ạ.",
      not_saved: "Chưa tải được cuộc trò chuyện. Anh/chị thử lại giúp em ạ.",
      uploading: "Đang tải lên {percent}",
      remove: "Bỏ tệp {name}",
      image: "Hình ảnh",
      file: "Tệp đính kèm",
      cards: "{n} mục, bấm phím mũi tên để xem thêm",
      new_tab: "mở trong thẻ mới",
      unsupported: "Nội dung này chưa xem được ở đây.",
      not_understood: "Tin nhắn chưa gửi được.",
    },
    en: {
      chat: "Customer support",
      open: "Open the chat",
      open_unread: "Open the chat, {n} unread",
      close: "Close the chat",
      log: "Conversation",
      welcome: "Welcome to {business}. How can we help you today?",
      we: "our shop",
      bot: "Automated assistant",
      queue: "Waiting for a person",
      queue_place: "Waiting for a person · number\u00a0{n}\u00a0in\u00a0line",
      agent: "{name} – support team",
      agent_unnamed: "Our support team",
      closed: "This conversation has ended",
      starting: "The assistant is starting up. Go ahead and write, it will answer in a moment.",
      offline: "Connection lost. Your messages will be sent as soon as it is back.",
      online: "Connected again.",
      expired: "Your earlier session has expired, so this is a new conversation. Sorry about that.",
      placeholder: "Write a message…",
      send: "Send",
      attach: "Attach a picture or a file",
      camera: "Take a photo",
      drop: "Drop pictures or files here",
      save: "Download this conversation",
      you: "You",
      sending: "Sending",
      waiting: "Waiting for the network",
      sent: "Sent",
      seen: "Seen",
      failed: "Not sent",
      retry: "Try again",
      today: "Today",
      yesterday: "Yesterday",
      new_messages: "New messages",
      to_bottom: "Go to the newest message",
      older: "Show earlier messages",
      loading: "Loading earlier messages…",
      typing_bot: "The assistant is typing",
      typing_agent: "A person is typing",
      too_long: "Please shorten the message to {n} characters.",
      too_large: "“{name}” is {size}, over the limit of {limit}. Please choose a smaller file.",
      too_many: "You can send up to {n} files at a time.",
      bad_file: "We cannot accept this kind of file: “{name}”. Please choose another one.",
      empty_file: "“{name}” is empty.",
      upload_failed: "“{name}” could not be uploaded. Please try again.",
      not_saved: "The conversation could not be downloaded. Please try again.",
      uploading: "Uploading {percent}",
      remove: "Remove {name}",
      image: "Picture",
      file: "Attachment",
      cards: "{n} items, use the arrow keys to see more",
      new_tab: "opens in a new tab",
      unsupported: "This content cannot be shown here.",
      not_understood: "The message could not be sent.",
    },
  };

  const localeOf = (text) => (/^en\b/i.test(text || "") ? "en" : "vi");
  let locale = localeOf(script.dataset.locale || document.documentElement.lang);
  const t = (key, values = {}) =>
    STRINGS[locale][key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const number = (value, options) => new Intl.NumberFormat(locale, options).format(value);
  const clock = (date) =>
    date.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", hour12: false });

  function dayName(date) {
    const midnight = (d) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
    const days = Math.round((midnight(new Date()) - midnight(date)) / 86_400_000);
    if (days === 0) return t("today");
    if (days === 1) return t("yesterday");
    const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
    return date.toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "long", year });
  }

  function fileSize(bytes) {
    const [value, unit] =
      bytes < 1024 ? [bytes, "B"] : bytes < 1024 ** 2 ? [bytes / 1024, "kB"] : [bytes / 1024 ** 2, "MB"];
    return `${number(value, { maximumFractionDigits: value < 10 ? 1 : 0 })} ${unit}`;
  }

  // ---- small tools --------------------------------------------------------------------------

  const ICONS = {
    chat: "M5 4h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-7.5L7 20.6V17H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM8 9h8M8 12.5h5",
    close: "M6 6l12 12M18 6 6 18",
    down: "M6 9.5l6 6 6-6",
    left: "M14.5 6l-6 6 6 6",
    right: "M9.5 6l6 6-6 6",
    send: "M4 12 20.5 4.5 15 20l-3.6-6.2zM11.4 13.8l9.1-9.3",
    clip: "M18.5 11.5l-7.3 7.3a4.4 4.4 0 0 1-6.2-6.2l7.9-7.9a2.9 2.9 0 0 1 4.1 4.1l-7.7 7.7a1.5 1.5 0 0 1-2.1-2.1l6.9-6.9",
    camera: "M4 8h3.4L9 5.5h6L16.6 8H20a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1zM12 16.2a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
    save: "M12 4v11M7.5 10.8 12 15.2l4.5-4.4M5 19.5h14",
    file: "M7 3h7l4 4v14H7zM14 3v4h4",
    bot: "M12 3.5V7M6.5 7h11A2.5 2.5 0 0 1 20 9.5v7a2.5 2.5 0 0 1-2.5 2.5h-11A2.5 2.5 0 0 1 4 16.5v-7A2.5 2.5 0 0 1 6.5 7zM9 11.5v2M15 11.5v2",
    agent: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.8-3.8 3.8-5.5 7.5-5.5s6.7 1.700 7.5 5.5",
    queue: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3 2",
    closed: "M5 12.5l4.5 4.5L19 7.5",
  };

  function h(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(key, value);
      else if (value !== false && value != null) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child != null));
    return element;
  }

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }

  /** Writes only what differs: a live region would read the same words again. */
  const write = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };

  function webUrl(url, protocols = ["http:", "https:"]) {
    if (!url) return null;
    try {
      const parsed = new URL(url, HOST);
      return protocols.includes(parsed.protocol) ? parsed.href : null;
    } catch {
      return null;
    }
  }

  /** A message's lines; those of a list hang behind their mark. */
  function prose(text) {
    const out = document.createDocumentFragment();
    for (const line of text.match(/[^\n]*\n|[^\n]+$/g) || [])
      out.append(/^(•|\d\.) /.test(line) ? h("span", { class: line[0] === "•" ? "point" : "point step" }, phrases(line)) : phrases(line));
    return out;
  }

  /** Links to press; sums, spans of time and a closing "ạ" are not torn apart at a line's end. */
  function phrases(text) {
    const out = document.createDocumentFragment();
    let at = 0;
    for (const match of text.matchAll(/https?:\/\/[^\s<>"'`]+|\d[\d.:,]*(?: [đ%](?!\p{L})|–\d[\d:]*)|[\p{L}\d]+ ạ(?!\p{L})[.,?:]?/giu)) {
      let url = match[0];
      if (!/^https?:/i.test(url)) {
        out.append(text.slice(at, match.index), h("span", { class: "whole" }, url));
        at = match.index + url.length;
        continue;
      }
      const unopened = () => url.endsWith(")") && url.split(")").length > url.split("(").length;
      while (/[.,;:!?…»”’\]}]$/.test(url) || unopened()) url = url.slice(0, -1);
      const href = webUrl(url);
      if (!href) continue;
      out.append(text.slice(at, match.index), h("a", { href, target: "_blank", rel: "noopener" }, url.length > 60 ? `${url.replace(/^https?:\/\//i, "").slice(0, 28)}…` : url));
      at = match.index + url.length;
    }
    out.append(text.slice(at));
    return out;
  }

  /** localStorage or sessionStorage; a plain object where the browser forbids them. */
  function storage(name) {
    const memory = {};
    const attempt = (work, otherwise) => {
      try {
        return work(window[name]);
      } catch {
        return otherwise();
      }
    };
    return {
      get(key) {
        const text = attempt((area) => area.getItem(`carebot:${key}`), () => memory[key]);
        try {
          return JSON.parse(text ?? memory[key] ?? "null");
        } catch {
          return null;
        }
      },
      set(key, value) {
        const text = JSON.stringify(value);
        attempt((area) => area.setItem(`carebot:${key}`, text), () => (memory[key] = text));
      },
    };
  }
  const visitor = storage("localStorage"); // shared by the tabs, kept over visits
  const tab = storage("sessionStorage"); // this tab's, gone with it
  // randomUUID exists on https pages only
  const uuid = () =>
    crypto.randomUUID?.() ??
    "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
      (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
  const TAB = tab.get("id") || uuid();
  tab.set("id", TAB);

  // What was written and is not yet known to be stored. Every tab reads the same list.
  const outbox = {
    all: () => visitor.get("outbox") || [],
    put(entry) {
      const entries = outbox.all();
      const at = entries.findIndex((other) => other.client_id === entry.client_id);
      at < 0 ? entries.push(entry) : (entries[at] = entry);
      visitor.set("outbox", entries);
    },
    drop(id) {
      const entries = outbox.all();
      const rest = entries.filter((entry) => entry.client_id !== id);
      if (rest.length < entries.length) visitor.set("outbox", rest);
    },
    // Another tab's entry is left to it, unless it seems to have gone.
    next: () =>
      outbox.all().find((e) => !e.failed && (e.tab === TAB || Date.now() - Date.parse(e.at) > 10_000)),
  };

  // Colours: the shop chooses one; the rest follows so that every text keeps a contrast of 4.5.
  const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  const luminance = (hex) => {
    const [r, g, b] = rgb(hex).map((v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const mix = (a, b, part) => {
    const other = rgb(b);
    const mixed = rgb(a).map((v, i) => Math.round(v + (other[i] - v) * part).toString(16).padStart(2, "0"));
    return `#${mixed.join("")}`;
  };
  function legible(color, background) {
    const towards = luminance(background) > 0.4 ? "#000000" : "#ffffff";
    let part = 0;
    while (part < 1 && contrast(mix(color, towards, part), background) < 4.6) part += 0.04;
    return mix(color, towards, Math.min(part, 1));
  }

  // ---- the line to the server ---------------------------------------------------------------

  /** Keeps one connection: WebSocket, or long-poll and POST where WebSocket is refused. */
  class Line {
    status = "idle"; // idle, connecting, online, offline
    token = "";
    after = null; // the newest event we have
    ws = null; // set while the socket is ready
    polling = false;
    refused = false;
    failures = 0; // in a row
    wsRefusals = 0; // in a row, while plain HTTP works
    wsAgain = 0; // when polling: try WebSocket again then
    wsRest = 60_000;

    constructor(desk) {
      this.desk = desk; // hears: frame, status, refused, session, delivered, failed
    }

    get page() {
      return { url: location.href.split("#")[0].slice(0, 1000), title: document.title.slice(0, 200) };
    }

    async call(path, body, options = {}) {
      const headers = {};
      if (this.token) headers.Authorization = `Bearer ${this.token}`;
      if (body) headers["Content-Type"] = "application/json";
      const response = await fetch(`${HOST}${path}${path.includes("?") ? "&" : "?"}locale=${locale}`, {
        method: body ? "POST" : "GET",
        body: body && JSON.stringify({ ...body, locale }),
        headers,
        credentials: "omit",
        cache: "no-store",
        ...options,
      });
      const answer = await response.json().catch(() => ({}));
      if (response.ok) return answer;
      throw Object.assign(new Error(`HTTP ${response.status}`), { status: response.status, answer });
    }

    /** The same, with a session; a refused token is replaced once. */
    async ask(path, body, options) {
      if (!this.token) await this.session();
      try {
        return await this.call(path, body, options);
      } catch (error) {
        if (error.status !== 401 || error.answer.code === "bad_hash") throw error;
        this.forget();
        await this.session();
        this.restart();
        return this.call(path, body, options);
      }
    }

    session() {
      this.opening ??= this.openSession().finally(() => (this.opening = null));
      return this.opening;
    }

    async openSession() {
      const stored = visitor.get("token") || "";
      if (this.was && stored && stored !== this.was) return this.take(stored); // another tab's
      this.token = "";
      try {
        const answer = await this.call("/widget/session", { token: stored, page: this.page });
        this.take(answer.token);
        this.desk.session(answer);
      } catch (error) {
        // A refusal that the browser keeps from us looks like a server that is away.
        if (error.status === 403 || (!error.status && (await this.turnedAway()))) this.refuse();
        throw error;
      }
    }

    turnedAway() {
      return new Promise((resolve) => {
        const ws = new WebSocket(WS);
        ws.onopen = () => ws.send('{"type":"hello","token":""}');
        ws.onclose = (event) => resolve(event.code === 4403);
      }).catch(() => false);
    }

    take(token) {
      this.token = this.was = token;
      visitor.set("token", token);
    }

    /** The token is no good: whoever we are next, everything is shown anew. */
    forget() {
      this.token = "";
      this.after = null;
    }

    refuse() {
      if (this.refused) return;
      this.refused = true;
      this.hangUp?.();
      this.desk.refused();
    }

    /** Runs until the page goes. Calling it again only hurries the next try. */
    async connect() {
      if (this.running) return this.hurry();
      this.running = true;
      while (!this.refused) {
        if (this.status !== "online") this.setStatus(this.failures ? "offline" : "connecting");
        let good = false;
        try {
          if (!this.token) await this.session();
          const byWs = this.wsRefusals < 2 || Date.now() >= this.wsAgain;
          good = byWs ? await this.socket() : await this.poll();
          if (good === "again" || (good && !byWs)) continue;
          if (!good && this.wsRefusals >= 2) {
            this.wsAgain = Date.now() + this.wsRest; // until then by HTTP
            this.wsRest = Math.min(this.wsRest * 2, 600_000);
            continue;
          }
        } catch (error) {
          if (error.status === 403) return this.refuse();
          if (error.status === 401) this.forget();
          if (!error.status) this.wsRefusals = 0; // nothing gets through, not just WebSocket
        }
        if (this.refused) return;
        this.failures = good ? 0 : this.failures + 1;
        this.setStatus("offline");
        const longest = this.desk.isOpen && document.visibilityState === "visible" ? 8000 : 30_000;
        await this.rest(Math.min(500 * 2 ** this.failures, longest) * (0.5 + Math.random() / 2));
      }
    }

    rest(ms) {
      return new Promise((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, ms);
      });
    }

    hurry() {
      this.failures = 0;
      this.wake?.();
    }

    setStatus(status) {
      if (status === this.status) return;
      this.status = status;
      this.desk.status(status);
    }

    /** One WebSocket from hello to its end. Answers whether it ever got ready. */
    socket() {
      return new Promise((resolve) => {
        let ws, timer, beat;
        let ready = false;
        let heard = 0;
        const end = (code) => {
          clearTimeout(timer);
          clearInterval(beat);
          this.ws = this.probe = this.hangUp = null;
          ws.onopen = ws.onmessage = ws.onclose = null;
          ws.close();
          this.settle?.(null);
          if (code === 4403) this.refuse();
          if (code === 4401) this.forget();
          if (ready) this.wsRefusals = 0;
          else if (code === 1006) this.wsRefusals += 1;
          resolve(code === 4000 ? "again" : ready);
        };
        try {
          ws = new WebSocket(WS);
        } catch {
          this.wsRefusals += 1;
          return resolve(false);
        }
        timer = setTimeout(() => end(1006), 8000);
        this.hangUp = () => end(4000);
        this.probe = (ms) => {
          const asked = Date.now();
          if (!ready) return;
          ws.send('{"type":"ping"}');
          setTimeout(() => this.ws === ws && heard < asked && end(1006), ms);
        };
        ws.onopen = () =>
          ws.send(JSON.stringify({ type: "hello", token: this.token, after: this.after, locale, page: this.page }));
        ws.onclose = (event) => end(event.code);
        ws.onmessage = (event) => {
          heard = Date.now();
          const frame = JSON.parse(event.data);
          if (frame.type === "ready" && !ready) {
            ready = true;
            clearTimeout(timer);
            this.ws = ws;
            this.polling = false;
            this.wsRest = 60_000;
            beat = setInterval(() => (this.probe(10_000), this.pump()), 25_000);
          }
          this.receive(frame);
          if (frame.type === "ready") this.setStatus("online"), this.pump();
        };
      });
    }

    async poll() {
      const stop = new AbortController();
      const limit = setTimeout(() => stop.abort(), 45_000);
      let again = false;
      this.hangUp = () => ((again = true), stop.abort());
      const wait = this.polling && this.status === "online" && this.after !== null ? 25 : 0;
      const after = this.after === null ? "" : `after=${this.after}&`;
      try {
        const answer = await this.call(`/widget/events?${after}wait=${wait}`, undefined, { signal: stop.signal });
        if (again) return "again";
        answer.frames.forEach((frame) => this.receive(frame));
        this.after = answer.after;
        this.polling = true;
        this.failures = 0;
        this.setStatus("online");
        this.pump();
        return true;
      } catch (error) {
        if (again) return "again";
        this.polling = false;
        throw error;
      } finally {
        clearTimeout(limit);
        this.hangUp = null;
      }
    }

    /** Begins anew, as another visitor or in another language. */
    restart() {
      this.hangUp ? this.hangUp() : this.hurry();
    }

    receive(frame) {
      const event = frame.type === "ready" ? frame.after : frame.event;
      if (event != null) this.after = Math.max(this.after ?? 0, event);
      if (frame.type === "ack") this.settle?.({ client_id: frame.client_id, id: frame.id });
      else if (frame.type === "error" && frame.client_id) this.settle?.(frame);
      else if (frame.type === "session") this.take(frame.token);
      this.desk.frame(frame);
    }

    /** Says something that need not be kept: seen, typing, identify. */
    tell(frame) {
      if (this.ws) return this.ws.send(JSON.stringify(frame)), Promise.resolve();
      if (!this.polling) return Promise.resolve();
      return (this.telling = this.ask(`/widget/${frame.type}`, frame).catch((error) => error.answer));
    }

    /** Empties the outbox in order, one message at a time, until nothing is left or we are cut off. */
    async pump() {
      if (this.pumping) return;
      this.pumping = true;
      try {
        let delay = 1000;
        for (let entry; this.status === "online" && (entry = outbox.next()); ) {
          const result = await this.deliver(entry);
          if (result?.id) {
            outbox.drop(entry.client_id);
            this.desk.delivered(entry, result.id);
            delay = 1000;
          } else if (!result || ["rate", "unavailable"].includes(result.code)) {
            if (!result && !this.polling) break; // the next connection goes on
            await new Promise((resolve) => setTimeout(resolve, delay));
            delay = Math.min(delay * 2, 30_000);
          } else {
            const failed = { ...entry, failed: result.text || t("not_understood") };
            outbox.put(failed);
            this.desk.failed(failed, result);
          }
        }
      } finally {
        this.pumping = false;
      }
    }

    async deliver({ client_id, text, button, files }) {
      const frame = { type: "message", client_id, text, button, files };
      await this.telling; // who writes is told before what they write
      if (this.polling)
        return this.ask("/widget/messages", frame).catch((error) => {
          const codes = { 413: "too_large", 422: "bad_request", 429: "rate" };
          if (!error.status || error.status === 401) return null;
          return { code: codes[error.status] || "unavailable", ...error.answer };
        });
      return new Promise((resolve) => {
        const timer = setTimeout(() => (this.settle(null), this.probe?.(5000)), 15_000);
        this.settle = (result) => {
          if (result && result.client_id !== client_id) return;
          clearTimeout(timer);
          this.settle = null;
          resolve(result);
        };
        this.ws ? this.ws.send(JSON.stringify(frame)) : this.settle(null);
      });
    }

    upload(file, progress) {
      const request = new XMLHttpRequest();
      const send = () =>
        new Promise((resolve, reject) => {
          request.open("POST", `${HOST}/widget/files?locale=${locale}`);
          request.setRequestHeader("Authorization", `Bearer ${this.token}`);
          request.responseType = "json";
          request.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total);
          request.onload = () =>
            request.status === 200
              ? resolve(request.response)
              : reject(Object.assign(new Error(), { status: request.status, answer: request.response || {} }));
          request.onerror = () => reject(Object.assign(new Error(), { answer: {} }));
          const form = new FormData();
          form.append("file", file, file.name || "image.png");
          request.send(form);
        });
      const done = (this.token ? Promise.resolve() : this.session())
        .then(send)
        .catch((error) => {
          if (error.status !== 401) throw error;
          this.forget();
          return this.session().then(() => (this.restart(), send()));
        });
      return { done, cancel: () => request.abort() };
    }
  }

  // ---- looks --------------------------------------------------------------------------------

  const CSS = `
.root { all: initial; color-scheme: light; --bg: #fff; --soft: #f0f2f5; --line: #dfe3e8; --text: #17202a;
  --muted: #58636e; --ink: var(--ink-light); --bad: #b3261e; --warn: #fff4d6; --warn-text: #5c4400;
  color: var(--text); font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  -webkit-text-size-adjust: 100%; }
.root.dark { color-scheme: dark; --bg: #15191f; --soft: #262c35; --line: #39414c; --text: #eceff3;
  --muted: #a5b0bc; --ink: var(--ink-dark); --bad: #ff9d94; --warn: #3b3115; --warn-text: #ffe3a1; }
[hidden] { display: none !important; }
*, ::before, ::after { box-sizing: border-box; }
button, textarea { font: inherit; color: inherit; margin: 0; }
button { background: none; border: 0; padding: 0; cursor: pointer; touch-action: manipulation; }
svg { width: 22px; height: 22px; display: block; fill: none; stroke: currentColor; stroke-width: 1.8;
  stroke-linecap: round; stroke-linejoin: round; }
:focus { outline: none; }
:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
.away { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.launcher { position: fixed; z-index: 2147483000; bottom: calc(20px + env(safe-area-inset-bottom));
  right: calc(20px + env(safe-area-inset-right)); width: 58px; height: 58px; border-radius: 50%;
  background: var(--accent); color: var(--on-accent); display: grid; place-items: center;
  box-shadow: 0 2px 6px #0003, 0 8px 24px #0003; }
.launcher svg { width: 27px; height: 27px; }
.launcher:focus-visible { outline: 3px solid var(--bg); box-shadow: 0 0 0 5px var(--ink); }
.badge { position: absolute; top: -4px; right: -4px; min-width: 22px; height: 22px; padding: 0 6px;
  border-radius: 11px; background: #c5221f; color: #fff; font: 600 12.5px/22px system-ui, sans-serif;
  text-align: center; box-shadow: 0 0 0 2px var(--bg); }
.left .launcher { right: auto; left: calc(20px + env(safe-area-inset-left)); }

.panel { position: fixed; z-index: 2147483001; right: calc(20px + env(safe-area-inset-right));
  bottom: calc(92px + env(safe-area-inset-bottom)); width: 388px; height: min(660px, 100vh - 112px);
  height: min(660px, 100dvh - 112px); display: flex; flex-direction: column; overflow: hidden; overflow: clip;
  background: var(--bg); border-radius: 16px; box-shadow: 0 0 0 1px #0000000f, 0 4px 12px #0000001f, 0 16px 48px #0000003d; }
.dark .panel { box-shadow: 0 0 0 1px var(--line), 0 16px 48px #0009; }
.left .panel { right: auto; left: calc(20px + env(safe-area-inset-left)); }
.full .panel { inset: var(--top, 0px) 0 auto 0; width: auto; height: var(--height, 100%); border-radius: 0; box-shadow: none; }
.full.opened .launcher { display: none; }

.head { display: flex; align-items: center; gap: 12px; padding: 12px 10px 12px 16px;
  background: var(--accent); color: var(--on-accent); }
.full .head { padding-top: calc(10px + env(safe-area-inset-top)); }
.head .who-icon { flex: none; width: 40px; height: 40px; border-radius: 50%; display: grid; place-items: center;
  border: 1.5px solid currentColor; }
.head .names { flex: 1; min-width: 0; }
.head h2 { margin: 0; font-size: 16px; font-weight: 650; line-height: 1.3; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.head p { margin: 0; font-size: 13.5px; line-height: 1.35; text-wrap: balance; }
.head button, .bar button { flex: none; width: 40px; height: 40px; border-radius: 10px; display: grid; place-items: center; }
.head button:hover { box-shadow: inset 0 0 0 1.5px currentColor; }
.head button + button { margin-left: -10px; }
.head :focus-visible { outline-color: currentColor; outline-offset: -2px; }
.strip { margin: 0; padding: 8px 16px; font-size: 13.5px; background: var(--warn); color: var(--warn-text); }

.middle { position: relative; flex: 1; min-height: 0; }
.log { position: relative; height: 100%; overflow: hidden auto; overscroll-behavior: contain; overflow-anchor: none; padding: 12px 14px 14px; scrollbar-width: thin; }
.log:focus-visible { outline-offset: -3px; }
.older { display: block; margin: 0 auto 8px; padding: 6px 14px; border-radius: 16px; font-size: 13.5px; color: var(--ink); }
.older:hover { background: var(--soft); }
.welcome { margin: 28px 20px; text-align: center; text-wrap: balance; color: var(--muted); }
.day { margin: 8px 0 10px; text-align: center; font-size: 12.5px; color: var(--muted); }
.item { margin-top: 3px; display: flex; flex-direction: column; align-items: flex-start; }
.item.first { margin-top: 14px; }
.item.system { margin-top: 6px; }
.item.system .quick { justify-content: center; }
.item:first-child { margin-top: 0 !important; }
.day:not([hidden]) { align-self: center; }
.who { margin: 0 0 4px 2px; font-size: 12.5px; color: var(--muted); display: flex; align-items: center; gap: 5px; }
.who svg { width: 15px; height: 15px; }
.bubble { max-width: 84%; padding: 8px 13px; border-radius: 6px 18px 18px 6px; background: var(--soft);
  white-space: pre-wrap; overflow-wrap: anywhere; text-wrap: pretty; }
.bubble a { color: var(--ink); text-underline-offset: 2px; }
.point { display: block; padding-left: .65em; text-indent: -.65em; }
.step { padding-left: 1.15em; text-indent: -1.15em; }
.whole { white-space: nowrap; }
.first .bubble { border-top-left-radius: 18px; }
.last .bubble { border-bottom-left-radius: 18px; }
.body { display: contents; }
.body > * + * { margin-top: 4px; }
.customer { align-items: flex-end; }
.customer .bubble { border-radius: 18px 6px 6px 18px; background: var(--accent); color: var(--on-accent); }
.customer.first .bubble { border-top-right-radius: 18px; }
.customer.last .bubble { border-bottom-right-radius: 18px; }
.customer .bubble a { color: inherit; }
.system .bubble { align-self: center; max-width: 88%; margin: 4px 0; padding: 0; border-radius: 0; background: none; text-align: center; text-wrap: balance;
  font-size: 13px; color: var(--muted); }
.item:not(.last) .foot { margin-bottom: 6px; }
.foot { margin: 4px 4px 0; font-size: 12px; color: var(--muted); display: flex; flex-wrap: wrap; gap: 0 5px; }
.customer .foot { justify-content: flex-end; }
.foot .error { color: var(--bad); }
.foot button { color: var(--bad); font-weight: 600; text-decoration: underline; text-underline-offset: 2px; }
.quick { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
.choice { display: inline-block; padding: 7px 15px; border: 1.5px solid var(--ink); border-radius: 18px; background: var(--bg); color: var(--ink);
  font-weight: 550; line-height: 1.3; text-align: center; text-decoration: none; overflow-wrap: anywhere; }
.choice:hover { background: var(--soft); }
.choice:disabled { border-color: var(--line); color: var(--muted); cursor: default; background: none; }
.photo { display: block; max-width: 84%; border-radius: 14px; overflow: hidden; background: var(--soft); line-height: 0; }
.photo img { display: block; max-width: 100%; min-width: 72px; min-height: 72px; max-height: 280px; object-fit: cover; line-height: 1.45; }
.paper { display: flex; align-items: center; gap: 10px; max-width: 84%; padding: 9px 14px 9px 10px; border: 1px solid var(--line);
  border-radius: 14px; color: var(--text); text-decoration: none; }
.paper:hover { background: var(--soft); }
.paper svg { flex: none; color: var(--ink); }
.paper span { min-width: 0; overflow-wrap: anywhere; line-height: 1.3; }
.paper small { display: block; font-size: 12.5px; color: var(--muted); }
.deck { position: relative; align-self: stretch; margin: 6px -14px 0; }
.cards { display: flex; gap: 10px; overflow: auto hidden; padding: 2px 14px 6px; scroll-padding: 14px; scroll-snap-type: x proximity; scrollbar-width: none; }
.cards:focus-visible { outline-offset: -2px; }
.card { flex: 0 0 226px; scroll-snap-align: start; display: flex; flex-direction: column; border: 1px solid var(--line); border-radius: 14px;
  overflow: hidden; background: var(--bg); }
.card img { width: 100%; height: 132px; padding: 8px; object-fit: contain; background: var(--soft); }
.card .text { flex: 1; padding: 10px 12px; }
.card strong { display: block; font-weight: 650; line-height: 1.35; overflow-wrap: anywhere; }
.card .text span { font-size: 13.5px; color: var(--muted); white-space: pre-line; }
.card .choice { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: 9px 12px; background: none; }
.card .choice:focus-visible { outline-offset: -3px; }
.turn { position: absolute; top: 50px; width: 36px; height: 36px; border-radius: 50%; display: grid; place-items: center;
  background: var(--bg); box-shadow: 0 0 0 1px var(--line), 0 2px 8px #0003; }
.turn.back { left: 6px; } .turn.on { right: 6px; }
@media (hover: none) { .turn { display: none; } }
.typing { margin-top: 12px; width: max-content; padding: 13px 14px; border-radius: 18px; background: var(--soft); display: flex; gap: 4px; }
.typing i { width: 7px; height: 7px; border-radius: 50%; background: var(--muted); }
.jump { position: absolute; right: 14px; bottom: 10px; display: flex; align-items: center;
  min-width: 36px; height: 36px; padding: 0 9px; border-radius: 18px; background: var(--bg); color: var(--ink); font-size: 13.5px; font-weight: 550;
  box-shadow: 0 0 0 1px var(--line), 0 2px 10px #0003; white-space: nowrap; }
.jump svg { width: 18px; height: 18px; }
.jump span:not(:empty) { padding: 0 5px; }
.note { margin: 0; padding: 6px 16px 8px; font-size: 13px; color: var(--muted); text-align: center; }
.alert { margin: 0; padding: 4px 16px 8px; font-size: 13.5px; color: var(--bad); }

.composer { border-top: 1px solid var(--line); }
.full .composer { padding-bottom: env(safe-area-inset-bottom); }
.full.keyboard .composer { padding-bottom: 0; }
.tray { display: flex; flex-wrap: wrap; gap: 8px; padding: 10px 14px 0; }
.chip { position: relative; display: flex; align-items: center; gap: 8px; max-width: 100%; padding: 5px 4px 5px 10px; border: 1px solid var(--line);
  border-radius: 12px; overflow: hidden; font-size: 13px; line-height: 1.3; }
.chip > svg { width: 18px; height: 18px; color: var(--ink); flex: none; }
.chip span { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 190px; }
.chip small { display: block; font-size: 12px; color: var(--muted); }
.chip.failed { border-color: var(--bad); } .chip.failed small { color: var(--bad); }
.chip progress { position: absolute; left: 0; bottom: 0; width: 100%; height: 3px; appearance: none; border: 0; background: none; }
.chip progress::-webkit-progress-bar { background: none; }
.chip progress::-webkit-progress-value { background: var(--ink); }
.chip progress::-moz-progress-bar { background: var(--ink); }
.chip button { flex: none; width: 30px; height: 30px; display: grid; place-items: center; border-radius: 8px; }
.chip button svg { width: 16px; height: 16px; }
.chip button.retry { width: auto; padding: 0 4px; color: var(--ink); font-weight: 600; }
.bar { display: flex; align-items: flex-end; gap: 2px; padding: 8px; }
.bar button { color: var(--muted); }
.bar button:hover, .chip button:hover { background: var(--soft); }
.bar .send { color: var(--ink); }
.bar .send:disabled { color: var(--muted); opacity: .55; cursor: default; background: none; }
.field { flex: 1; min-width: 0; display: flex; flex-direction: column; border-radius: 20px; background: var(--soft); margin: 0 2px; }
.field:focus-within { box-shadow: 0 0 0 2px var(--ink); }
textarea { display: block; width: 100%; height: 40px; max-height: 132px; padding: 9px 14px; border: 0; background: none; resize: none;
  line-height: 22px; outline: none !important; scrollbar-width: thin; }
textarea::placeholder { color: var(--muted); opacity: 1; }
.full textarea { font-size: 16px; }
.count { align-self: flex-end; padding: 0 14px 6px; font-size: 12px; color: var(--muted); }
.count.over { color: var(--bad); font-weight: 600; }
.dropping::after { content: attr(data-drop); position: absolute; inset: 8px; display: grid; place-items: center; border: 2px dashed var(--ink);
  border-radius: 12px; background: var(--bg); color: var(--ink); font-weight: 600; opacity: .95; }
@media (prefers-reduced-motion: no-preference) {
  .launcher, .choice, .bar button { transition: transform .15s, background-color .15s; }
  .launcher:hover { transform: scale(1.05); }
  .panel { animation: rise .18s ease-out; }
  .typing i { animation: bob 1.2s infinite; }
  .typing i:nth-child(2) { animation-delay: .15s; } .typing i:nth-child(3) { animation-delay: .3s; }
  .smooth { scroll-behavior: smooth; }
  @keyframes rise { from { opacity: 0; transform: translateY(12px); } }
  @keyframes bob { 0%, 60%, 100% { transform: none; } 30% { transform: translateY(-4px); } }
}
@media (forced-colors: active) { .bubble, .launcher, .panel, .field, .typing { border: 1px solid; } }
@media print { .root { display: none; } }
`;

  // ---- the desk: what is on the screen ------------------------------------------------------

  const FULL = matchMedia("(max-width: 479.98px), (max-height: 420px) and (pointer: coarse)");
  const DARK = matchMedia("(prefers-color-scheme: dark)");
  const TOUCH = matchMedia("(pointer: coarse)");

  class Desk extends HTMLElement {
    static strings = STRINGS;
    items = []; // one per message: {id, client_id, message, node, …}; unsent ones last
    state = visitor.get("state") || { speaker: "bot", agent: "", place: null, bot_ready: true };
    business = visitor.get("business") || "";
    limits = { text: TEXT_LIMIT, file_bytes: FILE_LIMIT };
    accept = [];
    uploads = [];
    isOpen = false;
    more = false; // older messages wait on the server
    stick = true; // the log stays at its newest message
    top = 0; // where it was scrolled to
    unread = 0;
    told = 0; // the newest message the server knows we have seen
    labels = []; // [element, attribute or "", key]: words to write again in another language
    line = new Line(this);

    // -- building

    build() {
      const root = this.attachShadow({ mode: "open" });
      try {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(CSS);
        root.adoptedStyleSheets = [sheet];
      } catch {
        root.append(h("style", {}, CSS)); // browsers before 2023
      }
      const said = (element, key, attribute = "") => (this.labels.push([element, attribute, key]), element);
      const button = (cls, key, symbol, click) =>
        said(h("button", { type: "button", class: cls, click }, icon(symbol)), key, "aria-label");

      this.badge = h("span", { class: "badge", hidden: true, "aria-hidden": "true" });
      this.launcher = h("button", { type: "button", class: "launcher", "aria-controls": "panel", click: () => this.toggle() });

      this.heading = h("h2", { id: "title" });
      this.speaker = h("p", { class: "speaker" });
      this.speakerIcon = h("span", { class: "who-icon" });
      this.strip = h("p", { class: "strip", hidden: true });

      this.older = said(h("button", { type: "button", class: "older", hidden: true, click: () => this.loadOlder() }), "older");
      this.welcome = h("p", { class: "welcome" });
      this.list = h("div", { class: "list" });
      this.typing = h("div", { class: "typing", hidden: true, "aria-hidden": "true" }, h("i"), h("i"), h("i"));
      this.log = said(
        h("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0", scroll: () => this.scrolled() },
          this.older, this.welcome, this.list, this.typing), "log", "aria-label");
      this.jump = h("button", { type: "button", class: "jump", hidden: true, click: () => this.toBottom() },
        icon("down"), (this.jumpText = h("span")));

      this.note = h("p", { class: "note", hidden: true });
      this.alert = h("p", { class: "alert", role: "alert", hidden: true });
      this.spoken = h("p", { class: "away", role: "status" });
      this.tray = h("div", { class: "tray", hidden: true });
      this.input = said(said(h("textarea", { rows: "1", enterkeyhint: "send", autocomplete: "off", "aria-describedby": "count",
        input: () => this.typed(), keydown: (e) => this.key(e), paste: (e) => this.pasted(e) }),
        "placeholder", "placeholder"), "placeholder", "aria-label");
      this.count = h("span", { class: "count", id: "count", hidden: true });
      this.sendButton = said(h("button", { type: "submit", class: "send", disabled: true }, icon("send")), "send", "aria-label");
      this.picker = h("input", { type: "file", multiple: true, hidden: true, class: "picker", change: (e) => this.picked(e) });
      this.lens = h("input", { type: "file", accept: "image/*", capture: "environment", hidden: true, class: "lens", change: (e) => this.picked(e) });
      this.cameraButton = button("camera", "camera", "camera", () => this.lens.click());
      this.form = h("form", { class: "composer", submit: (e) => (e.preventDefault(), this.submit()) },
        this.tray,
        h("div", { class: "bar" }, button("attach", "attach", "clip", () => this.picker.click()), this.cameraButton,
          h("div", { class: "field" }, this.input, this.count), this.sendButton, this.picker, this.lens));

      this.panel = h("section", { class: "panel", id: "panel", tabindex: "-1", hidden: true, "aria-labelledby": "title",
          keydown: (e) => this.panelKey(e), dragover: (e) => this.dragged(e, true), dragleave: (e) => this.dragged(e, false), drop: (e) => this.dropped(e) },
        h("header", { class: "head" }, this.speakerIcon, h("div", { class: "names" }, this.heading, this.speaker),
          button("save", "save", "save", () => this.download()), button("shut", "close", "close", () => this.close())),
        this.strip, h("div", { class: "middle" }, this.log, this.jump), this.note, this.alert, this.spoken, this.form);
      this.root = h("div", { class: "root", hidden: true }, this.launcher, this.panel);
      this.root.classList.toggle("left", script.dataset.position === "left");
      root.append(this.root);

      new ResizeObserver(() => this.stick && this.toBottom(true)).observe(this.list);
      new ResizeObserver(() => this.stick && this.toBottom(true)).observe(this.log);
      this.paintColors();
      this.paint();
      this.layout();
      this.input.value = tab.get("draft") || "";
      this.typed();
    }

    paintColors() {
      const accent = /^#[0-9a-f]{6}$/i.test(script.dataset.color || "") ? script.dataset.color : "#0b66c3";
      const colors = {
        accent,
        "on-accent": contrast(accent, "#ffffff") >= 4.5 ? "#ffffff" : "#10151c",
        "ink-light": legible(accent, "#f0f2f5"),
        "ink-dark": legible(accent, "#262c35"),
      };
      for (const [name, value] of Object.entries(colors)) this.root.style.setProperty(`--${name}`, value);
    }

    /** Every word on the screen, in the present language. */
    paint() {
      this.root.lang = locale;
      for (const [element, attribute, key] of this.labels)
        attribute ? element.setAttribute(attribute, t(key)) : write(element, t(key));
      this.panel.dataset.drop = t("drop");
      this.paintState();
      this.paintUnread();
      for (const item of this.items) this.fill(item);
      this.arrange();
    }

    layout() {
      const { root } = this;
      const theme = script.dataset.theme;
      root.classList.toggle("dark", theme === "dark" || (theme !== "light" && DARK.matches));
      root.classList.toggle("full", FULL.matches);
      root.classList.toggle("opened", this.isOpen);
      this.cameraButton.hidden = !TOUCH.matches;
      this.panel.setAttribute("role", FULL.matches ? "dialog" : "region");
      FULL.matches ? this.panel.setAttribute("aria-modal", "true") : this.panel.removeAttribute("aria-modal");
      const covering = this.isOpen && FULL.matches;
      const page = document.documentElement.style;
      if (covering && this.pageOverflow === undefined) {
        this.pageOverflow = page.overflow;
        page.overflow = "hidden";
      } else if (!covering && this.pageOverflow !== undefined) {
        page.overflow = this.pageOverflow;
        this.pageOverflow = undefined;
      }
      const view = window.visualViewport; // what the keyboard leaves of the screen
      if (!view) return;
      root.style.setProperty("--top", `${view.offsetTop}px`);
      root.style.setProperty("--height", `${view.height}px`);
      root.classList.toggle("keyboard", innerHeight - view.height > 120);
    }

    paintState() {
      const { speaker, agent, place, bot_ready } = this.state;
      const words = {
        queue: place ? t("queue_place", { n: place }) : t("queue"),
        agent: agent ? t("agent", { name: agent }) : t("agent_unnamed"),
        closed: t("closed"),
      };
      write(this.heading, this.business || t("chat"));
      write(this.welcome, t("welcome", { business: this.business || t("we") }));
      const line = words[speaker] || t("bot");
      if (this.speaker.textContent && line !== this.speaker.textContent) this.announce(line);
      write(this.speaker, line);
      this.speakerIcon.replaceChildren(icon(words[speaker] ? speaker : "bot"));
      this.note.hidden = !this.notice && !(speaker === "bot" && bot_ready === false);
      write(this.note, this.note.hidden ? "" : this.notice ? t(this.notice) : t("starting"));
      write(this.strip, t("offline"));
    }

    paintUnread() {
      this.badge.hidden = this.unread === 0;
      write(this.badge, this.unread > 9 ? "9+" : String(this.unread));
      this.launcher.replaceChildren(icon(this.isOpen ? "down" : "chat"), this.badge);
      const key = this.isOpen ? "close" : this.unread ? "open_unread" : "open";
      this.launcher.setAttribute("aria-label", t(key, { n: this.unread }));
      this.launcher.setAttribute("aria-expanded", String(this.isOpen));
    }

    announce(text) {
      write(this.spoken, text);
    }

    warn(text) {
      this.alert.hidden = !text;
      write(this.alert, text);
    }

    // -- messages

    find({ id, client_id }) {
      return this.items.find((item) => (id && item.id === id) || (client_id && item.client_id === client_id));
    }

    /** Shows a message, or what became of it. Answers whether it is new. */
    put(message) {
      let item = this.find(message);
      const known = Boolean(item);
      if (!item) this.items.push((item = { node: this.makeNode() }));
      Object.assign(item, { id: message.id ?? item.id, client_id: message.client_id ?? item.client_id, message });
      this.fill(item);
      return !known;
    }

    makeNode() {
      const part = (cls, attributes) => h("div", { class: cls, ...attributes });
      const [day, who, body, foot] = [part("day"), part("who"), part("body"), part("foot", { "aria-live": "off" })];
      return { box: h("div", { class: "item" }, day, who, body, foot), day, who, body, foot };
    }

    fill(item) {
      const { message, node } = item;
      const { text, attachments = [], cards = [], buttons = [] } = message;
      const files = attachments.map(({ kind, url, name, size }) => [kind, url, name, size]);
      const shown = JSON.stringify([text, files, cards, buttons, locale]);
      if (item.shown === shown) return;
      item.shown = shown;
      const parts = [];
      if (text) parts.push(h("div", { class: "bubble" }, prose(text)));
      parts.push(...attachments.map((attachment) => this.attachment(attachment)));
      if (cards.length) parts.push(this.deck(cards));
      if (buttons.length) parts.push(h("div", { class: "quick" }, ...buttons.map((button) => this.choice(button))));
      if (!parts.length) parts.push(h("div", { class: "bubble" }, t("unsupported")));
      node.body.replaceChildren(...parts);
    }

    choice(button) {
      const { title, key, url } = button;
      if (!url) return h("button", { type: "button", class: "choice", "data-key": key, click: () => this.press(button) }, title);
      const href = webUrl(url, ["http:", "https:", "tel:", "mailto:"]);
      if (!href) return null;
      return /^http/.test(href)
        ? h("a", { class: "choice", href, target: "_blank", rel: "noopener" }, title, h("span", { class: "away" }, ` (${t("new_tab")})`))
        : h("a", { class: "choice", href }, title);
    }

    attachment({ kind, url, name, size }) {
      const href = webUrl(url);
      if (!href) return h("div", { class: "bubble" }, name || t("unsupported"));
      const link = { href, target: "_blank", rel: "noopener" };
      const paper = () =>
        h("a", { class: "paper", ...link }, icon("file"),
          h("span", {}, name || t("file"), size ? h("small", {}, fileSize(size)) : null));
      if (kind !== "image" && kind !== "sticker") return paper();
      const photo = h("a", { class: "photo", ...link },
        h("img", { src: href, alt: name || t("image"), referrerpolicy: "no-referrer", error: () => photo.replaceWith(paper()) }));
      return photo;
    }

    deck(cards) {
      const row = h("div", { class: "cards", role: "group", tabindex: "0", "aria-label": t("cards", { n: cards.length }) },
        ...cards.map((card) => {
          const src = webUrl(card.image);
          const img = src && h("img", { src, alt: "", referrerpolicy: "no-referrer", error: () => img.remove() });
          return h("div", { class: "card" }, img,
            h("div", { class: "text" }, h("strong", {}, card.title), card.subtitle ? h("span", {}, card.subtitle) : null),
            ...(card.buttons || []).map((button) => this.choice(button)));
        }));
      const go = (way) => row.scrollBy({ left: way * 236, behavior: this.smooth });
      const turn = (cls, symbol, way) =>
        h("button", { type: "button", class: `turn ${cls}`, tabindex: "-1", "aria-hidden": "true", click: () => go(way) }, icon(symbol));
      const [back, on] = [turn("back", "left", -1), turn("on", "right", 1)];
      const edges = () => {
        back.hidden = row.scrollLeft < 8;
        on.hidden = row.scrollLeft + row.clientWidth > row.scrollWidth - 8;
      };
      row.addEventListener("scroll", edges);
      row.addEventListener("keydown", (e) => {
        if (e.target !== row || !["ArrowLeft", "ArrowRight"].includes(e.key)) return;
        e.preventDefault();
        go(e.key === "ArrowLeft" ? -1 : 1);
      });
      new ResizeObserver(edges).observe(row);
      return h("div", { class: "deck" }, row, back, on);
    }

    get smooth() {
      return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    }

    stateOf({ id, client_id }) {
      if (id) return id <= this.seenByThem ? "seen" : "sent";
      const entry = outbox.all().find((other) => other.client_id === client_id);
      return entry?.failed ? "failed" : this.line.status === "offline" ? "waiting" : "sending";
    }

    /** Puts the messages in order and groups them: days, names, times, states, live buttons. */
    arrange() {
      const { items } = this;
      const place = (item) => item.id ?? Infinity;
      items.sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
      // A person's answer says as much as a receipt.
      const read = ({ author, delivery }) => author === "agent" || (author === "customer" && delivery === "seen");
      this.seenByThem = Math.max(0, ...items.filter((item) => item.id && read(item.message)).map((item) => item.id));
      const lastOwn = items.reduce((last, item, i) => (item.message.author === "customer" ? i : last), -1);
      const pending = items.some((item) => !item.id);
      const near = (a, b) =>
        a && b && a.message.author === b.message.author && a.message.name === b.message.name &&
        Math.abs(new Date(b.message.at) - new Date(a.message.at)) < GROUP;
      const today = (item) => new Date(item.message.at).toDateString();
      items.forEach((item, i) => {
        const { message, node } = item;
        const [before, after] = [items[i - 1], items[i + 1]];
        const own = message.author === "customer";
        const newDay = !before || today(before) !== today(item);
        const first = newDay || !near(before, item);
        const last = !near(item, after) || today(after) !== today(item);
        const state = own ? this.stateOf(item) : "";
        node.box.className = `item ${message.author}${first ? " first" : ""}${last ? " last" : ""}`;
        node.box.dataset.id = item.id ?? "";
        node.box.dataset.state = state;
        node.day.hidden = !newDay;
        if (newDay) write(node.day, dayName(new Date(message.at)));
        this.name(node.who, message, first);
        const differs = own && (!after || this.stateOf(after) !== state);
        this.foot(item, state, message.author !== "system" && (last || differs));
        for (const button of node.body.querySelectorAll("[data-key]")) {
          if (button.closest(".quick")) button.hidden = i < lastOwn;
          button.disabled = pending;
        }
        for (const quick of node.body.querySelectorAll(".quick")) quick.hidden = !quick.querySelector(":scope > :not([hidden])");
        const there = this.list.children[i];
        if (there !== node.box) this.list.insertBefore(node.box, there || null);
      });
      while (this.list.children.length > items.length) this.list.lastChild.remove();
      this.welcome.hidden = items.length > 0;
      this.older.hidden = !this.more;
      this.recount();
    }

    name(element, { author, name }, first) {
      const label = { bot: t("bot"), agent: name ? t("agent", { name }) : t("agent_unnamed"), customer: t("you") }[author];
      element.hidden = !first || !label;
      element.className = author === "customer" ? "who away" : "who";
      if (element.hidden || element.textContent === label) return;
      element.replaceChildren(...(author === "customer" ? [label] : [icon(author), label]));
    }

    foot(item, state, shown) {
      const { foot } = item.node;
      const key = shown ? `${state} ${locale}` : "";
      foot.hidden = !shown;
      if (item.foot === key) return;
      item.foot = key;
      const time = h("time", { datetime: item.message.at }, clock(new Date(item.message.at)));
      if (!state) return foot.replaceChildren(time);
      if (state !== "failed") return foot.replaceChildren(time, "·", h("span", { class: "state" }, t(state)));
      const entry = outbox.all().find((other) => other.client_id === item.client_id);
      foot.replaceChildren(
        h("span", { class: "error state" }, entry.failed === t("not_understood") ? t("failed") : `${t("failed")}: ${entry.failed}`), "·",
        h("button", { type: "button", class: "retry", click: () => this.retry(entry) }, t("retry")));
    }

    recount() {
      const seen = visitor.get("seen") || 0;
      let from = 0;
      for (const { id, message } of this.items) if (message.author === "customer" && id) from = Math.max(from, id);
      const fresh = this.items.filter(({ id, message }) =>
        id > Math.max(seen, from) && ["bot", "agent"].includes(message.author) && message.delivery !== "seen");
      const unread = fresh.length;
      this.jump.hidden = this.stick || !this.items.length;
      write(this.jumpText, unread ? t("new_messages") : "");
      this.jump.setAttribute("aria-label", t(unread ? "new_messages" : "to_bottom"));
      if (unread === this.unread) return;
      this.unread = unread;
      this.paintUnread();
      emit("unread", unread);
    }

    /** Tells everyone what has been shown: the server, the other tabs, the badge. */
    markSeen() {
      if (!this.isOpen || document.visibilityState !== "visible" || !this.stick) return;
      const newest = Math.max(0, ...this.items.filter((i) => i.message.author !== "customer").map((i) => i.id || 0));
      if (newest > (visitor.get("seen") || 0)) visitor.set("seen", newest);
      if (newest > this.told && this.line.status === "online") {
        this.told = newest;
        this.line.tell({ type: "seen", message: newest });
      }
      this.recount();
    }

    scrolled() {
      const { log } = this;
      if (!log.clientHeight) return;
      // Only a person scrolls up; a log that merely grew is still at its end.
      if (log.scrollHeight - log.scrollTop - log.clientHeight < 40) this.stick = true;
      else if (log.scrollTop < this.top) this.stick = false;
      this.top = log.scrollTop;
      this.recount();
      if (this.stick) this.markSeen();
      if (log.scrollTop < 60 && this.more && !this.stick) this.loadOlder();
    }

    toBottom(atOnce) {
      this.stick = true;
      this.log.scrollTo({ top: this.log.scrollHeight, behavior: atOnce ? "auto" : this.smooth });
      this.markSeen();
    }

    async page(before) {
      return this.line.ask(`/widget/history?before=${before}`);
    }

    async loadOlder() {
      if (this.loading || !this.more) return;
      this.loading = true;
      write(this.older, t("loading"));
      try {
        const { messages, more } = await this.page(this.items[0].id);
        this.quietly(() => {
          const { log } = this;
          const below = log.scrollHeight - log.scrollTop;
          this.stick = false;
          this.more = more;
          messages.forEach((message) => this.put(message));
          this.arrange();
          log.scrollTop = log.scrollHeight - below;
        });
      } catch {
        /* the button stays, to be pressed again */
      }
      write(this.older, t("older"));
      this.loading = false;
    }

    /** Old messages are shown, not read out. */
    quietly(work) {
      this.log.setAttribute("aria-live", "off");
      work();
      clearTimeout(this.loud);
      this.loud = setTimeout(() => this.log.setAttribute("aria-live", "polite"), 300);
    }

    /** The whole list anew; what waits in the outbox stays at its end. */
    replaceAll(messages, more) {
      this.quietly(() => {
        const kept = this.items;
        this.items = [];
        this.more = more;
        for (const message of messages) {
          const old = kept.find((i) => i.id === message.id || (message.client_id && i.client_id === message.client_id));
          if (old) this.items.push(old);
          if (message.client_id) outbox.drop(message.client_id);
          this.put(message);
        }
        this.showOutbox(kept);
      });
    }

    showOutbox(kept = []) {
      for (const entry of outbox.all()) {
        const old = kept.find((item) => item.client_id === entry.client_id && !item.id);
        if (old) this.items.push(old);
        this.put({ author: "customer", name: "", text: entry.text, at: entry.at, client_id: entry.client_id, attachments: entry.attachments });
      }
      this.arrange();
    }

    // -- what the line tells

    session(answer) {
      this.business = answer.business || this.business;
      Object.assign(this.limits, answer.limits);
      this.accept = answer.accept || [];
      visitor.set("business", this.business);
      if (this.accept.length) this.picker.setAttribute("accept", this.accept.join(","));
      this.paintState();
      this.typed();
    }

    refused() {
      console.warn(`Carebot: ${HOST} does not serve pages of ${location.origin}; the chat is hidden.`);
      this.close();
      this.root.hidden = true;
    }

    status(status) {
      clearTimeout(this.stripTimer);
      if (status !== "online") this.showTyping(null);
      // A short break is nobody's business.
      if (status === "offline") this.stripTimer = setTimeout(() => this.showStrip(true), navigator.onLine ? 1500 : 0);
      if (status === "online") {
        this.showStrip(false);
        this.told = 0;
        if (this.identity) this.line.tell({ type: "identify", ...this.identity }).then((answer) => this.identified(answer));
        setTimeout(() => this.markSeen());
      }
      this.arrange();
      this.tellState();
    }

    showStrip(shown) {
      if (shown === !this.strip.hidden) return;
      this.strip.hidden = !shown;
      this.announce(t(shown ? "offline" : "online"));
    }

    tellState() {
      emit("state", { ...this.state, connection: this.line.status });
    }

    frame(frame) {
      if (frame.type === "history") {
        // A talk that we remember and the server does not: its token had grown too old.
        if (visitor.get("talk") && !frame.messages.length) this.notice = "expired";
        visitor.set("talk", frame.messages.length > 0);
        this.replaceAll(frame.messages, frame.more);
        this.paintState();
        if (this.stick) this.toBottom(true);
        this.markSeen();
      } else if (frame.type === "message") this.received(frame.message);
      else if (frame.type === "state") {
        this.state = frame.state;
        visitor.set("state", frame.state);
        this.paintState();
        this.tellState();
      } else if (frame.type === "typing") this.showTyping(frame.who);
      else if (frame.type === "session") this.identified(frame);
      else if (frame.type === "error") {
        emit("error", { code: frame.code, text: frame.text });
        if (frame.code === "bad_hash") console.warn(`Carebot: identify was refused. ${frame.text}`);
        else if (!frame.client_id) this.warn(frame.text);
      }
    }

    received(message) {
      if (message.client_id) outbox.drop(message.client_id);
      if (message.author !== "customer") this.showTyping(null);
      const fresh = this.put(message);
      this.arrange();
      if (this.stick) this.toBottom(true);
      if (!fresh) return;
      visitor.set("talk", true);
      this.notice = null;
      this.paintState();
      emit("message", message);
    }

    delivered(entry, id) {
      const twin = this.items.find((item) => item.id === id);
      const item = this.items.find((other) => other.client_id === entry.client_id);
      if (item && twin && twin !== item) this.items.splice(this.items.indexOf(item), 1);
      else if (item) item.id = id;
      this.arrange();
    }

    failed(entry, { code, text }) {
      this.arrange();
      this.announce(`${t("failed")}. ${text || ""}`);
      emit("error", { code, text: text || "" });
    }

    showTyping(who) {
      clearTimeout(this.typingTimer);
      this.typing.hidden = !who;
      if (who) this.announce(t(who === "agent" ? "typing_agent" : "typing_bot"));
      if (who) this.typingTimer = setTimeout(() => this.showTyping(null), 6000);
      if (this.stick) this.toBottom(true);
    }

    // -- writing

    say(entry) {
      const whole = { client_id: uuid(), text: "", at: new Date().toISOString(), tab: TAB, ...entry };
      outbox.put(whole);
      this.warn("");
      this.showOutbox();
      this.toBottom(true);
      this.line.connect();
      this.line.pump();
    }

    press({ title, key }) {
      this.say({ text: title, button: key });
      TOUCH.matches ? this.log.focus() : this.input.focus();
    }

    retry(entry) {
      outbox.put({ ...entry, failed: undefined, tab: TAB });
      this.arrange();
      this.input.focus();
      this.line.connect();
      this.line.pump();
    }

    submit() {
      const text = this.input.value.trim();
      if (text.length > this.limits.text) return this.warn(t("too_long", { n: number(this.limits.text) }));
      if (!text && !this.uploads.length) return;
      if (this.uploads.some((upload) => !upload.stored)) return void (this.sendWhenDone = true);
      const files = this.uploads.map(({ stored }) => stored);
      this.sendWhenDone = false;
      this.uploads = [];
      this.tray.replaceChildren();
      this.input.value = "";
      this.typed();
      this.say({ text, files: files.length ? files.map(({ key }) => key) : undefined, attachments: files });
    }

    typed() {
      const { input, limits } = this;
      const left = limits.text - input.value.trim().length;
      const full = !input.value.trim() && !this.uploads.length;
      this.tray.hidden = !this.uploads.length;
      this.sendButton.disabled = full || left < 0 || this.uploads.some((upload) => upload.failed);
      this.count.hidden = left > Math.max(20, limits.text / 10);
      this.count.classList.toggle("over", left < 0);
      write(this.count, this.count.hidden ? "" : `${number(limits.text - left)} / ${number(limits.text)}`);
      input.style.height = "auto";
      if (input.scrollHeight) input.style.height = `${Math.max(40, input.scrollHeight)}px`;
      tab.set("draft", input.value);
      if (!input.value || Date.now() - (this.toldTyping || 0) < 3000 || this.line.status !== "online") return;
      this.toldTyping = Date.now();
      this.line.tell({ type: "typing" });
    }

    key(event) {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      if (!this.sendButton.disabled) this.submit();
      else if (this.input.value.trim().length > this.limits.text) this.warn(t("too_long", { n: number(this.limits.text) }));
    }

    // -- files

    picked(event) {
      this.addFiles(event.target.files);
      event.target.value = "";
    }

    pasted(event) {
      const { files } = event.clipboardData;
      if (!files.length || event.clipboardData.getData("text/plain")) return;
      event.preventDefault();
      this.addFiles(files);
    }

    dragged(event, over) {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      this.panel.classList.toggle("dropping", over);
    }

    dropped(event) {
      this.dragged(event, false);
      this.addFiles(event.dataTransfer.files);
    }

    addFiles(files) {
      this.warn("");
      for (const file of files) {
        const { name, size, type } = file;
        const limit = this.limits.file_bytes;
        // The server looks into the file and has the last word; here only the family must fit.
        const fits = (kind) => kind === type || (!/^(application|text)/.test(type) && kind.split("/")[0] === type.split("/")[0]);
        if (this.uploads.length >= FILES_PER_MESSAGE) this.warn(t("too_many", { n: FILES_PER_MESSAGE }));
        else if (size > limit) this.warn(t("too_large", { name, size: fileSize(size), limit: fileSize(limit) }));
        else if (!size) this.warn(t("empty_file", { name }));
        else if (type && this.accept.length && !this.accept.some(fits)) this.warn(t("bad_file", { name }));
        else this.addUpload(file);
      }
      this.input.focus();
    }

    addUpload(file) {
      const words = h("small");
      const bar = h("progress", { max: "1", value: "0", "aria-label": file.name });
      const again = h("button", { type: "button", class: "retry", hidden: true, click: () => start() }, t("retry"));
      const chip = h("div", { class: "chip" }, icon("file"), h("span", {}, file.name, words), bar, again,
        h("button", { type: "button", class: "remove", "aria-label": t("remove", { name: file.name }), click: () => remove() }, icon("close")));
      const upload = { chip };
      const remove = () => {
        upload.cancel?.();
        chip.remove();
        this.uploads = this.uploads.filter((other) => other !== upload);
        this.warn("");
        this.typed();
        this.input.focus();
      };
      const progress = (part) => {
        bar.value = part;
        write(words, t("uploading", { percent: number(part, { style: "percent" }) }));
      };
      const start = async () => {
        upload.failed = false;
        chip.classList.remove("failed");
        again.hidden = true;
        bar.hidden = false;
        progress(0);
        this.typed();
        const { done, cancel } = this.line.upload(file, progress);
        upload.cancel = cancel;
        try {
          upload.stored = await done;
          write(words, fileSize(upload.stored.size || file.size));
        } catch (error) {
          const key = { 413: "too_large", 415: "bad_file", 422: "bad_file" }[error.status] || "upload_failed";
          upload.failed = true;
          this.sendWhenDone = false;
          chip.classList.add("failed");
          again.hidden = key !== "upload_failed";
          write(words, t("failed"));
          this.warn(error.answer?.text || t(key, { name: file.name, size: fileSize(file.size), limit: fileSize(this.limits.file_bytes) }));
        }
        bar.hidden = true;
        this.typed();
        if (this.sendWhenDone) this.submit();
      };
      this.uploads.push(upload);
      this.tray.append(chip);
      start();
    }

    // -- opening and closing

    open({ focus = true, spread = true } = {}) {
      if (this.line.refused || this.isOpen) return;
      this.isOpen = true;
      this.stick = true;
      this.panel.hidden = false;
      this.moved(spread);
      this.typed();
      this.toBottom(true);
      if (focus) (TOUCH.matches ? this.panel : this.input).focus({ preventScroll: true });
      this.line.connect();
      emit("open");
    }

    close({ spread = true } = {}) {
      if (!this.isOpen) return;
      const within = this.shadowRoot.activeElement;
      this.isOpen = false;
      this.panel.hidden = true;
      this.moved(spread);
      if (within) this.launcher.focus({ preventScroll: true });
      emit("close");
    }

    toggle() {
      this.isOpen ? this.close() : this.open();
    }

    moved(spread) {
      if (spread) this.remember();
      this.layout();
      this.paintUnread();
    }

    remember() {
      visitor.set("panel", { open: this.isOpen, at: Date.now() });
    }

    panelKey(event) {
      if (event.key === "Escape" && !event.isComposing) return void (event.stopPropagation(), this.close());
      if (event.key !== "Tab" || !FULL.matches) return;
      const stops = [...this.panel.querySelectorAll("button, a[href], textarea, [tabindex='0']")].filter(
        (element) => !element.disabled && element.tabIndex >= 0 && element.getClientRects().length);
      const [first, last] = [stops[0], stops.at(-1)];
      const here = this.shadowRoot.activeElement;
      if (event.shiftKey ? here === first || here === this.panel : here === last) {
        event.preventDefault();
        (event.shiftKey ? last : first).focus();
      }
    }

    /** The conversation as a text file, from its first message on. */
    async download() {
      try {
        let messages = this.items.map(({ message }) => message);
        for (let more = this.more; more; ) {
          const answer = await this.page(messages[0].id);
          messages = [...answer.messages, ...messages];
          more = answer.more && answer.messages.length > 0;
        }
        const names = { bot: t("bot"), customer: t("you"), system: "—" };
        const lines = messages.map((m) => {
          const name = names[m.author] || (m.name ? t("agent", { name: m.name }) : t("agent_unnamed"));
          const rest = [...(m.cards || []).map((c) => c.title), ...(m.attachments || []).map((a) => a.name || webUrl(a.url))];
          return `[${new Date(m.at).toLocaleString(locale)}] ${name}: ${[m.text, ...rest].filter(Boolean).join(" | ")}`;
        });
        const url = URL.createObjectURL(new Blob(["\ufeff", lines.join("\r\n")], { type: "text/plain" }));
        h("a", { href: url, download: `${(this.business || t("chat")).replace(/[\\/:*?"<>|]/g, " ")}.txt` }).click();
        setTimeout(() => URL.revokeObjectURL(url), 10_000);
      } catch {
        this.warn(t("not_saved"));
      }
    }

    // -- who is writing

    /** A customer the shop knows, or null when they have signed out there. */
    identify(who) {
      if (!who) {
        visitor.set("token", "");
        visitor.set("outbox", []);
        visitor.set("talk", false);
        this.line.forget();
        this.line.was = "";
        this.identity = null;
        this.replaceAll([], false);
        this.line.restart(); // at once: what still comes for them is not for whoever is next
        const tellTabs = () => visitor.set("who", uuid());
        return void this.line.session().then(tellTabs, tellTabs);
      }
      const { user_id, name, email, hash } = who;
      this.identity = { user_id, name, email, hash };
      if (this.line.status === "online")
        this.line.tell({ type: "identify", ...this.identity }).then((answer) => this.identified(answer));
      else this.line.connect();
    }

    identified(answer) {
      if (answer?.code) return this.frame({ type: "error", ...answer });
      if (!answer?.token) return;
      this.identity = null;
      this.line.take(answer.token);
      visitor.set("talk", false);
      visitor.set("who", uuid());
      this.line.after = null;
      if (this.line.polling) this.line.restart();
    }

    setLocale(wanted) {
      if (localeOf(wanted) === locale) return;
      locale = localeOf(wanted);
      this.paint();
      if (this.line.running) this.line.restart();
    }

    // -- beginning

    async begin() {
      this.build();
      const past = tab.get("messages");
      if (past?.messages.length && visitor.get("talk")) this.replaceAll(past.messages, past.more);
      else this.showOutbox();
      this.listen();
      await this.line.session().catch(() => {});
      if (this.line.refused) return;
      this.root.hidden = false;
      const panel = visitor.get("panel");
      // On a phone the panel would hide the page that was just asked for.
      if (panel?.open && Date.now() - panel.at < VISIT && !FULL.matches) this.open({ focus: false });
      if (visitor.get("talk") || outbox.all().length) this.line.connect();
    }

    listen() {
      const layout = () => this.layout();
      for (const query of [FULL, DARK, TOUCH]) query.addEventListener("change", layout);
      window.visualViewport?.addEventListener("resize", layout);
      window.visualViewport?.addEventListener("scroll", layout);
      window.addEventListener("online", () => this.line.hurry());
      window.addEventListener("offline", () => this.line.probe?.(2000));
      window.addEventListener("pageshow", (event) => event.persisted && (this.line.hurry(), this.line.probe?.(2000)));
      window.addEventListener("pagehide", () => {
        if (this.isOpen) this.remember();
        const stored = this.items.filter((item) => item.id).map(({ id, message }) => ({ ...message, id }));
        tab.set("messages", { messages: stored.slice(-50), more: this.more || stored.length > 50 });
      });
      document.addEventListener("visibilitychange", () => {
        if (document.visibilityState !== "visible") return;
        this.line.hurry();
        this.line.probe?.(5000);
        this.markSeen();
      });
      window.addEventListener("storage", ({ key, newValue }) => this.heard(key, newValue));
    }

    /** Another tab has written something down. */
    heard(key, value) {
      if (key === "carebot:panel" && value) {
        const { open } = JSON.parse(value);
        if (!open) this.close({ spread: false });
        else if (!FULL.matches) this.open({ focus: false, spread: false });
      } else if (key === "carebot:seen") this.recount();
      else if (key === "carebot:outbox") {
        const waiting = outbox.all().map((entry) => entry.client_id);
        const kept = this.items.filter((item) => item.id || waiting.includes(item.client_id));
        this.items = kept;
        this.showOutbox();
        if (waiting.length) this.line.connect();
      } else if (key === "carebot:who") {
        this.line.forget();
        this.line.token = visitor.get("token") || "";
        this.replaceAll([], false);
        this.line.restart();
      }
    }
  }

  // ---- what the page may call ---------------------------------------------------------------

  const listeners = {};
  let isReady = false;
  const waiting = [];

  function emit(event, detail) {
    for (const listener of listeners[event] || []) {
      try {
        listener(detail);
      } catch (error) {
        console.error(error);
      }
    }
  }

  customElements.define("carebot-widget", Desk);
  const desk = document.createElement("carebot-widget");
  const later = (work) => (...values) => void (isReady ? work(...values) : waiting.push(() => work(...values)));
  const api = {
    open: later(() => desk.open()),
    close: later(() => desk.close()),
    toggle: later(() => desk.toggle()),
    send: later((text) => String(text ?? "").trim() && desk.say({ text: String(text).trim() })),
    identify: later((who) => desk.identify(who)),
    setLocale: later((wanted) => desk.setLocale(wanted)),
    /** Events: ready, open, close, message, unread, state, error. Answers a function that ends it. */
    on(event, listener) {
      (listeners[event] ??= new Set()).add(listener);
      if (event === "ready" && isReady) queueMicrotask(() => listener());
      return () => listeners[event].delete(listener);
    },
    push: (...calls) => void calls.forEach(([name, ...values]) => api[name]?.(...values)),
  };
  const early = Array.isArray(window.Carebot) ? window.Carebot : [];
  window.Carebot = Object.freeze(api);
  api.push(...early);

  const start = async () => {
    document.body.append(desk);
    await desk.begin();
    isReady = true;
    emit("ready");
    if (!desk.line.refused) waiting.splice(0).forEach((work) => work());
  };
  document.body ? start() : addEventListener("DOMContentLoaded", start);
})();
