"use strict";
// Pictures of a document, by the camera or from a file, one side after the other.
const Documents = (() => {
  const video = document.getElementById("camera-video");
  const stage = document.getElementById("stage");
  const frame = document.getElementById("frame");
  const guide = document.getElementById("camera-guide");
  const shot = document.getElementById("shot");
  const input = document.getElementById("file");
  // Width by height of what lies in the frame: ISO/IEC 7810, ID-1, and the page of a passport, ID-3.
  const SHAPE = { card: 85.6 / 53.98, passport: 125 / 88 };
  const WANTED = { width: { ideal: 2560 }, height: { ideal: 1440 } };
  const AROUND = 0.12; // what is kept around the frame, as a part of its width: the service looks for the edges
  const EVERY = 100; // ms between looks
  const GOOD = 700; // ms for which all is well before the picture is taken by itself
  const LONGEST = 3000; // pixels; 8 MB are never reached so
  const QUALITY = 0.92;
  // For a slow network: the least in which the service reads the small print of what fills the frame (12 pixels to a
  // millimetre of a card), and some.
  const SMALL = { longest: 1600, quality: 0.8, bytes: 300000 };

  let shape = "card";

  // The frame on the screen, in the video's own pixels; the video fills the stage and is cut to it.
  const place = () => {
    const scale = Math.max(stage.clientWidth / video.videoWidth, stage.clientHeight / video.videoHeight);
    const left = (stage.clientWidth - video.videoWidth * scale) / 2;
    const top = (stage.clientHeight - video.videoHeight * scale) / 2;
    return {
      x: (frame.offsetLeft - left) / scale,
      y: (frame.offsetTop - top) / scale,
      width: frame.offsetWidth / scale,
      height: frame.offsetHeight / scale,
    };
  };

  const fitFrame = () => {
    const wide = Math.min(stage.clientWidth * 0.86, stage.clientHeight * 0.84 * SHAPE[shape]);
    const high = wide / SHAPE[shape];
    frame.style.width = `${wide}px`;
    frame.style.height = `${high}px`;
    frame.style.left = `${(stage.clientWidth - wide) / 2}px`;
    frame.style.top = `${(stage.clientHeight - high) / 2}px`;
  };
  window.addEventListener("resize", fitFrame);

  const draw = (source, x, y, width, height, longest = LONGEST) => {
    const scale = Math.min(1, longest / Math.max(width, height));
    shot.width = Math.round(width * scale);
    shot.height = Math.round(height * scale);
    shot.getContext("2d").drawImage(source, x, y, width, height, 0, 0, shot.width, shot.height);
  };

  const shoot = () => {
    const where = place();
    const more = where.width * AROUND;
    const x = Math.max(0, where.x - more);
    const y = Math.max(0, where.y - more);
    draw(
      video,
      x,
      y,
      Math.min(video.videoWidth, where.x + where.width + more) - x,
      Math.min(video.videoHeight, where.y + where.height + more) - y,
    );
  };

  // Looks again and again, says what it sees, and is resolved with "shoot" once all has been well for a while.
  const watch = () => {
    let timer = null;
    const good = new Promise((resolve) => {
      let since = null;
      Card.forget();
      timer = setInterval(() => {
        if (!video.videoWidth || document.hidden) return;
        const { code } = Card.look(video, place());
        Words.put(guide, `capture_card.${code}`);
        guide.classList.toggle("good", code === "good");
        frame.classList.toggle("good", code === "good");
        Screens.speak(Words.say(`capture_card.${code}`));
        if (code !== "good") since = null;
        else if (since === null) since = performance.now();
        else if (performance.now() - since >= GOOD) resolve("shoot");
      }, EVERY);
    });
    return { good, stop: () => clearInterval(timer) };
  };

  // What there is beside the camera.
  const instead = (facts) => (code) => {
    const acts = [Screens.again(code), ["file", "capture_trouble.by_file"]];
    if (facts.other) acts.push(["person", "capture_trouble.by_person"]);
    acts.push(["phone", "capture_trouble.by_phone"]);
    return acts;
  };

  // One look through the camera: "shot", or what was chosen instead. Raises a `Problem` without a camera.
  const byCamera = async (side, facts) => {
    let id = null;
    let pressed;
    const show = () => {
      Words.put(document.getElementById("camera-title"), `capture_side.${side}`);
      Screens.offer("camera", { skip: side === "back_side", swap: false, shoot: false });
      Words.put(guide, "capture_card.starting");
      Screens.show("camera", facts.step, facts.steps);
      fitFrame();
      pressed = Screens.choice("camera");
      return pressed;
    };
    for (;;) {
      const camera = Object.assign(id ? { deviceId: { exact: id } } : { facingMode: "environment" }, WANTED);
      const first = await Camera.ask(show, video, camera, instead(facts));
      if (first.chosen) return first.chosen;
      const other = await Camera.after(first.opened.id);
      Screens.offer("camera", { swap: Boolean(other), shoot: true });
      const watching = watch();
      const chosen = await Promise.race([pressed, watching.good, first.opened.lost]);
      watching.stop();
      Screens.hush();
      if (chosen === "shoot") {
        if (!video.videoWidth) continue;
        shoot();
        Camera.close();
        return "shot";
      }
      Camera.close();
      if (chosen === "lost") throw new Problem("camera_lost");
      if (chosen !== "swap") return chosen;
      id = other;
    }
  };

  const opened = (file, longest) =>
    new Promise((resolve, reject) => {
      const address = URL.createObjectURL(file);
      const image = new Image();
      image.onload = () => {
        draw(image, 0, 0, image.naturalWidth, image.naturalHeight, longest);
        URL.revokeObjectURL(address);
        resolve();
      };
      image.onerror = () => {
        URL.revokeObjectURL(address);
        reject(new Problem("file_unreadable"));
      };
      image.src = address;
    });

  // The same pictures, in fewer bytes.
  const smaller = async ({ front, back }) => {
    const shrunk = async (blob) => {
      if (!blob || blob.size < SMALL.bytes) return blob;
      await opened(blob, SMALL.longest);
      return Camera.jpeg(shot, SMALL.quality);
    };
    return { front: await shrunk(front), back: await shrunk(back) };
  };

  // A picture from a file: "shot", "camera" or "skip".
  const byFile = async (key, facts) => {
    Words.put(document.getElementById("file-title"), key);
    Screens.offer("file", { skip: facts.side === "back_side" });
    Screens.note("file-wrong", null);
    Screens.show("file", facts.step, facts.steps);
    for (;;) {
      input.value = "";
      const chosen = await Screens.choice(
        "file",
        new Promise((resolve) => {
          input.onchange = () => input.files.length && resolve("file");
        }),
      );
      if (chosen !== "file") return chosen;
      try {
        await opened(input.files[0]);
        return "shot";
      } catch {
        Screens.note("file-wrong", "capture.file_unreadable");
      }
    }
  };

  // Whether it is to be used, as a JPEG; null to take it again.
  const checked = async (side, words, facts) => {
    Words.put(document.getElementById("check-side"), side);
    Words.put(document.getElementById("check-words"), words);
    Screens.show("check", facts.step, facts.steps);
    const said = await Screens.choice("check");
    return said === "use" ? Camera.jpeg(shot, QUALITY) : null;
  };

  // A side of the document as a JPEG, null where it has none, or the name of what was chosen instead.
  const take = async (side, facts) => {
    let way = "camera";
    for (;;) {
      let done;
      try {
        done =
          way === "camera"
            ? await byCamera(side, facts)
            : await byFile(`capture_side.${side}`, Object.assign({ side }, facts));
      } catch (problem) {
        Camera.close();
        const code = problem.code || "camera_used";
        done = await Screens.trouble(code, instead(facts)(code));
      }
      if (done === "shot") {
        const picture = await checked(`capture_side.${side}`, "capture.check_document", facts);
        if (picture) return { picture };
      } else if (done === "skip") return { picture: null };
      else if (done === "file" || done === "camera") way = done;
      else if (done !== "again") return { instead: done };
    }
  };

  // Both sides, or what was chosen instead: `facts` says which step it is, and whether there is another way.
  const ask = async (facts) => {
    Screens.note("document-note", facts.note, facts.values);
    document.getElementById("document-person").hidden = !facts.other;
    Screens.show("document", facts.step, facts.steps);
    const kind = await Screens.choice("document");
    if (kind === "person") return { instead: "person" };
    shape = kind;
    const front = await take(kind === "card" ? "front" : "passport_page", facts);
    if (front.instead) return front;
    if (kind === "passport") return { front: front.picture, back: null };
    const back = await take("back_side", facts);
    if (back.instead) return back;
    return { front: front.picture, back: back.picture };
  };

  return { ask, byFile, checked, draw, instead, smaller };
})();
