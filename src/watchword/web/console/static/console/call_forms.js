// The forms of a call: sent without leaving its page, typed turns line after line, and what is saved by itself.
"use strict";

const PATIENCE = 20000; // milliseconds that an answer is waited for
const ENDED = "Your sign-in has ended.";
const BEHIND = "This page is not up to date.";

const post = (form, given) => fetch(form.action, {
  method: "POST", body: given, headers: { "X-Requested-With": "fetch" }, signal: AbortSignal.timeout(PATIENCE),
}).catch(() => null);
const signedOut = (answer) => answer.redirected || answer.status === 401;
const deaf = () => !document.hidden && news.readyState !== EventSource.OPEN; // what was done must be looked up

async function refusal(answer) {
  const refused = await answer.json().catch(() => ({ what: "That was not taken.", do: "Load the page again." }));
  return `${refused.what} ${refused.do}`;
}

// A form waits for its answer before it is sent again. Its buttons stay enabled: a disabled one would lose the focus.
const underWay = new WeakSet();

function waits(form, isWaiting) {
  if (isWaiting) underWay.add(form);
  else underWay.delete(form);
  for (const one of form.querySelectorAll("button")) one.setAttribute("aria-disabled", isWaiting);
}

// Whether it was taken.
async function send(form, button) {
  if (underWay.has(form)) return false;
  const given = new FormData(form, button);
  waits(form, true);
  const answer = await post(form, given);
  waits(form, false);
  if (answer && signedOut(answer)) loadAgain(ENDED);
  else if (!answer) tell("The service could not be reached. Look whether it was done before you try again.", "error");
  else if (answer.status !== 204) tell(await refusal(answer), "error");
  else {
    said.replaceChildren();
    isKept(form, given);
    if (deaf()) loadAgain(BEHIND);
    return true;
  }
  return false;
}

function isKept(form, given) {
  for (const one of form.querySelectorAll(TYPED)) one.defaultValue = given.get(one.name);
  for (const one of form.querySelectorAll("[type=radio]")) one.defaultChecked = given.get(one.name) === one.value;
}

// ---- What is saved by itself: after a pause, and when it is left. One at a time, so that the newest comes last.
const PAUSE = 1000; // milliseconds without a key
let soon = 0;
let isSaving = false;

const isUnsaved = (form) => [...form.querySelectorAll("input")].some((one) => one.checked !== one.defaultChecked || one.value !== one.defaultValue);

function saveSoon() {
  clearTimeout(soon);
  soon = setTimeout(save, PAUSE);
}

async function save() {
  const unsaved = () => [...document.querySelectorAll("form.auto")].find(isUnsaved); // news put in another form meanwhile
  clearTimeout(soon);
  if (isSaving || !unsaved()) return;
  isSaving = true;
  const isTaken = await send(unsaved());
  isSaving = false;
  if (isTaken && unsaved()) saveSoon();
}

// What is typed leaves the field at once and is sent line after line, each under a token of its own. When one is not
// kept, it and those behind it come back before whatever was typed since. Sent again as it was, it has the token that
// it had: perhaps it arrived, and only the answer did not.
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
    const answer = await post(form, lines[0].given);
    if (!answer) return putBack(form, "The service could not be reached. Your words are in the field again; send them once more.");
    if (signedOut(answer)) return putBack(form, `${ENDED} Copy your words from the field, and load the page again.`);
    if (answer.status !== 204) return putBack(form, await refusal(answer));
    said.replaceChildren();
    lines.shift();
  }
  if (deaf()) loadAgain(BEHIND);
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
  if (!form) return;
  event.preventDefault();
  if (form.id === "type") takeLine(form, event.submitter);
  else if (form.matches(".auto")) save();
  else send(form, event.submitter);
});
document.addEventListener("input", (event) => { if (event.target.closest("form.auto")) saveSoon(); });
document.addEventListener("change", (event) => { if (event.target.matches("form.auto [type=radio]")) save(); });
document.addEventListener("focusout", (event) => { if (!isPutting && event.target.closest("form.auto")) save(); });
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-submits]");
  if (link) byId(link.dataset.submits).requestSubmit(); // the telephone dials, and the page is told
});
