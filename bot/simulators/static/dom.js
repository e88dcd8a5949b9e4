/** Elements and icons. Every text is set as text: nothing that anybody wrote is read as HTML. */

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** A link that opens elsewhere, or null for an address that is none for browsers. */
export function link(url, attributes, ...children) {
  if (!/^(https?:|tel:|mailto:)/i.test(url)) return null;
  return make("a", { href: url, target: "_blank", rel: "noopener noreferrer", ...attributes }, ...children);
}

const ADDRESS = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/g;

/** A text whose addresses are links. */
export function prose(text) {
  return text.split(ADDRESS).map((part, n) => (n % 2 ? link(part, {}, part) : part));
}

export function clock(at) {
  return new Date(at).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", hour12: false });
}
