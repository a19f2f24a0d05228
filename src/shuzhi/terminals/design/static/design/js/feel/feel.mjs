/**
 * FEEL in the browser: evaluates the tree that the server made of a rule (`feel.tree.as_json`), with the same
 * semantics. Nothing is parsed here, and nothing is guessed: what this evaluator does not have is named at load.
 */

import { Unsupported } from "./number.mjs";
import { LIMITS, LimitExceeded, Scope } from "./scope.mjs";
import { Builder } from "./compile.mjs";

export { fromJson, toJson, textOf } from "./values.mjs";
export { LIMITS, Scope } from "./scope.mjs";

export const VERSION = 1;

/** @typedef {import("./values.mjs").Value} Value */
/** @typedef {import("./scope.mjs").Problem} Problem */
/** @typedef {{name: string, span: number[]}} Lack what this evaluator does not have, and where it stands */
/**
 * @typedef {{status: "value" | "not_evaluable" | "error" | "unsupported" | "limit", value: Value, problems: Problem[], missing: string[], lacks: Lack[]}} Answer
 * `value` is the standard's even where the status is not "value"; with "unsupported" or "limit" ask the server.
 */

/** The version of a document must be known. @param {{v: number}} document */
export function known(document) {
  if (document.v !== VERSION) throw new TypeError(`version ${document.v} of the rules is not read here`);
}

/** @param {unknown} error @returns {{status: "unsupported" | "limit", lacks: Lack[]}} */
export function giveUp(error) {
  if (error instanceof Unsupported) return { status: "unsupported", lacks: [{ name: error.name, span: error.span ?? [] }] };
  if (error instanceof LimitExceeded || error instanceof RangeError) return { status: "limit", lacks: [] };
  throw error;
}

/** @param {Value} value @param {Problem[]} problems @returns {Answer} */
function verdict(value, problems) {
  const missing = [...new Set(problems.flatMap((each) => (each.kind !== "rule" && each.input ? [each.input] : [])))];
  const isWrong = problems.some((each) => each.kind === "rule");
  const status = isWrong ? "error" : problems.length ? "not_evaluable" : "value";
  return { status, value, problems, missing: status === "not_evaluable" ? missing : [], lacks: [] };
}

/**
 * An expression ready to run: `unsupported` says what the evaluator lacks, `evaluate` answers for given variables
 * (values of FEEL, see `fromJson`).
 * @param {{v: number, tree: any}} document @param {Map<string, any>} [types]
 */
export function load(document, types = new Map()) {
  known(document);
  const builder = new Builder(types);
  const run = builder.build(document.tree);
  const unsupported = builder.unsupported;
  /** @param {Map<string, Value>} variables @param {{now?: Value, limits?: import("./scope.mjs").Limits}} [options] @returns {Answer} */
  function evaluate(variables, { now = null, limits = LIMITS } = {}) {
    const scope = new Scope(variables, limits, now);
    if (unsupported.length) return { status: "unsupported", value: null, problems: [], missing: [], lacks: unsupported };
    try {
      const value = run([scope, variables, null, ...new Array(builder.slots - 3).fill(null)]);
      return verdict(value, scope.problems);
    } catch (error) {
      return { value: null, problems: [], missing: [], ...giveUp(error) };
    }
  }
  return { unsupported, evaluate };
}
