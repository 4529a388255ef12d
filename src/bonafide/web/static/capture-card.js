"use strict";
// Whether a document lies well in the frame, by what a small picture of it shows. It only guides: whether the
// document can be read, the service says. `tests/integration/web/test_capture_card.py` has the drawn cards on
// which the limits were set, and holds them.
const Card = (() => {
  // The small picture: the frame, 220 wide, and a margin around it.
  const WIDE = 220;
  const MARGIN = 26;
  const INWARD = 60; // how far inside the frame a side is looked for, to say "closer"
  const STRIP = 8; // how wide the strips are between which a side is looked for
  const THIN = 3; // and the outer one at least, where the picture ends
  const FINE = 128; // a square from the middle at the camera's own resolution, for sharpness

  const LIMITS = {
    dark: 45, // mean brightness of 255
    glare: 0.02, // part of the frame that is as good as white, beside what is not
    white: 250,
    moved: 5, // mean change of brightness between two looks, of 255
    blurred: 0.27, // the steepest hundredth of steps from pixel to pixel, as a part of the contrast there
    contrast: 40, // what is as flat as that has no text
    edge: 7, // mean step of brightness along a side, of 255
    clear: 1.8, // how often the median of the places around it
    near: 0.05, // how far from the frame a side may lie, as a part of the frame's width
    far: 0.07,
    shape: 0.08, // how far what was found may differ from the document's shape, as a part of it
    alone: 0.03, // the same for a side whose opposite is not seen
  };

  const small = document.createElement("canvas");
  const fine = document.createElement("canvas");
  fine.width = fine.height = FINE;
  // Read back many times a second; browsers that know this keep them where that is quick.
  const context = small.getContext("2d", { willReadFrequently: true });
  const fineContext = fine.getContext("2d", { willReadFrequently: true });
  let former = null;

  const grey = (from, width, height) => {
    const pixels = from.getImageData(0, 0, width, height).data;
    const light = new Float32Array(width * height);
    for (let at = 0, byte = 0; at < light.length; at += 1, byte += 4) {
      light[at] = 0.299 * pixels[byte] + 0.587 * pixels[byte + 1] + 0.114 * pixels[byte + 2];
    }
    return light;
  };

  const median = (values) => Array.from(values).sort((a, b) => a - b)[values.length >> 1];

  // Where a side lies, as a place outside its frame (negative: inside), or null. It is looked for in thirds, so
  // that a document that lies a little askew is found; `at(along, across)` is the brightness there, across
  // counted outward from the frame's side, and `most` how far out there is a picture. What is told apart are
  // strips, so that a line of print is no edge.
  const side = (at, length, most) => {
    const outmost = Math.min(MARGIN, Math.floor(most)) - 1;
    const places = [];
    for (let third = 0; third < 3; third += 1) {
      const begin = Math.round(length * (0.1 + third * 0.27));
      const end = Math.round(length * (0.1 + (third + 1) * 0.27));
      // Sums from innermost outward, of the mean along this third.
      const sums = [0];
      for (let across = -INWARD - STRIP; across <= outmost; across += 1) {
        let sum = 0;
        for (let along = begin; along < end; along += 2) sum += at(along, across);
        sums.push(sums[sums.length - 1] + sum / Math.ceil((end - begin) / 2));
      }
      const mean = (from, to) => (sums[to] - sums[from]) / (to - from);
      const steps = [];
      for (let place = STRIP; place <= sums.length - 1 - THIN; place += 1) {
        steps.push(Math.abs(mean(place, Math.min(place + STRIP, sums.length - 1)) - mean(place - STRIP, place)));
      }
      const usual = Math.max(median(steps), 1);
      // From outside inward: what is printed on a document lies inside its edge.
      for (let index = steps.length - 1; index >= 0; index -= 1) {
        const here = steps[index];
        if (here < LIMITS.edge || here < LIMITS.clear * usual) continue;
        let best = index;
        for (let near = index; near >= Math.max(0, index - STRIP); near -= 1) {
          if (steps[near] > steps[best]) best = near;
        }
        places.push(best - INWARD);
        break;
      }
    }
    return places.length >= 2 ? median(places) : null;
  };

  // Of counts of values from 0 to 255, the value below which a part of them lies.
  const part = (counts, wanted) => {
    let left = wanted * counts.reduce((one, other) => one + other, 0);
    let value = 0;
    while (value < 255 && left > counts[value]) {
      left -= counts[value];
      value += 1;
    }
    return value;
  };

  const sharpness = (video, frame) => {
    // The sharpest ninth of the frame: most of a document is blank.
    let best = 0;
    for (const across of [0.25, 0.5, 0.75]) {
      for (const down of [0.3, 0.5, 0.75]) {
        const x = frame.x + frame.width * across - FINE / 2;
        const y = frame.y + frame.height * down - FINE / 2;
        fineContext.drawImage(video, x, y, FINE, FINE, 0, 0, FINE, FINE);
        const light = grey(fineContext, FINE, FINE);
        const lights = new Uint32Array(256);
        const steps = new Uint32Array(256);
        for (let row = 0; row < FINE; row += 2) {
          for (let column = 0; column < FINE - 1; column += 1) {
            const at = row * FINE + column;
            lights[light[at] | 0] += 1;
            steps[Math.abs(light[at + 1] - light[at]) | 0] += 1;
          }
        }
        const contrast = part(lights, 0.98) - part(lights, 0.02);
        if (contrast >= LIMITS.contrast) best = Math.max(best, part(steps, 0.99) / contrast);
      }
    }
    return best;
  };

  // What was measured of a video or canvas, and the code of what to say about it. `frame` is where the frame lies in
  // its own pixels.
  const look = (video, frame) => {
    const scale = WIDE / frame.width;
    const high = Math.round(frame.height * scale);
    const width = WIDE + 2 * MARGIN;
    const height = high + 2 * MARGIN;
    if (small.width !== width || small.height !== height) {
      small.width = width;
      small.height = height;
      former = null;
    }
    const margin = MARGIN / scale;
    context.drawImage(
      video,
      frame.x - margin,
      frame.y - margin,
      frame.width + 2 * margin,
      frame.height + 2 * margin,
      0,
      0,
      width,
      height,
    );
    const light = grey(context, width, height);
    let sum = 0;
    let white = 0;
    let changed = 0;
    for (let row = MARGIN; row < MARGIN + high; row += 1) {
      for (let column = MARGIN; column < MARGIN + WIDE; column += 1) {
        const here = row * width + column;
        sum += light[here];
        if (light[here] >= LIMITS.white) white += 1;
        if (former) changed += Math.abs(light[here] - former[here]);
      }
    }
    const moved = former ? changed / (WIDE * high) : 255;
    former = light;

    const at = (x, y) => light[(y + MARGIN) * width + x + MARGIN];
    const below = (video.videoHeight || video.height) - frame.y - frame.height;
    const beside = (video.videoWidth || video.width) - frame.x - frame.width;
    const sides = [
      side((along, across) => at(along, -across), WIDE, frame.y * scale),
      side((along, across) => at(along, high - 1 + across), WIDE, below * scale),
      side((along, across) => at(-across, along), high, frame.x * scale),
      side((along, across) => at(WIDE - 1 + across, along), high, beside * scale),
    ];
    const found = sides.filter((place) => place !== null).map((place) => place / WIDE);
    const measured = {
      brightness: sum / (WIDE * high),
      white: white / (WIDE * high),
      moved,
      sides,
      outward: found.length ? found.reduce((one, other) => one + other, 0) / found.length : 0,
      sharpness: sharpness(video, frame),
    };
    return { code: code(measured, found, high), measured };
  };

  // Whether one of two opposite sides is seen where it does not belong, and the other not at all.
  const isAlone = (one, other) =>
    (one === null) !== (other === null) && Math.abs(one === null ? other : one) / WIDE > LIMITS.alone;

  // Whether four sides that were found have another shape than the document.
  const isOdd = (sides, high) => {
    if (sides.includes(null)) return false;
    const [top, bottom, left, right] = sides;
    const stretched = ((WIDE + left + right) / (high + top + bottom)) * (high / WIDE);
    return Math.abs(Math.log(stretched)) > LIMITS.shape;
  };

  const code = (measured, found, high) => {
    const [top, bottom, left, right] = measured.sides;
    if (measured.brightness < LIMITS.dark) return "more-light";
    if (found.length < 3 || isOdd(measured.sides, high)) return "fit";
    if (isAlone(top, bottom) || isAlone(left, right)) return "fit";
    if (measured.outward < -LIMITS.far) return "closer";
    if (measured.outward > LIMITS.near) return "further";
    if (measured.white > LIMITS.glare) return "glare";
    if (measured.moved > LIMITS.moved) return "hold-still";
    if (measured.sharpness < LIMITS.blurred) return "blurred";
    return "good";
  };

  const forget = () => {
    former = null;
  };

  return { look, forget };
})();
