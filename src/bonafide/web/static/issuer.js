"use strict";
// Back from the issuer of sign-ins: the form needs nobody to press its button.
document.getElementById("issuer-back").requestSubmit();
