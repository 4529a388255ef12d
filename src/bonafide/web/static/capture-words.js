"use strict";
// The pages of capture, in files that build on one another in the order of the page's head. What they may use:
// Chrome 80 (Android, 2020) and Safari 14.5 (iOS, 2021). So no modules (their imports could not carry the
// version that lets browsers keep files), no private fields, no top-level await, no `inset` or `aspect-ratio`
// in the sheet, no gaps in flex boxes.
//
// Words: both languages stand in the page, so that another one is chosen midway without losing a picture.
const Words = (() => {
  const { languages, texts } = JSON.parse(document.getElementById("content").dataset.words);
  const all = {};
  languages.forEach((each, place) => {
    all[each] = {};
    for (const key of Object.keys(texts)) all[each][key] = texts[key][place];
  });
  const listeners = [];
  let language = document.documentElement.lang;

  const has = (key) => key in all[language];

  const say = (key, values) => {
    const text = all[language][key];
    if (text === undefined) throw new Error(`no words for ${key}`);
    return text.replace(/{(\w+)}/g, (_, name) => filled((values || {})[name]));
  };
  // What stands in braces may itself be words: their key, and what the service called them, should the page not
  // know the key yet.
  const filled = (value) => (value && value.key ? (has(value.key) ? say(value.key) : value.text) : String(value));

  // Words that stay with an element, and change with the language. `text` is the service's, for a key that may be
  // unknown here.
  const put = (element, key, values, text) => {
    element.dataset.t = key;
    element.dataset.values = JSON.stringify(values || {});
    element.textContent = text && !has(key) ? text : say(key, values);
    element.hidden = false;
  };

  const fill = () => {
    for (const part of document.querySelectorAll("[data-t]")) {
      if (has(part.dataset.t)) part.textContent = say(part.dataset.t, JSON.parse(part.dataset.values || "{}"));
    }
    for (const part of document.querySelectorAll("[data-t-label]")) {
      part.setAttribute("aria-label", say(part.dataset.tLabel));
    }
  };

  // Reasons have many words, of which the page needs few, and only for another language than they were told in. So
  // they come once there is one.
  let told = false;
  let learnt = null;
  const learn = () => {
    if (!learnt) learnt = fetch(document.getElementById("content").dataset.reasons).then((answer) => answer.json());
    return learnt.then(
      (more) => {
        for (const each of Object.keys(all)) Object.assign(all[each], more[each]);
        fill();
      },
      () => {
        learnt = null; // without a network; at the next chance
      },
    );
  };

  const form = document.getElementById("languages");
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    language = button.value;
    document.documentElement.lang = language;
    document.title = document.title.replace(/^[^·]+/, `${say("capture.title")} `);
    for (const each of form.querySelectorAll("button")) each.hidden = each.value === language;
    form.querySelector("button:not([hidden])").focus();
    fill();
    if (told) learn();
    for (const listener of listeners) listener();
    // A page that is loaded again comes in this language too; if not, no harm is done.
    const body = new URLSearchParams(new FormData(form));
    body.set("language", language);
    fetch(form.action, { method: "POST", body, credentials: "same-origin" }).catch(() => {});
  });

  return {
    say,
    put,
    reasons: () => {
      told = true;
      return learn();
    },
    has,
    languages,
    language: () => language,
    onchange: (listener) => listeners.push(listener),
  };
})();
