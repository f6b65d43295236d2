// What htmx alone cannot say. Every page works without this file and without htmx.
(() => {
  "use strict";
  const SECOND = 1000, MINUTE = 60 * SECOND;

  // --- Live pages: ask for newer figures -----------------------------------------------------------------------
  // Each second while somebody is at the page, seldom when nobody has moved for long, not at all in a hidden tab;
  // and never more often than a slow line can bear. docs/architecture.md says why.

  let moved = Date.now(), asked = 0, trip = 0, failures = 0, timer = 0;

  const pause = () => {
    const still = Date.now() - moved;
    const spare = navigator.connection?.saveData || still > 30 * MINUTE;
    const seconds = spare ? 15 : still > 5 * MINUTE ? 3 : 1;
    return Math.max(seconds * SECOND * 2 ** Math.min(failures, 4), 4 * trip);
  };

  const plan = () => {
    clearTimeout(timer);
    if (!document.hidden && document.querySelector("#live[hx-get]")) timer = setTimeout(ask, pause());
  };

  // Nothing moves under the hands of somebody who fills in or confirms.
  const isInUse = () => document.querySelector('[id^="l-"] form:focus-within, [id^="l-"] details[open] form');

  const ask = () => {
    if (isInUse()) return plan();
    asked = Date.now();
    document.getElementById("live")?.dispatchEvent(new Event("live"));
    plan();
  };

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.requestConfig.triggeringEvent?.type === "live") {
      trip = Date.now() - asked;
      failures = event.detail.successful ? 0 : failures + 1;
    }
    plan();
  });

  const wake = () => {
    const slept = Date.now() - moved > 5 * MINUTE;
    moved = Date.now();
    if (slept) plan();
  };
  for (const name of ["pointermove", "pointerdown", "keydown", "wheel"]) addEventListener(name, wake, { passive: true });
  document.addEventListener("visibilitychange", () => {
    moved = Date.now();
    if (document.hidden) clearTimeout(timer); else ask();
  });
  addEventListener("load", plan);

  // A part that did not change stays; one that did keeps what is open in it and where the focus is.
  const twin = (root, element) => {
    const key = (one) => one.getAttribute("href") ?? one.textContent;
    return [...root.querySelectorAll(element.tagName)].find((one) => key(one) === key(element));
  };

  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (!target.id.startsWith("l-")) return;
    if (fragment.firstElementChild?.isEqualNode(target)) return event.preventDefault();
    for (const summary of target.querySelectorAll("details[open] > summary")) {
      twin(fragment, summary)?.parentElement.setAttribute("open", "");
    }
    const active = document.activeElement;
    if (!target.contains(active) || active.id) return;
    const heir = twin(fragment, active);
    // htmx gives the focus to whoever bears the same id afterwards.
    if (heir && !heir.id) active.id = heir.id = `l-fokus-${Date.now()}`;
  });

  // An answer to what was replaced meanwhile, by newer figures or another order, has no place in the page any more.
  // The order asked for last is then fetched as a page; what was asked before is forgotten.
  let last = null;
  document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
    if (elt.matches("a")) last = elt;
    elt.addEventListener("htmx:beforeOnLoad", (event) => {
      if (elt.isConnected) return;
      event.preventDefault();
      if (elt === last) location.assign(elt.href);
    }, { once: true });
  });

  // --- Back: a form that was sent and is sent again as it was goes under the same key, so that nothing is kept twice --
  // The page that Back leads to is a new one with a new key, but the browser puts back what was typed.

  const [entry] = performance.getEntriesByType("navigation");
  let before = entry?.type === "back_forward" ? history.state?.sent : null;
  addEventListener("pageshow", (event) => {
    if (event.persisted) before = history.state?.sent;
  });

  const typed = (form, submitter) => JSON.stringify([...new FormData(form, submitter)].filter(([name, value]) =>
    form.elements.namedItem(name)?.type !== "hidden" && (typeof value === "string" || value.size)));

  document.addEventListener("submit", ({ target: form, submitter }) => {
    const key = form.elements.namedItem("client_key");
    if (form.method !== "post" || !key || form.querySelector("[type=password]")) return;
    const now = typed(form, submitter);
    if (before?.action === form.action && before.typed === now) key.value = before.key;
    history.replaceState({ ...history.state, sent: { action: form.action, typed: now, key: key.value } }, "");
  }, true);

  // --- Search: arrows walk through the suggestions, Escape closes them --------------------------------------------

  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.(".search");
    if (!box) return;
    const field = box.querySelector("input");
    if (event.key === "Escape") {
      box.querySelector("#saran").replaceChildren();
      field.focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [field, ...box.querySelectorAll("#saran a")];
    stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
    event.preventDefault();
  });
})();
