"use strict";
// An invitation comes in the address's fragment, which no server sees; it does not stay there.
(() => {
  const field = document.getElementById("invitation");
  // Where skipping to the content leads is no invitation.
  if (field && location.hash.length > 1 && location.hash !== "#content") {
    field.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
  }
})();
