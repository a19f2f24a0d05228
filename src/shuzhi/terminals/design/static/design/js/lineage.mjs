// @ts-check
/** The way of the data: pointing at a box lights up everything it comes from and goes to. */

/** @param {Element} figure @param {string} start @param {"from" | "to"} end @returns {Set<string>} */
function reach(figure, start, end) {
  const other = end === "from" ? "to" : "from";
  const found = new Set([start]);
  for (const name of found) {
    for (const wire of figure.querySelectorAll(`.wire[data-${end}="${CSS.escape(name)}"]`)) found.add(wire.getAttribute(`data-${other}`) ?? "");
  }
  return found;
}

/** @param {Element} figure @param {string | null} name */
function light(figure, name) {
  figure.classList.toggle("pointing", name !== null);
  const after = name === null ? new Set() : reach(figure, name, "from");
  const before = name === null ? new Set() : reach(figure, name, "to");
  for (const box of figure.querySelectorAll("[data-node]")) {
    const id = box.getAttribute("data-node");
    box.classList.toggle("lit", after.has(id) || before.has(id));
  }
  for (const wire of figure.querySelectorAll(".wire")) {
    const [from, to] = [wire.getAttribute("data-from"), wire.getAttribute("data-to")];
    wire.classList.toggle("lit", (after.has(from) && after.has(to)) || (before.has(from) && before.has(to)));
  }
}

/** @param {HTMLElement} figure */
export function drawLineage(figure) {
  figure.dataset.live = "";
  const scroll = figure.querySelector(".scroll"), here = figure.querySelector(".here rect");
  if (scroll && here) {
    const room = scroll.getBoundingClientRect(), box = here.getBoundingClientRect();
    scroll.scrollLeft += box.left + box.width / 2 - room.left - room.width / 2;
  }
  for (const box of figure.querySelectorAll("[data-node]")) {
    const name = box.getAttribute("data-node");
    const area = box.closest("a") ?? box;
    for (const event of ["pointerenter", "focus"]) area.addEventListener(event, () => light(figure, name));
    for (const event of ["pointerleave", "blur"]) area.addEventListener(event, () => light(figure, null));
  }
}
