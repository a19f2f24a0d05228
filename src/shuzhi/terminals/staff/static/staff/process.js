// @ts-nocheck -- the viewer comes without types; its watermark stays as its licence asks.
/** Draws a process and marks where a case stands; without a drawing in the file the words above say it all. */
for (const place of document.querySelectorAll("[data-process]")) {
  show(place).catch(() => { place.hidden = true; });
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
}
