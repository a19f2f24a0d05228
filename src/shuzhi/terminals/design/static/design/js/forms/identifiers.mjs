/** Identifiers as the server checks them (pillars/standards/validators): 公民身份号码, 统一社会信用代码, telephone numbers. */

import { makeDay } from "../feel/temporal.mjs";

const RESIDENT = /^[1-9][0-9]{16}[0-9X]$/;
const USCC = /^[0-9ABCDEFGHJKLMNPQRTUWXY]{2}[0-9]{6}[0-9ABCDEFGHJKLMNPQRTUWXY]{10}$/;
const USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const FIRST_YEAR = 1800;

/** @param {string} text @param {string} signs @param {number} base @param {number} modulus */
function weighted(text, signs, base, modulus) {
  let [total, weight] = [0, 1];
  for (const sign of text) {
    total += signs.indexOf(sign) * weight;
    weight = (weight * base) % modulus;
  }
  return total;
}

/** GB 11643. @param {string} text */
export function isResidentId(text) {
  if (!RESIDENT.test(text)) return false;
  const year = Number(text.slice(6, 10));
  if (year < FIRST_YEAR || !makeDay(year, Number(text.slice(10, 12)), Number(text.slice(12, 14)))) return false;
  let total = 0;
  // The weights are the powers of two from the right, modulo eleven.
  for (let at = 0; at < 17; at += 1) total += Number(text[at]) * (2 ** (17 - at) % 11);
  return "0123456789X"[(((1 - total) % 11) + 11) % 11] === text[17];
}

/** GB 32100. @param {string} text */
export function isUscc(text) {
  if (!USCC.test(text)) return false;
  const total = weighted(text.slice(0, 17), USCC_SIGNS, 3, 31);
  return USCC_SIGNS[(31 - (total % 31)) % 31] === text[17];
}

// White space as the server's language counts it.
const SPACE = "[ \\t\\n\\v\\f\\r\\x1c-\\x1f\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const ENDS = new RegExp(`^${SPACE}+|${SPACE}+$`, "gu");
const COUNTRY = /^(?:\+|00)86[- ]?/;
const SEPARATORS = new RegExp(`(?:${SPACE}|[\\-()·—–])+`, "gu");
const EXTENSION = new RegExp(`(?:-|转|x|X|ext\\.?|分机)${SPACE}*([0-9]{1,6})$`, "u");
const KINDS = [
  /^1[3-9][0-9]{9}$/,
  /^0(?:10|2[0-57-9])[2-8][0-9]{7}$/,
  /^0[3-9][0-9]{2}[2-8][0-9]{6,7}$/,
  /^[48]00[0-9]{7}$/,
  /^(?:95[0-9]{3,6}|96[0-9]{3,4})$/,
  /^(?:11[0-9]|12[0-2]|12[0-9]{3}|10[01][0-9]{2,3})$/,
];

/** @param {string} digits */
const isKnown = (digits) => KINDS.some((shape) => shape.test(digits));

/** @param {string} text */
function digitsOf(text) {
  const digits = text.replace(SEPARATORS, "");
  return /^[0-9]+$/.test(digits) ? digits : null;
}

/** @param {string} digits @param {boolean} abroad */
const withZero = (digits, abroad) => (abroad && !isKnown(digits) && !digits.startsWith("0") ? `0${digits}` : digits);

/** A number that can be dialled from anywhere in the country. @param {string} text half-width already */
export function isPhone(text) {
  let written = text.replace(ENDS, "");
  const abroad = COUNTRY.test(written);
  written = written.replace(COUNTRY, "");
  const found = EXTENSION.exec(written);
  const main = found && digitsOf(written.slice(0, found.index));
  if (found && main) {
    const whole = digitsOf(written);
    if ((whole === null || !isKnown(whole)) && isKnown(withZero(main, abroad))) written = written.slice(0, found.index);
  }
  const digits = digitsOf(written);
  return digits !== null && isKnown(withZero(digits, abroad));
}
