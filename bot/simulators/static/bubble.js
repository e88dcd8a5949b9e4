/** One thing on a screen: words, pictures, cards, buttons, as their platform shows them. */
import { clock, icon, link, make, prose } from "./dom.js";

const PLACE = /^(?:📍 )?(-?\d+\.\d+), (-?\d+\.\d+)$/;
const EMOJI = /^(?:\p{Extended_Pictographic}\uFE0F?){1,3}$/u;
const NAMES = { customer: "Bạn", business: "Cửa hàng", person: "Nhân viên" };

/** The line of a bubble. `first` and `last` of what one side says in a row; `touch(bubble, from)`
 * opens what can be done with it, `press(bubble, choice)` presses a button. */
export function line(bubble, { first, last, touch, press }) {
  const element = make("div", {
    class: ["line", bubble.by, first && "first", last && "last"].filter(Boolean).join(" "),
    "data-id": bubble.id,
  });
  element.append(make("span", { class: "sr-only" }, `${NAMES[bubble.by]}:`));
  if (bubble.by === "person" && first) {
    element.append(make("span", { class: "by-staff" }, "Nhân viên trả lời trực tiếp"));
  }
  const body = make("div", { class: "body" });
  if (bubble.recalled) body.append(make("p", { class: "bubble gone" }, "Tin nhắn đã thu hồi"));
  else fill(body, bubble, press);
  const more = make(
    "button",
    { type: "button", class: "touch", "aria-label": `Thao tác với tin: ${gist(bubble)}`, onclick: () => touch(bubble, more) },
    icon("dots"),
  );
  element.append(make("div", { class: "across" }, body, bubble.recalled ? "" : more));
  if (bubble.reaction && !bubble.recalled) {
    body.append(make("span", { class: "reaction" }, make("span", { class: "sr-only" }, "Cảm xúc: "), bubble.reaction));
  }
  return element;
}

export function gist(bubble) {
  return (bubble.text || bubble.cards[0]?.title || bubble.file || (bubble.sticker ? "nhãn dán" : "ảnh")).slice(0, 60);
}

function fill(body, bubble, press) {
  const place = PLACE.exec(bubble.text);
  if (bubble.sticker) {
    body.append(make("img", { class: "sticker", src: "/static/sticker.svg", alt: "Nhãn dán mặt cười" }), meta(bubble));
    return;
  }
  for (const url of bubble.pictures) body.append(picture(url));
  if (place) body.append(map(bubble, place));
  else if (bubble.text || bubble.file) body.append(words(bubble));
  else if (bubble.pictures.length) body.append(meta(bubble));
  if (bubble.cards.length) {
    const cards = bubble.cards.map((each) => card(bubble, each, press));
    body.append(make("div", { class: "cards", tabindex: "0", role: "group", "aria-label": `${cards.length} thẻ, cuộn ngang để xem` }, ...cards));
  }
  if (bubble.buttons.length) body.append(choices(bubble, bubble.buttons, press));
}

function words(bubble) {
  const said = make("div", { class: EMOJI.test(bubble.text) ? "bubble big" : "bubble" });
  if (bubble.file) said.append(make("span", { class: "file" }, icon("file"), make("span", {}, bubble.file)));
  if (bubble.text) said.append(make("span", { class: "text" }, ...prose(bubble.text)));
  said.append(meta(bubble));
  return said;
}

function meta(bubble) {
  const at = make("span", { class: "meta" }, bubble.edited ? "đã sửa " : "", clock(bubble.at));
  if (bubble.by === "customer") {
    const ticks = make("span", { class: "ticks" }, icon("check"));
    if (bubble.seen) ticks.append(icon("check"), make("span", { class: "sr-only" }, "Đã xem"));
    at.append(ticks);
  }
  return at;
}

function picture(url) {
  const image = make("img", { src: url, alt: "Ảnh trong tin nhắn" });
  image.addEventListener("error", () => image.replaceWith(make("span", { class: "broken" }, icon("picture"), "Không tải được ảnh")));
  return link(new URL(url, location.href).href, { class: "picture" }, image) ?? image;
}

function map(bubble, [, latitude, longitude]) {
  return make(
    "div",
    { class: "bubble place" },
    make("span", { class: "map", "aria-hidden": "true" }, icon("place")),
    make("span", { class: "text" }, "Vị trí ", make("small", {}, `${latitude}, ${longitude}`)),
    meta(bubble),
  );
}

function card(bubble, each, press) {
  const image = each.picture && make("img", { src: each.picture, alt: "" });
  return make(
    "article",
    { class: "card" },
    image || "",
    make("div", { class: "told" }, make("strong", {}, each.title), each.subtitle && make("span", {}, each.subtitle)),
    each.buttons.length ? choices(bubble, each.buttons, press) : "",
  );
}

function choices(bubble, all, press) {
  return make(
    "div",
    { class: "choices" },
    ...all.map(
      (choice) =>
        (choice.url && link(choice.url, { class: "choice" }, choice.title)) ||
        make("button", { type: "button", class: "choice", onclick: () => press(bubble, choice) }, choice.title),
    ),
  );
}
