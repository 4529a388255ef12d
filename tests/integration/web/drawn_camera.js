// A camera for tests: what it films is drawn on a canvas. `window.testCamera` is what a test turns.
(() => {
  const camera = {
    error: null, // the name of what getUserMedia raises
    scene: null, // what is filmed; else the document before a camera that looks away, and a face
    asks: false, // whether the browser asks first, until `answer` is called
    permission: "granted", // what the browser says of it
    asked: [], // what is asked and not answered yet
    cameras: ["back", "front"],
    labels: {}, // of cameras, by their name
    opened: [],
    light: 1,
    size: 1, // of the document, of the frame's
    shift: 0,
    turn: 0,
    table: "rgb(58, 50, 44)",
    blur: 0,
    glare: 0,
    shake: 0,
    scale: 1,
  };
  window.testCamera = camera;
  /* setting */

  const card = (context, width, height, at) => {
    context.fillStyle = camera.table;
    context.fillRect(0, 0, width, height);
    const shown = Math.min(width, height * 1.282);
    const wide = shown * 0.86 * camera.size;
    const high = wide / (camera.shape || 1.42);
    context.save();
    context.translate(width / 2 + camera.shift * wide, height / 2 + (camera.shake ? Math.sin(at / 40) * camera.shake : 0));
    context.rotate(camera.turn);
    context.filter = camera.blur ? `blur(${camera.blur}px)` : "none";
    context.fillStyle = "rgb(212, 222, 226)";
    context.fillRect(-wide / 2, -high / 2, wide, high);
    context.fillStyle = "rgb(150, 160, 170)";
    context.fillRect(-wide * 0.44, -high * 0.32, wide * 0.28, high * 0.62);
    context.fillStyle = "rgb(30, 34, 40)";
    context.font = `${Math.round(high / 24)}px monospace`;
    for (let row = 0; row < 6; row += 1) {
      context.fillText("SPECIMEN 0123456789 ABCDEFG".slice(row * 2), -wide * 0.12, -high * 0.3 + (row * high) / 11, wide * 0.55);
    }
    context.fillText("I<UTOD231458907<<<<<<<<<<<<<<<", -wide * 0.44, high * 0.38, wide * 0.88);
    context.fillText("7408122F1204159UTO<<<<<<<<<<<6", -wide * 0.44, high * 0.46, wide * 0.88);
    context.filter = "none";
    if (camera.glare) {
      context.fillStyle = "#fff";
      context.beginPath();
      context.ellipse(wide * 0.1, 0, wide * camera.glare, high * camera.glare, 0.4, 0, 7);
      context.fill();
    }
    context.restore();
  };

  const face = (context, width, height) => {
    context.fillStyle = "rgb(188, 200, 206)";
    context.fillRect(0, 0, width, height);
    context.save();
    context.translate(width / 2, height / 2);
    context.scale(height / 720, height / 720);
    context.fillStyle = "rgb(70, 92, 122)";
    context.beginPath();
    context.ellipse(0, 480, 330, 260, 0, 0, 7);
    context.fill();
    context.fillStyle = "rgb(60, 48, 44)";
    context.beginPath();
    context.ellipse(0, -60, 172, 210, 0, 0, 7);
    context.fill();
    context.fillStyle = "rgb(186, 156, 138)";
    context.beginPath();
    context.ellipse(0, -10, 160, 210, 0, 0, 7);
    context.fill();
    context.fillStyle = "rgb(40, 36, 34)";
    for (const x of [-62, 62]) {
      context.beginPath();
      context.ellipse(x, -30, 20, 12, 0, 0, 7);
      context.fill();
    }
    context.lineWidth = 8;
    context.strokeStyle = "rgb(120, 70, 66)";
    context.beginPath();
    context.arc(0, 60, 55, 0.4, 2.7);
    context.stroke();
    context.restore();
  };

  const film = (scene) => {
    const canvas = document.createElement("canvas");
    canvas.width = scene === "face" ? 960 : 1280;
    canvas.height = 720;
    const context = canvas.getContext("2d");
    const draw = () => {
      const at = performance.now();
      if (scene === "face") face(context, canvas.width, canvas.height);
      else if (scene === "card") card(context, canvas.width, canvas.height, at);
      context.fillStyle = `rgba(0, 0, 0, ${1 - camera.light})`;
      context.fillRect(0, 0, canvas.width, canvas.height);
      // A camera has noise, without which no frame would be new.
      context.fillStyle = `rgb(${Math.floor(at) % 256}, 90, 90)`;
      context.fillRect(0, 0, 4, 4);
    };
    draw();
    const timer = setInterval(draw, 33);
    const stream = canvas.captureStream(30);
    const track = stream.getVideoTracks()[0];
    const stop = track.stop.bind(track);
    track.stop = () => {
      clearInterval(timer);
      stop();
    };
    track.vanish = () => {
      track.stop();
      track.dispatchEvent(new Event("ended"));
    };
    return stream;
  };

  // What it would film of a document, without a page: a canvas.
  camera.still = (settings, width, height) => {
    Object.assign(camera, settings);
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    card(context, width, height, 0);
    context.fillStyle = `rgba(0, 0, 0, ${1 - camera.light})`;
    context.fillRect(0, 0, width, height);
    return canvas;
  };

  // Every question at once, as browsers do that show one for all.
  camera.answer = () => {
    for (const answer of camera.asked.splice(0)) answer();
  };

  navigator.permissions.query = async () => ({ state: camera.permission });
  const devices = navigator.mediaDevices;
  devices.getUserMedia = async (wanted) => {
    const { video } = wanted;
    camera.opened.push(video);
    if (camera.asks) {
      await new Promise((resolve) => {
        camera.asked.push(resolve);
      });
    }
    if (camera.error) throw new DOMException("refused by the test", camera.error);
    const scene = camera.scene || (video.facingMode === "user" ? "face" : "card");
    const stream = film(scene);
    camera.track = stream.getVideoTracks()[0];
    camera.track.getSettings = () => ({ deviceId: video.deviceId ? video.deviceId.exact : camera.cameras[0] });
    return stream;
  };
  devices.enumerateDevices = async () =>
    camera.cameras.map((deviceId) => ({ kind: "videoinput", deviceId, label: camera.labels[deviceId] || "", groupId: "" }));
})();
