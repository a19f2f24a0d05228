// @ts-check
/** The one code: of the squares that are ready the one of this moment is shown; more are fetched while there is a network. */

const ENOUGH = 120_000;
const card = /** @type {HTMLElement | null} */ (document.querySelector('[data-part="code"]'));

/** @param {HTMLElement} at */
function run(at) {
  const list = /** @type {HTMLElement} */ (at.querySelector(".code-squares"));
  const status = /** @type {HTMLElement} */ (at.querySelector(".code-left"));
  let asking = false;

  async function fetchMore() {
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch(at.dataset.more ?? "", { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.ok) replace((await answer.json()).codes);
      at.toggleAttribute("data-offline", !answer.ok);
    } catch {
      at.toggleAttribute("data-offline", true);
    } finally {
      asking = false;
    }
  }

  /** @param {{since: number, until: number, svg: string}[]} codes */
  function replace(codes) {
    const made = codes.map(({ since, until, svg }) => {
      const item = document.createElement("li");
      item.dataset.since = String(since);
      item.dataset.until = String(until);
      item.hidden = true;
      const drawn = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
      item.append(document.importNode(drawn, true));
      return item;
    });
    list.replaceChildren(...made);
    show();
  }

  function show() {
    const now = Date.now();
    const items = /** @type {HTMLElement[]} */ ([...list.children]);
    // The newest that has begun: it lives longest.
    const good = items.filter((each) => Number(each.dataset.since) <= now + 1000 && now < Number(each.dataset.until));
    const current = good.at(-1);
    for (const each of items) each.hidden = each !== current;
    at.toggleAttribute("data-over", !current);
    const next = items.find((each) => Number(each.dataset.since) > now + 1000);
    const left = Math.max(0, Math.ceil(((next ? Number(next.dataset.since) : Number(current?.dataset.until ?? now)) - now) / 1000));
    const alone = at.hasAttribute("data-offline") ? ` · ${status.dataset.alone}` : "";
    status.textContent = current ? `${left} ${status.dataset.leftZh}${alone}` : (status.dataset.over ?? "");
    const last = Number(items.at(-1)?.dataset.until ?? 0);
    if (last - now < ENOUGH && Math.round(now / 1000) % 5 === 0) void fetchMore();
  }

  status.setAttribute("aria-live", "off"); // a count read aloud every second helps nobody
  show();
  setInterval(show, 1000);
  addEventListener("online", () => void fetchMore());
}

if (card) run(card);
