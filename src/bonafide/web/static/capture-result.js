"use strict";
// What came of it, why, and what to do next; never a score.
const Result = (() => {
  const byId = (id) => document.getElementById(id);
  const MOOD = { accepted: "good", waiting: "wait", rejected: "bad", expired: "bad", agreed: "wait" };
  const OFTEN = 2; // tries in vain after which the other way is put first
  let receipt = null;

  const reasons = (found) => {
    const list = byId("reasons");
    list.textContent = "";
    list.hidden = !found.length;
    if (found.length) Words.reasons();
    for (const reason of found) {
      const item = document.createElement("li");
      const what = document.createElement("strong");
      Words.put(what, `reason.${reason.code}`, {}, reason.sentence);
      item.append(what);
      if (reason.advice) {
        const advice = document.createElement("span");
        Words.put(advice, `advice.${reason.code}`, {}, reason.advice);
        item.append(advice);
      }
      list.append(item);
    }
  };

  const link = (id, address, name) => {
    const part = byId(id);
    part.hidden = !address;
    if (!address) return;
    part.href = address;
    if (name) part.download = name;
  };

  // Shows it, and is resolved with "again" or "person" where that goes. `facts` is how the sign-up stands, for
  // what it says of the other way; `tried` how often it was in vain.
  const show = async (told, facts, tried) => {
    const mood = MOOD[told.state] || "wait";
    const key = !told.again && Words.has(`capture_end.${told.state}`) ? told.state : "again";
    // Nothing is decided, and another try may or may not be left.
    const open = told.again || told.state === "agreed";
    const other = Boolean(open && facts.by_person && facts.manner !== "person");
    const first = other && (tried >= OFTEN || !told.again);
    byId("result-mark").setAttribute("class", `mark ${open ? "wait" : mood}`);
    Words.put(byId("result-title"), `capture_end.${key}`);
    const byPerson = told.state === "rejected" && !told.reasons;
    Words.put(byId("result-words"), byPerson ? "capture_end.rejected_by_person" : `capture_end.${key}_what`);
    reasons(told.state === "accepted" ? [] : told.reasons || []);
    const tries = told.tries_left > 0 || other ? "capture.tries_left" : "capture.no_tries";
    Screens.note("result-tries", open ? tries : null, { count: told.tries_left });
    byId("result-other").hidden = !other;
    byId("result-other").classList.toggle("first", first);
    // In this order for whoever listens, too.
    byId("screen-result").insertBefore(byId(first ? "result-other" : "result-acts"), byId(first ? "result-acts" : "result-other"));
    for (const button of byId("screen-result").querySelectorAll("[data-do]")) {
      button.classList.toggle("primary", button.dataset.do === (first ? "person" : "again"));
    }
    Screens.offer("result", { again: Boolean(told.again && told.tries_left > 0) });
    if (receipt) URL.revokeObjectURL(receipt);
    receipt = told.receipt ? URL.createObjectURL(new Blob([told.receipt], { type: "application/json" })) : null;
    link("receipt", receipt, "receipt.json");
    // Only what is surely a page of the web: the address is the operator's, and is not followed by itself.
    const back = open ? null : facts.return_address;
    link("result-back", back && new URL(back).protocol === "https:" ? back : null);
    byId("result-mine").hidden = told.state !== "accepted";
    if (told.state === "accepted") byId("mine").href = `/mine/enter#${Link.text()}`;
    Screens.show("result", 5, 5);
    return Screens.choice("result");
  };

  return { show };
})();
