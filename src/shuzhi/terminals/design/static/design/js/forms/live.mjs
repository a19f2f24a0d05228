// @ts-check
/**
 * A page of a form that answers at once: shows and hides questions, computes, says what is wrong where somebody has
 * been, and saves by itself. The page is whole without it, and the server decides in any case.
 */

import { loadForm } from "./evaluate.mjs";

const WAIT = 1200;
const LONGEST = 5000;
const language = () => (document.documentElement.lang.startsWith("zh") ? "zh" : "en");
/** @param {string} id @returns {any} */
const embedded = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "{}");

/** @param {HTMLFormElement} form */
export async function fillHere(form) {
  form.dataset.live = "loading";
  const answer = await fetch(form.dataset.document ?? "", { headers: { accept: "application/json" } });
  if (!answer.ok) return;
  new LivePage(form, loadForm((await answer.json()).document));
  form.dataset.live = "browser";
}

class LivePage {
  /** @param {HTMLFormElement} form @param {ReturnType<typeof loadForm>} rules */
  constructor(form, rules) {
    this.form = form;
    this.rules = rules;
    this.others = embedded("filling-others");
    this.facts = embedded("filling-facts");
    this.questions = /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-field]")]);
    this.visited = new Set(this.questions.filter((each) => each.querySelector(".has-error")).map(nameOf));
    this.saved = JSON.stringify(this.answers());
    this.timer = 0;
    this.leaving = false;
    /** The save that is on its way, if one is. @type {Promise<void> | null} */
    this.saving = null;
    this.pressing = false;
    form.addEventListener("input", (event) => this.changed(event));
    form.addEventListener("change", (event) => this.changed(event));
    form.addEventListener("focusout", (event) => this.left(event));
    form.addEventListener("submit", (event) => this.leave(event));
    form.addEventListener("pointerdown", (event) => this.press(event));
    for (const over of ["pointerup", "pointercancel"]) window.addEventListener(over, () => this.release());
    this.show();
  }

  /** While a button is pressed nothing moves: it would slip away from under the pointer, and the press be lost. @param {Event} event */
  press(event) {
    this.pressing = event.target instanceof Element && event.target.closest("button") !== null;
  }

  release() {
    if (!this.pressing) return;
    // The click comes after this.
    window.setTimeout(() => {
      this.pressing = false;
      this.show();
    }, 0);
  }

  /** What stands in the page; files are the server's. @returns {Record<string, any>} */
  answers() {
    /** @type {Record<string, any>} */
    const found = {};
    const typed = new FormData(this.form);
    for (const question of this.questions) {
      const name = nameOf(question);
      if (question.dataset.kind === "rows") {
        found[name] = [...question.querySelectorAll(".row-card")].map(() => ({}));
        continue;
      }
      if (question.dataset.kind === "files" || question.querySelector("output")) continue;
      const given = typed.getAll(name).map(String);
      // A hidden question's controls are out of use; its answer waits should it show again.
      const answer = question.hidden || isInHidden(question) ? valuesOf(question) : question.dataset.kind === "choices" ? given : (given.at(-1) ?? null);
      const [rows, number, cell] = name.split(".");
      if (cell) found[rows][Number(number)][cell] = answer;
      else found[name] = answer;
    }
    return found;
  }

  show() {
    if (this.pressing) return;
    const outcome = this.rules.evaluate({ ...this.others, ...this.answers() }, { facts: this.facts, today: this.form.dataset.today ?? "" });
    const faults = new Map(outcome.errors.map((each) => [each.field, each[language()]]));
    for (const question of this.questions) this.draw(question, outcome, faults.get(nameOf(question)));
    for (const section of /** @type {NodeListOf<HTMLElement>} */ (this.form.querySelectorAll("[data-section]"))) {
      section.hidden = [...section.querySelectorAll("[data-field]")].every((each) => each.hasAttribute("hidden"));
    }
  }

  /** @param {HTMLElement} question @param {import("./evaluate.mjs").Outcome} outcome @param {string | undefined} fault */
  draw(question, outcome, fault) {
    const name = nameOf(question);
    const [whole, , cell] = name.split(".");
    const shown = outcome.visible[whole] === true;
    question.hidden = !shown;
    const controls = question.querySelectorAll("input, select, textarea, button");
    for (const each of controls) each.toggleAttribute("disabled", !shown);
    const output = question.querySelector("output");
    if (output) output.textContent = wordsOf(outcome.values[name], output.dataset);
    if (!cell) question.querySelector(".may")?.toggleAttribute("hidden", outcome.required[name] === true);
    if (question.dataset.kind !== "files") this.blame(question, this.visited.has(name) ? fault : undefined);
  }

  /** @param {HTMLElement} question @param {string | undefined} fault */
  blame(question, fault) {
    const place = question.querySelector(".wrong");
    if (!place) return;
    place.toggleAttribute("hidden", !fault);
    question.querySelector(":scope > .field")?.classList.toggle("has-error", Boolean(fault));
    const words = place.querySelector("[data-error]");
    if (words) words.textContent = fault ?? "";
    const control = question.dataset.kind === "rows" ? null : question.querySelector("input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea");
    if (fault) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
  }

  /** @param {Event} event */
  changed(event) {
    const question = questionOf(event);
    if (question && event.type === "change") this.visited.add(nameOf(question));
    this.show();
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), WAIT);
  }

  /** A fault is said when somebody has left the question, not while they type. @param {Event} event */
  left(event) {
    const question = questionOf(event);
    const to = event instanceof FocusEvent ? event.relatedTarget : null;
    if (!question || (to instanceof Node && question.contains(to)) || !valuesOf(question)?.length) return;
    this.visited.add(nameOf(question));
    this.show();
  }

  /**
   * What is being saved has a new revision: the page goes with that one, or the server would take it for one of
   * another device. @param {SubmitEvent} event
   */
  leave(event) {
    this.leaving = true;
    window.clearTimeout(this.timer);
    if (!this.saving) return;
    event.preventDefault();
    const button = event.submitter;
    const going = [this.saving, new Promise((late) => window.setTimeout(late, LONGEST))];
    void Promise.race(going).then(() => {
      this.saving = null;
      this.form.requestSubmit(button);
    });
  }

  async save() {
    if (this.saving) {
      this.timer = window.setTimeout(() => void this.save(), WAIT);
      return;
    }
    this.saving = this.put();
    await this.saving;
    this.saving = null;
  }

  async put() {
    const answers = this.answers();
    const written = JSON.stringify(answers);
    const revision = /** @type {HTMLInputElement} */ (this.form.elements.namedItem("revision"));
    if (written === this.saved || this.leaving) return;
    try {
      const answer = await fetch(this.form.dataset.save ?? "", {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ answers, revision: Number(revision.value) }),
        keepalive: true,
      });
      if (answer.ok) {
        this.saved = written;
        revision.value = String((await answer.json()).revision);
      }
      this.say(answer.ok ? "Saved" : answer.status === 409 ? "Stale" : "Failed");
    } catch {
      this.say("Failed");
    }
  }

  /** @param {"Saved" | "Stale" | "Failed"} state */
  say(state) {
    const place = /** @type {HTMLElement | null} */ (this.form.querySelector("[data-saved]"));
    if (!place) return;
    const time = new Date().toLocaleTimeString(language() === "zh" ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit" });
    place.dataset.saved = state.toLowerCase();
    place.textContent = `${place.dataset[`words${state}`]}${state === "Saved" ? ` ${time}` : ""}`;
  }
}

/** @param {HTMLElement} question */
const nameOf = (question) => question.dataset.field ?? "";

/** Whether the rows that a question stands in are hidden. @param {HTMLElement} question */
const isInHidden = (question) => question.parentElement?.closest("[data-field][hidden]") !== null;

/** @param {Event} event */
function questionOf(event) {
  const found = event.target instanceof Element ? event.target.closest("[data-field]") : null;
  return found instanceof HTMLElement ? found : null;
}

/** What stands in a question's controls, in use or not. @param {HTMLElement} question @returns {any} */
function valuesOf(question) {
  const controls = /** @type {NodeListOf<HTMLInputElement>} */ (question.querySelectorAll("input:not([type=hidden], [type=file]), select, textarea"));
  const chosen = [...controls].filter((each) => (each.type !== "radio" && each.type !== "checkbox") || each.checked).map((each) => each.value);
  return question.dataset.kind === "choices" ? chosen : (chosen.at(-1) ?? null);
}

/** @param {any} value @param {DOMStringMap} words */
function wordsOf(value, words) {
  if (value === null || value === undefined) return "—";
  if (typeof value === "boolean") return (value ? words.yes : words.no) ?? "";
  return Array.isArray(value) ? value.join(language() === "zh" ? "、" : ", ") : String(value);
}
