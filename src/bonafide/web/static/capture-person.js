"use strict";
// The other way: the document and one plain photo, which a person compares. No program looks for a face.
const Person = (() => {
  const video = document.getElementById("photo-video");
  const FACTS = { step: 4, steps: 5, other: false };
  const WANTED = { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 960 } };

  const byCamera = async () => {
    let pressed;
    const show = () => {
      Screens.offer("photo", { shoot: false });
      Screens.show("photo", FACTS.step, FACTS.steps);
      pressed = Screens.choice("photo");
      return pressed;
    };
    const first = await Camera.ask(show, video, WANTED, Documents.instead(FACTS));
    if (first.chosen) return first.chosen;
    Screens.offer("photo", { shoot: true });
    const chosen = await Promise.race([pressed, first.opened.lost]);
    if (chosen === "shoot" && video.videoWidth) Documents.draw(video, 0, 0, video.videoWidth, video.videoHeight);
    Camera.close();
    if (chosen === "lost") throw new Problem("camera_lost");
    return chosen === "shoot" ? "shot" : chosen;
  };

  // A photo as a JPEG, or what was chosen instead.
  const photo = async () => {
    let way = "camera";
    for (;;) {
      let done;
      try {
        done = way === "camera" ? await byCamera() : await Documents.byFile("capture.file_photo", FACTS);
      } catch (problem) {
        Camera.close();
        const code = problem.code || "camera_used";
        done = await Screens.trouble(code, Documents.instead(FACTS)(code));
      }
      if (done === "shot") {
        const picture = await Documents.checked("capture.file_photo", "capture.check_photo", FACTS);
        if (picture) return { picture };
      } else if (done === "file" || done === "camera") way = done;
      else if (done !== "again") return { instead: done };
    }
  };

  const form = (pictures, selfie) => {
    const made = new FormData();
    made.append("document", pictures.front, "front.jpg");
    if (pictures.back) made.append("document_back", pictures.back, "back.jpg");
    made.append("selfie", selfie, "photo.jpg");
    const device = Link.device();
    if (device) made.append("device", device);
    return made;
  };

  return { photo, form };
})();
