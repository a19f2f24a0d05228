/** Dates, times with offsets, and both durations. Zones by name are the server's: see `Unsupported`. */

import { Unsupported } from "./number.mjs";

const LAST_YEAR = 999_999_999;
const SECOND = 1_000_000_000;
export const DAY = 86_400n * BigInt(SECOND);
const DAY_NANOS = Number(DAY);
const LAST_OFFSET = 14 * 3600;

/** @param {number} a @param {number} b */
const floor = (a, b) => Math.floor(a / b);
/** @param {number} value @param {number} width */
const padded = (value, width) => String(value).padStart(width, "0");
/** @param {bigint} a @param {bigint} b @returns {[bigint, bigint]} the quotient rounded down and its rest */
function divided(a, b) {
  const rest = ((a % b) + b) % b;
  return [(a - rest) / b, rest];
}

/** @param {number} year @param {number} month @param {number} day */
function ordinalOf(year, month, day) {
  const shifted = month <= 2 ? year - 1 : year;
  const era = floor(shifted, 400);
  const ofEra = shifted - era * 400;
  const ofYear = floor(153 * ((month + 9) % 12) + 2, 5) + day - 1;
  return era * 146_097 + ofEra * 365 + floor(ofEra, 4) - floor(ofEra, 100) + ofYear - 719_468;
}

/** A day of the proleptic Gregorian calendar. */
export class Day {
  /** @param {number} year @param {number} month @param {number} day */
  constructor(year, month, day) {
    this.year = year;
    this.month = month;
    this.day = day;
    Object.freeze(this);
  }

  /** Days since 1970-01-01. */
  get ordinal() {
    return ordinalOf(this.year, this.month, this.day);
  }

  /** 1 for Monday to 7 for Sunday. */
  get weekday() {
    return ((((this.ordinal + 3) % 7) + 7) % 7) + 1;
  }

  get dayOfYear() {
    return this.ordinal - ordinalOf(this.year, 1, 1) + 1;
  }

  /** The week of ISO 8601. @returns {number} */
  get week() {
    const thursday = dayAt(this.ordinal - this.weekday + 4);
    return thursday ? floor(thursday.dayOfYear - 1, 7) + 1 : 1;
  }

  toString() {
    return `${this.year < 0 ? "-" : ""}${padded(Math.abs(this.year), 4)}-${padded(this.month, 2)}-${padded(this.day, 2)}`;
  }
}

/** @param {number} year @param {number} month */
function daysIn(year, month) {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** @param {number} year @param {number} month @param {number} day @returns {Day | null} */
export function makeDay(year, month, day) {
  const fits = Math.abs(year) <= LAST_YEAR && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  return fits ? new Day(year, month, day) : null;
}

/** @param {number} days since 1970-01-01 */
export function dayAt(days) {
  const era = floor(days + 719_468, 146_097);
  const ofEra = days + 719_468 - era * 146_097;
  const year = floor(ofEra - floor(ofEra, 1460) + floor(ofEra, 36_524) - floor(ofEra, 146_096), 365);
  const ofYear = ofEra - (365 * year + floor(year, 4) - floor(year, 100));
  const shifted = floor(5 * ofYear + 2, 153);
  const month = ((shifted + 2) % 12) + 1;
  return makeDay(year + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - floor(153 * shifted + 2, 5) + 1);
}

/** @param {Day} date @param {bigint} months */
export function addMonths(date, months) {
  const [full, rest] = divided(BigInt(date.year * 12 + date.month - 1) + months, 12n);
  const year = Number(full);
  if (Math.abs(year) > LAST_YEAR) return null;
  const month = Number(rest) + 1;
  return new Day(year, month, Math.min(date.day, daysIn(year, month)));
}

/** @param {Day} date @param {bigint} nanos */
export const dayAfter = (date, nanos) => dayAt(date.ordinal + Number(divided(nanos, DAY)[0]));

/** @param {number} offset in seconds */
function offsetText(offset) {
  if (offset === 0) return "Z";
  const distance = Math.abs(offset);
  const text = `${offset < 0 ? "-" : "+"}${padded(floor(distance, 3600), 2)}:${padded(floor(distance, 60) % 60, 2)}`;
  return distance % 60 ? `${text}:${padded(distance % 60, 2)}` : text;
}

/** @param {bigint} nanos not negative */
export function secondsText(nanos) {
  const fraction = nanos % BigInt(SECOND);
  const seconds = nanos / BigInt(SECOND);
  return fraction ? `${seconds}.${String(fraction).padStart(9, "0")}`.replace(/0+$/, "") : String(seconds);
}

/** A time of the day; the offset, in seconds east of UTC, is null where it has none. */
export class Time {
  /** @param {number} nanos @param {number | null} offset */
  constructor(nanos, offset = null) {
    this.nanos = nanos;
    this.offset = offset;
    Object.freeze(this);
  }

  get hour() {
    return floor(this.nanos, 3600 * SECOND);
  }

  get minute() {
    return floor(this.nanos % (3600 * SECOND), 60 * SECOND);
  }

  get secondNanos() {
    return this.nanos % (60 * SECOND);
  }

  get ofDay() {
    return this.nanos - (this.offset ?? 0) * SECOND;
  }

  toString() {
    const [seconds, fraction] = secondsText(BigInt(this.secondNanos)).split(".");
    const text = `${padded(this.hour, 2)}:${padded(this.minute, 2)}:${padded(Number(seconds), 2)}`;
    return `${text}${fraction ? `.${fraction}` : ""}${this.offset === null ? "" : offsetText(this.offset)}`;
  }
}

/** A day and a time of that day. */
export class Moment {
  /** @param {Day} date @param {Time} time */
  constructor(date, time) {
    this.date = date;
    this.time = time;
    Object.freeze(this);
  }

  /** Nanoseconds since 1970 by the clock there. */
  get local() {
    return BigInt(this.date.ordinal) * DAY + BigInt(this.time.nanos);
  }

  get instant() {
    return this.local - BigInt(this.time.offset ?? 0) * BigInt(SECOND);
  }

  toString() {
    return `${this.date}T${this.time}`;
  }
}

export const UTC_MIDNIGHT = new Time(0, 0);

/** @param {Moment} moment @param {bigint} nanos */
export function moved(moment, nanos) {
  const [days, rest] = divided(moment.local + nanos, DAY);
  const date = dayAt(Number(days));
  return date && new Moment(date, new Time(Number(rest), moment.time.offset));
}

/** @param {Time} time @param {bigint} nanos */
export const timeAfter = (time, nanos) => new Time(Number(divided(BigInt(time.nanos) + nanos, DAY)[1]), time.offset);

/** @param {number} hour @param {number} minute @param {number} nanos @param {number | null} offset */
export function makeTime(hour, minute, nanos, offset) {
  const fits = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && nanos >= 0 && nanos < 60 * SECOND;
  return fits ? new Time((hour * 3600 + minute * 60) * SECOND + nanos, offset) : null;
}

/** @param {number} seconds */
export const fitsOffset = (seconds) => Math.abs(seconds) <= LAST_OFFSET;

/** Days and time, in nanoseconds. */
export class DayDuration {
  /** @param {bigint} nanos */
  constructor(nanos) {
    this.nanos = nanos;
    Object.freeze(this);
  }

  /** Days, hours, minutes and nanoseconds, without the sign. */
  get parts() {
    const nanos = this.nanos < 0n ? -this.nanos : this.nanos;
    const hour = 3600n * BigInt(SECOND);
    const minute = 60n * BigInt(SECOND);
    return [nanos / DAY, (nanos % DAY) / hour, (nanos % hour) / minute, nanos % minute];
  }

  toString() {
    const [days, hours, minutes, nanos] = this.parts;
    let time = `${hours ? `${hours}H` : ""}${minutes ? `${minutes}M` : ""}`;
    time += nanos ? `${secondsText(nanos)}S` : "";
    const text = `${days ? `${days}D` : ""}${time ? `T${time}` : ""}`;
    return `${this.nanos < 0n ? "-" : ""}P${text || "T0S"}`;
  }
}

/** Years and months, in months. */
export class MonthDuration {
  /** @param {bigint} months */
  constructor(months) {
    this.months = months;
    Object.freeze(this);
  }

  toString() {
    const months = this.months < 0n ? -this.months : this.months;
    const text = `${months / 12n ? `${months / 12n}Y` : ""}${months % 12n ? `${months % 12n}M` : ""}`;
    return `${this.months < 0n ? "-" : ""}P${text || "0M"}`;
  }
}

const DATE = /^(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-([0-9]{2})-([0-9]{2})$/;
const TIME =
  /^([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:([Zz])|([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?|@([A-Za-z0-9_+\-/]+))?$/;
const DAYS =
  /^(-?)P(?=[0-9T])(?:([0-9]{1,18})D)?(?:T(?=[0-9])(?:([0-9]{1,18})H)?(?:([0-9]{1,18})M)?(?:([0-9]{1,18})(?:\.([0-9]+))?S)?)?$/;
const MONTHS = /^(-?)P(?=[0-9])(?:([0-9]{1,18})Y)?(?:([0-9]{1,18})M)?$/;
const LONGEST = 100;

/** @param {RegExp} pattern @param {string} text */
const read = (pattern, text) => (text.length <= LONGEST ? pattern.exec(text) : null);
/** @param {string | undefined} fraction */
const nanosOf = (fraction) => Number((fraction ?? "0").slice(0, 9).padEnd(9, "0"));

/** @param {string} text */
export function dateFrom(text) {
  const found = read(DATE, text);
  return found && makeDay(Number(found[1]), Number(found[2]), Number(found[3]));
}

/** @param {string} text */
export function timeFrom(text) {
  const found = read(TIME, text);
  if (!found) return null;
  if (found[10]) throw new Unsupported(`@${found[10]}`);
  let offset = found[5] ? 0 : null;
  if (found[6]) {
    if (Number(found[8]) > 59 || Number(found[9] ?? 0) > 59) return null;
    offset = Number(found[7]) * 3600 + Number(found[8]) * 60 + Number(found[9] ?? 0);
    if (!fitsOffset(offset)) return null;
    if (found[6] === "-") offset = offset === 0 ? 0 : -offset;
  }
  return makeTime(Number(found[1]), Number(found[2]), Number(found[3]) * SECOND + nanosOf(found[4]), offset);
}

/** @param {string} text */
export function momentFrom(text) {
  const at = text.indexOf("T");
  const date = dateFrom(at < 0 ? text : text.slice(0, at));
  const time = at < 0 ? new Time(0) : timeFrom(text.slice(at + 1));
  return date && time && new Moment(date, time);
}

/** @param {string} text */
export function durationFrom(text) {
  let found = read(MONTHS, text);
  if (found) {
    const months = BigInt(found[2] ?? 0) * 12n + BigInt(found[3] ?? 0);
    return new MonthDuration(found[1] ? -months : months);
  }
  found = read(DAYS, text);
  if (!found) return null;
  const [days, hours, minutes, seconds] = found.slice(2, 6).map((part) => BigInt(part ?? 0));
  const total = ((days * 24n + hours) * 60n + minutes) * 60n + seconds;
  const nanos = total * BigInt(SECOND) + BigInt(nanosOf(found[6]));
  return new DayDuration(found[1] ? -nanos : nanos);
}

/** @param {string} text */
export const literalFrom = (text) => dateFrom(text) ?? timeFrom(text) ?? durationFrom(text) ?? momentFrom(text);

export { DAY_NANOS, SECOND };
