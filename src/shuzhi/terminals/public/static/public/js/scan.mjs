// @ts-check
/** Checking by camera where the browser can read squares; and a square that led here is checked at once. */

const form = /** @type {HTMLFormElement | null} */ (document.querySelector('form[data-part="scan"]'));

/** @param {HTMLFormElement} at @param {string} text */
function send(at, text) {
  const field = /** @type {HTMLTextAreaElement} */ (at.elements.namedItem("text") ?? at.elements.namedItem("code"));
  field.value = text;
  history.replaceState(null, "", location.pathname);
  at.requestSubmit();
}

/** @param {HTMLFormElement} at */
function offerCamera(at) {
  const Detector = /** @type {any} */ (globalThis).BarcodeDetector;
  if (!Detector || !navigator.mediaDevices) return;
  const place = /** @type {HTMLElement} */ (at.querySelector(".scan"));
  const view = /** @type {HTMLVideoElement} */ (place.querySelector("video"));
  const said = /** @type {HTMLElement} */ (place.querySelector("[data-scan-said]"));
  place.hidden = false;
  place.querySelector("[data-scan]")?.addEventListener("click", async () => {
    try {
      view.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      view.hidden = false;
      await view.play();
      const detector = new Detector({ formats: ["qr_code"] });
      const timer = setInterval(async () => {
        const [found] = await detector.detect(view);
        if (!found) return;
        clearInterval(timer);
        for (const track of /** @type {MediaStream} */ (view.srcObject).getTracks()) track.stop();
        send(at, found.rawValue);
      }, 250);
    } catch (error) {
      said.textContent = String(error);
    }
  });
}

if (form) {
  if (location.hash.startsWith("#SZ1:")) send(form, location.hash.slice(1));
  else offerCamera(form);
}
