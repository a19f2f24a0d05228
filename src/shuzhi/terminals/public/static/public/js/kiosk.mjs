// @ts-check
/** A kiosk forgets: after a while without a touch it says so, counts down, and goes to its first page, which clears all. */

const PATIENCE = 60;
const WARNING = 20;
const bar = /** @type {HTMLElement | null} */ (document.querySelector('[data-part="kiosk"]'));

/** @param {HTMLElement} at */
function watch(at) {
  const home = at.dataset.home ?? "/kiosk/";
  const left = /** @type {HTMLElement} */ (at.querySelector("[data-left]"));
  const count = /** @type {HTMLElement} */ (left.querySelector("b"));
  let seen = Date.now();

  const touch = () => {
    seen = Date.now();
    left.hidden = true;
  };
  for (const kind of ["pointerdown", "keydown", "touchstart", "input"]) addEventListener(kind, touch, { passive: true });

  // A page that comes back out of the browser's memory was somebody else's.
  addEventListener("pageshow", (event) => event.persisted && location.replace(home));

  setInterval(() => {
    const idle = (Date.now() - seen) / 1000;
    if (idle >= PATIENCE + WARNING) {
      if (location.pathname !== home) location.replace(home);
      else touch();
    } else if (idle >= PATIENCE && location.pathname !== home) {
      left.hidden = false;
      count.textContent = String(Math.ceil(PATIENCE + WARNING - idle));
    }
  }, 1000);

  const print = /** @type {HTMLElement | null} */ (at.querySelector("[data-print]"));
  if (print) {
    print.hidden = location.pathname === home;
    print.addEventListener("click", () => globalThis.print());
  }
}

if (bar) watch(bar);
