"use strict";
// The face step: one instruction at a time, colours around an oval, frames to the server, guidance back.
const Face = (() => {
  const screen = document.getElementById("screen-live");
  const video = document.getElementById("face-video");
  const title = document.getElementById("live-title");
  const guide = document.getElementById("live-guide");
  const theme = document.querySelector("meta[name=theme-color]");
  const canvas = document.createElement("canvas");
  // The shape in which phones have most of a face, and which every camera can give.
  const WANTED = {
    facingMode: "user",
    width: { ideal: 960 },
    height: { ideal: 720 },
    frameRate: { ideal: 30 },
  };
  const QUALITY = 0.8;
  const SLOW = 1500; // ms until it is said that the document is still on its way

  const paint = (rgb) => {
    const colour = rgb ? `rgb(${rgb.join(",")})` : "";
    screen.style.backgroundColor = colour;
    screen.classList.toggle("lit", Boolean(rgb));
    // The browser's own bars take part where they can.
    theme.content = colour || "#0b5f6b";
  };

  const tell = (kind) => {
    Words.put(title, `capture_step.${kind}`);
    screen.dataset.kind = kind;
    Screens.instruct(Words.say(`capture_step.${kind}`));
  };

  const advise = (code) => {
    const key = `capture_guide.${code}`;
    if (!Words.has(key)) return;
    Words.put(guide, key);
    guide.classList.toggle("good", code === "good");
    if (code !== "good") Screens.speak(Words.say(key));
  };

  const painted = () =>
    new Promise((resolve) => {
      // The first frame after a change paints it; the second begins when that has been done.
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
    });

  // One attempt. Says how it ended: as `Live` does, or hidden, camera, stopped, or instead with what was chosen of
  // `acts` while the camera was being asked for; raises a `Problem` where it does not open. No socket is opened
  // before the camera is, so that nothing runs out while somebody makes up their mind.
  const attempt = async (mode, pictures, acts) => {
    const first = await Camera.ask(() => Screens.busy("camera"), video, WANTED, acts);
    if (first.chosen) return { how: "instead", chosen: first.chosen };
    const camera = first.opened;
    Screens.busy("connecting");
    let latest = null;
    let shown = null;
    let shownAt = 0;
    let before = null;
    let due = 0;
    let working = false;
    let deciding = false;
    let sending = null;
    const session = Live.open(
      { link: Link.text(), mode, language: Words.language(), device: Link.device() },
      {
        step: async (step) => {
          latest = step;
          paint(step.kind === "colour" ? step.rgb : null);
          if (screen.dataset.kind !== step.kind || step.kind !== "colour") tell(step.kind);
          guide.textContent = "";
          delete guide.dataset.t;
          const at = await painted();
          if (latest !== step) return;
          before = shown;
          shown = step;
          shownAt = at;
          session.shown(step.step, at);
        },
        guidance: (said) => advise(said.code),
        checking: () => {
          latest = shown = null;
          deciding = true;
          Link.remember({ handed: true });
          paint(null);
          Camera.close();
          Screens.busy("checking");
        },
      },
    );
    const hidden = new Promise((resolve) => {
      document.addEventListener("visibilitychange", () => document.hidden && resolve({ how: "hidden" }), {
        once: true,
      });
    });

    const take = async (at) => {
      // A frame that was taken before a step was shown belongs to the one before.
      const step = at >= shownAt ? shown : before;
      if (!shown || !step || !video.videoWidth || working || at < due || session.isBehind()) return;
      working = true;
      const span = 1000 / step.rate;
      due = Math.max(due, at - span / 2) + span;
      // On its shorter side so many pixels as are asked for, if the camera has them.
      const scale = Math.min(1, step.width / Math.min(video.videoWidth, video.videoHeight));
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
      const blob = await Camera.jpeg(canvas, QUALITY);
      working = false;
      if (blob && shown) session.frame(step.step, at, blob);
    };

    const begun = (async () => {
      const first = await Promise.race([session.ready, session.end]);
      if (first !== "ready") return first;
      // Nothing was decided before: an attempt is let begin.
      Link.remember({ handed: false });
      session.document(pictures.front, pictures.back);
      paint(null);
      tell("wait");
      guide.textContent = "";
      Screens.show("live");
      session.start();
      sending = setTimeout(() => latest || deciding || tell("sending"), SLOW);
      return session.end;
    })();
    const stopFrames = Camera.frames(video, take);
    const ended = await Promise.race([
      begun,
      hidden.then((how) => (deciding ? session.end : how)),
      camera.lost.then(() => (deciding ? session.end : { how: "camera" })),
      Screens.choice("live").then(() => ({ how: "stopped" })),
    ]);
    stopFrames();
    clearTimeout(sending);
    session.close();
    Camera.close();
    paint(null);
    Screens.hush();
    return ended;
  };

  return { attempt };
})();
