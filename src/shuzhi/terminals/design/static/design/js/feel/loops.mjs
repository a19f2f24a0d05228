/** `for`, `some`, `every`, and filters (10.3.2.14 and tables 64 to 68). */

import { Num, count, whole } from "./number.mjs";
import { Day, dayAt } from "./temporal.mjs";
import { Range, kindOf } from "./values.mjs";
import { forgive, forgiveAbsent, nextAnswer } from "./scope.mjs";

/** @typedef {import("./values.mjs").Value} Value */
/** @typedef {import("./scope.mjs").Site} Site */
/** @typedef {(env: any[]) => Value} Run */
/** @typedef {(env: any[]) => Iterable<Value> | null} Items nothing to go through is null */
/** @typedef {{slot: number, items: Items}} Loop */

/** @param {Value} value @returns {bigint | null} */
const stepOf = (value) => (value instanceof Day ? BigInt(value.ordinal) : whole(value));

/** @param {bigint} first @param {bigint} last @param {boolean} days */
function* steps(first, last, days) {
  const by = first <= last ? 1n : -1n;
  for (let at = first; at !== last + by; at += by) yield days ? dayAt(Number(at)) : count(at);
}

/** The items of a list, of a closed range, or a single value. @param {Run} source @param {Site} site @returns {Items} */
export function itemsOf(source, site) {
  return (env) => {
    const value = source(env);
    if (value === null) return site.refuse(env[0], null);
    if (!(value instanceof Range)) return Array.isArray(value) ? value : [value];
    const [start, end] = [stepOf(value.start), stepOf(value.end)];
    if (start === null || end === null || kindOf(value.start) !== kindOf(value.end)) return site.refuse(env[0], value);
    const first = value.startIncluded ? start : start + 1n;
    const last = value.endIncluded ? end : end - 1n;
    return first <= last ? steps(first, last, value.start instanceof Day) : [];
  };
}

/** `a..b`, upwards or downwards. @param {Run} source @param {Run} end @param {Site} site @returns {Items} */
export function counted(source, end, site) {
  return (env) => {
    const [first, last] = [source(env), end(env)];
    const [a, b] = [stepOf(first), stepOf(last)];
    if (a === null || b === null || kindOf(first) !== kindOf(last)) return site.refuse(env[0], first, last);
    return steps(a, b, first instanceof Day);
  };
}

/** All combinations, the last iterator fastest; false if one has nothing to go through. @param {Loop[]} loops @param {(env: any[]) => boolean} each @param {any[]} env @returns {boolean} */
function nested(loops, each, env, level = 0) {
  if (level === loops.length) return each(env);
  const values = loops[level].items(env);
  if (values === null) return false;
  for (const value of values) {
    env[0].spend(1);
    env[loops[level].slot] = value;
    if (!nested(loops, each, env, level + 1)) return false;
  }
  return true;
}

/** @param {Loop[]} loops @param {Run} body @param {number} partial @param {boolean} keeps @returns {Run} */
export function forLoop(loops, body, partial, keeps) {
  return (env) => {
    /** @type {Value[]} */
    const results = [];
    env[partial] = results;
    const whole = nested(
      loops,
      (inner) => {
        if (keeps) inner[partial] = [...results];
        results.push(body(inner));
        return true;
      },
      env,
    );
    return whole ? env[0].sized(results) : null;
  };
}

/** @param {Loop[]} loops @param {Run} condition @param {Site} site @param {boolean} deciding @returns {Run} */
export function quantified(loops, condition, site, deciding) {
  return (env) => {
    const [scope] = env;
    const mark = scope.problems.length;
    let [decided, unknown] = [false, false];
    const whole = nested(
      loops,
      (inner) => {
        const answer = nextAnswer(scope, mark, () => condition(inner), deciding);
        decided = answer === deciding;
        if (!decided && typeof answer !== "boolean") {
          site.refuse(scope, answer);
          unknown = true;
        }
        return !decided;
      },
      env,
    );
    if (decided) return deciding;
    return unknown || !whole ? null : !deciding;
  };
}

/** The item at a position; null beyond. @param {Value[]} items @param {bigint | null} index @param {any[]} env @param {Site} site @returns {Value} */
export function itemAt(items, index, env, site) {
  const at = Number(index ?? 0n);
  if (!at || Math.abs(at) > items.length) {
    const said = index === null ? "None" : index;
    return site.wrong(env[0], "feel.no_item", `the list has no item ${said}`, `列表没有第 ${said} 项`);
  }
  return items[at > 0 ? at - 1 : items.length + at];
}

/** `source[condition]`: an index if the condition is a number, else a test of each item. @param {Run} source @param {Run} condition @param {number} slot @param {Site} site @returns {Run} */
export function filtered(source, condition, slot, site) {
  return (env) => {
    const [scope] = env;
    const value = source(env);
    if (value === null) site.refuse(scope, null);
    const items = Array.isArray(value) ? value : [value];
    const outer = env[slot];
    const found = items.length ? kept(items, condition, slot, env, site) : nothing(condition, slot, env);
    env[slot] = outer;
    return found;
  };
}

/** @param {Value[]} items @param {Run} condition @param {number} slot @param {any[]} env @param {Site} site */
function kept(items, condition, slot, env, site) {
  const [scope] = env;
  scope.spend(items.length);
  const passing = [];
  for (const [at, item] of items.entries()) {
    env[slot] = item;
    const mark = scope.problems.length;
    const answer = condition(env);
    if (answer === true) passing.push(item);
    else if (answer === null) forgiveAbsent(scope, mark);
    else if (!at && answer instanceof Num) return itemAt(items, whole(answer), env, site);
  }
  return passing;
}

/** An empty list has no item; no item of it passes a test. @param {Run} condition @param {number} slot @param {any[]} env */
function nothing(condition, slot, env) {
  const mark = env[0].problems.length;
  env[slot] = null;
  const answer = condition(env);
  forgive(env[0], mark);
  return answer instanceof Num ? null : [];
}
