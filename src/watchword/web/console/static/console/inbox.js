// The keys of the inbox and of one mail, and what is picked stays picked while the list renews itself.
"use strict";

const picks = () => [...document.querySelectorAll("[data-pick]")];
const picked = () => picks().filter((one) => one.checked);

function tellHowMany() {
  const button = document.querySelector("[data-together]");
  if (!button) return;
  const many = picked().length;
  button.parentElement.classList.toggle("idle", !many);
  button.textContent = many === 1 ? "Confirm the one picked" : `Confirm the ${many} picked`;
}

let kept = new Set();
document.addEventListener("htmx:beforeSwap", () => { kept = new Set(picked().map((one) => one.value)); });
document.addEventListener("htmx:afterSwap", () => {
  picks().forEach((one) => { one.checked = kept.has(one.value); }); // a mail that has changed is not picked any more
  tellHowMany();
});
document.addEventListener("change", (event) => { if (event.target.matches("[data-pick]")) tellHowMany(); });
tellHowMany();

function onMail(what) {
  const row = document.activeElement && document.activeElement.closest("li.mail");
  return row && row.querySelector(what);
}

function press(key) {
  const wanted = document.querySelector(`[data-press="${CSS.escape(key)}"]`);
  if (wanted) return wanted;
  if (key === "x") return onMail("[data-pick]");
  if (key === "c") return picked().length ? document.querySelector("[data-together]") : onMail("[data-confirm]");
  return key === "y" ? onMail("[data-meant]") : null;
}

const LOOK = 600; // milliseconds in which nobody has read a page that has just come: a second press was for the last one
const came = Date.now();

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, dialog[open]");
  if (event.key === "Escape" && typing && !typing.closest("dialog")) { typing.blur(); return; }
  if (typing || event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return; // one that is held decides once
  const wanted = press(event.key);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("button") && Date.now() - came < LOOK) return;
  if (wanted.matches("textarea")) { wanted.focus(); wanted.setSelectionRange(0, 0); } else wanted.click();
});
