// Keys and clicks on the pages of calls: each key stands on the button that it presses.
"use strict";

const LOOK = 700; // milliseconds that nobody can have read in what has just been put before them
const DECIDES = /^[cuyn0-9]$/; // and the key that presses the button one is on

const isOnButton = (event) => ["Enter", " "].includes(event.key) && !!event.target.closest("#banner button");

// A finger that was on its way when the banner changed would decide what nobody has seen.
function isUnseen() {
  const banner = document.getElementById("banner");
  return !!banner && Date.now() - banner.dataset.changed < LOOK; // false when it has never changed
}

function refuse(event) {
  event.preventDefault();
  event.stopPropagation();
  tell("This has just changed: look first.", "error");
}

document.addEventListener(
  "click",
  (event) => {
    const byMouse = event.isTrusted && event.detail > 0; // what a key presses was looked at when it was pressed
    if (byMouse && event.target.closest("#banner button") && isUnseen()) refuse(event);
  },
  true, // before anything else takes it
);

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const field = event.target.closest("input:not([type=radio]), textarea, select");
  if (event.key === "Escape" && field) return field.blur();
  if (event.key === "Escape") return closeFold();
  if (field) {
    if (field.id === "words" && event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (!event.repeat) field.form.requestSubmit(field.form.querySelector(`[value=${event.shiftKey ? "agent" : "caller"}]`));
    }
    return;
  }
  if (event.repeat) {
    if (isOnButton(event)) event.preventDefault(); // one that is held presses once
    return;
  }
  if ((isOnButton(event) || DECIDES.test(event.key.toLowerCase())) && isUnseen()) return refuse(event);
  const wanted = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`)].find((one) => one.offsetParent);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("textarea, input:not([type=radio])")) wanted.focus();
  else wanted.click();
  // A key that only asks, as whether the call has ended, stays on its summary: a word that somebody types without being
  // in the field, and the Enter after it, must not answer.
  if (wanted.matches("summary")) (wanted.parentElement.querySelector("[data-first]") || wanted).focus();
});

function closeFold() {
  const fold = document.querySelector("details[open]:has(> summary[data-key])");
  if (!fold) return;
  fold.open = false;
  if (fold.contains(document.activeElement)) document.activeElement.blur();
}
