"use strict";
// Passkeys: asks our server what to ask, the authenticator, and our server what it thinks of the answer.
(() => {
  const form = document.getElementById("passkey");
  const told = document.getElementById("told");
  if (!form) return;
  if (!window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) {
    const none = document.getElementById("no-passkey");
    if (none) none.hidden = false;
    return;
  }
  form.hidden = false;
  const makes = "makes" in form.dataset;

  const tell = (words) => {
    told.textContent = words;
    told.hidden = false;
    told.scrollIntoView({ block: "nearest" });
  };

  const post = async (address, extra) => {
    const body = new URLSearchParams(new FormData(form));
    for (const [name, value] of Object.entries(extra)) body.set(name, value);
    const response = await fetch(address, { method: "POST", body, credentials: "same-origin" });
    const said = await response.json();
    if (!response.ok) throw new Error(said.message);
    return said;
  };

  form.addEventListener("submit", async (event) => {
    if (makes && event.submitter && event.submitter.value !== "passkey") return;
    event.preventDefault();
    told.hidden = true;
    form.setAttribute("aria-busy", "true");
    try {
      const asked = await post(form.dataset.ask, {});
      const options = JSON.parse(asked.options);
      let credential;
      try {
        credential = makes
          ? await navigator.credentials.create({
              publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
            })
          : await navigator.credentials.get({
              publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
            });
      } catch {
        throw new Error(form.dataset.cancelled);
      }
      const answer = JSON.stringify(credential.toJSON());
      const done = await post(form.dataset.answer, { ceremony: asked.ceremony, answer });
      location.assign(done.to);
    } catch (error) {
      tell(error.message);
    } finally {
      form.removeAttribute("aria-busy");
    }
  });

  for (const id of ["by-passkey", "passkey-note"]) {
    const part = document.getElementById(id);
    if (part) part.hidden = false;
  }
})();
