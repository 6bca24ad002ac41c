// A form is sent once: its button waits until the answer is here. (The server does a form once in any case.)
"use strict";
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  for (const button of form.querySelectorAll("button")) button.disabled = true;
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[disabled]")) button.disabled = false;
});
