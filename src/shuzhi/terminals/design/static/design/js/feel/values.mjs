/** What FEEL computes with: kinds, equality and order, texts, and the way in and out as JSON. */

import { Num, compare, number, written } from "./number.mjs";
import { Day, DayDuration, Moment, MonthDuration, Time, UTC_MIDNIGHT, literalFrom } from "./temporal.mjs";

/**
 * null, boolean, string, Num, Day, Time, Moment, DayDuration, MonthDuration, Array, Map, Range, Callable
 * @typedef {any} Value
 */
/** @typedef {boolean | null} Truth */

/** From `start` to `end`; a missing end is null. */
export class Range {
  /** @param {Value} start @param {Value} end @param {boolean} startIncluded @param {boolean} endIncluded */
  constructor(start, end, startIncluded, endIncluded) {
    this.start = start;
    this.end = end;
    this.startIncluded = startIncluded;
    this.endIncluded = endIncluded;
    Object.freeze(this);
  }
}

/** A function: written in FEEL, with parameters, or built in, with signatures. */
export class Callable {
  /** @param {string} name @param {any} signatures @param {any} parameters @param {any} call @param {any} result */
  constructor(name, signatures, parameters = null, call = null, result = null) {
    this.name = name;
    this.signatures = signatures;
    this.parameters = parameters;
    this.call = call;
    this.result = result;
  }
}

/** @type {[Function, string, [string, string]][]} */
const CLASSES = [
  [Num, "number", ["a number", "数字"]],
  [Day, "date", ["a date", "日期"]],
  [Time, "time", ["a time", "时间"]],
  [Moment, "date and time", ["a date and time", "日期时间"]],
  [DayDuration, "days and time duration", ["a days and time duration", "日时时长"]],
  [MonthDuration, "years and months duration", ["a years and months duration", "年月时长"]],
  [Array, "list", ["a list", "列表"]],
  [Map, "context", ["a context", "上下文"]],
  [Range, "range", ["a range", "区间"]],
  [Callable, "function", ["a function", "函数"]],
];

/** The kind of a value, by the name of its type. @param {Value} value @returns {string} */
export function kindOf(value) {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  const found = CLASSES.find(([made]) => value instanceof made);
  if (!found) throw new TypeError("no value of FEEL");
  return found[1];
}

/** What a value is, for people: in English and in Chinese. @param {Value} value @returns {[string, string]} */
export function kindWords(value) {
  const kind = kindOf(value);
  if (kind === "null") return ["null", "空值"];
  if (kind === "string") return ["a string", "字符串"];
  if (kind === "boolean") return ["a boolean", "布尔值"];
  return /** @type {any} */ (CLASSES.find((each) => each[1] === kind))[2];
}

/** Code points, as Python compares texts. @param {string} a @param {string} b */
function compareTexts(a, b) {
  if (a === b) return 0;
  const [one, two] = [Array.from(a), Array.from(b)];
  for (let at = 0; at < Math.min(one.length, two.length); at += 1) {
    const by = /** @type {number} */ (one[at].codePointAt(0)) - /** @type {number} */ (two[at].codePointAt(0));
    if (by) return by;
  }
  return one.length - two.length;
}

/** @param {bigint | number} a @param {bigint | number} b */
const order = (a, b) => (a < b ? -1 : Number(a > b));

/** @type {Record<string, (a: any, b: any) => number>} */
const ORDERED = {
  number: compare,
  string: compareTexts,
  date: (a, b) => a.year - b.year || a.month - b.month || a.day - b.day,
  "days and time duration": (a, b) => order(a.nanos, b.nanos),
  "years and months duration": (a, b) => order(a.months, b.months),
};

/** @param {Iterable<Truth>} answers @returns {Truth} */
function all(answers) {
  const given = [...answers];
  if (given.includes(false)) return false;
  return given.includes(null) ? null : true;
}

/** @param {Value} left @param {Value} right @returns {Truth} */
export function equal(left, right) {
  if (left === null || right === null) return left === right;
  const kind = kindOf(left);
  if (kind !== kindOf(right)) return unwrappedEqual(left, right);
  if (kind === "boolean") return left === right;
  if (ORDERED[kind]) return ORDERED[kind](left, right) === 0;
  if (kind === "list") {
    return left.length === right.length && all(left.map((/** @type {Value} */ each, /** @type {number} */ at) => equal(each, right[at])));
  }
  if (kind === "context") return equalContexts(left, right);
  if (kind === "range") return equalRanges(left, right);
  if (kind === "function") return left === right;
  return equalTimes(left, right);
}

/** A list of one stands for its item. @param {Value} left @param {Value} right @returns {Truth} */
function unwrappedEqual(left, right) {
  if (Array.isArray(left) && left.length === 1) return equal(left[0], right);
  if (Array.isArray(right) && right.length === 1) return equal(left, right[0]);
  return null;
}

/** @param {Map<string, Value>} left @param {Map<string, Value>} right */
function equalContexts(left, right) {
  if (left.size !== right.size || ![...left.keys()].every((key) => right.has(key))) return false;
  return all([...left].map(([key, value]) => equal(value, right.get(key))));
}

/** @param {Range} left @param {Range} right */
function equalRanges(left, right) {
  if (left.startIncluded !== right.startIncluded || left.endIncluded !== right.endIncluded) return false;
  return all([equal(left.start, right.start), equal(left.end, right.end)]);
}

/** @param {Time | Moment} value */
const offsetOf = (value) => (value instanceof Time ? value.offset : value.time.offset);
/** @param {Time | Moment} value @param {boolean} local @returns {bigint | number} */
function momentOf(value, local) {
  if (value instanceof Time) return local ? value.nanos : value.ofDay;
  return local ? value.local : value.instant;
}

/** @param {Time | Moment} left @param {Time | Moment} right */
function equalTimes(left, right) {
  if ((offsetOf(left) === null) !== (offsetOf(right) === null)) return false;
  return momentOf(left, false) === momentOf(right, false);
}

/** @param {Value} left @param {Value} right @returns {Truth} */
export function less(left, right) {
  const kind = kindOf(left);
  if (kind !== kindOf(right)) return null;
  if (ORDERED[kind]) return ORDERED[kind](left, right) < 0;
  if (kind !== "time" && kind !== "date and time") return null;
  const local = offsetOf(left) === null || offsetOf(right) === null;
  return momentOf(left, local) < momentOf(right, local);
}

/** @param {Value} left @param {Value} right @returns {Truth} */
export function atMost(left, right) {
  const before = less(left, right);
  if (before || before === null) return before;
  return equal(left, right);
}

/** @param {Range} range @param {Value} value @returns {Truth} */
export function contains(range, value) {
  const after = range.start === null || (range.startIncluded ? atMost : less)(range.start, value);
  const before = range.end === null || (range.endIncluded ? atMost : less)(value, range.end);
  return all([after, before]);
}

/** The same element of the semantic domain. @param {Value} left @param {Value} right @returns {boolean} */
export function same(left, right) {
  const kind = kindOf(left);
  if (kind !== kindOf(right)) return false;
  if (kind === "time") return left.nanos === right.nanos && left.offset === right.offset;
  if (kind === "date and time") return equal(left.date, right.date) === true && same(left.time, right.time);
  if (kind === "list") {
    return left.length === right.length && left.every((/** @type {Value} */ each, /** @type {number} */ at) => same(each, right[at]));
  }
  if (kind === "context") {
    return left.size === right.size && [...left].every(([key, value]) => right.has(key) && same(value, right.get(key)));
  }
  return equal(left, right) === true;
}

/** @param {string} text */
function quoted(text) {
  const plain = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `"${plain.replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t")}"`;
}

/** @param {string} key */
const keyText = (key) => (/^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(key.replaceAll(" ", "_")) ? key : quoted(key));

/** The text of a value; a string within another value has its quotation marks. @param {Value} value @returns {string} */
export function textOf(value, within = false) {
  if (value === null) return "null";
  if (typeof value === "string") return within ? quoted(value) : value;
  if (value instanceof Num) return written(value);
  if (Array.isArray(value)) return `[${value.map((each) => textOf(each, true)).join(", ")}]`;
  if (value instanceof Map) {
    return `{${[...value].map(([key, each]) => `${keyText(key)}: ${textOf(each, true)}`).join(", ")}}`;
  }
  if (value instanceof Range) return rangeText(value);
  return value instanceof Callable ? `function ${value.name}`.trim() : String(value);
}

/** @param {Range} range */
function rangeText(range) {
  if (range.start === null || range.end === null) {
    const lower = range.end === null;
    const sign = (lower ? ">" : "<") + ((lower ? range.startIncluded : range.endIncluded) ? "=" : "");
    return `${sign} ${textOf(lower ? range.start : range.end, true)}`;
  }
  const ends = `${textOf(range.start, true)}..${textOf(range.end, true)}`;
  return `${range.startIncluded ? "[" : "("}${ends}${range.endIncluded ? "]" : ")"}`;
}

export const MISFIT = Symbol("misfit");

/** Types as JSON: a name, or an array of a word and its parts. @typedef {any} Type */

/** Whether a value, other than null, is of a type. @param {Type} type @param {Value} value @returns {boolean} */
export function accepts(type, value) {
  if (typeof type === "string") return type === "Any" ? value !== null : kindOf(value) === (type === "Null" ? "null" : type);
  const [word, ...parts] = type;
  if (word === "list") return Array.isArray(value) && value.every((each) => takes(parts[0], each));
  if (word === "range") return value instanceof Range && takes(parts[0], value.start) && takes(parts[0], value.end);
  if (word === "context") {
    return value instanceof Map && parts[0].every((/** @type {[string, Type]} */ [name, each]) => value.has(name) && takes(each, value.get(name)));
  }
  if (word === "one") return parts[0].some((/** @type {Type} */ each) => accepts(each, value));
  return accepts(parts[0], value) && parts[1](value);
}

/** @param {Type} type @param {Value} value */
export const takes = (type, value) => value === null || accepts(type, value);

/** The value as the type asks for it, or MISFIT. @param {Value} value @param {Type} type @returns {Value} */
export function coerced(value, type) {
  if (value === null || type === "Any" || accepts(type, value)) return value;
  if (type[0] === "allowed") {
    const fitted = coerced(value, type[1]);
    return fitted !== MISFIT && accepts(type, fitted) ? fitted : MISFIT;
  }
  if (type === "list" || type[0] === "list") {
    return !Array.isArray(value) && accepts(type, [value]) ? [value] : MISFIT;
  }
  if (Array.isArray(value)) return value.length === 1 && value[0] !== null ? coerced(value[0], type) : MISFIT;
  return value instanceof Day && type === "date and time" ? new Moment(value, UTC_MIDNIGHT) : MISFIT;
}

/**
 * A value from JSON; `{"$number": "1.10"}` and `{"$at": "2026-01-01"}` say exactly what JSON can't.
 * @param {any} value @returns {Value}
 */
export function fromJson(value) {
  if (typeof value === "number") return number(String(value));
  if (Array.isArray(value)) return value.map(fromJson);
  if (value === null || typeof value !== "object") return value ?? null;
  if (typeof value.$number === "string") return number(value.$number);
  if (typeof value.$at === "string") return literalFrom(value.$at);
  return new Map(Object.entries(value).map(([key, each]) => [key, fromJson(each)]));
}

/** The same way out: everything that JSON can't say exactly is tagged. @param {Value} value @returns {any} */
export function toJson(value) {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (value instanceof Num) return { $number: written(value) };
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, toJson(each)]));
  return { [value instanceof Range || value instanceof Callable ? "$text" : "$at"]: textOf(value) };
}
