/** The code of each kind of node. */

import { Num, whole } from "./number.mjs";
import { Callable, accepts } from "./values.mjs";
import { Site, nextAnswer } from "./scope.mjs";
import { arithmetic, bounded, checked, makeBound, makeRange, member, negation } from "./operators.mjs";
import { BUILTINS, callBuiltin, invoke } from "./registry.mjs";
import { counted, filtered, forLoop, itemAt, itemsOf, quantified } from "./loops.mjs";
import { ABSENT, Builder, METHODS, UNKNOWN, anyOf, literal } from "./builder.mjs";
import "./builtins.mjs";
import "./lists.mjs";
import "./calendar.mjs";
import "./ranges.mjs";

/** @typedef {import("./values.mjs").Value} Value */
/** @typedef {import("./scope.mjs").Scope} Scope */
/** @typedef {import("./builder.mjs").Env} Env */
/** @typedef {import("./builder.mjs").Run} Run */
/** @typedef {import("./builder.mjs").Node} Node */

export { Builder };

/** `a and b`, `a or b`: what is decided is decided, whatever else is unknown. @param {Builder} builder @param {Node} node @param {boolean} deciding @returns {Run} */
function joined(builder, node, deciding) {
  const word = deciding ? "or" : "and";
  const items = node[2].map((/** @type {Node} */ each) => ({ run: builder.build(each), site: new Site(each[1], word, [builder.origin(each)]) }));
  return (env) => {
    const mark = env[0].problems.length;
    const unknown = [];
    for (const { run, site } of items) {
      const value = nextAnswer(env[0], mark, () => run(env), deciding);
      if (value === deciding) return deciding;
      if (typeof value !== "boolean") unknown.push({ site, value });
    }
    for (const { site, value } of unknown) site.refuse(env[0], value);
    return unknown.length ? null : !deciding;
  };
}

/** @param {Builder} builder @param {Node} node @returns {Run} */
function name(builder, [, span, called, declared = true]) {
  const local = builder.isLocal(called);
  const site = new Site(span, called, declared && !local ? [called] : []);
  const items = builder.scopes.filter((scope) => typeof scope === "number");
  const builtin = BUILTINS.get(called);
  if (ABSENT.has(called)) builder.lacks(called, span);
  /** @type {Run} */
  let code = (env) => {
    if (env[1].has(called)) return env[1].get(called);
    if (builtin) return builtin;
    if (declared && !local) return site.refuse(env[0], null);
    if (items.some((slot) => env[slot] instanceof Map)) return null;
    return site.wrong(env[0], "feel.unknown_name", `nothing is called ${called}`, `没有名为“${called}”的变量`, called);
  };
  for (const scope of builder.scopes) {
    if (typeof scope !== "number") {
      const slot = scope.get(called);
      if (slot !== undefined) code = (env) => env[slot];
      continue;
    }
    const otherwise = code;
    code = (env) => {
      const item = env[scope];
      if (item instanceof Map && item.has(called)) return item.get(called);
      return called === "item" ? item : otherwise(env);
    };
  }
  return code;
}

/** A long sum is gone through, not down into. @param {Builder} builder @param {Node} node @returns {Run} */
function sum(builder, node) {
  const chain = [node];
  while (node[3][0] === "Arithmetic" && builder.known(node[3]) === UNKNOWN) {
    node = node[3];
    chain.push(node);
  }
  const first = builder.build(node[3]);
  const steps = chain.reverse().map((each) => ({ sign: each[2], right: builder.build(each[4]), site: builder.site(each, each[2], each[3], each[4]) }));
  return (env) => steps.reduce((left, { sign, right, site }) => arithmetic(sign, left, right(env), env[0], site), first(env));
}

/** @param {Builder} builder @param {Node} node @returns {Run} */
function call(builder, node) {
  const [, , callee, values, names] = node;
  const called = callee[0] === "Name" ? callee[2] : "";
  if (ABSENT.has(called)) return builder.lacks(called, node[1]);
  const args = values.map((/** @type {Node} */ each) => builder.build(each));
  const site = builder.site(node, called || "()", ...values);
  const builtin = BUILTINS.get(called);
  const given = (/** @type {Env} */ env) => args.map((/** @type {Run} */ run) => run(env));
  if (builtin && !names && !builder.isLocal(called)) {
    return (env) => {
      const own = env[1].get(called);
      return own instanceof Callable ? invoke(own, given(env), null, env[0], site) : callBuiltin(builtin, given(env), null, env[0], site);
    };
  }
  const code = builder.build(callee);
  return (env) => {
    const made = given(env);
    const found = code(env);
    return invoke(builtin && !(found instanceof Callable) ? builtin : found, made, names ?? null, env[0], site);
  };
}

/** @param {Builder} builder @param {Node} node @returns {Run} */
function context(builder, [, , entries]) {
  /** @type {Map<string, number>} */
  const own = new Map();
  /** @type {{key: string, slot: number, run: Run}[]} */
  const made = builder.within(own, () =>
    entries.map((/** @type {Node} */ [, , key, value]) => {
      const slot = builder.slot();
      const isFunction = value[0] === "FunctionDefinition";
      if (isFunction) own.set(key, slot);
      const run = isFunction ? definition(builder, value, key, slot) : builder.build(value);
      own.set(key, slot);
      return { key, slot, run };
    }),
  );
  return (env) => {
    const found = new Map();
    for (const { key, slot, run } of made) {
      env[slot] = run(env);
      found.set(key, env[slot]);
    }
    return found;
  };
}

/** @param {Builder} builder @param {Node} node @returns {Run} */
function definition(builder, [, span, parameters, body, external], called = "", /** @type {number | null} */ own = null) {
  if (external) {
    const site = new Site(span, "external");
    return (env) => site.wrong(env[0], "feel.external", "external functions are never run", "不执行外部函数");
  }
  const slots = parameters.map(() => builder.slot());
  const declared = parameters.map((/** @type {Node} */ [, , name, type]) => ({ name, type: (type && builder.type(type)) ?? "Any", nullable: true }));
  const names = new Map(declared.map((/** @type {{name: string}} */ each, /** @type {number} */ at) => [each.name, slots[at]]));
  const run = builder.within(names, () => builder.build(body));
  return (env) => {
    const captured = [...env];
    const made = new Callable(called, null, declared, (/** @type {Scope} */ scope, /** @type {Value[]} */ values) => {
      const frame = [...captured];
      frame[0] = scope;
      values.forEach((value, at) => {
        frame[slots[at]] = value;
      });
      return run(frame);
    });
    if (own !== null) captured[own] = made;
    return made;
  };
}

/** @param {Builder} builder @param {Node[]} iterators */
function loops(builder, iterators) {
  return iterators.map((each) => {
    const [, , called, source, end] = each;
    const items = end
      ? counted(builder.build(source), builder.build(end), builder.site(each, "..", source, end))
      : itemsOf(builder.build(source), builder.site(each, "in", source));
    const slot = builder.slot();
    builder.scopes.push(new Map([[called, slot]]));
    return { slot, items };
  });
}

/** @type {Record<string, (builder: Builder, node: Node) => Run>} */
const OWN = {
  AtLiteral(builder, node) {
    const value = literal(node);
    if (value !== undefined) return () => value;
    if (/@[A-Za-z]/.test(node[2])) return builder.lacks(`@"${node[2]}"`, node[1]);
    const text = Array.from(node[2]).slice(0, 40).join("");
    const site = builder.site(node, "@");
    return (env) => site.wrong(env[0], "feel.invalid_literal", `“${text}” is no date, time or duration`, `“${text}”不是日期、时间或时长`);
  },
  InputValue: () => (env) => env[2],
  Name: name,
  Negation(builder, node) {
    const [run, site] = [builder.build(node[2]), builder.site(node, "-", node[2])];
    return (env) => negation(run(env), env[0], site);
  },
  Arithmetic: sum,
  Comparison(builder, node) {
    const [, , sign, left, right] = node;
    const [a, b, site] = [builder.build(left), builder.build(right), builder.site(node, sign, left, right)];
    return (env) => checked(sign, a(env), b(env), env[0], site);
  },
  Conjunction: (builder, node) => joined(builder, node, false),
  Disjunction: (builder, node) => joined(builder, node, true),
  Between(builder, node) {
    const [value, low, high] = node.slice(2).map((each) => builder.build(each));
    const lower = builder.site(node, "between", node[2], node[3]);
    const upper = builder.site(node, "between", node[2], node[4]);
    return (env) => {
      const found = value(env);
      return bounded(
        env[0],
        () => checked(">=", found, low(env), env[0], lower),
        () => checked("<=", found, high(env), env[0], upper),
      );
    };
  },
  In(builder, node) {
    const value = builder.build(node[2]);
    const origin = builder.origin(node[2]);
    const test = anyOf(node[3].map((/** @type {Node} */ each) => builder.test(each, origin)));
    return (env) => test(env, value(env));
  },
  InstanceOf(builder, node) {
    const [value, type] = [builder.build(node[2]), builder.type(node[3])];
    const site = builder.site(node[3], "instance of");
    if (type === null) return (env) => site.wrong(env[0], "feel.unknown_type", "there is no such type", "没有这样的类型");
    return (env) => accepts(type, value(env));
  },
  If(builder, node) {
    const [condition, then, otherwise] = node.slice(2).map((each) => builder.build(each));
    const site = builder.site(node[2], "if", node[2]);
    return (env) => {
      const answer = condition(env);
      if (answer === true) return then(env);
      if (answer !== false) site.refuse(env[0], answer);
      return otherwise(env);
    };
  },
  For(builder, node) {
    const before = builder.scopes.length;
    const made = loops(builder, node[2]);
    const partial = builder.slot();
    const body = builder.within(new Map([["partial", partial]]), () => builder.build(node[3]));
    builder.scopes.length = before;
    return forLoop(made, body, partial, JSON.stringify(node[3]).includes('"partial"'));
  },
  Quantified(builder, node) {
    const before = builder.scopes.length;
    const made = loops(builder, node[3]);
    const condition = builder.build(node[4]);
    builder.scopes.length = before;
    return quantified(made, condition, builder.site(node[4], node[2]), node[2] === "some");
  },
  Path(builder, node) {
    const [source, site] = [builder.build(node[2]), builder.site(node, `.${node[3]}`, node[2])];
    return (env) => member(source(env), node[3], env[0], site);
  },
  Filter(builder, node) {
    const [source, site] = [builder.build(node[2]), builder.site(node, "[…]", node[2])];
    const constant = builder.known(node[3]);
    const index = constant instanceof Num ? whole(constant) : null;
    if (index !== null) {
      return (env) => {
        const value = source(env);
        if (value === null) return site.refuse(env[0], null);
        return itemAt(Array.isArray(value) ? value : [value], index, env, site);
      };
    }
    const slot = builder.slot();
    return filtered(source, builder.within(slot, () => builder.build(node[3])), slot, site);
  },
  Call: call,
  ListLiteral(builder, node) {
    const items = node[2].map((/** @type {Node} */ each) => builder.build(each));
    return (env) => items.map((/** @type {Run} */ run) => run(env));
  },
  ContextLiteral: context,
  RangeLiteral(builder, node) {
    const [start, end, site] = [builder.build(node[2]), builder.build(node[3]), builder.site(node, "..", node[2], node[3])];
    return (env) => makeRange(start(env), end(env), [node[4], node[5]], env[0], site);
  },
  Bound(builder, node) {
    const [endpoint, site] = [builder.build(node[3]), builder.site(node, node[2], node[3])];
    return (env) => makeBound(node[2], endpoint(env), env[0], site);
  },
  FunctionDefinition: (builder, node) => definition(builder, node),
};
Object.assign(METHODS, OWN);
for (const kind of ["Number", "String", "Boolean", "Null"]) {
  METHODS[kind] = (_, node) => {
    const value = literal(node);
    return () => value;
  };
}
