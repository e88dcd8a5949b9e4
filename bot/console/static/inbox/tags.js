// The tags of a conversation, in the panel and in the list.

import { el, icon, toast } from "./dom.js";
import { call } from "./net.js";
import { t } from "./words.js";

const IN_ROW = 2;

let known = []; // to choose from

export function tagsOf(row) {
  const tags = row.tags ?? [];
  const field = el("input", {
    name: "tag", list: "known-tags", maxlength: 64, autocomplete: "off", "aria-label": t("tag.add"), placeholder: t("tag.add"), onfocus: learn,
  });
  const add = (event) => {
    event.preventDefault();
    if (field.value.trim()) change(row.id, "tag", field.value);
  };
  return el("section", { "aria-label": t("tag.tags") }, el("h3", {}, t("tag.tags")),
    tags.length ? el("ul", { class: "tags" }, ...tags.map((tag) => chip(row.id, tag))) : "",
    el("form", { class: "tag-form", onsubmit: add }, field,
      el("button", { class: "icon-button small", "aria-label": t("tag.add") }, icon("plus"))),
    el("datalist", { id: "known-tags" }, ...known.map((tag) => el("option", { value: tag }))));
}

function chip(id, tag) {
  return el("li", { class: "tag" }, tag,
    el("button", { type: "button", "aria-label": t("tag.remove", { tag }), onclick: () => change(id, "untag", tag) }, icon("close")));
}

async function change(id, way, tag) {
  try {
    await call(`conversations/${id}/${way}`, { tag });
  } catch (error) {
    toast(error.message, { problem: true });
  }
  refocus();
}

// The section is drawn anew when the line tells of the change.
function refocus() {
  setTimeout(() => document.querySelector(".tag-form input")?.focus({ preventScroll: true }), 150);
}

async function learn() {
  known = await call("tags").then((answer) => answer.tags, () => known);
  document.getElementById("known-tags")?.replaceChildren(...known.map((tag) => el("option", { value: tag })));
}

export function rowTags(row) {
  const tags = row.tags ?? [];
  const more = tags.length - IN_ROW;
  return tags.length
    ? el("span", { class: "row-tags" }, ...tags.slice(0, IN_ROW).map((tag) => el("span", { class: "tag" }, tag)), more > 0 ? `+${more}` : "")
    : "";
}
