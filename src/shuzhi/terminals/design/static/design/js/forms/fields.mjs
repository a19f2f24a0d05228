/** What an answer may be by itself: the server's `engine/fields.py`, function by function. */

import { compare, modulo, number, written as writtenNumber } from "../feel/number.mjs";
import { dateFrom } from "../feel/temporal.mjs";
import { isPhone, isResidentId, isUscc } from "./identifiers.mjs";

/** @typedef {{zh: string, en: string}} Words */
/** @typedef {{name: string, kind: string, required: boolean, title: Words, schema: Record<string, any>, cells?: Field[]}} Field */
/** @typedef {string | boolean | string[] | Record<string, any>[] | null} Answer */
/** @typedef {{field: string, code: string, zh: string, en: string}} Fault */
/** @typedef {{answer: Answer, fault: Fault | null}} Read */
/** @typedef {(code: string, n?: string) => Fault} Blame */

const NUMBER = /^([-+]?)([0-9]{1,20})(?:\.([0-9]{1,10}))?$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const SPACE = "[ \\t\\n\\r\\v\\f\\u3000\\u00a0\\ufeff]";
const ENDS = new RegExp(`^${SPACE}+|${SPACE}+$`, "gu");
const ANY_SPACE = new RegExp(SPACE, "gu");
const MOST_TEXT = 10_000;
const MOST_ITEMS = 100;
const MOST_ROWS = 50;

/** @param {string} text */
const stripped = (text) => text.replace(ENDS, "");
/** @param {string} text */
const length = (text) => Array.from(text).length;
/** Full-width signs as Chinese input methods write them. @param {string} text */
const halved = (text) => text.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).replaceAll("\u3000", " ");

/** @param {Field} field @param {Record<string, Words>} messages @returns {Blame} */
export const blamer = (field, messages) => (code, n = "") => {
  const fill = (/** @type {"zh" | "en"} */ language) => messages[code][language].replace(/\{(title|n)\}/g, (_, name) => (name === "n" ? n : field.title[language]));
  return { field: field.name, code, zh: fill("zh"), en: fill("en") };
};

/** @param {Answer} answer @param {Fault | null} fault @returns {Read} */
const read = (answer, fault = null) => ({ answer, fault });

/** An answer in its one form, or what is wrong with it. @param {Field} field @param {any} given @param {Blame} blame @returns {Read} */
export function readAnswer(field, given, blame) {
  const isList = field.kind === "choices" || field.kind === "files";
  if (Array.isArray(given)) {
    if (isList) return readList(field, given.filter((each) => each !== ""), blame);
    given = given.length ? given[given.length - 1] : null;
  }
  if (given === null || given === undefined || given === "") return read(null);
  if (typeof given === "boolean") return field.kind === "boolean" ? read(given) : read(null, blame("not_text"));
  if (typeof given === "object") return read(null, blame("not_text"));
  if (isList) return readList(field, [String(given)], blame);
  return readText(field, stripped(String(given)), blame);
}

/**
 * The rows in their one form, and everything that is wrong with them, each at its cell.
 * @param {Field} field @param {any} given @param {Record<string, Words>} messages
 * @returns {{rows: Record<string, any>[] | null, faults: Fault[]}}
 */
export function readRows(field, given, messages) {
  const blame = blamer(field, messages);
  if (given === null || given === undefined || given === "" || (Array.isArray(given) && !given.length)) return { rows: null, faults: [] };
  if (!Array.isArray(given) || !given.every((each) => each !== null && typeof each === "object" && !Array.isArray(each))) return { rows: null, faults: [blame("not_rows")] };
  const most = Math.min(field.schema.maxItems ?? MOST_ROWS, MOST_ROWS);
  /** @type {Fault[]} */
  const faults = [];
  const rows = given.slice(0, MOST_ROWS).map((row, number) => readRow(field, number, row, messages, faults));
  if (given.length > most) faults.push(blame("too_many_rows", String(most)));
  else if (given.length < (field.schema.minItems ?? 0)) faults.push(blame("too_few_rows", String(field.schema.minItems)));
  return { rows, faults };
}

/** @param {Field} field @param {number} number @param {Record<string, any>} given @param {Record<string, Words>} messages @param {Fault[]} faults */
function readRow(field, number, given, messages, faults) {
  /** @type {Record<string, any>} */
  const row = {};
  for (const cell of field.cells ?? []) {
    const here = { ...cell, name: `${field.name}.${number}.${cell.name}` };
    const blame = blamer(here, messages);
    const { answer, fault } = readAnswer(here, Object.hasOwn(given, cell.name) ? given[cell.name] : null, blame);
    row[cell.name] = answer;
    const wrong = fault ?? (answer === null && cell.required ? blame("required") : null);
    if (wrong) faults.push(wrong);
  }
  return row;
}

/** Rows as FEEL computes with them: a list of contexts. @param {Field} field @param {Record<string, any>[] | null} rows */
export function feelRows(field, rows) {
  return rows && rows.map((row) => new Map((field.cells ?? []).map((cell) => [cell.name, feelValue(cell.kind, row[cell.name])])));
}

/** @param {Field} field @param {string} text @param {Blame} blame @returns {Read} */
function readText(field, text, blame) {
  if (!text) return read(null);
  if (length(text) > MOST_TEXT) return read(Array.from(text).slice(0, MOST_TEXT).join(""), blame("too_long", String(MOST_TEXT)));
  const plain = stripped(halved(text));
  if (field.kind === "integer" || field.kind === "number") return readNumber(field, plain, blame);
  if (field.kind === "date") return read(plain, isDay(plain) ? null : blame("not_a_date"));
  if (field.kind === "boolean") return plain === "true" || plain === "false" ? read(plain === "true") : read(plain, blame("not_yes_or_no"));
  if (field.kind === "choice") return read(text, choicesOf(field).includes(text) ? null : blame("not_a_choice"));
  const proper = properly(field.schema.format, text);
  return read(proper, textFault(field, proper, blame));
}

/** @param {string | undefined} format @param {string} text */
function properly(format, text) {
  if (format === "resident-id" || format === "uscc") return halved(text).replace(ANY_SPACE, "").toUpperCase();
  return format === "phone" ? halved(text) : text;
}

/** @param {string} text */
const isDay = (text) => DAY.test(text) && !text.startsWith("0000") && dateFrom(text) !== null;
/** @param {Field} field @returns {string[]} */
const choicesOf = (field) => field.schema.enum ?? field.schema.items?.enum ?? [];

/** @param {Field} field @param {string} text @param {Blame} blame @returns {Read} */
function readNumber(field, text, blame) {
  const found = NUMBER.exec(text.replaceAll(",", ""));
  if (!found) return read(text, blame("not_a_number"));
  const [, sign, digits, fraction = ""] = found;
  if (field.kind === "integer" && fraction.replace(/^0+|0+$/g, "")) return read(text, blame("not_whole"));
  const places = field.kind === "integer" ? "" : fraction;
  let written = (digits.replace(/^0+/, "") || "0") + (places ? `.${places}` : "");
  if (sign === "-" && /[1-9]/.test(written)) written = `-${written}`;
  return read(written, numberFault(field, written, blame));
}

/** @param {Field} field @param {string} text @param {Blame} blame */
function textFault(field, text, blame) {
  const { minLength = 0, maxLength = MOST_TEXT, pattern, format } = field.schema;
  if (length(text) < minLength) return blame("too_short", String(minLength));
  if (length(text) > maxLength) return blame("too_long", String(maxLength));
  if (pattern && !new RegExp(pattern, "u").test(text)) return blame("pattern");
  const check = CHECKS[format];
  return check && !check(text) ? blame(format) : null;
}

/** @type {Record<string, (text: string) => boolean>} */
const CHECKS = { "resident-id": isResidentId, uscc: isUscc, phone: isPhone };

/** @type {[string, string, (order: number) => boolean][]} */
const LIMITS = [
  ["minimum", "too_small", (order) => order < 0],
  ["maximum", "too_large", (order) => order > 0],
  ["exclusiveMinimum", "not_above", (order) => order <= 0],
  ["exclusiveMaximum", "not_below", (order) => order >= 0],
];

/** @param {Field} field @param {string} text @param {Blame} blame */
function numberFault(field, text, blame) {
  const given = number(text);
  for (const [keyword, code, breaks] of LIMITS) {
    const limit = field.schema[keyword];
    if (limit !== undefined && breaks(compare(given, number(limit)))) return blame(code, writtenNumber(number(limit)));
  }
  const step = field.schema.multipleOf;
  return step !== undefined && modulo(given, number(step)).c !== 0n ? blame("not_multiple", writtenNumber(number(step))) : null;
}

/** @param {Field} field @param {any[]} given @param {Blame} blame @returns {Read} */
function readList(field, given, blame) {
  if (!given.length) return read(null);
  if (!given.every((each) => typeof each === "string")) return read(null, blame("not_text"));
  const { maxItems = MOST_ITEMS, minItems = 0 } = field.schema;
  if (given.length > Math.min(maxItems, MOST_ITEMS)) return read(given.slice(0, MOST_ITEMS), blame("too_many", String(maxItems)));
  if (field.kind === "choices" && given.some((each) => !choicesOf(field).includes(each))) return read(given, blame("not_a_choice"));
  if (new Set(given).size < given.length) return read(given, blame("twice"));
  if (given.length < minItems) return read(given, blame("too_few", String(minItems)));
  return read(given);
}

/** An answer as FEEL computes with it. @param {string} kind @param {Answer} answer */
export function feelValue(kind, answer) {
  if (answer === null || answer === undefined || kind === "rows") return null;
  if (kind === "integer" || kind === "number") return number(String(answer));
  if (kind === "boolean" && typeof answer === "string") return answer === "true" ? true : answer === "false" ? false : null;
  return kind === "date" ? (isDay(String(answer)) ? dateFrom(String(answer)) : null) : answer;
}
