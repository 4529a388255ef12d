"use strict";
// The way through: what the API says decides which step comes next, so that a reload, another device or a lost
// connection goes on where it can.
(() => {
  const MINUTE = 60000;
  // What is known of a sign-up whose link opens nothing any more.
  const NOBODY = { by_person: null, return_address: null };
  const RETRY = [["again", "capture_trouble.retry"]];
  // What was photographed; in this page's memory alone.
  let pictures = null;
  // Whether they were lost with an earlier load of this page.
  let reloaded = false;
  let facts = null;
  let tried = 0;
  let busyFor = 0;
  let lostAt = -MINUTE;
  let slow = 0; // how often the document did not get through in time
  // What was told of the last try, for the step that is to be done again: words that `Words.say` fills in.
  let advice = null;
  // The purpose's words by language, so that another one is there at once, and without a network.
  const notices = {};

  // Tries until it works, for a minute by itself and then when asked to. Other problems are raised.
  const patiently = async (code, still, work) => {
    let since = null;
    for (;;) {
      try {
        return await work();
      } catch (problem) {
        if (problem.code !== code) throw problem;
      }
      if (code === "offline") lostAt = performance.now();
      if (since === null) since = performance.now();
      if (performance.now() - since < MINUTE) {
        await Screens.trouble(code, RETRY, Screens.pause(3000));
      } else {
        await Screens.trouble(still, RETRY);
        since = null;
      }
    }
  };

  const onLine = (work) => patiently("offline", "still_offline", work);
  const unlessBusy = (work) =>
    onLine(() => patiently("busy", "still_busy", () => patiently("unavailable", "still_busy", work)));

  const look = async () => {
    facts = await unlessBusy(() => Link.look(5000));
    noticed(facts);
    Link.remember({ expires: facts.expires_at });
    Choice.fillNotice(facts);
    translate();
    for (const each of Words.languages) notice(each).catch(() => {});
    return facts;
  };

  const noticed = ({ notice, by_person, language }) => {
    notices[language] = { notice, by_person, language };
  };

  const notice = async (language) => {
    if (!notices[language]) noticed(await Link.look(5000, language));
    return notices[language];
  };

  // Another language has other words of the purpose, too. Consent names the language that was read: where the
  // words do not come, both stay as they were.
  const translate = async () => {
    const language = Words.language();
    if (!facts || facts.language === language) return;
    const before = facts;
    try {
      const words = await notice(language);
      if (facts !== before || Words.language() !== language) return;
      Object.assign(facts, words);
      Choice.fillNotice(facts);
    } catch {}
  };
  Words.onchange(translate);

  const consentTo = async (manner) => {
    const said = await Choice.consent(facts, manner);
    if (said === "decline") {
      await onLine(Link.decline);
      return declined();
    }
    if (said === "back") return choose();
    await onLine(() => Link.agree(said));
    return go();
  };

  const declined = async () => {
    pictures = null;
    await look();
    const acts = facts.by_person ? [["person", "capture_trouble.by_person"]] : [];
    await Screens.trouble(Choice.declinedNow(), acts);
    return consentTo("person");
  };

  const choose = async () => {
    const way = await Choice.way(facts);
    if (way === "phone") return handOver();
    return consentTo(way);
  };

  const handOver = async () => {
    Camera.close();
    const said = await Choice.phone(facts);
    return said === "here" ? go() : end(said);
  };

  // From a sign-up's state, how it ended.
  const end = async (how) => {
    facts = how;
    Link.remember({ ended: how.state });
    await Result.show({ state: how.state, again: false }, how, tried);
  };

  const documents = async (other) => {
    if (pictures) return null;
    const loaded = reloaded ? "capture.document_again" : null;
    const note = advice === null ? loaded : "capture.document_retake";
    Link.remember({ began: true, filmed: true });
    const taken = await Documents.ask({ step: 3, steps: 5, other, note, values: { advice } });
    if (taken.instead) return taken.instead;
    pictures = taken;
    advice = null;
    reloaded = false;
    return null;
  };

  const turnTo = (way) => (way === "phone" ? handOver() : consentTo("person"));

  const adviceOf = ({ code, sentence, advice: does }) =>
    does ? { key: `advice.${code}`, text: does } : { key: `reason.${code}`, text: sentence };

  // What was told of a try; resolved when something else is to be done.
  const tell = async (told, goOn) => {
    busyFor = 0;
    if (told.again || told.state === "agreed") {
      tried += 1;
      const ofDocument = told.reasons.find((reason) => reason.code.startsWith("document."));
      const reason = ofDocument || told.reasons[0];
      advice = reason ? adviceOf(reason) : null;
      if (ofDocument) pictures = null;
    } else {
      pictures = null;
      Link.remember({ ended: told.state });
    }
    Link.remember({ began: false, handed: false });
    const said = await Result.show(told, facts, tried);
    return said === "person" ? consentTo("person") : goOn();
  };

  const byPerson = async () => {
    const instead = await documents(false);
    if (instead) return turnTo(instead);
    const photo = await Person.photo();
    if (photo.instead) return turnTo(photo.instead);
    // Said once: what is tried again by itself takes no focus.
    Screens.busy("sending");
    const told = await unlessBusy(() => {
      Link.remember({ handed: true });
      return Link.hand(Person.form(pictures, photo.picture));
    });
    return tell(told, go);
  };

  const byProgram = async () => {
    const other = Boolean(facts.by_person);
    const mode = Link.memory().mode || (await Choice.light());
    if (mode === "person") return consentTo("person");
    Link.remember({ mode });
    const instead = await documents(other);
    if (instead) return turnTo(instead);
    return faceStep(mode, advice === null ? null : "capture.face_try");
  };

  const faceStep = async (mode, note) => {
    Screens.note("face-note", note, { advice });
    advice = null;
    document.getElementById("face-colours").hidden = mode !== "light";
    document.getElementById("face-movement").hidden = mode === "light";
    Screens.offer("face", { person: Boolean(facts.by_person) });
    Screens.show("face", 4, 5);
    const said = await Screens.choice("face");
    if (said === "person") return consentTo("person");
    if (said === "mode") {
      const other = await Choice.light();
      if (other === "person") return consentTo("person");
      Link.remember({ mode: other });
      return faceStep(other, null);
    }
    return attempt(mode);
  };

  const attempt = async (mode) => {
    let ended;
    try {
      ended = await Face.attempt(mode, pictures, cameraActs);
    } catch (problem) {
      Camera.close();
      ended = { how: problem.code || "camera_used" };
    }
    return after(ended, mode);
  };

  // The face is never a file.
  const cameraActs = (code) => {
    const acts = [Screens.again(code), ["phone", "capture_trouble.by_phone"]];
    if (facts.by_person) acts.splice(1, 0, ["person", "capture_trouble.by_person"]);
    return acts;
  };

  const cameraTrouble = async (code, mode) => {
    const said = await Screens.trouble(code, cameraActs(code));
    if (said !== "again") return turnTo(said);
    return code === "camera_dismissed" ? attempt(mode) : faceStep(mode, null);
  };

  const after = async (ended, mode) => {
    if (ended.how === "told") return tell(ended.told, go);
    if (ended.how === "instead") return turnTo(ended.chosen);
    // The service may not yet have seen this page's socket end.
    if (ended.how !== "problem") lostAt = performance.now();
    if (ended.how === "hidden") return faceStep(mode, "capture.face_left");
    if (ended.how === "stopped") return faceStep(mode, "capture.face_stopped");
    if (ended.how === "camera") return cameraTrouble("camera_lost", mode);
    // What reached the service too late was held up on the way.
    const late = ended.how === "problem" && ended.problem.code === "request_too_slow";
    if (late || ended.how === "lost") return lost(ended, mode);
    if (ended.how === "problem") return problemOf(ended.problem, mode);
    return cameraTrouble(ended.how, mode);
  };

  // The sign-up says whether something was decided. A document that does not get through is sent smaller.
  const lost = async ({ unsent }, mode) => {
    lostAt = performance.now();
    if (unsent) {
      slow += 1;
      pictures = await Documents.smaller(pictures);
    }
    if (unsent && slow > 1) {
      const said = await Screens.trouble("slow", cameraActs("slow"));
      if (said !== "again") return turnTo(said);
    } else await Screens.trouble("offline", RETRY, Screens.pause(2000));
    await look();
    if (facts.state !== "agreed" || facts.tries_left < 1) return go();
    return faceStep(mode, unsent ? "capture.face_smaller" : "capture.face_anew");
  };

  const problemOf = async (problem, mode) => {
    if (problem.code === "busy" || problem.code === "unavailable") {
      const said = await Screens.trouble("busy", RETRY, Screens.pause(5000));
      busyFor += 1;
      if (said !== "again" && busyFor > 12) await Screens.trouble("still_busy", RETRY);
      return attempt(mode);
    }
    // It is this page's own socket that the service has not yet seen end.
    if (problem.code === "in_progress" && performance.now() - lostAt < 20000) {
      Screens.busy("connecting");
      await Screens.pause(3000);
      return attempt(mode);
    }
    return stopped(new Problem(problem.code), () => (pictures ? faceStep(mode, null) : go()));
  };

  // A problem that does not go by itself, and what to do about it.
  const stopped = async (problem, goOn) => {
    Camera.close();
    if (problem.code === "link_over" || problem.code === "link_missing") return over();
    if (problem.code === "in_progress") {
      // What this page handed in before the network went may be what is being worked on.
      if (Link.memory().handed && performance.now() - lostAt < 20000) {
        Screens.busy("checking");
        await Screens.pause(3000);
      } else await Screens.trouble("in_progress", RETRY);
      return goOn();
    }
    if (problem.code === "not_permitted" || problem.code === "conflict") {
      await Screens.trouble("refused", [["again", "capture_trouble.look_again"]]);
      return go();
    }
    // Whatever they are of, none of those is handed in again.
    if (problem.code === "picture_unreadable") pictures = null;
    const other = facts && facts.by_person && facts.manner !== "person";
    const byOther = [["person", "capture_trouble.by_person"]];
    // The lock outlasts the link.
    if (problem.code === "too_many_attempts") {
      await (other ? Screens.trouble("too_many_here", byOther) : Screens.trouble("too_many_attempts", []));
      return consentTo("person");
    }
    const known = problem.code === "picture_unreadable" ? problem.code : "fault";
    const acts = [...RETRY];
    if (other) acts.splice(known === "picture_unreadable" ? 1 : 0, 0, ...byOther);
    const said = await Screens.trouble(known, acts);
    return said === "person" ? consentTo("person") : goOn();
  };

  // A link that opens nothing any more. Before its time that means that something came of it: here, which this
  // tab remembers, unless the answer was lost on its way; or elsewhere.
  const over = () => {
    const { ended, expires, handed } = Link.memory();
    if (ended) return Result.show({ state: ended, again: false }, facts || NOBODY, tried);
    const early = expires && Date.now() < Date.parse(expires);
    if (early && handed) return Screens.trouble("answer_lost", []);
    const usedUp = facts && facts.tries_left <= 1;
    return Screens.trouble(early && !usedUp ? "done" : "over", []);
  };

  const go = async () => {
    await look();
    if (facts.state === "open" || facts.state === "declined") return choose();
    if (facts.state === "agreed") {
      if (facts.manner === "person") return byPerson();
      return facts.tries_left > 0 ? byProgram() : triedOut();
    }
    return end(facts);
  };

  // A person can still be asked. What goes on elsewhere at this moment may give its try back.
  const triedOut = async () => {
    const acts = [["person", "capture_trouble.by_person"], ["again", "capture_trouble.look_again"]];
    const said = await Screens.trouble("no_tries", acts);
    return said === "person" ? consentTo("person") : go();
  };

  const begin = async () => {
    // A script that did not arrive ends it here, before anybody has begun: the page says then what to do.
    if ([Card, Documents, Live, Face, Choice, Result, Person].includes(undefined)) return;
    if (!Link.take()) {
      await Screens.trouble("no_link", []);
      return;
    }
    reloaded = Boolean(Link.memory().began);
    let work = go;
    for (;;) {
      try {
        await work();
        return;
      } catch (problem) {
        if (!(problem instanceof Problem)) console.error(problem);
        work = () => stopped(problem instanceof Problem ? problem : new Problem("fault"), go);
      }
    }
  };

  begin();
})();
