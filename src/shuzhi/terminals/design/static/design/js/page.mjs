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
  if (maps.length) {
    const { drawMap } = await import("./map.mjs");
    maps.forEach((figure) => void drawMap(figure));
  }
}

listen(document);
offerReading(document);
void enliven(document);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target instanceof Element) void enliven(event.target.parentElement ?? event.target);
});
