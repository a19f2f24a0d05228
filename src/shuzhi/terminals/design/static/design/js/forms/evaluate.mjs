/**
 * What a set of answers means: the server's `engine/evaluating.py` in the browser, over the document that
 * `engine/portable.py` makes. What this evaluator lacks is named in `unsupported`; the server decides in any case.
 */

import { load, LIMITS, textOf } from "../feel/feel.mjs";
import { Num } from "../feel/number.mjs";
import { Day, dateFrom } from "../feel/temporal.mjs";
import { blamer, feelRows, feelValue, readAnswer, readRows } from "./fields.mjs";

/** @typedef {import("./fields.mjs").Answer} Answer */
/** @typedef {import("./fields.mjs").Fault} Fault */
/** @typedef {import("./fields.mjs").Field} Field */
/** @typedef {{value: any, status: string}} Asked */
/** @typedef {(scope: Map<string, any>, now: any) => Asked} Rule */
/** @typedef {{visible: Record<string, boolean>, required: Record<string, boolean>, values: Record<string, Answer>, errors: Fault[]}} Outcome */

const VERSION = 1;
const WITHIN = { ...LIMITS, steps: 50_000, depth: 50, items: 10_000, characters: 50_000, problems: 20 };

/** A form ready to be asked. @param {any} document */
export function loadForm(document) {
  if (document.v !== VERSION) throw new TypeError(`version ${document.v} of the form is not read here`);
  /** @type {string[]} */
  const unsupported = [...document.unsupported];
  /** @param {string} name @param {any} tree @returns {Rule} */
  const rule = (name, tree) => {
    const made = tree && load(tree);
    if (!made || made.unsupported.length) unsupported.push(name);
    return (scope, now) => {
      if (!made) return { value: null, status: "unsupported" };
      const found = made.evaluate(scope, { now, limits: WITHIN });
      return { value: found.value, status: found.status === "limit" ? "error" : found.status };
    };
  };
  /** @param {Record<string, any>} trees @returns {Map<string, Rule>} */
  const rules = (trees) => new Map(Object.entries(trees).map(([name, tree]) => [name, rule(name, tree)]));
  const form = {
    fields: new Map(document.fields.map((/** @type {Field} */ each) => [each.name, each])),
    order: document.order,
    facts: document.facts,
    messages: document.messages,
    visible: new Map(Object.entries(document.visible).map(([name, trees]) => [name, /** @type {any[]} */ (trees).map((tree) => rule(name, tree))])),
    required: rules(document.required),
    value: rules(document.value),
    constraints: document.constraints.map((/** @type {any} */ each) => ({ ...each, rule: rule(each.id, each.tree) })),
  };
  /** @param {Record<string, any>} answers @param {{facts?: Record<string, any>, today: string, now?: any}} given @returns {Outcome} */
  const evaluate = (answers, given) => new Evaluation(form, given).outcome(answers);
  return { unsupported: [...new Set(unsupported)], evaluate };
}

class Evaluation {
  /** @param {any} form @param {{facts?: Record<string, any>, today: string, now?: any}} given */
  constructor(form, { facts = {}, today, now = null }) {
    this.form = form;
    this.now = now;
    /** @type {Map<string, any>} */
    this.scope = new Map([...form.fields.keys()].map((name) => [name, null]));
    for (const [name, kind] of Object.entries(form.facts)) this.scope.set(name, feelValue(String(kind), facts[name] ?? null));
    this.scope.set("today", dateFrom(today));
    /** @type {Map<string, Answer>} */
    this.values = new Map();
    /** @type {Map<string, Fault[]>} */
    this.faults = new Map();
  }

  /** @param {Record<string, any>} answers @returns {Outcome} */
  outcome(answers) {
    /** @type {Map<string, boolean>} */
    const visible = new Map();
    for (const name of this.form.order) {
      visible.set(name, (this.form.visible.get(name) ?? []).every((/** @type {Rule} */ rule) => this.ask(rule).value === true));
      if (visible.get(name)) this.take(this.form.fields.get(name), Object.hasOwn(answers, name) ? answers[name] : null);
    }
    const ordered = [...this.form.fields.keys()].filter((name) => visible.has(name));
    /** @type {Record<string, boolean>} */
    const required = {};
    for (const name of ordered) {
      required[name] = visible.get(name) === true && this.isRequired(name);
      if (required[name] && (this.values.get(name) ?? null) === null && !this.faults.has(name)) this.faults.set(name, [this.blame(name)("required")]);
    }
    const errors = ordered.flatMap((name) => this.faults.get(name) ?? []);
    const shown = ordered.filter((name) => visible.get(name));
    return {
      visible: Object.fromEntries(ordered.map((name) => [name, visible.get(name) === true])),
      required,
      values: Object.fromEntries(shown.map((name) => [name, this.values.get(name) ?? null])),
      errors: [...errors, ...this.broken(visible)],
    };
  }

  /** @param {string} name */
  blame(name) {
    return blamer(this.form.fields.get(name), this.form.messages);
  }

  /** @param {Field} field @param {any} given */
  take(field, given) {
    if (field.kind === "rows") return this.takeRows(field, given);
    const rule = this.form.value.get(field.name);
    const { answer, fault } = rule ? this.computed(field, rule) : readAnswer(field, given, this.blame(field.name));
    this.values.set(field.name, answer);
    if (fault) this.faults.set(field.name, [fault]);
    this.scope.set(field.name, fault ? null : feelValue(field.kind, answer));
  }

  /** @param {Field} field @param {any} given */
  takeRows(field, given) {
    const { rows, faults } = readRows(field, given, this.form.messages);
    this.values.set(field.name, rows);
    if (faults.length) this.faults.set(field.name, faults);
    this.scope.set(field.name, faults.length ? null : feelRows(field, rows));
  }

  /** @param {Field} field @param {Rule} rule @returns {import("./fields.mjs").Read} */
  computed(field, rule) {
    const { value, status } = this.ask(rule);
    const blame = this.blame(field.name);
    if (status === "error") return { answer: null, fault: blame("rule_fault") };
    if (value === null || status !== "value") return { answer: null, fault: null };
    const answer = answerOf(field.kind, value);
    return answer === null ? { answer: null, fault: blame("rule_fault") } : readAnswer(field, answer, blame);
  }

  /** @param {string} name */
  isRequired(name) {
    if (this.form.value.has(name)) return false;
    const rule = this.form.required.get(name);
    return this.form.fields.get(name).required || (rule !== undefined && this.ask(rule).value === true);
  }

  /** @param {Map<string, boolean>} visible @returns {Fault[]} */
  broken(visible) {
    /** @type {Fault[]} */
    const found = [];
    for (const { id, fields, names, message, rule } of this.form.constraints) {
      const [shown] = fields.filter((/** @type {string} */ name) => visible.get(name));
      if (!shown || names.some((/** @type {string} */ name) => this.faults.has(name))) continue;
      const { value, status } = this.ask(rule);
      if (status === "error") found.push(this.blame(shown)("rule_fault"));
      else if (status === "value" && value !== true) found.push({ field: shown, code: `constraint/${id}`, ...message });
    }
    return found;
  }

  /** @param {Rule} rule @returns {Asked} */
  ask(rule) {
    return rule(this.scope, this.now);
  }
}

/** A computed value as an answer; null where it is of another kind. @param {string} kind @param {any} value @returns {Answer} */
function answerOf(kind, value) {
  if (kind === "integer" || kind === "number") return value instanceof Num ? textOf(value) : null;
  if (kind === "date") return value instanceof Day ? textOf(value) : null;
  if (kind === "boolean") return typeof value === "boolean" ? value : null;
  if (kind === "choices" || kind === "files") return Array.isArray(value) && value.every((each) => typeof each === "string") ? [...value] : null;
  return typeof value === "string" ? value : null;
}
