// What travels with a message. The server says of each how it stands and what may be opened; a
// picture is only shown from our own store.

import { el, icon, outside } from "./dom.js";
import { nameOf, t } from "./words.js";

const ICONS = { location: "pin", contact: "phone" };

export const isOurs = (url) => url.startsWith("/files/");

export function attachment(each) {
  const label = labelOf(each);
  if (each.state !== "ready") {
    const shown = el("span", {}, icon(each.state === "pending" ? "clock" : "alert"), label);
    return el("p", { class: `file is-${each.state}` }, shown);
  }
  if (["image", "sticker"].includes(each.kind) && isOurs(each.url)) {
    const image = el("img", { src: each.url, alt: label, loading: "lazy" });
    return el("p", { class: `picture ${each.kind}` }, outside(each.url, image));
  }
  if (each.kind === "sticker") return el("p", { class: each.name ? "emoji" : "text" }, label);
  return el("p", { class: "file" },
    outside(each.url, el("span", {}, icon(ICONS[each.kind] ?? "clip"), label)), detail(each));
}

function detail(each) {
  if (each.kind === "contact" && each.url) return el("a", { href: each.url }, each.detail);
  return each.name && each.detail ? el("span", { class: "muted" }, each.detail) : "";
}

function labelOf(each) {
  const kind = nameOf("attachment", each.kind);
  if (each.state !== "ready") {
    return t(`attachment.${each.state}`, { what: `${kind.toLowerCase()} ${each.name}`.trim() });
  }
  if (each.kind === "sticker") return each.name || `[${kind}]`;
  return each.name || (each.kind === "location" && each.detail) || kind;
}
