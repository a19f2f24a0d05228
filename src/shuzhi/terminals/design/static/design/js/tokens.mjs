// @ts-check
/** The page's colours and type, for things that draw on a canvas. */

/** @param {Element} element */
export function tokensOf(element) {
  const style = getComputedStyle(element);
  /** @param {string} name */
  const token = (name) => style.getPropertyValue(name).trim();
  return {
    token,
    ink: token("--ink"),
    muted: token("--muted"),
    line: token("--line"),
    edge: token("--edge"),
    paper: token("--paper"),
    ground: token("--ground"),
    primary: token("--primary"),
    sans: token("--sans"),
    size: parseFloat(token("--size-1")) * parseFloat(getComputedStyle(document.documentElement).fontSize),
    data: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => token(`--data-${n}`)),
    still: matchMedia("(prefers-reduced-motion: reduce)").matches,
  };
}
