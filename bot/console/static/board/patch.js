// Lists that are drawn again only where something changed.

const drawn = new WeakMap(); // element → the item it shows, as text

export function patch(parent, items, keyOf, make) {
  const known = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const focused = parent.contains(document.activeElement) ? placeOf(parent, document.activeElement) : null;
  const wanted = items.map((item) => {
    const key = String(keyOf(item));
    const text = JSON.stringify(item);
    const kept = known.get(key);
    if (kept && drawn.get(kept) === text) return kept;
    const node = make(item);
    node.dataset.key = key;
    drawn.set(node, text);
    return node;
  });
  if (wanted.length !== parent.children.length || wanted.some((node, i) => node !== parent.children[i])) {
    parent.replaceChildren(...wanted);
    focused?.();
  }
}

// A moved or replaced element loses its focus: the same one of the same item gets it back.
function placeOf(parent, node) {
  const { key } = node.closest("[data-key]")?.dataset ?? {};
  const mark = node.getAttribute("href") ?? node.className;
  return () => {
    const item = [...parent.children].find((each) => each.dataset.key === key);
    const same = [...(item?.querySelectorAll("a, button") ?? [])];
    const again = same.find((each) => (each.getAttribute("href") ?? each.className) === mark) ?? same[0];
    again?.focus({ preventScroll: true });
  };
}
