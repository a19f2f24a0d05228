/** From the tree as JSON to closures: names become slots, what is known is computed once; and unary tests. */

import { number } from "./number.mjs";
import { literalFrom } from "./temporal.mjs";
import { Range, equal } from "./values.mjs";
import { LimitExceeded, Scope, Site, nextAnswer } from "./scope.mjs";
import { bounded, checked, meets } from "./operators.mjs";
import { BUILTINS } from "./registry.mjs";
import { Unsupported } from "./number.mjs";

/** @typedef {import("./values.mjs").Value} Value */
/** @typedef {import("./values.mjs").Truth} Truth */
/** @typedef {any[]} Env the scope, its variables, the tested value, then local variables */
/** @typedef {(env: Env) => Value} Run */
/** @typedef {(env: Env, value: Value) => Truth} Test */
/** @typedef {any[]} Node a kind, a span, and the fields of this kind */

const LOCALS = 3;
export const UNKNOWN = Symbol("unknown");
const FOLDING = { steps: 1000, depth: 5, items: 1000, characters: 10_000, problems: 100 };
const FOLDED = new Set(["Negation", "Arithmetic", "ListLiteral", "RangeLiteral", "Bound"]);
/** The code of each kind of node, filled by `compile.mjs`. @type {Record<string, (builder: Builder, node: Node) => Run>} */
export const METHODS = {};
const TRUTHS = new Set(["Comparison", "Conjunction", "Disjunction", "Between", "In", "InstanceOf", "Quantified", "Call"]);
export const ABSENT = new Set(["matches", "replace", "split", "log", "exp", "range"]);
/** @type {Record<string, string>} */
const TYPE_NAMES = { any: "Any", null: "Null", dateTime: "date and time", dayTimeDuration: "days and time duration", yearMonthDuration: "years and months duration" };
const TYPES = new Set(["Any", "Null", "number", "string", "boolean", "date", "time", "date and time", "days and time duration", "years and months duration"]);

/** @param {any} item @returns {item is Node} */
export const isNode = (item) => Array.isArray(item) && typeof item[0] === "string" && Array.isArray(item[1]) && item[1].length === 4 && typeof item[1][0] === "number";

/** The nodes right below one. @param {Node} node @returns {Node[]} */
function children(node) {
  return node.slice(2).flatMap((each) => (isNode(each) ? [each] : Array.isArray(each) ? each.filter(isNode) : []));
}

/** @param {Node} node @returns {boolean} */
const asksInput = (node) => node[0] === "InputValue" || children(node).some(asksInput);

/** Compiles one text. */
export class Builder {
  /** @param {Map<string, any>} types the named types of the model */
  constructor(types = new Map()) {
    this.types = types;
    this.slots = LOCALS;
    /** @type {(Map<string, number> | number)[]} */
    this.scopes = [];
    /** @type {Map<Node, Value>} */
    this.folded = new Map();
    /** @type {{name: string, span: number[]}[]} */
    this.unsupported = [];
  }

  slot() {
    this.slots += 1;
    return this.slots - 1;
  }

  /** @template T @param {Map<string, number> | number} names @param {() => T} make */
  within(names, make) {
    this.scopes.push(names);
    const made = make();
    this.scopes.pop();
    return made;
  }

  /** @param {string} name */
  isLocal(name) {
    return this.scopes.some((scope) => typeof scope === "number" || scope.has(name));
  }

  /** @param {string} name @param {number[]} span @returns {Run} */
  lacks(name, span) {
    this.unsupported.push({ name, span });
    return () => {
      throw new Unsupported(name, span);
    };
  }

  /** @param {Node} node @returns {Run} */
  build(node) {
    if (FOLDED.has(node[0])) {
      const value = this.known(node);
      if (value !== UNKNOWN) return () => value;
    }
    return this.compiled(node);
  }

  /** @param {Node} node @returns {Run} */
  compiled(node) {
    const make = METHODS[node[0]];
    return make ? make(this, node) : this.lacks(node[0], node[1]);
  }

  /** The value of an expression of literals only, or UNKNOWN. @param {Node} node @returns {Value} */
  known(node) {
    const plain = literal(node);
    if (plain !== undefined) return plain;
    if (!FOLDED.has(node[0])) return UNKNOWN;
    let below = node;
    const spine = [];
    while (FOLDED.has(below[0]) && !this.folded.has(below)) {
      spine.push(below);
      below = children(below)[0] ?? ["Null"];
    }
    for (const each of spine.reverse()) this.folded.set(each, this.#computed(each));
    return this.folded.get(node);
  }

  /** @param {Node} node */
  #computed(node) {
    if (children(node).some((each) => this.known(each) === UNKNOWN)) return UNKNOWN;
    const scope = new Scope(new Map(), FOLDING);
    try {
      const value = this.compiled(node)([scope, scope.variables, null]);
      return scope.problems.length ? UNKNOWN : value;
    } catch (error) {
      if (error instanceof LimitExceeded || error instanceof Unsupported) return UNKNOWN;
      throw error;
    }
  }

  /** @param {Node} node @param {string} operation @param {Node[]} operands */
  site(node, operation, ...operands) {
    return new Site(node[1], operation, operands.map((each) => this.origin(each)));
  }

  /** The input that an operand is. @param {Node} node @returns {string | null} */
  origin(node) {
    const parts = [];
    while (node[0] === "Path") {
      parts.unshift(node[3]);
      node = node[2];
    }
    if (node[0] === "InputValue") return ["?", ...parts].join(".");
    if (node[0] !== "Name" || this.isLocal(node[2]) || BUILTINS.has(node[2])) return null;
    return [node[2], ...parts].join(".");
  }

  /** @param {Node} node @returns {Test} */
  test(node, /** @type {string | null} */ origin = "?") {
    const [kind, span] = node;
    if (kind === "AnyTest") return () => true;
    if (kind === "UnaryTests") {
      const test = anyOf(node[2].map((/** @type {Node} */ each) => this.test(each, origin)));
      return node[3] ? (env, value) => negated(test(env, value)) : test;
    }
    if (kind === "Bound") {
      const site = new Site(span, node[2], [origin, this.origin(node[3])]);
      const endpoint = this.build(node[3]);
      return (env, value) => checked(node[2], value, endpoint(env), env[0], site);
    }
    return this.#byValue(node, origin);
  }

  /** @param {Node} node @param {string | null} origin @returns {Test} */
  #byValue(node, origin) {
    const site = new Site(node[1], "in", [origin, this.origin(node)]);
    if (asksInput(node)) return asked(this.build(node), site);
    const constant = this.known(node);
    if (constant !== UNKNOWN) return (env, value) => meets(env[0], value, constant, site);
    if (node[0] === "RangeLiteral") return this.#between(node, origin);
    const run = this.build(node);
    const truth = TRUTHS.has(node[0]);
    return (env, value) => {
      const wanted = run(env);
      return truth && typeof wanted === "boolean" && typeof value !== "boolean" ? wanted : meets(env[0], value, wanted, site);
    };
  }

  /** @param {Node} node @param {string | null} origin @returns {Test} */
  #between([, span, start, end, startIncluded, endIncluded], origin) {
    const lower = new Site(span, "in", [origin, this.origin(start)]);
    const upper = new Site(span, "in", [origin, this.origin(end)]);
    const [low, high] = [this.build(start), this.build(end)];
    return (env, value) => {
      if (value instanceof Range) return equal(value, new Range(low(env), high(env), startIncluded, endIncluded));
      return bounded(
        env[0],
        () => checked(startIncluded ? ">=" : ">", value, low(env), env[0], lower),
        () => checked(endIncluded ? "<=" : "<", value, high(env), env[0], upper),
      );
    };
  }

  /** A type as JSON, or null where nobody knows it. @param {Node} node @returns {any} */
  type(node) {
    const [kind, span, part] = node;
    if (kind === "TypeName") return this.types.get(part) ?? (TYPES.has(part) ? part : (TYPE_NAMES[part] ?? null));
    if (kind === "ListType" || kind === "RangeType") {
      const item = this.type(part);
      return item && [kind === "ListType" ? "list" : "range", item];
    }
    if (kind === "ContextType") {
      const fields = part.map((/** @type {Node} */ each) => [each[2], this.type(each[3])]);
      return fields.every((/** @type {any[]} */ each) => each[1]) ? ["context", fields] : null;
    }
    this.lacks(kind, span);
    return null;
  }
}

/** The value of a plain literal; undefined for everything else. @param {Node} node @returns {Value | undefined} */
export function literal([kind, span, value]) {
  if (kind === "Number") return number(value);
  if (kind === "String" || kind === "Boolean") return value;
  if (kind === "Null") return null;
  if (kind !== "AtLiteral") return undefined;
  try {
    return literalFrom(value) ?? undefined;
  } catch (error) {
    if (error instanceof Unsupported) error.span = span;
    return undefined;
  }
}

/** @param {Truth} answer */
const negated = (answer) => (answer === null ? null : !answer);

/** @param {Test[]} tests @returns {Test} */
export function anyOf(tests) {
  if (tests.length === 1) return tests[0];
  return (env, value) => {
    /** @type {Truth} */
    let answer = false;
    const mark = env[0].problems.length;
    for (const test of tests) {
      const one = nextAnswer(env[0], mark, () => test(env, value), true);
      if (one) return true;
      if (one === null) answer = null;
    }
    return answer;
  };
}

/** An expression that speaks of `?`. @param {Run} run @param {Site} site @returns {Test} */
function asked(run, site) {
  return (env, value) => {
    const outer = env[2];
    env[2] = value;
    const answer = run(env);
    env[2] = outer;
    if (typeof answer === "boolean" || answer === null) return answer;
    return meets(env[0], value, answer, site);
  };
}
