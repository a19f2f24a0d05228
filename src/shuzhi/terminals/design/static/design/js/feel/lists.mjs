/** Built-in functions over lists (10.3.4.4 and 10.3.4.9). */

import * as numbers from "./number.mjs";
import { Num } from "./number.mjs";
import { Day, DayDuration, MonthDuration } from "./temporal.mjs";
import { equal, less } from "./values.mjs";
import { OutOfDomain, builtin, called } from "./registry.mjs";
import { LimitExceeded } from "./scope.mjs";
import { pythonic } from "./builtins.mjs";

/** @typedef {import("./values.mjs").Value} Value */
/** @typedef {import("./values.mjs").Truth} Truth */
/** @typedef {import("./scope.mjs").Scope} Scope */

/** The index, from 0, of a position. @param {Num} position @param {number} length */
function place(position, length) {
  const index = numbers.whole(position);
  if (!index || (index < 0n ? -index : index) > BigInt(length)) {
    throw new OutOfDomain(`there is no position ${pythonic(position)}`, `没有第 ${pythonic(position)} 个位置`);
  }
  return index > 0n ? Number(index) - 1 : length + Number(index);
}

const incomparable = () => new OutOfDomain("the items can't be compared", "各项不可比较");
const PLAIN = [Num, Day, DayDuration, MonthDuration];
/** @param {Value[]} list @param {number} at @param {number} count @param {Value[]} items */
const spliced = (list, at, count, ...items) => [...list.slice(0, at), ...items, ...list.slice(at + count)];
const TWO = numbers.count(2);

builtin("list contains", "list: list, element: any", (scope, list, element) => {
  scope.spend(list.length);
  return list.some((/** @type {Value} */ each) => equal(each, element) === true);
});
builtin("count", "list: list", (_, list) => numbers.count(list.length));
builtin("sublist", "list: list, start position: number, length: number?", (_, list, start, length) => {
  const first = place(start, list.length);
  if (!length) return list.slice(first);
  const size = numbers.whole(length);
  if (size === null || size < 1n || size > BigInt(list.length - first)) {
    throw new OutOfDomain("the length goes beyond the list", "长度超出列表");
  }
  return list.slice(first, first + Number(size));
});
builtin("append", "list: list, item: any*", (_, list, ...items) => [...list, ...items]);
/** @param {Scope} scope @param {Value[][]} lists */
function concatenated(scope, lists) {
  scope.spend(lists.reduce((sum, each) => sum + each.length, 0));
  return lists.flat();
}
builtin("concatenate", "list: list*", (scope, ...lists) => concatenated(scope, lists));
builtin("insert before", "list: list, position: number, newItem: any", (_, list, position, item) => spliced(list, place(position, list.length), 0, item));
builtin("remove", "list: list, position: number", (_, list, position) => spliced(list, place(position, list.length), 1));
builtin("list replace", "list: list, position: number, newItem: any", (_, list, position, item) => spliced(list, place(position, list.length), 1, item));
builtin("list replace", "list: list, match: function, newItem: any", (scope, list, match, item) => {
  scope.spend(list.length);
  return list.map((/** @type {Value} */ value) => {
    const answer = called(scope, match, value, item);
    if (typeof answer !== "boolean") throw new OutOfDomain("the match function must give true or false", "匹配函数须返回布尔值");
    return answer ? item : value;
  });
});
builtin("reverse", "list: list", (scope, list) => {
  scope.spend(list.length);
  return [...list].reverse();
});
builtin("index of", "list: list, match: any", (scope, list, match) => {
  scope.spend(list.length);
  return list.flatMap((/** @type {Value} */ each, /** @type {number} */ at) => (equal(each, match) ? [numbers.count(at + 1)] : []));
});

/** @param {Scope} scope @param {Value[]} list */
function distinct(scope, list) {
  /** @type {Value[]} */
  const kept = [];
  for (const value of list) {
    scope.spend(1);
    if (!kept.some((other) => isRepeated(value, other))) kept.push(value);
  }
  return kept;
}

/** A list of one is another value than its item. @param {Value} value @param {Value} other */
function isRepeated(value, other) {
  const plain = (/** @type {Value} */ each) => !(each instanceof Object) || PLAIN.some((kind) => each instanceof kind);
  return plain(value) === plain(other) && equal(value, other) === true;
}
builtin("distinct values", "list: list", distinct);
builtin("union", "list: list*", (scope, ...lists) => distinct(scope, concatenated(scope, lists)));
builtin("flatten", "list: list", (scope, list) => flat(scope, list, 0));

/** @param {Scope} scope @param {Value[]} list @param {number} depth @returns {Value[]} */
function flat(scope, list, depth) {
  if (depth > 1000) throw new LimitExceeded("lists in lists");
  return list.flatMap((each) => {
    scope.spend(1);
    return Array.isArray(each) ? flat(scope, each, depth + 1) : [each];
  });
}

/** @param {Scope} scope @param {Value[]} list @param {(one: Value, two: Value) => boolean} before */
function sorted(scope, list, before) {
  return [...list].sort((one, two) => (before(one, two) ? -1 : Number(before(two, one))));
}
builtin("sort", "list: list, precedes: function", (scope, list, precedes) =>
  sorted(scope, list, (one, two) => {
    const answer = called(scope, precedes, one, two);
    if (typeof answer !== "boolean") throw new OutOfDomain("the ordering function must give true or false", "排序函数须返回布尔值");
    return answer;
  }),
);
builtin("sort", "list: list", (scope, list) => {
  scope.spend(list.length * list.length.toString(2).length);
  return sorted(scope, list, (one, two) => {
    const answer = less(one, two);
    if (answer === null) throw incomparable();
    return answer;
  });
});

/** A function of `(list)` and of `(c1, …, cN)`. @param {string} name @param {string} item @param {(scope: Scope, list: Value[]) => Value} call */
function overList(name, item, call) {
  builtin(name, "list: list", call);
  builtin(name, `${item}: any*`, (scope, ...items) => call(scope, items));
}

/** @param {Scope} scope @param {Value[]} list @returns {Num[]} */
function numeric(scope, list) {
  scope.spend(list.length);
  if (list.some((each) => !(each instanceof Num))) throw new OutOfDomain("every item must be a number", "每一项都须为数字");
  return list;
}

/** @param {Scope} scope @param {Value[]} list @param {(one: Value, two: Value) => Truth} precedes */
function first(scope, list, precedes) {
  scope.spend(list.length);
  let best = list[0];
  if (less(best, best) === null) throw incomparable();
  for (const value of list.slice(1)) {
    const answer = precedes(value, best);
    if (answer === null) throw incomparable();
    best = answer ? value : best;
  }
  return best;
}

/** @param {Num[]} list */
const total = (list) => list.reduce((sum, each) => numbers.add(sum, each));
/** @param {Num[]} list */
const meanOf = (list) => numbers.divide(total(list), numbers.count(list.length));

overList("min", "c", (scope, list) => (list.length ? first(scope, list, less) : null));
overList("max", "c", (scope, list) => (list.length ? first(scope, list, (one, two) => less(two, one)) : null));
overList("sum", "n", (scope, list) => (list.length ? total(numeric(scope, list)) : null));
overList("product", "n", (scope, list) => (list.length ? numeric(scope, list).reduce((all, each) => numbers.multiply(all, each)) : null));
overList("mean", "n", (scope, list) => (list.length ? meanOf(numeric(scope, list)) : null));
overList("median", "n", (scope, list) => {
  if (!list.length) return null;
  const ordered = [...numeric(scope, list)].sort(numbers.compare);
  const middle = ordered.length >> 1;
  return ordered.length % 2 ? ordered[middle] : numbers.divide(numbers.add(ordered[middle - 1], ordered[middle]), TWO);
});
overList("stddev", "n", (scope, list) => {
  const all = numeric(scope, list);
  if (all.length <= 1) return null;
  const middle = meanOf(all);
  const squares = all.map((each) => /** @type {Num} */ (numbers.power(numbers.subtract(each, middle), TWO)));
  return numbers.root(numbers.divide(total(squares), numbers.count(all.length - 1)));
});
overList("mode", "n", (scope, list) => {
  const counted = numeric(scope, list).map((each) => list.filter((other) => equal(each, other)).length);
  scope.spend(list.length * list.length);
  const most = Math.max(0, ...counted);
  return distinct(scope, list.filter((_, at) => counted[at] === most)).sort(numbers.compare);
});

/** @param {Scope} scope @param {Value[]} list @param {boolean} deciding */
function decided(scope, list, deciding) {
  scope.spend(list.length);
  if (list.includes(deciding)) return deciding;
  if (list.every((each) => typeof each === "boolean")) return !deciding;
  if (list.some((each) => each !== null && typeof each !== "boolean")) {
    throw new OutOfDomain("every item must be a boolean", "每一项都须为布尔值");
  }
  return null;
}
overList("all", "b", (scope, list) => decided(scope, list, false));
overList("any", "b", (scope, list) => decided(scope, list, true));
