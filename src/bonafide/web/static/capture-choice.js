"use strict";
// What this is and the choice, the other device, agreeing or not, and whether the screen may change colour.
const Choice = (() => {
  const YEARS = { "under-14": 0, "14-to-17": 14, "18-or-over": 18 };
  const byId = (id) => document.getElementById(id);

  // The purpose's own words, wherever they stand: where somebody agrees that a person compares, that person's.
  const fillNotice = (facts) => {
    const consent = byId("screen-consent");
    const byPerson = consent.dataset.manner === "person" && facts.by_person;
    for (const part of document.querySelectorAll("[data-notice]")) {
      const notice = byPerson && consent.contains(part) ? byPerson : facts.notice;
      part.textContent = notice[part.dataset.notice];
    }
  };

  // What is said to whoever declined: what became of pictures, if any were taken.
  const declinedNow = () => (Link.memory().filmed ? "declined_after" : "declined");

  // "face", "person" or "phone". Whoever declined face matching has only the other way left.
  const way = async (facts) => {
    const declined = facts.state === "declined";
    byId("way-face").hidden = declined;
    byId("way-person").hidden = !facts.by_person;
    Screens.note("welcome-note", declined ? `capture_trouble.${declinedNow()}_what` : null);
    Screens.show("welcome", 1, 5);
    return Screens.choice("welcome");
  };

  // The code of this very address, and how it goes on over there: resolved with "here", or with the facts once
  // something came of it. `before` is how the sign-up stood until now.
  const phone = async (before) => {
    let told = null;
    // What is told again is read out again.
    const tell = (key) => {
      if (key !== told) Screens.note("phone-state", key);
      told = key;
    };
    const draw = async () => {
      const canvas = byId("phone-code");
      const code = canvas.parentElement;
      code.hidden = true;
      Screens.offer("phone", { again: false });
      tell("capture.phone_waits");
      try {
        await drawCode(canvas);
        code.hidden = false;
      } catch {
        Screens.offer("phone", { again: true });
        tell("capture.phone_no_code");
      }
    };
    Screens.show("phone");
    let chosen = Screens.choice("phone");
    draw();
    // An attempt over there takes a try at once; one of this page's may yet be given back.
    let tries = 0;
    for (let wait = 0; ; wait = 3000) {
      const said = await Promise.race([chosen, Screens.pause(wait)]);
      if (said === "here") return said;
      if (said === "again") {
        chosen = Screens.choice("phone");
        draw();
        continue;
      }
      const looking = Link.look();
      looking.catch(() => {}); // nobody may wait for it any more
      try {
        const facts = await Promise.race([looking, chosen]);
        if (!facts.state) continue; // something was chosen
        if (!["open", "agreed", "declined"].includes(facts.state)) return facts;
        const changed = facts.state !== before.state || facts.manner !== before.manner;
        if (changed || facts.tries_left < tries) tell("capture.phone_begun");
        tries = facts.tries_left;
      } catch (problem) {
        // A link that is over here is over there.
        if (!["offline", "unavailable", "busy"].includes(problem.code)) throw problem;
      }
    }
  };

  const drawCode = async (canvas) => {
    const body = new URLSearchParams(new FormData(byId("languages")));
    body.set("link", Link.text());
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 8000);
    const asked = { method: "POST", body, credentials: "same-origin", signal: stop.signal };
    const response = await fetch("/capture/qr", asked);
    if (!response.ok) throw new Problem("fault");
    const { rows } = await response.json();
    clearTimeout(timer);
    const size = 8;
    canvas.width = canvas.height = rows.length * size;
    const context = canvas.getContext("2d");
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = "#000000";
    rows.forEach((row, y) => {
      Array.from(row).forEach((dot, x) => {
        if (dot === "1") context.fillRect(x * size, y * size, size, size);
      });
    });
  };

  const chosenAge = () => {
    const found = document.querySelector("input[name=age]:checked");
    return found ? found.value : null;
  };

  // "decline", "back", or what was agreed to, in the words of that manner.
  const consent = async (facts, manner) => {
    const screen = byId("screen-consent");
    screen.dataset.manner = manner;
    const guardian = byId("guardian");
    const agree = byId("agree");
    const mayNot = (age) => YEARS[age] < facts.minimum_age;
    const byGuardian = (age) => YEARS[age] < facts.guardian_below;
    // Nothing is ticked before somebody ticks it, whatever was said before.
    for (const each of screen.querySelectorAll("input")) each.checked = false;
    byId("guardian-part").hidden = true;
    fillNotice(facts);
    Words.put(byId("consent-operator"), "capture.asked_by", { operator: Link.operator() });
    Words.put(byId("agree-words"), manner === "person" ? "capture.agree_person" : "capture.agree_face");
    for (const id of ["age-missing", "agree-missing"]) Screens.note(id, null);
    byId("ages").onchange = () => {
      byId("guardian-part").hidden = !byGuardian(chosenAge());
      Screens.note("age-missing", mayNot(chosenAge()) ? "capture.too_young" : null);
    };
    Screens.show("consent", 2, 5);
    for (;;) {
      const said = await Screens.choice("consent");
      if (said !== "agree") return said;
      const age = chosenAge();
      const needs = age !== null && byGuardian(age);
      Screens.note("age-missing", age === null ? "capture.age_missing" : mayNot(age) ? "capture.too_young" : null);
      if (age === null || mayNot(age)) document.querySelector("input[name=age]").focus();
      else if (needs && !guardian.checked) {
        Screens.note("agree-missing", "capture.guardian_missing");
        guardian.focus();
      } else if (!agree.checked) {
        Screens.note("agree-missing", "capture.agree_missing");
        agree.focus();
      } else {
        const named = manner === "person" ? "person" : "face-matching";
        return { manner: named, version: facts.version, language: facts.language, age, giver: needs ? "guardian" : "person" };
      }
    }
  };

  // "light", "movement", or "person" instead. Nobody's screen changes colour who did not say that it may.
  const light = async () => {
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const wanted = Link.memory().mode || (still ? "movement" : null);
    for (const each of document.querySelectorAll("input[name=mode]")) each.checked = each.value === wanted;
    Screens.note("light-missing", null);
    Screens.show("light", 3, 5);
    for (;;) {
      const said = await Screens.choice("light");
      const found = document.querySelector("input[name=mode]:checked");
      if (said === "person") return said;
      if (found) return found.value;
      Screens.note("light-missing", "capture.light_missing");
      document.querySelector("input[name=mode]").focus();
    }
  };

  return { way, phone, consent, light, fillNotice, declinedNow };
})();
