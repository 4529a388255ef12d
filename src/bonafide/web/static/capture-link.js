"use strict";
// The link to the sign-up, what the API says about it, and what this tab remembers.
class Problem extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const Link = (() => {
  const KEY = "bonafide-capture";
  const DEVICE = "bonafide-device";
  const WAIT = 15000;
  let kept = {};

  const keep = () => {
    // A browser that keeps nothing for us loses only what a reload would have gone on with.
    try {
      sessionStorage.setItem(KEY, JSON.stringify(kept));
    } catch {}
  };

  // The link in the address, if one is there: other fragments are places on the page.
  const given = () => {
    try {
      const found = decodeURIComponent(location.hash.slice(1)).trim();
      return found.startsWith("bfl/") ? found : null;
    } catch {
      return null;
    }
  };

  // Out of the address, where it would be seen, shared and kept; the fragment itself goes to no server.
  const take = () => {
    try {
      kept = JSON.parse(sessionStorage.getItem(KEY) || "{}");
    } catch {}
    const link = given();
    if (link) history.replaceState(null, "", location.pathname + location.search);
    if (link && link !== kept.link) kept = { link };
    keep();
    return Boolean(kept.link);
  };

  const remember = (values) => {
    Object.assign(kept, values);
    keep();
  };

  const ask = async (method, path, body, wait, language) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), wait || WAIT);
    const headers = { Authorization: `Bearer ${kept.link}`, "Accept-Language": language || Words.language() };
    const isForm = body instanceof FormData;
    if (body && !isForm) headers["Content-Type"] = "application/json";
    let response;
    let said;
    try {
      response = await fetch(path, {
        method,
        headers,
        body: body && !isForm ? JSON.stringify(body) : body,
        cache: "no-store",
        credentials: "omit",
        signal: stop.signal,
      });
      said = await response.json();
    } catch {
      // What is no JSON comes from something between us and the service.
      throw new Problem(!response ? "offline" : response.status < 500 ? "fault" : "unavailable");
    } finally {
      clearTimeout(timer);
    }
    if (!response.ok) throw new Problem(said.code || "fault");
    return said;
  };

  // Tells this browser from others, where many sign up in vain; the service keeps a keyed hash of it alone.
  const device = () => {
    try {
      let found = localStorage.getItem(DEVICE);
      if (!found) {
        const random = crypto.getRandomValues(new Uint8Array(16));
        found = Array.from(random, (each) => each.toString(16).padStart(2, "0")).join("");
        localStorage.setItem(DEVICE, found);
      }
      return found;
    } catch {
      return null;
    }
  };

  // The same address with another link in it loads no page anew.
  window.addEventListener("hashchange", () => {
    if (given()) location.reload();
  });

  return {
    take,
    remember,
    memory: () => kept,
    text: () => kept.link,
    operator: () => kept.link.split("/")[1] || "",
    device,
    look: (wait, language) => ask("GET", "/v1/capture", undefined, wait, language),
    agree: (given) => ask("POST", "/v1/capture/consent", given),
    decline: () => ask("POST", "/v1/capture/decline"),
    hand: (form) => ask("POST", "/v1/capture/pictures", form, 90000),
  };
})();
