/** How built-in functions are declared, by the signatures of the standard's tables, and how functions are called. */

import { Undefined, Unsupported } from "./number.mjs";
import { Callable, MISFIT, accepts, coerced, kindWords } from "./values.mjs";

/** @typedef {import("./values.mjs").Value} Value */
/** @typedef {import("./values.mjs").Type} Type */
/** @typedef {import("./scope.mjs").Scope} Scope */
/** @typedef {import("./scope.mjs").Site} Site */
/** @typedef {{name: string, type: Type, nullable: boolean}} Parameter */
/** @typedef {{parameters: Parameter[], required: number, variadic: boolean, call: (scope: Scope, ...values: Value[]) => Value}} Signature */

/** An argument of the right type that a function is not defined for; the result is null. */
export class OutOfDomain extends Error {
  /** @param {string} en @param {string} zh */
  constructor(en, zh) {
    super(en);
    this.en = en;
    this.zh = zh;
  }
}

const DAY = ["one", ["date", "date and time"]];
const DURATION = ["one", ["days and time duration", "years and months duration"]];
const POINT = ["one", ["number", "string", "date", "time", "date and time", ...DURATION[1]]];
/** @type {Record<string, Type>} */
const TYPES = {
  any: "Any",
  day: DAY,
  days: "days and time duration",
  duration: DURATION,
  months: "years and months duration",
  numbers: ["list", "number"],
  point: POINT,
  strings: ["list", "string"],
  contexts: ["list", "context"],
  "time or moment": ["one", ["time", "date and time"]],
};

/** @type {Map<string, Callable>} */
export const BUILTINS = new Map();

/** @param {string} text @param {any} call @returns {Signature} */
function signature(text, call) {
  const parts = text ? text.split(", ") : [];
  const parameters = parts.map((part) => {
    const [name, kind] = part.split(": ");
    const word = kind.replace(/[?*!]+$/, "");
    return { name, type: TYPES[word] ?? word, nullable: "?!".includes(kind.slice(-1)) || word === "any" };
  });
  const required = parts.filter((part) => !part.endsWith("?")).length;
  return { parameters, required, variadic: text.endsWith("*"), call };
}

/** Declare signatures of a built-in function; earlier ones are tried first. @param {string} name @param {string} text @param {(scope: Scope, ...values: any[]) => Value} call */
export function builtin(name, text, call) {
  const earlier = BUILTINS.get(name)?.signatures ?? [];
  BUILTINS.set(name, new Callable(name, [...earlier, signature(text, call)]));
}

/** @param {Signature} made @param {Value[]} values @returns {Value[] | null} */
function inOrder(made, values) {
  const { parameters } = made;
  if (values.length < made.required || (values.length > parameters.length && !made.variadic)) return null;
  const fitted = [];
  for (const [at, value] of values.entries()) {
    const parameter = parameters[Math.min(at, parameters.length - 1)];
    if (value === null && !parameter.nullable) return null;
    const argument = value === null || accepts(parameter.type, value) ? value : coerced(value, parameter.type);
    if (argument === MISFIT || (argument === null && value !== null)) return null;
    fitted.push(argument);
  }
  return fitted;
}

/** @param {Signature} made @param {string[]} names */
function places(made, names) {
  const known = made.parameters.map((each) => each.name);
  const fits = new Set(names).size === names.length && names.every((name) => known.includes(name));
  return fits ? names.map((name) => known.indexOf(name)) : null;
}

/** @param {Signature} made @param {Value[]} values @param {string[]} names @returns {Value[] | null} */
function byName(made, values, names) {
  const found = places(made, names);
  if (!found) return null;
  /** @type {Value[]} */
  const fitted = new Array(Math.max(made.required, ...found.map((at) => at + 1), 0)).fill(null);
  for (const [at, value] of values.entries()) {
    const argument = coerced(value, made.parameters[found[at]].type);
    if (argument === MISFIT) return null;
    fitted[found[at]] = argument;
  }
  const last = made.parameters.length - 1;
  return fitted.every((value, at) => value !== null || made.parameters[Math.min(at, last)].nullable) ? fitted : null;
}

/** @param {Signature} made @param {number} count @param {string[] | null} names */
function fitsCount(made, count, names) {
  if (names) return places(made, names) !== null;
  return count >= made.required && (made.variadic || count <= made.parameters.length);
}

/** @param {string} name @param {Scope} scope @param {Site} site */
function noSignature(name, scope, site) {
  const en = `${name || "the function"} does not take these arguments`;
  return site.wrong(scope, "feel.arguments", en, `${name || "该函数"}不接受这些参数`);
}

/** @param {Callable} called @param {Value[]} values @param {string[] | null} names @param {Scope} scope @param {Site} site @returns {Value} */
export function callBuiltin(called, values, names, scope, site) {
  if (scope.steps >= scope.limits.steps) scope.spend(1);
  scope.steps += 1;
  /** @type {Signature[]} */
  const signatures = called.signatures;
  for (const made of names ? likeliestFirst(signatures, names) : signatures) {
    const fitted = names ? byName(made, values, names) : inOrder(made, values);
    if (fitted) return attempt(called, made, fitted, values, scope, site);
  }
  if (signatures.some((made) => fitsCount(made, values.length, names))) return site.refuse(scope, ...values);
  return noSignature(called.name, scope, site);
}

/** @param {Signature[]} signatures @param {string[]} names */
function likeliestFirst(signatures, names) {
  const text = JSON.stringify(names);
  const isExact = (/** @type {Signature} */ made) => JSON.stringify(made.parameters.map((each) => each.name)) === text;
  return [...signatures.filter(isExact), ...signatures.filter((made) => !isExact(made))];
}

/** @param {Callable} called @param {Signature} made @param {Value[]} fitted @param {Value[]} values @param {Scope} scope @param {Site} site */
function attempt(called, made, fitted, values, scope, site) {
  const { name } = called;
  try {
    return scope.sized(made.call(scope, ...fitted));
  } catch (error) {
    if (error instanceof OutOfDomain) {
      const origin = values.map((_, at) => site.origins[at]).find(Boolean) ?? null;
      return site.wrongInput(scope, origin, `${name}: ${error.en}`, `${name}：${error.zh}`);
    }
    if (error instanceof Undefined) return site.wrong(scope, "feel.undefined", `${name} has no result here`, `${name} 在此没有结果`);
    if (error instanceof Unsupported) error.span ??= site.span;
    throw error;
  }
}

/** @param {Callable} called @param {Value[]} values @param {string[] | null} names @param {Scope} scope @param {Site} site @returns {Value} */
function callOwn(called, values, names, scope, site) {
  /** @type {Parameter[]} */
  const parameters = called.parameters;
  const known = parameters.map((each) => each.name);
  const fits = names ? new Set(names).size === names.length && names.every((each) => known.includes(each)) : values.length === known.length;
  if (!fits) return noSignature(called.name, scope, site);
  const placed = names ? known.map((each) => values[names.indexOf(each)] ?? null) : values;
  const fitted = placed.map((value, at) => {
    const argument = coerced(value, parameters[at].type);
    if (argument !== MISFIT) return argument;
    const [en, zh] = kindWords(value);
    return site.wrong(scope, "feel.argument_type", `${known[at]} can't be ${en}`, `参数“${known[at]}”不能是${zh}`);
  });
  return run(called, fitted, scope);
}

/** @param {Callable} called @param {Value[]} values @param {Scope} scope */
function run(called, values, scope) {
  scope.enter();
  try {
    return called.call(scope, values);
  } finally {
    scope.depth -= 1;
  }
}

/** Call whatever this is; null, with the reason, where it can't be called so. @param {Value} called @param {Value[]} values @param {string[] | null} names @param {Scope} scope @param {Site} site @returns {Value} */
export function invoke(called, values, names, scope, site) {
  if (called instanceof Callable) return (called.signatures ? callBuiltin : callOwn)(called, values, names, scope, site);
  if (called === null && scope.problems.length) return null; // An unknown name has been reported as such.
  const [en, zh] = kindWords(called);
  return site.wrong(scope, "feel.no_function", `${en} can't be called`, `${zh}不能被调用`);
}

/** What a function written in FEEL gives, as `sort` and `list replace` call it. @param {Scope} scope @param {Callable} called @param {Value[]} values */
export function called(scope, called, ...values) {
  if (called.signatures || called.parameters.length !== values.length) {
    throw new OutOfDomain(`a function of ${values.length} is needed`, `需要 ${values.length} 个参数的函数`);
  }
  const fitted = values.map((value, at) => coerced(value, called.parameters[at].type));
  if (fitted.includes(MISFIT)) throw new OutOfDomain("the function does not take the items", "该函数不接受列表中的项");
  return run(called, fitted, scope);
}
