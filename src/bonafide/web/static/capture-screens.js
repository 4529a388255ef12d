"use strict";
// One screen at a time, with its heading in focus; and one place that speaks to whoever cannot see it.
const Screens = (() => {
  const parts = Array.from(document.querySelectorAll("#content > section"));
  const progress = document.getElementById("progress");
  const spoken = document.getElementById("spoken");
  const QUIET = 1800; // a sentence takes about as long to be read out
  const CALM = ["answer_lost", "camera_asked", "declined", "declined_after", "done"]; // nothing is wrong there
  let shown = "loading";
  let waiting = null;
  let troubled = "";
  let said = "";
  let next = null;
  let timer = null;

  const find = (name) => document.getElementById(`screen-${name}`);

  const show = (name, step, steps) => {
    for (const part of parts) part.hidden = part.id !== `screen-${name}`;
    document.body.classList.toggle("covered", name === "live");
    if (step) Words.put(progress, "capture.progress", { step, steps });
    progress.hidden = !step;
    const again = shown === name;
    shown = name;
    if (again) return;
    window.scrollTo(0, 0);
    const heading = find(name).querySelector("h1");
    if (heading) heading.focus({ preventScroll: true });
  };

  // What somebody chooses on a screen: the `data-do` of a button. `or` are promises that end the wait sooner.
  const choice = (name, ...or) => {
    const chosen = new Promise((resolve) => {
      waiting = { name, resolve };
    });
    return or.length ? Promise.race([chosen, ...or]) : chosen;
  };

  document.getElementById("content").addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button || !waiting || !find(waiting.name).contains(button)) return;
    waiting.resolve(button.dataset.do);
  });

  // Shown or not, by what buttons do.
  const offer = (name, wanted) => {
    for (const button of find(name).querySelectorAll("[data-do]")) {
      if (button.dataset.do in wanted) button.hidden = !wanted[button.dataset.do];
    }
  };

  // Guidance changes many times a second; it is read out at most as often as it can be listened to, and not
  // the same twice running. What is to be done is read out at once, and guidance of what came before it never.
  const speak = (text) => {
    next = text;
    if (timer === null) utter();
  };
  const instruct = (text) => {
    clearTimeout(timer);
    next = null;
    say(text);
  };
  const say = (text) => {
    said = text;
    spoken.textContent = text;
    timer = setTimeout(utter, QUIET);
  };
  const utter = () => {
    timer = null;
    const text = next;
    next = null;
    if (text !== null && text !== said) say(text);
  };
  const hush = () => {
    clearTimeout(timer);
    timer = next = null;
    said = spoken.textContent = "";
  };

  const note = (id, key, values) => {
    const part = document.getElementById(id);
    if (key) Words.put(part, key, values);
    else part.hidden = true;
  };

  const busy = (what) => {
    const more = `capture_busy.${what}_what`;
    Words.put(document.getElementById("busy-title"), `capture_busy.${what}`);
    note("busy-words", Words.has(more) ? more : null);
    show("busy");
  };

  // What went wrong and what to do next: each act is [what it does, the key of its words].
  const trouble = async (code, acts, ...or) => {
    const box = document.getElementById("trouble-acts");
    const words = document.getElementById("trouble-words");
    // What is tried again by itself is not told again each time.
    if (shown === "trouble" && troubled === code) return choice("trouble", ...or);
    troubled = code;
    Words.put(document.getElementById("trouble-title"), `capture_trouble.${code}`);
    Words.put(words, `capture_trouble.${code}_what`);
    words.classList.toggle("warn", !CALM.includes(code));
    document.getElementById("trouble-told").hidden = !code.startsWith("declined");
    box.textContent = "";
    acts.forEach(([name, key], place) => {
      const button = document.createElement("button");
      const label = document.createElement("span");
      button.type = "button";
      button.dataset.do = name;
      if (place === 0) button.className = "primary";
      Words.put(label, key);
      button.append(label);
      box.append(button);
    });
    shown = ""; // another trouble is another screen
    show("trouble");
    // The heading is in focus and read out; this follows it, though nobody moves there.
    speak(words.textContent);
    try {
      return await choice("trouble", ...or);
    } finally {
      hush();
    }
  };

  // The act that tries again, in the words that fit what went wrong.
  const again = (code) => [
    "again",
    ["camera_asked", "camera_dismissed"].includes(code) ? "capture_trouble.ask_again" : "capture_trouble.retry",
  ];

  // What is still to be read out, and what was, is in the language before.
  Words.onchange(hush);

  const pause = (span) => new Promise((resolve) => setTimeout(resolve, span));

  return { show, choice, offer, speak, instruct, hush, note, busy, trouble, again, pause, shown: () => shown };
})();
