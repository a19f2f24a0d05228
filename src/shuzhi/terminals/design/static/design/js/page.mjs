// @ts-check
/** What every page does beyond HTML: keys, reading aloud, charts and maps where the page has them. */

import { listen } from "./keys.mjs";
import { offerReading } from "./aloud.mjs";

/** @param {ParentNode} root */
async function enliven(root) {
  const charts = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[data-part="chart"]:not([data-live])'));
  const maps = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[data-part="map"]:not([data-live])'));
  if (charts.length) {
    const { drawChart } = await import("./chart.mjs");
    charts.forEach((figure) => void drawChart(figure));
  }
  const ways = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[data-part="lineage"]:not([data-live])'));
  if (ways.length) {
    const { drawLineage } = await import("./lineage.mjs");
    ways.forEach(drawLineage);
  }
  const forms = /** @type {NodeListOf<HTMLFormElement>} */ (root.querySelectorAll('form[data-part="decide"]:not([data-live])'));
  if (forms.length) {
    const { decideHere } = await import("./decide.mjs");
    forms.forEach((form) => void decideHere(form));
  }
  const fillings = /** @type {NodeListOf<HTMLFormElement>} */ (root.querySelectorAll('form[data-part="filling"]:not([data-live])'));
  if (fillings.length) {
    const { fillHere } = await import("./forms/live.mjs");
    fillings.forEach((form) => void fillHere(form));
  }
  if (maps.length) {
    const { drawMap } = await import("./map.mjs");
    maps.forEach((figure) => void drawMap(figure));
  }
}

/** A form is sent once: its button says that work is under way. @param {SubmitEvent} event */
function sendOnce(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || event.defaultPrevented) return;
  const button = event.submitter ?? form.querySelector("[type=submit]");
  // The button's own value must still be sent, so it is put out of use a moment later.
  setTimeout(() => { form.setAttribute("aria-busy", "true"); if (button instanceof HTMLButtonElement) button.disabled = true; });
}

/** What was left busy is ready again when one comes back to the page. */
function beReady() {
  for (const form of document.querySelectorAll("form[aria-busy]")) {
    form.removeAttribute("aria-busy");
    for (const button of form.querySelectorAll("button")) button.disabled = false;
  }
}

/** In a long list of rooms the present one is in view. */
function showRoom() {
  const list = document.querySelector(".rail-in");
  const here = list?.querySelector("[aria-current]");
  if (!(list instanceof HTMLElement) || !(here instanceof HTMLElement) || list.scrollHeight <= list.clientHeight) return;
  const lower = here.getBoundingClientRect().bottom - list.getBoundingClientRect().bottom;
  if (lower > 0) list.scrollTop += lower + here.offsetHeight;
}

showRoom();
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", beReady);
listen(document);
offerReading(document);
void enliven(document);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target instanceof Element) void enliven(event.target.parentElement ?? event.target);
});
