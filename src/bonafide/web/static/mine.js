"use strict";
// A link, or a code's request, comes in the address's fragment, which no server sees; it does not stay there.
// Then only what is still to be typed is shown.
(() => {
  const given = document.getElementById("given");
  const part = document.getElementById("given-part");
  const code = document.getElementById("code-part");
  const ready = document.getElementById("ready");
  if (!given) return;
  // Where skipping to the content leads is no link.
  if (location.hash.length > 1 && location.hash !== "#content") {
    given.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, "", location.pathname + location.search);
  }
  if (!given.value) return;
  const link = given.value.startsWith("bfl/");
  part.hidden = true;
  code.hidden = link;
  ready.hidden = !link;
  if (!link) document.getElementById("code").focus();
})();
