// @ts-check
/**
 * A form that decides by itself: the rule comes as trees from the server and is evaluated here, with the reason.
 * What this evaluator does not have, what can't be read and what is wrong with a rule is left to the server.
 */

import { fromJson } from "./feel/feel.mjs";
import { loadDecision } from "./feel/decisions.mjs";
import { momentFrom } from "./feel/temporal.mjs";
import { shown, stepLines } from "./feel/words.mjs";

/** @typedef {{name: string, path: string[], kind: string}} Asked */
/** @typedef {import("./feel/words.mjs").Words} Words */

const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/;
const language = () => (document.documentElement.lang.startsWith("zh") ? "zh" : "en");
/** @param {Words} words */
const said = (words) => words[language()];

/** Loads the rule; a form whose rule can't be decided here stays as it is. @param {HTMLFormElement} form */
export async function decideHere(form) {
  form.dataset.live = "loading";
  const answer = await fetch(form.dataset.trees ?? "", { headers: { accept: "application/json" } });
  if (!answer.ok) return;
  const rules = loadDecision(await answer.json());
  if (rules.unsupported.length) {
    form.dataset.live = "server";
    return;
  }
  const fields = /** @type {Asked[]} */ (JSON.parse(form.dataset.fields ?? "[]"));
  form.addEventListener("submit", (event) => decide(event, form, rules, fields));
  form.dataset.live = "browser";
}

/** @param {SubmitEvent} event @param {HTMLFormElement} form @param {ReturnType<typeof loadDecision>} rules @param {Asked[]} fields */
function decide(event, form, rules, fields) {
  const place = document.getElementById("answer");
  const given = inputsOf(form, fields);
  const typed = new FormData(form);
  const day = String(typed.get("day") ?? "");
  if (!place || !given || !day) return;
  const found = rules.decide(given, { asOf: day, now: momentFrom(`${day}T00:00:00Z`) });
  if (found.status !== "value" && found.status !== "not_evaluable") return;
  event.preventDefault();
  place.replaceChildren(...partsOf(found));
  document.querySelector(".notices")?.remove();
  place.focus();
}

/** The values typed, components within their contexts; null where something can't be read. @param {HTMLFormElement} form @param {Asked[]} fields */
function inputsOf(form, fields) {
  const typed = new FormData(form);
  const given = new Map();
  for (const { name, path, kind } of fields) {
    const value = valueOf(kind, String(typed.get(name) ?? "").trim());
    if (value === undefined) return null;
    let holder = given;
    for (const step of path.slice(0, -1)) {
      if (!holder.has(step)) holder.set(step, new Map());
      holder = holder.get(step);
    }
    if (value !== null) holder.set(path[path.length - 1], value);
  }
  return given;
}

/** A value; null where nothing is typed, undefined where the server must say what is wrong. @param {string} kind @param {string} text */
function valueOf(kind, text) {
  if (text === "") return null;
  if (kind === "boolean") return text === "true";
  if (kind === "number") return NUMBER.test(text) ? fromJson({ $number: text }) : undefined;
  if (kind !== "json") return text;
  // Digits beyond a double's would be lost here.
  return /\d{15}/.test(text) ? undefined : parsed(text);
}

/** @param {string} text */
function parsed(text) {
  try {
    return fromJson(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** @param {string} tag @param {{className?: string, textContent?: string}} facts @param {Node[]} children */
function make(tag, facts, ...children) {
  const made = Object.assign(document.createElement(tag), facts);
  made.append(...children);
  return made;
}

/** The answer as the server's template writes it. @param {any} found */
function partsOf(found) {
  const tone = found.status === "value" ? "success" : "warning";
  const verdict = make("div", { className: `verdict ${tone}` }, make("h3", { textContent: said({ zh: "答案", en: "Answer" }) }), make("p", { className: "verdict-value", textContent: verdictOf(found) }));
  const why = make("h3", { textContent: said({ zh: "为什么", en: "Why" }) });
  const steps = make("ol", { className: "why-steps" }, ...found.steps.map(stepOf));
  const by = make("p", { className: "small muted decided-by", textContent: said({ zh: "在这台电脑上判断，没有发给服务器。", en: "Decided on this computer; nothing was sent to the server." }) });
  return [verdict, why, steps, by];
}

/** @param {any} found */
function verdictOf(found) {
  if (found.status === "value") return shown(found.value, language());
  return said({ zh: `无法判断，缺：${found.missing.join("、")}`, en: `can't be decided, missing: ${found.missing.join(", ")}` });
}

/** @param {import("./feel/decisions.mjs").Step} step */
function stepOf(step) {
  const [first, ...rest] = stepLines(step).map((each) => said(each).trim());
  const line = make("p", { textContent: first });
  return make("li", {}, line, ...(rest.length ? [make("ul", {}, ...rest.map((textContent) => make("li", { textContent })))] : []));
}
