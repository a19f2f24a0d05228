// @ts-nocheck -- the viewer comes without types; its watermark stays as its licence asks.
/** Draws a process and marks where a case stands; without a drawing in the file the words above say it all. */
/** Below this scale nobody reads the words of a wide drawing: it begins where the case stands, and can be dragged. */
const READABLE = 0.6;
const NEAR = 0.8;

for (const place of document.querySelectorAll("[data-process]")) {
  show(place).catch(() => { place.hidden = true; });
}

function centre(canvas, here) {
  const { outer } = canvas.viewbox();
  const [width, height] = [outer.width / NEAR, outer.height / NEAR];
  const [x, y] = [here.x + here.width / 2, here.y + here.height / 2];
  canvas.viewbox({ x: x - width / 2, y: y - height / 2, width, height });
}

async function show(place) {
  const answer = await fetch(place.dataset.process, { credentials: "same-origin" });
  const text = await answer.text();
  if (!answer.ok || !text.includes("BPMNDiagram")) return;
  place.hidden = false;
  const viewer = new window.BpmnJS({ container: place });
  await viewer.importXML(text);
  const canvas = viewer.get("canvas");
  const known = viewer.get("elementRegistry");
  for (const [key, mark] of [["passed", "is-passed"], ["standing", "is-standing"]]) {
    for (const id of place.dataset[key].split(" ")) {
      if (id && known.get(id)) canvas.addMarker(id, mark);
    }
  }
  canvas.zoom("fit-viewport", "auto");
  const here = place.dataset.standing.split(" ").map((id) => known.get(id)).find((each) => each?.width);
  if (here && canvas.zoom() < READABLE) centre(canvas, here);
}
