// The page of a call: its news as they come, and the hold clock.
// What comes as news are parts of the page, made and escaped by the server; nothing else is ever made into HTML here.
"use strict";

const call = document.querySelector(".call");
const said = document.querySelector(".said");
const byId = (name) => document.getElementById(name);
const TYPED = "input:not([type=hidden]):not([type=radio]), textarea"; // a field's defaultValue is what the service has

function tell(text, kind) {
  const line = document.createElement("p");
  line.className = kind;
  line.textContent = text;
  said.replaceChildren(line);
}

// The page is loaded again only where no word is lost by it.
function loadAgain(why) {
  const isTyped = [...call.querySelectorAll(TYPED)].some((one) => one.value !== one.defaultValue);
  if (isTyped || lines.length) tell(`${why} Copy your words, then load the page again.`, "error");
  else location.reload();
}

// ---- News. Each event's id says how much has been seen; the browser sends the last one when it comes back.
// A page listens only while it is looked at: a browser has six connections to a host, and a stream takes one.
let news = null;
let seen = call.dataset.since;
let retry = 0;

function listen() {
  deafen();
  if (document.hidden) return;
  news = new EventSource(`${call.dataset.news}?since=${encodeURIComponent(seen)}`);
  const lost = document.querySelector(".lost");
  const take = (name, put) => news.addEventListener(name, (event) => { seen = event.lastEventId || seen; put(event.data); });
  news.addEventListener("open", () => { lost.hidden = true; });
  news.addEventListener("error", () => {
    lost.hidden = false;
    if (news.readyState === EventSource.CLOSED) retry = setTimeout(again, 2000);
  });
  take("turn", putTurns);
  take("banner", (html) => put("banner", html));
  take("side", (html) => put("side", html));
  take("head", (html) => put("who", html));
  take("over", () => { deafen(); loadAgain(ENDED); });
}

function deafen() {
  clearTimeout(retry);
  if (news) news.close();
}

// Told to whoever cannot see it, once for each change and not again with every word of the box.
function hear() {
  const now = byId("banner").querySelector(".what").textContent.replace(/\s+/g, " ").trim();
  if (byId("heard").textContent !== now) byId("heard").textContent = now;
}

async function again() {
  const answer = await fetch(location.href, { redirect: "manual" }).catch(() => null);
  if (answer && answer.type === "opaqueredirect") loadAgain(ENDED);
  else if (answer && answer.ok) listen();
  else retry = setTimeout(again, 2000);
}

function parts(html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  return made.content;
}

function putTurns(html) {
  const list = byId("turns");
  const below = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  for (const turn of [...parts(html).querySelectorAll("[data-turn]")]) {
    const kept = list.querySelector(`[data-turn="${turn.dataset.turn}"]`);
    if (kept) kept.replaceWith(turn);
    else { turn.classList.add("new"); list.append(turn); }
  }
  if (below) list.scrollTop = list.scrollHeight;
}

// Nothing is put in while a button is held down: the click that follows would miss what it was meant for.
let isDown = false;
const waiting = new Map();

function put(name, html) {
  waiting.set(name, html);
  putWaiting();
}
function putWaiting() {
  if (isDown) return;
  for (const [name, html] of waiting) putPart(byId(name), html);
  waiting.clear();
}
function release() {
  isDown = false;
  setTimeout(putWaiting); // after the click
}
addEventListener("pointerdown", (event) => { isDown = event.button === 0; });
addEventListener("pointermove", (event) => { if (isDown && !event.buttons) release(); });
for (const name of ["pointerup", "pointercancel", "blur"]) addEventListener(name, release);

// A part put in anew keeps what somebody is typing into it, what they have unfolded, and where they are.
let isPutting = false; // a browser says of what is taken out that it was left
let writing = null; // the field that somebody has typed into and not left yet: it is theirs, kept already or not
document.addEventListener("input", (event) => { if (event.target.matches(TYPED)) writing = event.target; });
document.addEventListener("focusout", () => { if (!isPutting) writing = null; });

function putPart(place, html) {
  const before = asked(place);
  const typed = new Map([...place.querySelectorAll(TYPED)]
    .filter((one) => one.value !== one.defaultValue || one === writing).map((one) => [one.name, one.value]));
  const open = new Set([...place.querySelectorAll("details[open]")].map((one) => one.dataset.fold));
  const at = place.contains(document.activeElement) ? document.activeElement : null;
  const caret = at && at.selectionStart;
  isPutting = true;
  place.replaceChildren(parts(html));
  isPutting = false;
  for (const one of place.querySelectorAll("details")) if (open.has(one.dataset.fold)) one.open = true;
  for (const one of place.querySelectorAll(TYPED)) if (typed.has(one.name)) one.value = typed.get(one.name);
  if (at) focusAgain(place, at, caret);
  if (asked(place) !== before) place.dataset.changed = Date.now();
  const type = byId("type");
  if (type) type.hidden = !!byId("banner").querySelector(".what .state.off") && !type.text.value; // words not kept stay in sight
  startClocks();
  hear();
}

// What a decision in it would be about: see the keys.
const asked = (place) => [
  ...[...place.querySelectorAll("[data-mode]")].map((one) => one.dataset.mode),
  ...new Set([...place.querySelectorAll("[name=step]")].map((one) => one.value).sort()),
].join(" ");

// Where somebody was, or else the part's heading; never another button.
function focusAgain(place, at, caret) {
  const sign = signOf(at);
  const same = sign && [...place.querySelectorAll(`${TYPED}, [type=radio], button, a, summary`)].find((one) => signOf(one) === sign && one.offsetParent);
  const now = same || place.querySelector("h1, h2");
  if (!same) now.tabIndex = -1;
  now.focus({ preventScroll: true });
  if (same && same.matches(TYPED) && caret != null) now.setSelectionRange(caret, caret);
  if (at === writing) writing = same || null;
}

function signOf(one) {
  if (one.dataset.key) return `key ${one.dataset.key}`;
  if (one.matches("summary")) return `fold ${one.parentElement.dataset.fold}`;
  if (one.matches("a")) return `link ${one.href}`;
  if (one.matches(TYPED)) return `field ${one.name}`;
  return one.name && `${one.name}=${one.value}`;
}

// ---- The hold clock. The server says how many seconds have passed; from there it is counted here.
const clocks = new WeakMap();
function startClocks() {
  for (const one of document.querySelectorAll("[data-held]")) if (!clocks.has(one)) clocks.set(one, Date.now() - 1000 * Number(one.dataset.held));
  showClocks();
}
function showClocks() {
  for (const one of document.querySelectorAll("[data-held]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - clocks.get(one)) / 1000));
    one.querySelector(".time").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const limit = Number(one.dataset.limit);
    if (!limit) continue;
    one.classList.toggle("near", seconds >= limit * 0.8);
    const over = seconds >= limit;
    one.classList.toggle("over", over);
    const late = one.querySelector(".late");
    if (late.hidden === over) late.hidden = !over;
  }
}

startClocks();
setInterval(showClocks, 250);
byId("turns").scrollTop = byId("turns").scrollHeight;
document.addEventListener("visibilitychange", listen);
addEventListener("pagehide", deafen);
addEventListener("pageshow", (event) => { if (event.persisted) loadAgain(BEHIND); });
addEventListener("DOMContentLoaded", listen); // when the forms are ready, too
