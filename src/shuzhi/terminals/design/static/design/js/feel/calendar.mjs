/** Built-in functions of dates, times, durations and the conversions from text (10.3.4.1, 10.3.4.8, 10.3.4.11). */

import * as numbers from "./number.mjs";
import { Num } from "./number.mjs";
import * as temporal from "./temporal.mjs";
import { Day, DayDuration, Moment, MonthDuration, Time, UTC_MIDNIGHT } from "./temporal.mjs";
import { OutOfDomain, builtin } from "./registry.mjs";
import { pythonic } from "./builtins.mjs";

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const LONGEST = 10_000;

/** What was read from a text, or the reason that nothing was. @param {any} value @param {string} text @param {string} en @param {string} zh */
function read(value, text, en, zh) {
  const start = Array.from(text).slice(0, 40).join("");
  if (value === null) throw new OutOfDomain(`“${start}” is no ${en}`, `“${start}”不是${zh}`);
  return value;
}

/** @param {Num} number */
function integer(number) {
  const found = numbers.whole(number);
  if (found === null) throw new OutOfDomain(`${pythonic(number)} is no whole number`, `${pythonic(number)} 不是整数`);
  return Number(found);
}

/** @param {Day | Moment} day */
const dayOf = (day) => (day instanceof Moment ? day.date : day);

builtin("date", "from: string", (_, text) => read(temporal.dateFrom(text), text, "date", "日期"));
builtin("date", "from: day", (_, day) => dayOf(day));
builtin("date", "year: number, month: number, day: number", (_, year, month, day) => {
  const text = [year, month, day].map(pythonic).join("-");
  return read(temporal.makeDay(integer(year), integer(month), integer(day)), text, "date", "日期");
});
builtin("date and time", "from: string", (_, text) => read(temporal.momentFrom(text), text, "date and time", "日期时间"));
builtin("date and time", "date: day, time: time", (_, day, time) => new Moment(dayOf(day), time));
builtin("date and time", "from: day", (_, day) => (day instanceof Moment ? day : new Moment(day, UTC_MIDNIGHT)));
builtin("time", "from: string", (_, text) => read(temporal.timeFrom(text), text, "time", "时间"));
builtin("time", "from: time or moment", (_, moment) => (moment instanceof Time ? moment : moment.time));
builtin("time", "from: date", () => UTC_MIDNIGHT);
builtin("time", "hour: number, minute: number, second: number, offset: days?", (_, hour, minute, second, offset) => {
  const zone = offset ? offsetOf(offset) : null;
  const fits = numbers.compare(second, numbers.count(60)) < 0 && numbers.compare(second, numbers.count(-60)) > 0;
  const nanos = fits ? Number(numbers.toWhole(numbers.multiply(second, numbers.count(temporal.SECOND)), "down")) : -1;
  const text = [hour, minute, second].map(pythonic).join(":");
  return read(temporal.makeTime(integer(hour), integer(minute), nanos, zone), text, "time", "时间");
});

/** @param {DayDuration} offset */
function offsetOf(offset) {
  const seconds = Number(offset.nanos / BigInt(temporal.SECOND));
  return read(temporal.fitsOffset(seconds) ? seconds : null, String(offset), "time offset", "时差");
}

builtin("duration", "from: string", (_, text) => read(temporal.durationFrom(text), text, "duration", "时长"));
builtin("duration", "from: duration", (_, duration) => duration);
builtin("years and months duration", "from: day, to: day", (_, from, to) => {
  const [first, last] = [dayOf(from), dayOf(to)];
  let months = (last.year - first.year) * 12 + last.month - first.month;
  if (months > 0 && last.day < first.day) months -= 1;
  else if (months < 0 && last.day > first.day) months += 1;
  return new MonthDuration(BigInt(months));
});

const NUMBER = /^-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,5})?$/;
/** @param {string} plain @param {string} text */
const numberFrom = (plain, text) => read(plain.length <= LONGEST && NUMBER.test(plain) ? numbers.number(plain) : null, text, "number", "数字");

builtin("number", "from: string", (_, text) => numberFrom(text, text));
builtin("number", "from: string, grouping separator: string!, decimal separator: string!", (_, text, grouping, point) => {
  if (![" ", ",", ".", null].includes(grouping) || ![",", ".", null].includes(point)) {
    throw new OutOfDomain("the separator is not allowed", "不允许的分隔符");
  }
  if (grouping !== null && grouping === point) throw new OutOfDomain("both separators are the same", "两个分隔符相同");
  const plain = grouping ? text.replaceAll(grouping, "") : text;
  return numberFrom(point ? plain.replaceAll(point, ".") : plain, text);
});

builtin("day of year", "date: day", (_, day) => numbers.count(dayOf(day).dayOfYear));
builtin("day of week", "date: day", (_, day) => WEEKDAYS[dayOf(day).weekday - 1]);
builtin("month of year", "date: day", (_, day) => MONTHS[dayOf(day).month - 1]);
builtin("week of year", "date: day", (_, day) => numbers.count(dayOf(day).week));

/** @param {import("./scope.mjs").Scope} scope @returns {Moment} */
function now(scope) {
  if (scope.now === null) throw new OutOfDomain("no time was passed in", "未传入当前时间");
  return scope.now;
}
builtin("now", "", now);
builtin("today", "", (scope) => now(scope).date);
