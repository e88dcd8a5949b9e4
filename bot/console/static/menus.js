// The bar's menus close like menus: by Escape, by a press elsewhere, when the focus goes on.

const open = () => document.querySelector("details[data-menu][open]");

addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && open();
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

for (const moved of ["pointerdown", "focusin"]) {
  addEventListener(moved, (event) => {
    const menu = open();
    if (menu && !menu.contains(event.target)) menu.open = false;
  });
}
