// What pages do beside showing: hear of changes, keys, forms sent once, and nothing else. No text is ever made into HTML here.
"use strict";

const address = document.body.dataset.changes;
{
  const STILL = 5000; // milliseconds that a pointer rests until the list under it may move
  const LATE = 5000; // milliseconds without a connection until the page says so
  const AGAIN = 3000; // milliseconds until what was shown anew is shown anew again: nobody reads a list that never rests
  let news = null;
  let since = document.body.dataset.since; // how much this page has seen: the server tells what came after
  let waiting = null;
  let late = null;

  const newer = document.querySelector(".newer");
  const pending = new Set(); // parts that have changed and are not shown anew yet
  let moved = 0; // when the pointer moved last
  let shown = 0; // when a part was shown anew last

  function changed(event) {
    since = event.lastEventId || since;
    document.querySelectorAll(".live").forEach((part) => pending.add(part));
    waiting = waiting || setTimeout(show, Math.max(250, shown + AGAIN - Date.now()));
  }

  // Nothing moves under a pointer that is about to click or a focus that is about to be used: it is offered instead.
  function inUse(part) {
    return part.contains(document.activeElement) || (part.matches(":hover") && Date.now() - moved < STILL);
  }

  function show() {
    [...pending].filter((part) => !inUse(part)).forEach(renew);
    newer.hidden = !pending.size;
    waiting = pending.size ? setTimeout(show, 1000) : null;
  }

  function renew(part) {
    pending.delete(part);
    shown = Date.now();
    htmx.trigger(part, "changed");
  }

  document.addEventListener("pointermove", () => { moved = Date.now(); });
  newer.addEventListener("click", () => { [...pending].forEach(renew); newer.hidden = true; });

  // A page listens only while it is looked at: a browser has six connections to a host, and a stream takes one.
  let retry = 0;

  function listen() {
    deafen();
    if (document.hidden) return;
    const stale = document.querySelector(".stale");
    news = new EventSource(`${address}?since=${encodeURIComponent(since)}`);
    news.addEventListener("changed", changed);
    news.addEventListener("open", () => { clearTimeout(late); late = null; stale.hidden = true; });
    news.addEventListener("error", () => {
      late = late || setTimeout(() => { stale.hidden = false; }, LATE);
      if (news.readyState === EventSource.CLOSED) retry = setTimeout(again, 1000); // the browser does not try by itself any more
    });
  }

  function deafen() {
    clearTimeout(retry);
    if (news) news.close();
  }

  async function again() {
    const answer = await fetch(location.href, { redirect: "manual" }).catch(() => null);
    if (answer && answer.type === "opaqueredirect") location.reload(); // the sign-in has ended
    else if (answer && answer.ok) listen();
    else retry = setTimeout(again, LATE);
  }

  // A part that asks for itself anew and gets no answer stays as it is, which nobody could tell from one that is done.
  document.addEventListener("htmx:afterRequest", (event) => {
    const isLost = news && news.readyState !== EventSource.OPEN;
    if (!event.detail.successful || !isLost) document.querySelector(".stale").hidden = event.detail.successful;
  });

  if (address && document.querySelector(".live")) {
    listen();
    document.addEventListener("visibilitychange", listen);
    addEventListener("pagehide", deafen);
  }
}

// After a part was put in anew, the item that had the focus has it again.
let focused = null;
document.addEventListener("focusin", (event) => {
  const item = event.target.closest("[data-item]");
  if (item || !event.target.closest(".newer")) focused = item ? item.getAttribute("href") : null;
});
document.addEventListener("htmx:afterSwap", () => {
  const item = focused && [...document.querySelectorAll("[data-item]")].find((one) => one.getAttribute("href") === focused);
  if (item && document.activeElement === document.body) item.focus({ preventScroll: true });
});

function step(by) {
  const items = [...document.querySelectorAll("[data-item]")];
  if (!items.length) return;
  const at = items.indexOf(document.activeElement);
  const next = items[Math.min(items.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
  next.focus();
  next.closest("li").scrollIntoView({ block: "nearest" });
}

// A form that leaves the page is sent once: pressed twice it would start two calls.
const UNANSWERED = 20000; // milliseconds until it may be tried again: the page may have been stopped while it loaded
let leaving = 0;
document.addEventListener("submit", (event) => {
  const method = event.submitter?.getAttribute("formmethod") || event.target.getAttribute("method");
  if (event.defaultPrevented || method !== "post" || event.target.matches(".act")) return;
  if (Date.now() - leaving < UNANSWERED) event.preventDefault();
  else leaving = Date.now();
});
addEventListener("pageshow", (event) => { if (event.persisted) leaving = 0; }); // it came back

// Words that were written and not sent are left only when that is meant. A form that is sent takes its own along.
let sent = null;
addEventListener("submit", (event) => { if (!event.defaultPrevented) sent = event.target; });
addEventListener("beforeunload", (event) => {
  const written = [...document.querySelectorAll("textarea:not([data-passing])")].filter((one) =>
    one.value !== one.defaultValue || "unsaved" in one.dataset);
  const lost = written.some((one) => !sent || one.form !== sent);
  sent = null;
  if (!lost) return;
  leaving = 0; // whoever stays may send the form after all
  event.preventDefault();
});

let going = 0; // the time that is left to the key after "g"
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog[open]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "g") {
    clearTimeout(going);
    going = setTimeout(() => { going = 0; }, 1200);
    return;
  }
  if (going && !event.repeat) {
    clearTimeout(going);
    going = 0;
    event.preventDefault(); // this key belongs to the one before
    const page = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (page) page.click();
    return;
  }
  const search = document.querySelector("[data-search]");
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "/" && search) { event.preventDefault(); search.select(); search.focus(); }
  else if (event.key === "?") { const keys = document.getElementById("keys"); if (keys) keys.showModal(); }
});
