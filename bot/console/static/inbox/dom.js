// Making elements. Text is always set as text: nothing a customer writes becomes markup.

export const $ = (id) => document.getElementById(id);

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

// Text with its web addresses as links.
export function linked(text) {
  const parts = document.createDocumentFragment();
  let at = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/g)) {
    parts.append(text.slice(at, match.index), outside(match[0], match[0]));
    at = match.index + match[0].length;
  }
  parts.append(text.slice(at));
  return parts;
}

// A link out of the console; anything that is not a web address stays text.
export function outside(url, label, attributes = {}) {
  const safe = /^https?:\/\//i.test(url) || (url.startsWith("/") && !url.startsWith("//"));
  if (!safe) return el("span", {}, label);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer", ...attributes }, label);
}

// A Vietnamese given name comes last.
export function initial(name) {
  const words = name.replace(/[^\p{L}\p{N}\s]/gu, "").trim().split(/\s+/);
  return [...(words.at(-1) || "?")][0]?.toUpperCase() ?? "?";
}

// The initial stands behind the picture, for one that does not load.
export function avatar(customer, name) {
  return el("span", { class: `avatar tone-${customer.id % 6}`, "aria-hidden": "true" }, initial(name),
    customer.avatar ? el("img", { src: customer.avatar, alt: "" }) : "");
}

export function toast(text, { problem = false } = {}) {
  const node = el("div", { class: problem ? "toast problem" : "toast" }, text);
  $(problem ? "alerts" : "toasts").append(node);
  setTimeout(() => node.remove(), problem ? 7000 : 3500);
}

let announced = 0;

// For screen readers: said, not shown.
export function announce(text) {
  // The same words twice are only read when they differ.
  $("announcer").textContent = text + (announced++ % 2 ? "\u00a0" : "");
}
