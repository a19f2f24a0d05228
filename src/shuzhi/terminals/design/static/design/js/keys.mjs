// @ts-check
/** Keys of the staff pages: `/` search, `j` and `k` through rows, `Enter` opens, `e` acts, `n` and `p` turn pages. */

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** @param {Document} page @returns {HTMLElement[]} */
const rows = (page) => [...page.querySelectorAll("[data-row]")].filter((row) => row instanceof HTMLElement);

/** @param {Document} page @param {number} step */
function move(page, step) {
  const all = rows(page);
  const now = all.findIndex((row) => row.classList.contains("here"));
  const next = all[Math.min(Math.max(now + step, 0), all.length - 1)];
  if (!next) return;
  all[now]?.classList.remove("here");
  next.classList.add("here");
  const link = next.querySelector("a, button");
  if (link instanceof HTMLElement) link.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

/** @param {Document} page */
function act(page) {
  const here = page.querySelector("[data-row].here") ?? page.activeElement?.closest("[data-row]");
  const action = here?.querySelector("[data-act]");
  if (action instanceof HTMLElement) action.click();
}

/** @param {Document} page @param {"before" | "after"} way */
function turn(page, way) {
  const link = page.querySelector(`[data-${way}]`);
  if (link instanceof HTMLElement) link.click();
}

/** @param {Document} page */
function search(page) {
  const field = page.querySelector("[data-search]");
  if (!(field instanceof HTMLInputElement)) return false;
  field.focus();
  field.select();
  return true;
}

/** @param {Document} page */
export function listen(page) {
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
    if (event.key === "j") move(page, 1);
    else if (event.key === "k") move(page, -1);
    else if (event.key === "e") act(page);
    else if (event.key === "n") turn(page, "after");
    else if (event.key === "p") turn(page, "before");
    else if (event.key === "/" && search(page)) event.preventDefault();
  });
}
