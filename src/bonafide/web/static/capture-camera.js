"use strict";
// One camera at a time: opened, lost, swapped, closed; and the moments at which its frames were taken.
const Camera = (() => {
  const MUTED = 3000; // a call that comes in mutes a camera for a moment; longer is lost
  // For how long a camera may be opening before it is said what to do meanwhile, in ms, by what the browser says
  // of its permission: one that is allowed takes seconds on an older phone, and a question stays until answered.
  // `before`: one was allowed on this page already, which some browsers take for the answer to the next question.
  const PATIENT = { granted: 8000, before: 3000, prompt: 300, denied: 300, unknown: 1000 };
  let stream = null;
  let turn = 0; // of whoever asked last: a camera that opens when nobody wants it any more is closed at once
  let lose = () => {};
  let awake = null;
  let before = false;

  const permission = async () => {
    try {
      const { state } = await navigator.permissions.query({ name: "camera" });
      return before && state === "prompt" ? "before" : state;
    } catch {
      return before ? "before" : "unknown"; // Safari before 16, Firefox before 131
    }
  };

  const name = async (error) => {
    if (["NotAllowedError", "SecurityError", "PermissionDeniedError"].includes(error.name)) {
      // Closed unanswered, it may be asked again; what the device itself forbids is asked in vain.
      before = false;
      const mayAsk = (await permission()) === "prompt";
      return mayAsk && !/system/i.test(error.message) ? "camera_dismissed" : "camera_refused";
    }
    if (["NotFoundError", "OverconstrainedError", "DevicesNotFoundError"].includes(error.name)) return "camera_none";
    return "camera_used";
  };

  const close = () => {
    turn += 1;
    if (stream) for (const track of stream.getTracks()) track.stop();
    stream = null;
    lose = () => {};
    if (navigator.mediaDevices) navigator.mediaDevices.ondevicechange = null;
    for (const video of document.querySelectorAll("video")) video.srcObject = null;
    if (awake) awake.release().catch(() => {});
    awake = null;
  };

  // The screen stays on while somebody only looks at it.
  const keepAwake = async () => {
    try {
      if (navigator.wakeLock) awake = await navigator.wakeLock.request("screen");
    } catch {}
  };
  // Browsers let it go off with a page that nobody sees.
  document.addEventListener("visibilitychange", () => stream && !document.hidden && keepAwake());

  // Raises a `Problem` whose code says why there is none. `lost` of what comes back is resolved once it is gone;
  // `there` is called as soon as the browser gives it.
  const open = async (video, wanted, there) => {
    close();
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) throw new Problem("camera_none");
    const mine = turn;
    let opened;
    try {
      opened = await navigator.mediaDevices.getUserMedia({ audio: false, video: wanted });
    } catch (error) {
      throw new Problem(await name(error));
    }
    if (turn !== mine) {
      for (const track of opened.getTracks()) track.stop();
      throw new Problem("camera_lost");
    }
    stream = opened;
    before = true;
    there();
    const track = stream.getVideoTracks()[0];
    const id = track.getSettings().deviceId;
    const lost = new Promise((resolve) => {
      lose = () => resolve("lost");
    });
    const over = lose;
    track.addEventListener("ended", over);
    track.addEventListener("mute", () => {
      setTimeout(() => track.muted && over(), MUTED);
    });
    navigator.mediaDevices.ondevicechange = async () => {
      const found = await navigator.mediaDevices.enumerateDevices();
      const there = found.some((each) => each.kind === "videoinput" && (!id || each.deviceId === id));
      if (!there || track.readyState === "ended") over();
    };
    video.srcObject = stream;
    try {
      await video.play();
    } catch {
      // A browser that wants a touch first has had one; without a picture it is as good as lost.
      if (video.paused) throw new Problem("camera_used");
    }
    keepAwake();
    return { lost, id };
  };

  // The same, unless something else is chosen meanwhile: browsers ask, and people think, or never see the
  // question. `show` shows the screen that the camera is for, and gives a promise of what is chosen there, if
  // anything can be; `acts` says of a trouble what can be done about it (see `Screens.trouble`). Gives `{ opened }` or `{ chosen }`.
  const ask = async (show, video, wanted, acts) => {
    for (let again = false; ; again = true) {
      const pressed = show();
      const opening = open(video, wanted, show).then((opened) => ({ opened }));
      opening.catch(() => {}); // nobody may wait for it any more
      const state = await Promise.race([opening, permission()]);
      let first = state.opened
        ? state
        : await Promise.race([opening, pressed, Screens.pause(PATIENT[again ? "prompt" : state])].filter(Boolean));
      if (!first) {
        const code = state === "granted" ? "camera_slow" : "camera_asked";
        first = await Screens.trouble(code, acts(code), opening);
      }
      if (first.opened) return first;
      if (first !== "again") {
        close();
        return { chosen: first };
      }
    }
  };

  // The one after this one, of however many there are: those that look away from whoever holds the device come
  // first. None if there is no other.
  const after = async (id) => {
    try {
      const found = await navigator.mediaDevices.enumerateDevices();
      const all = found.filter((each) => each.kind === "videoinput" && each.deviceId);
      const isFront = ({ label }) => /front|facetime|user|前/i.test(label);
      const ids = [...all.filter((each) => !isFront(each)), ...all.filter(isFront)].map((each) => each.deviceId);
      const next = ids[(ids.indexOf(id) + 1) % ids.length];
      return next === id ? undefined : next;
    } catch {
      return undefined;
    }
  };

  // Calls back for each new frame with the moment at which it was taken, on the page's own clock: the camera's
  // word for it where a browser passes that on, else when the frame came. Returns what stops it.
  const frames = (video, taken) => {
    let stopped = false;
    let timer = null;
    if (video.requestVideoFrameCallback) {
      const each = (now, about) => {
        if (stopped) return;
        const at = about.captureTime;
        taken(at > 0 && at <= now + 1 && now - at < 1000 ? at : now);
        video.requestVideoFrameCallback(each);
      };
      video.requestVideoFrameCallback(each);
    } else {
      let before = -1;
      timer = setInterval(() => {
        if (video.currentTime === before || video.readyState < 2) return;
        before = video.currentTime;
        taken(performance.now());
      }, 30);
    }
    return () => {
      stopped = true;
      clearInterval(timer);
    };
  };

  const jpeg = (canvas, quality) =>
    new Promise((resolve) => {
      canvas.toBlob(resolve, "image/jpeg", quality);
    });

  return { ask, close, after, frames, jpeg };
})();
