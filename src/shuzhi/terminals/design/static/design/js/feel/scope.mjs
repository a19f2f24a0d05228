/** The bindings of one evaluation, what it may cost, and the reasons of its nulls. */

import { kindWords } from "./values.mjs";

/** @typedef {import("./values.mjs").Value} Value */
/** @typedef {"missing" | "ill-typed" | "rule"} Kind */
/**
 * @typedef {{code: string, en: string, zh: string, span: number[], kind: Kind, input: string | null}} Problem
 * `span` is start, end, line and column.
 */
/** @typedef {{steps: number, depth: number, items: number, characters: number, problems: number}} Limits */

/** @type {Limits} */
export const LIMITS = { steps: 500_000, depth: 100, items: 500_000, characters: 500_000, problems: 100 };
const CALL_COST = 4;

/** The evaluation needs more than its limits allow. */
export class LimitExceeded extends Error {}

/** Names and their values; one for each evaluation. */
export class Scope {
  /** @param {Map<string, Value>} variables @param {Limits} [limits] @param {Value} [now] */
  constructor(variables, limits = LIMITS, now = null) {
    this.variables = variables;
    this.limits = limits;
    this.now = now;
    /** @type {any[]} */
    this.problems = [];
    this.steps = 0;
    this.depth = 0;
  }

  /** @param {number} steps */
  spend(steps) {
    this.steps += steps;
    if (this.steps > this.limits.steps) throw new LimitExceeded("steps");
  }

  enter() {
    this.depth += 1;
    this.spend(CALL_COST);
    if (this.depth > this.limits.depth) throw new LimitExceeded("nested calls");
  }

  /** A list or string that came into being. @param {Value} value */
  sized(value) {
    if (Array.isArray(value) && value.length > this.limits.items) throw new LimitExceeded("items in a list");
    if (typeof value === "string" && value.length > this.limits.characters) {
      if (Array.from(value).length > this.limits.characters) throw new LimitExceeded("characters in a string");
    }
    return value;
  }

  /** Keep the reason of a null; the first ones are enough. @param {Problem} problem */
  report(problem) {
    const text = JSON.stringify(problem);
    if (this.problems.length < this.limits.problems && !this.problems.some((each) => JSON.stringify(each) === text)) {
      this.problems.push(problem);
    }
  }
}

/** An operation in the text: its place, its name, and from which inputs its operands come, where they do. */
export class Site {
  /** @param {number[]} span @param {string} operation @param {(string | null)[]} origins */
  constructor(span, operation, origins = []) {
    this.span = span;
    this.operation = operation;
    this.origins = origins;
  }

  /** The operation has no result for these operands. @param {Scope} scope @param {Value[]} operands @returns {null} */
  refuse(scope, ...operands) {
    const count = Math.min(this.origins.length + operands.length, operands.length);
    const pairs = operands.slice(0, count).map((value, at) => ({ origin: this.origins[at] ?? null, value }));
    const absent = pairs.filter((each) => each.value === null);
    if (absent.length) return this.#missing(scope, absent.find((each) => each.origin)?.origin ?? null);
    const words = pairs.map((each) => kindWords(each.value));
    const origin = pairs.find((each) => each.origin)?.origin ?? null;
    const en = `${origin ? `${origin}: ` : ""}“${this.operation}” does not go with ${words.map((each) => each[0]).join(" and ")}`;
    const zh = `${origin ? `${origin}：` : ""}“${this.operation}”不适用于${words.map((each) => each[1]).join("与")}`;
    return this.#report(scope, "feel.ill_typed", en, zh, origin ? "ill-typed" : "rule", origin);
  }

  /** @param {Scope} scope @param {string | null} origin @returns {null} */
  #missing(scope, origin) {
    if (origin === null && scope.problems.length) return null; // The null was born elsewhere, and was reported there.
    if (origin && scope.problems.some((each) => each.input && `${origin}.`.startsWith(`${each.input}.`))) return null;
    const en = origin ? `${origin} is missing` : `“${this.operation}” was given null`;
    const zh = origin ? `缺：${origin}` : `“${this.operation}”的运算对象为空值`;
    return this.#report(scope, "feel.missing", en, zh, "missing", origin);
  }

  /** A value that the operation is not defined for. @param {Scope} scope @param {string | null} origin @param {string} en @param {string} zh */
  wrongInput(scope, origin, en, zh) {
    return this.#report(scope, "feel.out_of_domain", en, zh, origin ? "ill-typed" : "rule", origin);
  }

  /** Something else is wrong here. @param {Scope} scope @param {string} code @param {string} en @param {string} zh @param {string | null} name */
  wrong(scope, code, en, zh, name = null) {
    return this.#report(scope, code, en, zh, "rule", name);
  }

  /** @param {Scope} scope @param {string} code @param {string} en @param {string} zh @param {Kind} kind @param {string | null} input @returns {null} */
  #report(scope, code, en, zh, kind, input) {
    scope.report({ code, en, zh, span: this.span, kind, input });
    return null;
  }
}

/** Forget the problems since a mark. @param {Scope} scope @param {number} mark */
export function forgive(scope, mark) {
  scope.problems.length = mark;
}

/**
 * Ask a further question: if it decides, the reasons of the earlier ones since the mark don't count, its own do.
 * @template T @param {Scope} scope @param {number} mark @param {() => T} ask @param {boolean} deciding @returns {T}
 */
export function nextAnswer(scope, mark, ask, deciding) {
  const { problems } = scope;
  const earlier = problems.splice(mark);
  const answer = ask();
  if (answer !== deciding && earlier.length) {
    const later = problems.splice(mark, Infinity, ...earlier);
    for (const each of later) if (!isTold(each, problems)) scope.report(each);
  }
  return answer;
}

/** Whether a missing value was named before: the input itself, the whole of which it is a part, or a null handed on. @param {Problem} problem @param {Problem[]} problems */
function isTold(problem, problems) {
  if (problem.code !== "feel.missing") return false;
  return problem.input === null || problems.some((each) => each.input && `${problem.input}.`.startsWith(`${each.input}.`));
}

/** Forget that items of a list had no value. @param {Scope} scope @param {number} mark */
export function forgiveAbsent(scope, mark) {
  scope.problems.push(...scope.problems.splice(mark).filter((each) => each.kind !== "missing" || each.input));
}
