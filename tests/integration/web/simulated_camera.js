// A camera before which a simulated person sits: a program renders them, who sees what the page shows as a
// person would, its instructions, its guidance and its colours, and moves.
(() => {
  const WIDTH = 480;
  const HEIGHT = 640;
  const SPAN = 45; // ms between frames, if they are rendered in time

  const seen = () => {
    const screen = document.getElementById("screen-live");
    if (!screen || screen.hidden) return null;
    const guide = document.getElementById("live-guide");
    return {
      kind: screen.dataset.kind,
      rgb: (screen.style.backgroundColor.match(/\d+/g) || []).map(Number),
      guide: (guide.dataset.t || "").split(".")[1] || null,
    };
  };

  navigator.mediaDevices.getUserMedia = async ({ video }) => {
    if (video.facingMode !== "user") throw new DOMException("a phone without a second camera", "NotFoundError");
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    const context = canvas.getContext("2d");
    context.fillRect(0, 0, WIDTH, HEIGHT);
    const stream = canvas.captureStream();
    const track = stream.getVideoTracks()[0];
    const film = async () => {
      while (track.readyState === "live") {
        const begun = performance.now();
        const answer = await fetch("/simulated/frame", { method: "POST", body: JSON.stringify(seen()) });
        const width = Number(answer.headers.get("x-width"));
        const pixels = new Uint8ClampedArray(await answer.arrayBuffer());
        const image = new ImageData(pixels, width);
        const small = document.createElement("canvas");
        small.width = width;
        small.height = image.height;
        small.getContext("2d").putImageData(image, 0, 0);
        context.drawImage(small, 0, 0, WIDTH, HEIGHT);
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, SPAN - (performance.now() - begun))));
      }
    };
    film();
    return stream;
  };
})();
