// The page of a call: its news as they come, the hold clock, keys, and forms sent without leaving the page.
// What comes as news are parts of the page, made and escaped by the server; nothing else is ever made into HTML here.
"use strict";

const call = document.querySelector(".call");
const said = document.querySelector(".said");
const byId = (name) => document.getElementById(name);

function tell(text, kind) {
  const line = document.createElement("p");
  line.className = kind;
  line.textContent = text;
  said.replaceChildren(line);
}

// ---- News. Each event's id says how much has been seen; the browser sends the last one when it comes back.
let news = null;
let seen = call ? call.dataset.since : "";

function listen() {
  news = new EventSource(`${call.dataset.news}?since=${encodeURIComponent(seen)}`);
  const lost = document.querySelector(".lost");
  const take = (name, put) => news.addEventListener(name, (event) => { seen = event.lastEventId || seen; put(event.data); });
  news.addEventListener("open", () => { lost.hidden = true; });
  news.addEventListener("error", () => {
    lost.hidden = false;
    if (news.readyState === EventSource.CLOSED) setTimeout(again, 2000);
  });
  take("turn", putTurns);
  take("banner", (html) => { putPart(byId("banner"), html); hear(); });
  take("side", (html) => putPart(byId("side"), html));
  take("over", () => location.reload());
}

// Told to whoever cannot see it, once for each change and not again with every word of the box.
function hear() {
  const now = byId("banner").querySelector(".what").textContent.replace(/\s+/g, " ").trim();
  if (byId("heard").textContent !== now) byId("heard").textContent = now;
}

async function again() {
  const answer = await fetch(location.href, { redirect: "manual" }).catch(() => null);
  if (answer && answer.type === "opaqueredirect") location.reload(); // the sign-in has ended
  else if (answer && answer.ok) listen();
  else setTimeout(again, 2000);
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

// A part put in anew keeps what somebody is typing into it, what they have unfolded, and where they are.
function putPart(place, html) {
  const typed = new Map([...place.querySelectorAll("input:not([type=hidden]):not([type=radio]), textarea")]
    .filter((one) => one.value !== one.defaultValue).map((one) => [one.name, one.value]));
  const open = new Set([...place.querySelectorAll("details[open]")].map((one) => one.dataset.fold));
  const active = document.activeElement;
  const at = place.contains(active) ? { name: active.name, value: active.value, key: active.dataset.key, from: active.selectionStart } : null;
  place.replaceChildren(parts(html));
  for (const one of place.querySelectorAll("details")) if (open.has(one.dataset.fold)) one.open = true;
  for (const one of place.querySelectorAll("input:not([type=hidden]):not([type=radio]), textarea")) if (typed.has(one.name)) one.value = typed.get(one.name);
  if (at) {
    const now = [...place.querySelectorAll("input:not([type=hidden]), textarea, button, a, summary")].find((one) =>
      (at.key && one.dataset.key === at.key) || (at.name && one.name === at.name && (one.type !== "radio" || one.value === at.value)));
    if (now) { now.focus({ preventScroll: true }); if (at.from != null && now.type === "text") now.setSelectionRange(at.from, at.from); }
  }
  const type = byId("type");
  if (type) type.hidden = !!place.querySelector(".what .state.off") && !type.text.value; // words not kept stay in sight
  startClocks();
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

// ---- Forms.
const post = (form, given, more) =>
  fetch(form.action, { method: "POST", body: given, headers: { "X-Requested-With": "fetch" }, ...more }).catch(() => null);
const signedOut = (answer) => answer.redirected || answer.status === 401;
const deaf = () => !news || news.readyState !== EventSource.OPEN; // what was done must be looked up

async function refusal(answer) {
  const refused = await answer.json().catch(() => ({ what: "That was not taken.", do: "Load the page again." }));
  return `${refused.what} ${refused.do}`;
}

async function send(form, button) {
  const given = new FormData(form, button);
  for (const one of form.querySelectorAll("button")) one.disabled = true;
  const answer = await post(form, given);
  for (const one of form.querySelectorAll("button")) one.disabled = false;
  if (!answer) return tell("The service could not be reached. Nothing was done; try again.", "error");
  if (signedOut(answer)) return location.reload();
  if (answer.status !== 204) return tell(await refusal(answer), "error");
  said.replaceChildren();
  if (deaf()) location.reload();
}

// What is typed leaves the field at once and is sent line after line, each under a token of its own. When one is not
// kept, it and those behind it come back before whatever was typed since. Sent again as it was, it has the token that
// it had: perhaps it arrived, and only the answer did not.
const PATIENCE = 20000; // milliseconds that an answer is waited for
const lines = []; // the first one is under way
let unkept = null; // what was not kept: its words, who said it, and its token

function takeLine(form, button) {
  const given = new FormData(form, button);
  const line = { text: form.text.value, by: given.get("speaker"), given };
  if (!line.text.trim()) return tell("Nothing is typed. Type what was said first.", "error");
  if (unkept && unkept.text === line.text && unkept.by === line.by) given.set("token", unkept.given.get("token"));
  unkept = null;
  form.text.value = "";
  form.token.value = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2) + Date.now();
  form.text.focus();
  if (lines.push(line) === 1) sendLines(form);
}

async function sendLines(form) {
  while (lines.length) {
    const answer = await post(form, lines[0].given, { signal: AbortSignal.timeout(PATIENCE) });
    if (!answer) return putBack(form, "The service could not be reached. Your words are in the field again; send them once more.");
    if (signedOut(answer)) return putBack(form, "Your sign-in has ended. Copy your words from the field, and load the page again.");
    if (answer.status !== 204) return putBack(form, await refusal(answer));
    said.replaceChildren();
    lines.shift();
  }
  if (deaf() && !form.text.value) location.reload();
}

function putBack(form, why) {
  [unkept] = lines;
  const words = lines.splice(0).map((line) => line.text).join("\n");
  form.text.setRangeText(form.text.value ? `${words}\n` : words, 0, 0, form.text.value ? "preserve" : "end");
  form.hidden = false;
  tell(why, "error");
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form.act");
  if (!form || !call) return;
  event.preventDefault();
  if (form.id === "type") takeLine(form, event.submitter);
  else send(form, event.submitter);
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("form.auto");
  if (form) send(form);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-submits]");
  if (link) byId(link.dataset.submits).requestSubmit(); // the telephone dials, and the page is told
});

// ---- Keys: each stands on the button that it presses.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const field = event.target.closest("input:not([type=radio]), textarea, select");
  if (event.key === "Escape" && field) return field.blur();
  if (event.key === "Escape") return closeEnd();
  if (field) {
    if (field.id === "words" && event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (!event.repeat) field.form.requestSubmit(field.form.querySelector(`[value=${event.shiftKey ? "agent" : "caller"}]`));
    }
    return;
  }
  if (event.repeat) return;
  const wanted = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`)].find((one) => one.offsetParent && !one.disabled);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("textarea, input:not([type=radio])")) wanted.focus();
  else wanted.click();
  // The key that asks whether the call has ended stays on its summary: a word that somebody types without being in the
  // field, and the Enter after it, must not answer.
  if (wanted.matches("summary")) (wanted.parentElement.querySelector("[data-first]") || wanted).focus();
});
function closeEnd() {
  const fold = document.querySelector("details[data-fold=end][open]");
  if (!fold) return;
  fold.open = false;
  if (fold.contains(document.activeElement)) document.activeElement.blur();
}

if (call) {
  startClocks();
  setInterval(showClocks, 250);
  byId("turns").scrollTop = byId("turns").scrollHeight;
  listen();
  addEventListener("pagehide", () => news.close());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}
