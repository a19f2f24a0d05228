// @ts-check
/** Reads the page's main part aloud with the browser's own voice; the button shows only where there is one. */

/** @param {Document} page @returns {string[]} */
function sentences(page) {
  const main = page.querySelector("main");
  const text = main instanceof HTMLElement ? main.innerText : "";
  return text.split(/(?<=[。！？；.!?])|\n+/u).map((each) => each.trim()).filter(Boolean);
}

/** @param {Document} page */
export function offerReading(page) {
  const button = page.querySelector("[data-read]");
  if (!(button instanceof HTMLButtonElement) || !("speechSynthesis" in window)) return;
  const voice = window.speechSynthesis;
  const start = button.querySelector("[data-read-start]");
  const stop = button.querySelector("[data-read-stop]");
  /** @param {boolean} reading */
  const show = (reading) => {
    start?.toggleAttribute("hidden", reading);
    stop?.toggleAttribute("hidden", !reading);
  };
  const silence = () => {
    voice.cancel();
    show(false);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (voice.speaking) return silence();
    const said = sentences(page);
    said.forEach((text, place) => {
      const words = new SpeechSynthesisUtterance(text);
      words.lang = page.documentElement.lang === "en" ? "en-GB" : "zh-CN";
      words.rate = 0.9;
      if (place === said.length - 1) words.onend = () => show(false);
      voice.speak(words);
    });
    show(said.length > 0);
  });
  window.addEventListener("pagehide", silence);
}
