/** Arithmetic, comparisons and unary tests of values (10.3.2.13 and table 55). */

import * as numbers from "./number.mjs";
import { Num, Undefined, Unsupported } from "./number.mjs";
import { Range, Callable, atMost, contains, equal, kindOf, less } from "./values.mjs";
import { DAY, DayDuration, Moment, MonthDuration, UTC_MIDNIGHT, addMonths, dayAfter, moved, timeAfter } from "./temporal.mjs";
import { nextAnswer } from "./scope.mjs";

/** @typedef {import("./values.mjs").Value} Value */
/** @typedef {import("./values.mjs").Truth} Truth */
/** @typedef {import("./scope.mjs").Scope} Scope */
/** @typedef {import("./scope.mjs").Site} Site */

/** The item of a list of one; anything else as it is. @param {Value} value */
export const single = (value) => (Array.isArray(value) && value.length === 1 ? value[0] : value);

/** @param {Num} value */
function integerOf(value) {
  if (numbers.tooLong(value)) throw new Undefined();
  return value;
}

/** @param {bigint} a @param {bigint} b */
const minus = (a, b) => a - b;
/** @param {bigint} value */
const exact = (value) => /** @type {Num} */ ({ c: value, e: 0 });
/** @param {bigint} nanos @param {Num} factor */
const scaled = (nanos, factor) => new DayDuration(numbers.toWhole(integerOf(numbers.multiply(exact(nanos), factor))));
/** @param {bigint} months @param {Num} factor */
const scaledMonths = (months, factor) => new MonthDuration(numbers.toWhole(integerOf(numbers.multiply(exact(months), factor)), "down"));
/** @param {Moment} moment @param {bigint} months */
function byMonths(moment, months) {
  const date = addMonths(moment.date, months);
  return date && new Moment(date, moment.time);
}

/** @param {Moment} a @param {Moment} b */
function betweenMoments(a, b) {
  if ((a.time.offset === null) !== (b.time.offset === null)) return null;
  return new DayDuration(a.instant - b.instant);
}
/** @param {any} date */
const midnight = (date) => new Moment(date, UTC_MIDNIGHT);

const [N, S, D, T, M, DD, MD] = ["number", "string", "date", "time", "date and time", "days and time duration", "years and months duration"];
/** @type {Record<string, Record<string, (a: any, b: any) => Value>>} */
const OPERATIONS = {
  "+": {
    [`${S},${S}`]: (a, b) => a + b,
    [`${MD},${MD}`]: (a, b) => new MonthDuration(a.months + b.months),
    [`${DD},${DD}`]: (a, b) => new DayDuration(a.nanos + b.nanos),
    [`${M},${MD}`]: (a, b) => byMonths(a, b.months),
    [`${MD},${M}`]: (a, b) => byMonths(b, a.months),
    [`${M},${DD}`]: (a, b) => moved(a, b.nanos),
    [`${DD},${M}`]: (a, b) => moved(b, a.nanos),
    [`${T},${DD}`]: (a, b) => timeAfter(a, b.nanos),
    [`${DD},${T}`]: (a, b) => timeAfter(b, a.nanos),
    [`${D},${MD}`]: (a, b) => addMonths(a, b.months),
    [`${MD},${D}`]: (a, b) => addMonths(b, a.months),
    [`${D},${DD}`]: (a, b) => dayAfter(a, b.nanos),
    [`${DD},${D}`]: (a, b) => dayAfter(b, a.nanos),
  },
  "-": {
    [`${M},${M}`]: betweenMoments,
    [`${D},${D}`]: (a, b) => new DayDuration(BigInt(a.ordinal - b.ordinal) * DAY),
    [`${M},${D}`]: (a, b) => betweenMoments(a, midnight(b)),
    [`${D},${M}`]: (a, b) => betweenMoments(midnight(a), b),
    [`${T},${T}`]: (a, b) => ((a.offset === null) !== (b.offset === null) ? null : new DayDuration(BigInt(a.ofDay - b.ofDay))),
    [`${MD},${MD}`]: (a, b) => new MonthDuration(minus(a.months, b.months)),
    [`${DD},${DD}`]: (a, b) => new DayDuration(minus(a.nanos, b.nanos)),
    [`${M},${MD}`]: (a, b) => byMonths(a, 0n - b.months),
    [`${M},${DD}`]: (a, b) => moved(a, 0n - b.nanos),
    [`${T},${DD}`]: (a, b) => timeAfter(a, 0n - b.nanos),
    [`${D},${MD}`]: (a, b) => addMonths(a, 0n - b.months),
    [`${D},${DD}`]: (a, b) => dayAfter(a, 0n - b.nanos),
  },
  "*": {
    [`${MD},${N}`]: (a, b) => scaledMonths(a.months, b),
    [`${N},${MD}`]: (a, b) => scaledMonths(b.months, a),
    [`${DD},${N}`]: (a, b) => scaled(a.nanos, b),
    [`${N},${DD}`]: (a, b) => scaled(b.nanos, a),
  },
  "/": {
    [`${MD},${N}`]: (a, b) => new MonthDuration(numbers.toWhole(integerOf(numbers.divide(exact(a.months), b)), "down")),
    [`${MD},${MD}`]: (a, b) => numbers.divide(exact(a.months), exact(b.months)),
    [`${DD},${N}`]: (a, b) => new DayDuration(numbers.toWhole(integerOf(numbers.divide(exact(a.nanos), b)))),
    [`${DD},${DD}`]: (a, b) => numbers.divide(exact(a.nanos), exact(b.nanos)),
  },
  "**": {},
};
/** @type {Record<string, (a: Num, b: Num) => Num | null>} */
const ON_NUMBERS = { "+": numbers.add, "-": numbers.subtract, "*": numbers.multiply, "/": numbers.divide, "**": numbers.power };

/** `a sign b`; null with the reason where it has no result. @param {string} sign @param {Value} a @param {Value} b @param {Scope} scope @param {Site} site @returns {Value} */
export function arithmetic(sign, a, b, scope, site) {
  [a, b] = [single(a), single(b)];
  try {
    if (a instanceof Num && b instanceof Num) {
      const found = ON_NUMBERS[sign](a, b);
      if (found === null) throw new Unsupported("**", site.span);
      return found;
    }
    const result = OPERATIONS[sign][`${kindOf(a)},${kindOf(b)}`]?.(a, b) ?? null;
    return result === null ? site.refuse(scope, a, b) : scope.sized(result);
  } catch (error) {
    if (!(error instanceof Undefined)) throw error;
    return site.wrong(scope, "feel.undefined", `“${sign}” has no result for these numbers`, `“${sign}”对这些数字没有结果`);
  }
}

/** @param {Value} operand @param {Scope} scope @param {Site} site @returns {Value} */
export function negation(operand, scope, site) {
  const value = single(operand);
  if (value instanceof Num) return numbers.negated(value);
  if (value instanceof DayDuration) return new DayDuration(-value.nanos);
  return value instanceof MonthDuration ? new MonthDuration(-value.months) : site.refuse(scope, value);
}

/** @param {string} sign @param {Value} a @param {Value} b @returns {Truth} */
export function compared(sign, a, b) {
  if (sign === "=") return equal(a, b);
  if (sign === "!=") {
    const answer = equal(a, b);
    return answer === null ? null : !answer;
  }
  [a, b] = [single(a), single(b)];
  if (sign[0] === ">") [a, b] = [b, a];
  return sign.length === 1 ? less(a, b) : atMost(a, b);
}

/** @param {string} sign @param {Value} a @param {Value} b @param {Scope} scope @param {Site} site @returns {Truth} */
export function checked(sign, a, b, scope, site) {
  const answer = compared(sign, a, b);
  return answer === null ? site.refuse(scope, a, b) : answer;
}

/** Both, three-valued; one that is false decides. @param {Scope} scope @param {() => Truth} above @param {() => Truth} below @returns {Truth} */
export function bounded(scope, above, below) {
  const mark = scope.problems.length;
  const first = above();
  if (first === false) return false;
  const second = nextAnswer(scope, mark, below, false);
  return second === false || first ? second : null;
}

/** Whether a value equals what is wanted, or lies in it. @param {Scope} scope @param {Value} value @param {Value} wanted @param {Site} site @returns {Truth} */
export function meets(scope, value, wanted, site) {
  if (Array.isArray(wanted)) return inList(scope, value, wanted);
  const within = wanted instanceof Range && !(value instanceof Range);
  const answer = within ? contains(wanted, value) : equal(value, wanted);
  return answer === null ? site.refuse(scope, value, wanted) : answer;
}

/** @param {Scope} scope @param {Value} value @param {Value[]} wanted */
function inList(scope, value, wanted) {
  scope.spend(wanted.length);
  if (Array.isArray(value) && equal(value, wanted)) return true;
  return wanted.some((each) => (each instanceof Range && !(value instanceof Range) ? contains(each, value) : equal(value, each)));
}

const ENDPOINTS = new Set([N, S, D, T, M, DD, MD]);

/** @param {Value} start @param {Value} end @param {boolean[]} included @param {Scope} scope @param {Site} site */
export function makeRange(start, end, included, scope, site) {
  const kind = kindOf(start);
  if (!ENDPOINTS.has(kind) || kind !== kindOf(end)) return site.refuse(scope, start, end);
  if (!atMost(start, end)) {
    return site.wrong(scope, "feel.range_order", "the range ends before it starts", "区间的终点在起点之前");
  }
  return new Range(start, end, included[0], included[1]);
}

/** `(> endpoint)` as a value. @param {string} sign @param {Value} value @param {Scope} scope @param {Site} site */
export function makeBound(sign, value, scope, site) {
  if (!ENDPOINTS.has(kindOf(value)) || sign === "!=") return site.refuse(scope, value);
  if (sign === "=") return new Range(value, value, true, true);
  const included = sign.endsWith("=");
  return sign[0] === ">" ? new Range(value, null, included, false) : new Range(null, value, false, included);
}

/** @param {Value} value */
const days = (value) => ({ year: value.year, month: value.month, day: value.day, weekday: value.weekday });
/** @param {Value} value */
function clock(value) {
  const offset = value.offset === null ? null : new DayDuration(BigInt(value.offset) * 1_000_000_000n);
  return { hour: value.hour, minute: value.minute, second: seconds(BigInt(value.secondNanos)), "time offset": offset, timezone: null };
}
/** @param {bigint} nanos */
const seconds = (nanos) => {
  let [c, e] = [nanos, -9];
  while (e < 0 && c % 10n === 0n) [c, e] = [c / 10n, e + 1];
  return numbers.made(c, e);
};
const NO_PARTS = { years: null, months: null, days: null, hours: null, minutes: null, seconds: null };
/** @type {Record<string, (value: any) => Record<string, any>>} */
const PROPERTIES = {
  date: days,
  "date and time": (value) => ({ ...days(value.date), ...clock(value.time) }),
  time: clock,
  "days and time duration": (value) => {
    const [day, hour, minute, nanos] = value.parts.map((/** @type {bigint} */ each) => (value.nanos < 0n ? -each : each));
    return { ...NO_PARTS, days: day, hours: hour, minutes: minute, seconds: seconds(nanos) };
  },
  "years and months duration": (value) => ({ ...NO_PARTS, years: value.months / 12n, months: value.months % 12n }),
  range: (value) => ({ start: value.start, end: value.end, "start included": value.startIncluded, "end included": value.endIncluded }),
};

/** `value.name`. @param {Value} value @param {string} name @param {Scope} scope @param {Site} site @returns {Value} */
export function member(value, name, scope, site) {
  if (value instanceof Map) return value.get(name) ?? null;
  if (Array.isArray(value)) {
    scope.spend(value.length);
    return value.map((each) => member(each, name, scope, site));
  }
  const properties = value === null || value instanceof Callable ? {} : (PROPERTIES[kindOf(value)]?.(value) ?? {});
  if (!Object.hasOwn(properties, name)) return site.refuse(scope, value);
  const found = properties[name];
  return typeof found === "bigint" || typeof found === "number" ? numbers.count(found) : found;
}
