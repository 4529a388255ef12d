"use strict";
// j and k go down and up the queue; Enter opens, as it does for every link.
(() => {
  const links = [...document.querySelectorAll("#queue a")];
  if (!links.length) return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const step = { j: 1, k: -1 }[event.key];
    if (!step) return;
    const at = links.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step));
    links[next].focus();
    event.preventDefault();
  });
})();
