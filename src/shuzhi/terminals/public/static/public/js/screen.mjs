// @ts-check
/** The screen of a hall: asks every few seconds, shows the numbers, and says a newly called one aloud where sound is on. */

const EVERY = 3000;
const board = /** @type {HTMLElement | null} */ (document.querySelector('[data-part="screen"]'));

/** @typedef {{number: string, window: number, calls: number}} Called */

/** @param {HTMLElement} at */
function run(at) {
  const list = /** @type {HTMLElement} */ (at.querySelector("[data-called]"));
  const spoken = /** @type {HTMLElement} */ (at.querySelector("[data-spoken]"));
  const sound = /** @type {HTMLButtonElement} */ (at.querySelector("[data-sound]"));
  const none = /** @type {HTMLElement} */ (at.querySelector("[data-none]"));
  const said = new Map(
    [...list.children].map((each) => [/** @type {HTMLElement} */ (each).dataset.number, Number(/** @type {HTMLElement} */ (each).dataset.calls)]),
  );
  const lost = at.querySelector("[data-lost]");
  let loud = false;

  /** @param {Called} each */
  const words = (each) => (at.dataset.words ?? "").replace("{number}", each.number).replace("{window}", String(each.window));

  /** @param {Called[]} called */
  function show(called) {
    none.hidden = called.length > 0;
    list.replaceChildren(
      ...called.map((each) => {
        const line = document.createElement("li");
        const [number, window] = [document.createElement("b"), document.createElement("span")];
        number.textContent = each.number;
        window.textContent = (at.dataset.window ?? "").replace("{window}", String(each.window));
        line.append(number, window);
        return line;
      }),
    );
    for (const each of called.filter((one) => one.calls > (said.get(one.number) ?? 0))) speak(words(each));
    said.clear();
    for (const each of called) said.set(each.number, each.calls);
  }

  /** @param {string} text */
  function speak(text) {
    spoken.textContent = text;
    if (!loud || !("speechSynthesis" in globalThis)) return;
    const told = new SpeechSynthesisUtterance(text);
    told.lang = document.documentElement.lang.startsWith("en") ? "en" : "zh-CN";
    told.rate = 0.9;
    speechSynthesis.speak(told);
  }

  async function ask() {
    try {
      const answer = await fetch(at.dataset.now ?? "", { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      show(told.called);
      for (const [queue, count] of Object.entries(told.waiting)) {
        const cell = at.querySelector(`[data-waiting="${queue}"]`);
        if (cell) cell.textContent = String(count);
      }
      lost?.toggleAttribute("hidden", true);
    } catch {
      lost?.toggleAttribute("hidden", false); // and asked again the next time
    }
  }

  sound.hidden = !("speechSynthesis" in globalThis);
  sound.addEventListener("click", () => {
    loud = !loud;
    sound.setAttribute("aria-pressed", String(loud));
  });
  setInterval(ask, EVERY);
}

if (board) run(board);
