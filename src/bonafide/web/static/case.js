"use strict";
// Zooming and moving the pictures, and keys for the reasons.
(() => {
  const MOST = 8;
  const views = [];

  class View {
    constructor(figure) {
      this.pane = figure.querySelector(".pane");
      this.image = figure.querySelector("img");
      this.output = figure.querySelector("output");
      this.reset();
      const zoom = figure.querySelector(".zoom");
      zoom.hidden = false;
      zoom.addEventListener("click", (event) => {
        const button = event.target.closest("[data-zoom]");
        if (button) this.act(button.dataset.zoom);
      });
      this.pane.addEventListener(
        "wheel",
        (event) => {
          event.preventDefault();
          const box = this.pane.getBoundingClientRect();
          this.zoom(
            event.deltaY < 0 ? 1.15 : 1 / 1.15,
            event.clientX - box.left - box.width / 2,
            event.clientY - box.top - box.height / 2,
          );
        },
        { passive: false },
      );
      this.pane.addEventListener("pointerdown", (event) => {
        this.pane.setPointerCapture(event.pointerId);
        this.held = true;
      });
      this.pane.addEventListener("pointermove", (event) => {
        if (this.held) this.move(event.movementX, event.movementY);
      });
      for (const end of ["pointerup", "pointercancel"]) {
        this.pane.addEventListener(end, () => {
          this.held = false;
        });
      }
      this.pane.addEventListener("dblclick", () => this.act(this.scale > 1 ? "reset" : "in"));
      this.pane.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
        if (step) {
          this.move(...step);
          event.preventDefault();
        }
      });
      const gone = () => {
        this.image.hidden = true;
        figure.querySelector(".not-shown").hidden = false;
      };
      this.image.addEventListener("error", gone);
      if (this.image.complete && !this.image.naturalWidth) gone();
    }

    act(what) {
      if (what === "reset") this.reset();
      else this.zoom(what === "in" ? 1.5 : 1 / 1.5, 0, 0);
    }

    reset() {
      this.scale = 1;
      this.x = 0;
      this.y = 0;
      this.draw();
    }

    zoom(by, x, y) {
      const scale = Math.min(MOST, Math.max(1, this.scale * by));
      const ratio = scale / this.scale;
      this.x = x - (x - this.x) * ratio;
      this.y = y - (y - this.y) * ratio;
      this.scale = scale;
      this.draw();
    }

    move(x, y) {
      this.x += x;
      this.y += y;
      this.draw();
    }

    draw() {
      const slack = (this.scale - 1) / 2;
      const far = [this.pane.clientWidth * slack, this.pane.clientHeight * slack];
      this.x = Math.min(far[0], Math.max(-far[0], this.x));
      this.y = Math.min(far[1], Math.max(-far[1], this.y));
      this.image.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
      this.pane.classList.toggle("zoomed", this.scale > 1);
      if (this.output) this.output.textContent = `${Math.round(this.scale * 100)} %`;
    }
  }

  for (const figure of document.querySelectorAll("[data-picture]")) views.push(new View(figure));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const reason = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    const zoom = { "+": "in", "=": "in", "-": "out", 0: "reset" }[event.key];
    if (reason) {
      reason.checked = true;
      reason.focus();
    } else if (zoom) {
      // Only the picture that has the focus, or all.
      const held = views.filter((view) => view.pane === document.activeElement);
      for (const view of held.length ? held : views) view.act(zoom);
    } else return;
    event.preventDefault();
  });
})();
