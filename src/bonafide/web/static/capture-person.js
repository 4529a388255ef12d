"use strict";
// The other way: the document and one plain photo, which a person compares. No program looks for a face.
const Person = (() => {
  const video = document.getElementById("photo-video");
  const WANTED = { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 960 } };

  const byCamera = async () => {
    Screens.offer("photo", { shoot: false });
    Screens.show("photo", 4, 5);
    const pressed = Screens.choice("photo");
    const first = await Camera.openUnless(pressed, video, WANTED);
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
    const facts = { step: 4, steps: 5 };
    let way = "camera";
    for (;;) {
      let done;
      try {
        done = way === "camera" ? await byCamera() : await Documents.byFile("capture.file_photo", facts);
      } catch (problem) {
        Camera.close();
        done = await Screens.trouble(problem.code || "camera_used", [
          ["again", "capture_trouble.retry"],
          ["file", "capture_trouble.by_file"],
          ["phone", "capture_trouble.by_phone"],
        ]);
      }
      if (done === "shot") {
        const picture = await Documents.checked("capture.file_photo", "capture.check_photo", facts);
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
