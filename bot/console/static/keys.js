// One key a decision: a key presses whatever bears it, or goes to the field that does.

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!wanted || event.target.closest("input, select, textarea")) return;
  event.preventDefault();
  if (wanted.matches("input, select")) wanted.focus();
  else wanted.click();
});
