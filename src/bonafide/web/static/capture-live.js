"use strict";
// The live session: subprotocol bonafide.live.1. One socket is one attempt.
const Live = (() => {
  const FRAME = 1;
  const DOCUMENT = 2;
  const DOCUMENT_BACK = 3;
  const BEHIND = 96 * 1024; // about five frames that have not left yet: what is older than that helps nobody
  // How long nothing may come before the network is taken to be gone, in ms: while it opens and takes in the
  // document's pictures, between steps, and while it is decided.
  const SILENT = { opening: 30000, steps: 12000, checking: 60000 };

  const headed = (kind, step, at, blob) => {
    const head = new DataView(new ArrayBuffer(12));
    head.setUint8(0, 1);
    head.setUint8(1, kind);
    head.setUint8(2, step);
    head.setFloat64(4, at);
    return new Blob([head.buffer, blob]);
  };

  // `on` hears `step`, `guidance` and `checking`. `ready` comes once it is open; `end` says how it ended: told,
  // problem or lost.
  const open = (begin, on) => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/v1/capture/live`, "bonafide.live.1");
    let stage = "opening";
    let timer = null;
    let finish;
    let isReady;
    let over = false;
    let sending = null; // the document, until something is asked
    let unsent = 0;
    const end = new Promise((resolve) => {
      finish = (how) => {
        over = true;
        clearTimeout(timer);
        clearInterval(sending);
        resolve(Object.assign(how, { unsent: sending !== null }));
      };
    });
    const ready = new Promise((resolve) => {
      isReady = resolve;
    });

    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        finish({ how: "lost" });
        socket.close();
      }, SILENT[stage]);
    };
    const send = (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(message);
    };

    heard();
    socket.addEventListener("open", () => {
      heard();
      send(JSON.stringify(Object.assign({ type: "begin" }, begin)));
    });
    socket.addEventListener("message", (event) => {
      if (over) return;
      const said = JSON.parse(event.data);
      if (said.type === "step") {
        stage = "steps";
        clearInterval(sending);
        sending = null;
      }
      if (said.type === "checking") stage = "checking";
      heard();
      if (said.type === "ready") isReady("ready");
      else if (said.type === "told") finish({ how: "told", told: said });
      else if (said.type === "problem") finish({ how: "problem", problem: said });
      else if (on[said.type]) on[said.type](said);
    });
    // Whatever closes it without a word is a lost network.
    socket.addEventListener("close", () => finish({ how: "lost" }));

    return {
      ready,
      end,
      document: (front, back) => {
        send(headed(DOCUMENT, 0, performance.now(), front));
        if (back) send(headed(DOCUMENT_BACK, 0, performance.now(), back));
        // What leaves is a sign of life, too.
        sending = setInterval(() => {
          if (socket.bufferedAmount < unsent) heard();
          unsent = socket.bufferedAmount;
        }, 500);
      },
      start: () => send(JSON.stringify({ type: "start" })),
      shown: (step, at) => send(JSON.stringify({ type: "shown", step, at })),
      frame: (step, at, blob) => send(headed(FRAME, step, at, blob)),
      isBehind: () => socket.bufferedAmount > BEHIND,
      close: () => {
        finish({ how: "closed" });
        socket.close(1000);
      },
    };
  };

  return { open };
})();
