// @ts-check
/** Colours real boundaries by the values of the list twin; no tiles, nothing fetched but the boundaries. */

import { tokensOf } from "./tokens.mjs";

/** @typedef {{name: string, value: string, shade: string, url: string | null, row: HTMLElement}} Place */

/** @param {HTMLElement} figure @returns {Map<string, Place>} */
function readPlaces(figure) {
  /** @type {Map<string, Place>} */
  const places = new Map();
  for (const row of figure.querySelectorAll("tr[data-key]")) {
    if (!(row instanceof HTMLElement)) continue;
    const link = row.querySelector("a");
    places.set(row.dataset.key ?? "", {
      name: (link ?? row.querySelector("th"))?.textContent ?? "",
      value: row.querySelector("td")?.textContent ?? "",
      shade: row.dataset.shade ?? "none",
      url: link?.href ?? null,
      row,
    });
  }
  return places;
}

/** @param {any[]} features */
const collection = (features) => ({ type: "FeatureCollection", features });

/** The middle of the largest piece: where one name stands for an area and its islands. @param {any} geometry */
function middle(geometry) {
  const pieces = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  let best = { area: -1, x: 0, y: 0 };
  for (const [ring] of pieces) {
    let area = 0, x = 0, y = 0;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const cross = ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1];
      area += cross;
      x += (ring[j][0] + ring[i][0]) * cross;
      y += (ring[j][1] + ring[i][1]) * cross;
    }
    if (Math.abs(area) > best.area) best = { area: Math.abs(area), x: x / (3 * area), y: y / (3 * area) };
  }
  return [best.x, best.y];
}

/** Joins boundaries and places, and finds the box around all of them.
 * @param {any} shapes @param {Map<string, Place>} places @param {string} join */
function joined(shapes, places, join) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  /** @param {any} node */
  const widen = (node) => {
    if (typeof node[0] !== "number") return node.forEach(widen);
    box[0] = Math.min(box[0], node[0]);
    box[1] = Math.min(box[1], node[1]);
    box[2] = Math.max(box[2], node[0]);
    box[3] = Math.max(box[3], node[1]);
  };
  /** @type {any[]} */
  const names = [];
  const features = shapes.features.map((/** @type {any} */ feature, /** @type {number} */ id) => {
    widen(feature.geometry.coordinates);
    const key = String(feature.properties[join] ?? "");
    const place = places.get(key);
    const properties = { key, label: place?.name ?? "", shade: place?.shade ?? "none" };
    names.push({ type: "Feature", properties, geometry: { type: "Point", coordinates: middle(feature.geometry) } });
    return { ...feature, id, properties };
  });
  return { shapes: collection(features), names: collection(names), box };
}

/** @param {ReturnType<typeof tokensOf>} look @param {any} shapes @param {any} names */
function style(look, shapes, names) {
  const steps = [0, 1, 2, 3, 4, 5, 6].flatMap((n) => [String(n), look.token(`--shade-${n}`)]);
  const dark = ["match", ["get", "shade"], ["4", "5", "6"], look.token("--on-shade-dark"), "none", look.ink, look.token("--on-shade-light")];
  const colour = ["match", ["get", "shade"], ...steps, look.paper];
  return {
    version: 8,
    sources: { areas: { type: "geojson", data: shapes }, names: { type: "geojson", data: names } },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": look.ground } },
      { id: "areas", type: "fill", source: "areas", paint: { "fill-color": colour } },
      { id: "edges", type: "line", source: "areas", paint: { "line-color": look.paper, "line-width": 1.5 } },
      { id: "here", type: "line", source: "areas", filter: ["==", ["get", "key"], ""], paint: { "line-color": look.ink, "line-width": 3 } },
      {
        id: "names",
        type: "symbol",
        source: "names",
        layout: { "text-field": ["get", "label"], "text-size": look.size, "text-padding": 2, "text-font": ["sans"] },
        paint: { "text-color": dark, "text-halo-color": colour, "text-halo-width": 2.4 },
      },
    ],
  };
}

/** @param {any} map @param {HTMLElement} figure @param {Map<string, Place>} places */
function answer(map, figure, places) {
  const says = figure.querySelector("[data-says]");
  const unit = figure.dataset.unit ? ` ${figure.dataset.unit}` : "";
  /** @param {string} key */
  const point = (key) => {
    const place = places.get(key);
    map.setFilter("here", ["==", ["get", "key"], key]);
    if (says) says.textContent = place ? `${place.name}  ${place.value}${unit}` : "";
  };
  map.on("mousemove", "areas", (/** @type {any} */ event) => {
    const key = event.features[0].properties.key;
    map.getCanvas().style.cursor = places.get(key)?.url ? "pointer" : "";
    point(key);
  });
  map.on("mouseleave", "areas", () => point(""));
  map.on("click", "areas", (/** @type {any} */ event) => {
    const url = places.get(event.features[0].properties.key)?.url;
    if (url) location.assign(url);
  });
  for (const [key, place] of places) {
    place.row.addEventListener("mouseenter", () => point(key));
    place.row.addEventListener("focusin", () => point(key));
  }
}

/** @param {HTMLElement} figure */
export async function drawMap(figure) {
  const canvas = figure.querySelector(".canvas");
  const { library, worker, geojson, join } = figure.dataset;
  if (!(canvas instanceof HTMLElement) || !library || !geojson) return;
  figure.dataset.live = "";
  const places = readPlaces(figure);
  try {
    const [maplibre, fetched] = await Promise.all([import(library), fetch(geojson)]);
    if (worker) maplibre.setWorkerUrl(new URL(worker, location.href).href);
    const { shapes, names, box } = joined(await fetched.json(), places, join ?? "code");
    canvas.append(document.createElement("div"));
    const inner = /** @type {HTMLElement} */ (canvas.firstElementChild);
    inner.className = "map-inner";
    const map = new maplibre.Map({
      container: inner,
      style: style(tokensOf(figure), shapes, names),
      bounds: box,
      fitBoundsOptions: { padding: 16 },
      attributionControl: false,
      interactive: true,
      cooperativeGestures: false,
      scrollZoom: false,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
      localIdeographFontFamily: tokensOf(figure).sans,
    });
    map.keyboard.disable();
    map.getCanvas().tabIndex = -1;
    map.on("load", () => {
      figure.querySelector("[data-says]")?.removeAttribute("hidden");
      figure.querySelector("details")?.removeAttribute("open");
      answer(map, figure, places);
      figure.dataset.drawn = "";
    });
    new ResizeObserver(() => {
      map.resize();
      map.fitBounds(box, { padding: 16, animate: false });
    }).observe(canvas);
  } catch {
    canvas.replaceChildren();
  }
}
