/** Relations between points and ranges (10.3.4.7, table 78); a range's missing end is beyond everything. */

import { Range, equal, less } from "./values.mjs";
import { OutOfDomain, builtin } from "./registry.mjs";

/** @typedef {import("./values.mjs").Value} Value */

/** @param {(a: Value, b: Value) => boolean | null} relation @returns {(a: Value, b: Value) => boolean} */
function certain(relation) {
  return (one, two) => {
    const answer = relation(one, two);
    if (answer === null) throw new OutOfDomain("the values can't be compared", "两值不可比较");
    return answer;
  };
}
const lt = certain(less);
const eq = certain(equal);

/** @param {string} name @param {string} first @param {string} second @param {(one: any, two: any) => boolean} relation */
function relate(name, first, second, relation) {
  const text = [first, second].map((each) => `${each}: ${each.startsWith("range") ? "range" : "point"}`).join(", ");
  builtin(name, text, (_, one, two) => relation(one, two));
}

/** @param {Range} one @param {Range} two */
function startsBefore(one, two) {
  if (two.start === null) return false;
  if (one.start === null || lt(one.start, two.start)) return true;
  return eq(one.start, two.start) && one.startIncluded && !two.startIncluded;
}
/** @param {Range} one @param {Range} two */
function endsAfter(one, two) {
  if (two.end === null) return false;
  if (one.end === null || lt(two.end, one.end)) return true;
  return eq(one.end, two.end) && one.endIncluded && !two.endIncluded;
}
/** @param {Range} one @param {Range} two */
function below(one, two) {
  if (one.end === null || two.start === null) return false;
  if (lt(one.end, two.start)) return true;
  return eq(one.end, two.start) && !(one.endIncluded && two.startIncluded);
}
/** @param {Value} point @param {Range} range */
function pointBelow(point, range) {
  return range.start !== null && (lt(point, range.start) || (eq(point, range.start) && !range.startIncluded));
}
/** @param {Value} point @param {Range} range */
function pointAbove(point, range) {
  return range.end !== null && (lt(range.end, point) || (eq(point, range.end) && !range.endIncluded));
}
/** @param {Value} one @param {Value} two */
const endsEqual = (one, two) => (one === null || two === null ? one === two : eq(one, two));
/** @param {Range} one @param {Range} two */
const sameStart = (one, two) => one.startIncluded === two.startIncluded && endsEqual(one.start, two.start);
/** @param {Range} one @param {Range} two */
const sameEnd = (one, two) => one.endIncluded === two.endIncluded && endsEqual(one.end, two.end);
/** @param {Range} one @param {Range} two */
const meets = (one, two) => one.end !== null && two.start !== null && one.endIncluded && two.startIncluded && eq(one.end, two.start);
/** @param {Range} one @param {Range} two */
const overlaps = (one, two) => !below(one, two) && !below(two, one);
/** @param {Range} one @param {Range} two */
const overlapsBefore = (one, two) => startsBefore(one, two) && overlaps(one, two) && !endsAfter(one, two);
/** @param {Range} one @param {Range} two */
const overlapsAfter = (one, two) => startsBefore(two, one) && overlaps(one, two) && !endsAfter(two, one);
/** @param {Value} point @param {Range} range */
const pointFinishes = (point, range) => range.end !== null && range.endIncluded && eq(range.end, point);
/** @param {Range} one @param {Range} two */
const finishes = (one, two) => sameEnd(one, two) && !startsBefore(one, two);
/** @param {Range} range @param {Value} point */
const includesPoint = (range, point) => !pointBelow(point, range) && !pointAbove(point, range);
/** @param {Range} one @param {Range} two */
const includes = (one, two) => !startsBefore(two, one) && !endsAfter(two, one);
/** @param {Value} point @param {Range} range */
const pointStarts = (point, range) => range.start !== null && range.startIncluded && eq(range.start, point);
/** @param {Range} one @param {Range} two */
const starts = (one, two) => sameStart(one, two) && !endsAfter(one, two);
/** @param {(one: any, two: any) => boolean} relation @returns {(one: any, two: any) => boolean} */
const turned = (relation) => (one, two) => relation(two, one);

relate("before", "point1", "point2", lt);
relate("before", "point", "range", pointBelow);
relate("before", "range", "point", turned(pointAbove));
relate("before", "range1", "range2", below);
relate("after", "point1", "point2", turned(lt));
relate("after", "point", "range", pointAbove);
relate("after", "range", "point", turned(pointBelow));
relate("after", "range1", "range2", turned(below));
relate("meets", "range1", "range2", meets);
relate("met by", "range1", "range2", turned(meets));
relate("overlaps", "range1", "range2", overlaps);
relate("overlaps before", "range1", "range2", overlapsBefore);
relate("overlaps after", "range1", "range2", overlapsAfter);
relate("finishes", "point", "range", pointFinishes);
relate("finishes", "range1", "range2", finishes);
relate("finished by", "range", "point", turned(pointFinishes));
relate("finished by", "range1", "range2", turned(finishes));
relate("includes", "range", "point", includesPoint);
relate("includes", "range1", "range2", includes);
relate("during", "point", "range", turned(includesPoint));
relate("during", "range1", "range2", turned(includes));
relate("starts", "point", "range", pointStarts);
relate("starts", "range1", "range2", starts);
relate("started by", "range", "point", turned(pointStarts));
relate("started by", "range1", "range2", turned(starts));
relate("coincides", "point1", "point2", eq);
relate("coincides", "range1", "range2", (one, two) => sameStart(one, two) && sameEnd(one, two));
