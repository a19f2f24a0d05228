/** Built-in functions of numbers, strings, booleans and contexts (10.3.4). */

import * as numbers from "./number.mjs";
import { DayDuration, MonthDuration } from "./temporal.mjs";
import { same, textOf } from "./values.mjs";
import { OutOfDomain, builtin } from "./registry.mjs";

/** @typedef {import("./number.mjs").Num} Num */
/** @typedef {import("./number.mjs").Rounding} Rounding */

const LEAST_SCALE = -6111;
const MOST_SCALE = 6176;

/** @param {Num} n @param {Num | null | undefined} scale @param {Rounding} mode */
function rounded(n, scale, mode) {
  if (!scale) return numbers.rounded(n, 0, mode);
  if (numbers.compare(scale, numbers.count(LEAST_SCALE)) < 0 || numbers.compare(scale, numbers.count(MOST_SCALE)) > 0) {
    throw new OutOfDomain(`the scale must be from ${LEAST_SCALE} to ${MOST_SCALE}`, `小数位数须在 ${LEAST_SCALE} 至 ${MOST_SCALE} 之间`);
  }
  return numbers.rounded(n, Number(numbers.toWhole(scale, "down")), mode);
}

/** @type {[string, Rounding, string[]][]} */
const ROUNDINGS = [
  ["decimal", "half-even", ["n: number, scale: number"]],
  ["floor", "floor", ["n: number", "n: number, scale: number"]],
  ["ceiling", "ceiling", ["n: number", "n: number, scale: number"]],
  ["round up", "up", ["n: number, scale: number"]],
  ["round down", "down", ["n: number, scale: number"]],
  ["round half up", "half-up", ["n: number, scale: number"]],
  ["round half down", "half-down", ["n: number, scale: number"]],
];
for (const [name, mode, texts] of ROUNDINGS) {
  for (const text of texts) builtin(name, text, (_, n, scale) => rounded(n, scale, mode));
}

builtin("abs", "n: number", (_, n) => (n.c < 0n ? numbers.negated(n) : n));
builtin("abs", "n: duration", (_, n) => {
  if (n instanceof MonthDuration) return n.months < 0n ? new MonthDuration(0n - n.months) : n;
  return n.nanos < 0n ? new DayDuration(0n - n.nanos) : n;
});
builtin("modulo", "dividend: number, divisor: number", (_, dividend, divisor) => {
  if (divisor.c === 0n) throw new OutOfDomain("the divisor must not be 0", "除数不得为 0");
  return numbers.modulo(dividend, divisor);
});
builtin("sqrt", "number: number", (_, n) => {
  if (n.c < 0n) throw new OutOfDomain(`not defined for ${pythonic(n)}`, `对 ${pythonic(n)} 没有定义`);
  return numbers.root(n);
});

/** As Python prints a decimal. @param {Num} n */
export function pythonic(n) {
  const digits = (n.c < 0n ? -n.c : n.c).toString();
  const adjusted = digits.length + n.e - 1;
  if (n.e <= 0 && adjusted >= -6) return n.e === 0 ? n.c.toString() : numbers.written(n);
  const sign = n.c < 0n ? "-" : "";
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
  return `${sign}${digits[0]}${fraction}E${adjusted < 0 ? "" : "+"}${adjusted}`;
}

for (const [name, rest] of /** @type {[string, bigint][]} */ ([["odd", 1n], ["even", 0n]])) {
  builtin(name, "number: number", (_, n) => {
    const found = numbers.integer(n);
    if (found === null) throw new OutOfDomain("only whole numbers are odd or even", "只有整数才分奇偶");
    return (found < 0n ? -found : found) % 2n === rest;
  });
}

builtin("not", "negand: boolean", (_, negand) => !negand);
builtin("is", "value1: any, value2: any", (_, one, two) => same(one, two));

builtin("string", "from: any", (_, value) => (value === null ? null : textOf(value)));
builtin("string length", "string: string", (_, text) => numbers.count(Array.from(text).length));
builtin("upper case", "string: string", (_, text) => text.toUpperCase());
builtin("lower case", "string: string", (_, text) => text.toLowerCase());
builtin("contains", "string: string, match: string", (_, text, match) => text.includes(match));
builtin("starts with", "string: string, match: string", (_, text, match) => text.startsWith(match));
builtin("ends with", "string: string, match: string", (_, text, match) => text.endsWith(match));
builtin("substring before", "string: string, match: string", (_, text, match) => text.slice(0, Math.max(0, text.indexOf(match))));
builtin("substring after", "string: string, match: string", (_, text, match) => {
  const at = text.indexOf(match);
  return at < 0 ? "" : text.slice(at + match.length);
});
builtin("substring", "string: string, start position: number, length: number?", (_, text, start, length) => {
  const letters = Array.from(text);
  const within = numbers.compare(start.c < 0n ? numbers.negated(start) : start, numbers.count(letters.length)) <= 0;
  const first = within ? Number(numbers.toWhole(start, "down")) : 0;
  if (!first) throw new OutOfDomain("the start position is outside the string", "起始位置超出字符串");
  const rest = letters.slice(first > 0 ? first - 1 : first);
  if (!length) return rest.join("");
  if (numbers.compare(length, numbers.ONE) < 0) throw new OutOfDomain("the length must be at least 1", "长度至少为 1");
  const most = numbers.compare(length, numbers.count(rest.length)) > 0 ? rest.length : Number(numbers.toWhole(length, "down"));
  return rest.slice(0, most).join("");
});
builtin("string join", "list: strings, delimiter: string?", (scope, texts, delimiter) => {
  scope.spend(texts.length);
  return texts.filter((/** @type {string | null} */ each) => each !== null).join(delimiter ?? "");
});

builtin("get value", "m: context, key: string", (_, m, key) => m.get(key) ?? null);
builtin("get value", "m: context, keys: strings", (_, m, keys) => {
  let found = m;
  for (const key of keys) {
    if (!(found instanceof Map)) return null;
    found = found.get(key) ?? null;
  }
  return keys.length ? found : null;
});
builtin("get entries", "m: context", (_, m) => [...m].map(([key, value]) => new Map([["key", key], ["value", value]])));
builtin("context", "entries: contexts", (_, entries) => {
  const made = new Map();
  for (const entry of entries) {
    if (entry === null || typeof entry.get("key") !== "string" || !entry.has("value")) {
      throw new OutOfDomain("every entry needs a key and a value", "每个条目都须有 key 和 value");
    }
    if (made.has(entry.get("key"))) throw new OutOfDomain("a key occurs twice", "键重复出现");
    made.set(entry.get("key"), entry.get("value"));
  }
  return made;
});
builtin("context put", "context: context, key: string, value: any", (_, context, key, value) => new Map(context).set(key, value));
builtin("context put", "context: context, keys: strings, value: any", (_, context, keys, value) => putWithin(context, keys, value));

/** @param {Map<string, any>} context @param {(string | null)[]} keys @param {any} value @returns {Map<string, any>} */
function putWithin(context, keys, value) {
  if (!keys.length || keys.includes(null)) {
    throw new OutOfDomain("at least one key is needed, and none may be null", "至少需要一个键，且不得为空值");
  }
  const [key, ...rest] = /** @type {string[]} */ (keys);
  if (!rest.length) return new Map(context).set(key, value);
  const within = context.get(key);
  if (!(within instanceof Map)) throw new OutOfDomain(`${key} is no context`, `${key} 不是上下文`);
  return new Map(context).set(key, putWithin(within, rest, value));
}

builtin("context merge", "contexts: contexts", (_, contexts) => {
  const made = new Map();
  for (const each of contexts) {
    if (each === null) throw new OutOfDomain("null is no context", "空值不是上下文");
    for (const [key, value] of each) made.set(key, value);
  }
  return made;
});
