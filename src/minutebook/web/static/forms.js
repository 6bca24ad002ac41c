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
// A file may be dropped anywhere on a page that asks for one; a file that is too large is told of before it is sent.
const chooser = () => document.querySelector("input[type=file]");
const judged = (input) => {
  const largest = Number(input.dataset.largest), file = input.files[0];
  const over = largest && file && file.size > largest;
  input.setCustomValidity(over ? `The file has more than ${largest.toLocaleString("en")} bytes; send it in parts, or compressed.` : "");
  if (over) input.reportValidity();
};
document.addEventListener("change", (event) => { if (event.target.type === "file") judged(event.target); });
document.addEventListener("dragover", (event) => {
  if (!chooser() || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  document.body.classList.add("dropping");
});
for (const end of ["dragleave", "drop"])
  document.addEventListener(end, () => document.body.classList.remove("dropping"));
document.addEventListener("drop", (event) => {
  const input = chooser();
  if (!input || !event.dataTransfer.files.length) return;
  event.preventDefault();
  input.files = event.dataTransfer.files;
  judged(input);
  input.focus();
});
// A slider tells its number while it is moved.
document.addEventListener("input", (event) => {
  const told = event.target.type === "range" && event.target.parentElement.querySelector("output");
  if (told) told.value = event.target.value + told.dataset.unit;
});
