/**
 * Numbers of FEEL: decimal128, 34 digits, ties to even, on BigInt. The exponent is kept as in Python's decimal, so
 * that 1.10 stays 1.10.
 */

const DIGITS = 34;
const LAST = 6144;
const LEAST = -6176;
const WIDE = 13_000;
const LONGEST_POWER = 999_999_999n;

/** An operation that has no result for these numbers. */
export class Undefined extends Error {}

/** Something that this evaluator does not have: the whole evaluation belongs to the server. */
export class Unsupported extends Error {
  /** @param {string} name @param {number[] | null} span */
  constructor(name, span = null) {
    super(name);
    this.name = name;
    this.span = span;
  }
}

/** A coefficient and a power of ten. */
export class Num {
  /** @param {bigint} c @param {number} e */
  constructor(c, e) {
    this.c = c;
    this.e = e;
    Object.freeze(this);
  }
}

/** @typedef {"half-even" | "half-up" | "half-down" | "up" | "down" | "floor" | "ceiling"} Rounding */

/** @param {number} n */
const ten = (n) => 10n ** BigInt(n);
/** @param {bigint} c */
const abs = (c) => (c < 0n ? -c : c);
/** @param {bigint} c */
const length = (c) => (c === 0n ? 1 : abs(c).toString().length);

/**
 * A quotient rounded to a whole number; the divisor is positive.
 * @param {bigint} c @param {bigint} by @param {Rounding} mode
 */
function shortened(c, by, mode) {
  const quotient = c / by;
  const rest = abs(c % by);
  if (rest === 0n) return quotient;
  const away = quotient + (c < 0n ? -1n : 1n);
  if (mode === "up") return away;
  if (mode === "down") return quotient;
  if (mode === "floor") return c < 0n ? away : quotient;
  if (mode === "ceiling") return c < 0n ? quotient : away;
  if (rest * 2n !== by) return rest * 2n > by ? away : quotient;
  if (mode === "half-even") return quotient % 2n === 0n ? quotient : away;
  return mode === "half-up" ? away : quotient;
}

/** @param {bigint} c @param {number} e @param {number} [digits] */
export function made(c, e, digits = DIGITS) {
  if (c === 0n) return new Num(0n, Math.min(Math.max(e, LEAST), LAST));
  let cut = Math.max(length(c) - digits, LEAST - e);
  if (cut > 0) {
    c = shortened(c, ten(cut), "half-even");
    e += cut;
    cut = length(c) - digits;
    if (cut > 0) [c, e] = [c / ten(cut), e + cut];
  }
  if (length(c) + e - 1 > LAST) throw new Undefined();
  return new Num(c, e);
}

const WRITTEN = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** @param {string} text */
export function number(text) {
  const found = WRITTEN.exec(text);
  if (!found || !(found[2] || found[3])) throw new Undefined();
  const fraction = found[3] ?? "";
  const c = BigInt(`${found[2]}${fraction}`);
  return made(found[1] === "-" ? -c : c, Number(found[4] ?? 0) - fraction.length);
}

/** @param {number | bigint} value */
export const count = (value) => made(BigInt(value), 0);

export const ZERO = count(0);
export const ONE = count(1);

/** @param {Num} a @param {Num} b @returns {[bigint, bigint, number]} */
function aligned(a, b) {
  const e = Math.min(a.e, b.e);
  return [a.c * ten(a.e - e), b.c * ten(b.e - e), e];
}

/** @param {Num} a @param {Num} b */
export function add(a, b) {
  const [x, y, e] = aligned(a, b);
  return made(x + y, e);
}

/** @param {Num} a */
export const negated = (a) => (a.c === 0n ? a : new Num(-a.c, a.e));
/** @param {Num} a @param {Num} b */
export const subtract = (a, b) => add(a, new Num(-b.c, b.e));
/** @param {Num} a @param {Num} b @param {number} [digits] */
export const multiply = (a, b, digits) => made(a.c * b.c, a.e + b.e, digits);

/** @param {Num} a @param {Num} b @param {number} [digits] */
export function divide(a, b, digits = DIGITS) {
  if (b.c === 0n) throw new Undefined();
  const ideal = a.e - b.e;
  if (a.c === 0n) return made(0n, ideal);
  const shift = digits + length(b.c) - length(a.c) + 1;
  const [x, y] = shift >= 0 ? [a.c * ten(shift), b.c] : [a.c, b.c * ten(-shift)];
  let quotient = x / y;
  let e = ideal - shift;
  if (x % y !== 0n) {
    if (quotient % 5n === 0n) quotient += quotient < 0n || (quotient === 0n && x < 0n !== y < 0n) ? -1n : 1n;
    return made(quotient, e, digits);
  }
  while (e < ideal && quotient % 10n === 0n) [quotient, e] = [quotient / 10n, e + 1];
  return made(quotient, e, digits);
}

/** @param {Num} a @param {Num} b */
export function compare(a, b) {
  const [x, y] = aligned(a, b);
  return x < y ? -1 : Number(x > y);
}

/**
 * The whole number that a number is, or null.
 * @param {Num} a @returns {bigint | null}
 */
export function integer(a) {
  if (a.e >= 0) return a.c * ten(a.e);
  return a.c % ten(-a.e) === 0n ? a.c / ten(-a.e) : null;
}

/**
 * The same for an index or a count: null for what is too large to count.
 * @param {any} value
 */
export function whole(value) {
  return value instanceof Num && length(value.c) + value.e - 1 <= 18 ? integer(value) : null;
}

/** @param {Num} a @param {Rounding} [mode] @returns {bigint} */
export function toWhole(a, mode = "half-even") {
  return a.e >= 0 ? a.c * ten(a.e) : shortened(a.c, ten(-a.e), mode);
}

/** @param {Num} a */
export const tooLong = (a) => length(a.c) + a.e - 1 > 40;

/** @param {Num} a @param {number} places @param {Rounding} mode */
export function rounded(a, places, mode) {
  const e = -places;
  const c = a.e >= e ? a.c * ten(Math.min(a.e - e, WIDE + 1)) : shortened(a.c, ten(e - a.e), mode);
  if (length(c) > WIDE) throw new Undefined();
  return made(c, e);
}

/**
 * A base to a whole power, rounded on the way as decimal arithmetic does; null where the power is not whole.
 * @param {Num} base @param {Num} exponent
 */
export function power(base, exponent) {
  if (compare(exponent, made(LONGEST_POWER, 0)) > 0 || compare(exponent, made(-LONGEST_POWER, 0)) < 0) {
    throw new Undefined();
  }
  if (exponent.c === 0n) return ONE;
  const n = integer(exponent);
  if (n === null) return null;
  if (base.c === 0n && n < 0n) throw new Undefined();
  if (base.c === 0n) return ZERO;
  if (compare(base, ONE) === 0 && n < 0n) return ONE;
  const digits = DIGITS + length(exponent.c) + exponent.e + 3 + (n < 0n ? 1 : 0);
  const factor = n < 0n ? divide(ONE, base, digits) : base;
  let result = factor;
  for (const bit of abs(n).toString(2).slice(1)) {
    result = multiply(result, result, digits);
    if (bit === "1") result = multiply(result, factor, digits);
  }
  return made(result.c, result.e);
}

/** @param {bigint} value */
function rootOf(value) {
  if (value < 2n) return value;
  let root = ten((value.toString().length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}

/** @param {Num} a */
export function root(a) {
  if (a.c < 0n) throw new Undefined();
  const odd = Math.abs(a.e % 2) === 1;
  if (a.c === 0n) return made(0n, Math.floor(a.e / 2));
  let c = odd ? a.c * 10n : a.c;
  const half = odd ? (length(a.c) >> 1) + 1 : (length(a.c) + 1) >> 1;
  const shift = DIGITS + 1 - half;
  const cut = ten(Math.abs(shift));
  let exact = true;
  if (shift >= 0) c *= cut * cut;
  else [exact, c] = [c % (cut * cut) === 0n, c / (cut * cut)];
  let e = Math.floor(a.e / 2) - shift;
  let n = rootOf(c);
  exact &&= n * n === c;
  if (exact) [n, e] = [shift >= 0 ? n / cut : n * cut, e + shift];
  else if (n % 5n === 0n) n += 1n;
  return made(n, e);
}

/**
 * `dividend - divisor * floor(dividend / divisor)`; the divisor is not 0.
 * @param {Num} a @param {Num} b
 */
export function modulo(a, b) {
  if (Math.abs(length(a.c) + a.e - length(b.c) - b.e) > DIGITS) {
    return subtract(a, multiply(b, made(toWhole(divide(a, b), "floor"), 0)));
  }
  const [x, y, e] = aligned(a, b);
  const rest = x % y;
  return made(rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest, e);
}

/**
 * As a person writes it: no exponent.
 * @param {Num} a
 */
export function written(a) {
  const sign = a.c < 0n ? "-" : "";
  const digits = abs(a.c).toString();
  if (a.e >= 0) return a.c === 0n ? "0" : sign + digits + "0".repeat(a.e);
  const padded = digits.padStart(1 - a.e, "0");
  return `${sign}${padded.slice(0, a.e)}.${padded.slice(a.e)}`;
}
