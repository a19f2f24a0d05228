/** A trace in words (`dmn/words.py`, sentence by sentence): what a clerk reads to a citizen, in Chinese and in English. */

import { Num } from "./number.mjs";
import { textOf } from "./values.mjs";

/** @typedef {import("./values.mjs").Value} Value */
/** @typedef {import("./decisions.mjs").Step} Step */
/** @typedef {{zh: string, en: string}} Words */

/** @type {Record<string, [string, string]>} */
const SIGNS = { "<=": ["不超过 ", "at most "], ">=": ["不少于 ", "at least "], "<": ["少于 ", "less than "], ">": ["多于 ", "more than "] };
const BOUND = /^(<=|>=|<|>)\s*([^]+)$/;
const RANGE = /^([[(\]])\s*([^]+?)\s*\.\.\s*([^]+?)\s*([\])[])$/;
const NOT = /^not\s*\(([^]+)\)$/;
const CALL = /(?:date|time|date and time|duration)\s*\(\s*"([^"]*)"\s*\)|@"([^"]*)"/g;
const LONGEST = 200;

/** A value as a person reads it. @param {Value} value @param {"zh" | "en"} language @returns {string} */
export function shown(value, language) {
  const zh = language === "zh";
  if (value === null) return zh ? "无结果" : "no result";
  if (value === true || value === false) return zh ? (value ? "是" : "否") : value ? "yes" : "no";
  if (value instanceof Num || typeof value === "string") return textOf(value);
  if (Array.isArray(value)) return value.map((each) => shown(each, language)).join(zh ? "、" : ", ") || (zh ? "空" : "nothing");
  if (value instanceof Map) return [...value].map(([name, each]) => `${name}${zh ? "：" : ": "}${shown(each, language)}`).join(zh ? "；" : "; ");
  return textOf(value);
}

/** @param {string} written */
function plain(written) {
  const text = written.trim().replace(CALL, (_, one, two) => one ?? two);
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

/** The alternatives of a cell; commas within quotes and brackets divide nothing. @param {string} test */
function split(test) {
  const parts = [""];
  let [depth, quoted] = [0, false];
  for (const sign of test) {
    if (sign === '"') quoted = !quoted;
    if (!quoted) depth += Number("([{".includes(sign)) - Number(")]}".includes(sign));
    if (sign === "," && !quoted && depth <= 0) parts.push("");
    else parts[parts.length - 1] += sign;
  }
  return parts;
}

/** @param {string} test @returns {[string, string]} */
function said(test) {
  const points = [...test];
  if (points.length > LONGEST) {
    const start = points.slice(0, LONGEST).join("");
    return [`符合 ${start}…`, `satisfies ${start}…`];
  }
  let found = NOT.exec(test);
  if (found) {
    const [zh, en] = said(found[1].trim());
    return [zh.startsWith("为") ? `不${zh}` : `不是“${zh}”`, `not ${en}`];
  }
  found = BOUND.exec(test);
  if (found) return [SIGNS[found[1]][0] + plain(found[2]), SIGNS[found[1]][1] + plain(found[2])];
  found = RANGE.exec(test);
  if (found) return between(found);
  if (test === "true") return ["为是", "is yes"];
  if (test === "false") return ["为否", "is no"];
  if (test.includes("?")) return [`符合 ${test}`, `satisfies ${test}`];
  const parts = split(test).map(plain);
  return [`为 ${parts.join(" 或 ")}`, `is ${parts.join(" or ")}`];
}

/** @param {RegExpExecArray} found @returns {[string, string]} */
function between([, opens, first, last, closes]) {
  const [low, high] = [plain(first), plain(last)];
  const [noLow, noHigh] = [opens !== "[", closes !== "]"];
  const zh = `在 ${low}${noLow ? "（不含）" : ""} 至 ${high}${noHigh ? "（不含）" : ""} 之间`;
  return [zh, `from ${low}${noLow ? " (excluded)" : ""} to ${high}${noHigh ? " (excluded)" : ""}`];
}

/** A cell in words: `注册月数不少于 12`. @param {string} heading @param {string} test @returns {Words} */
export function condition(heading, test) {
  const [zh, en] = said(test.trim());
  return { zh: `${heading}${zh}`, en: `${heading} ${en}` };
}

/** @param {import("./decisions.mjs").Hit} hit @returns {Words} */
function because(hit) {
  const conditions = hit.conditions.map(([heading, test]) => condition(heading, test));
  const basis = hit.basis.length ? [`；依据：${hit.basis.join("、")}`, `; basis: ${hit.basis.join(", ")}`] : ["", ""];
  return {
    zh: `因第 ${hit.row} 条：${conditions.map((each) => each.zh).join("，") || "无条件"}${basis[0]}`,
    en: `by row ${hit.row}: ${conditions.map((each) => each.en).join(", ") || "without condition"}${basis[1]}`,
  };
}

/** @param {import("./decisions.mjs").Failed} row @returns {Words} */
function missed(row) {
  const asked = condition(row.column, row.test);
  const [zh, en] = [shown(row.found, "zh"), shown(row.found, "en")];
  const says = {
    missing: [`${asked.zh}，缺：${row.column}`, `asks: ${asked.en}; missing: ${row.column}`],
    unknown: [`${asked.zh}，实为 ${zh}，无法比较`, `asks: ${asked.en}; it is ${en}, which can't be compared`],
    false: [`${row.column}应${said(row.test.trim())[0]}，实为 ${zh}`, `asks: ${asked.en}; it is ${en}`],
  }[row.why];
  return { zh: `　因第 ${row.row} 条：${says[0]}`, en: `  row ${row.row}: ${says[1]}` };
}

/** @param {Step} step @returns {Words} */
function inForce(step) {
  const { from, until } = step;
  const zh = from && until ? `${from} 至 ${until} 有效` : from ? `${from} 起有效` : until ? `${until} 前有效` : "";
  const en = from && until ? `valid ${from} to ${until}` : from ? `valid since ${from}` : until ? `valid until ${until}` : "";
  return {
    zh: [step.basis.length ? `依据：${step.basis.join("、")}` : "", zh].filter(Boolean).join("，"),
    en: [step.basis.length ? `basis: ${step.basis.join(", ")}` : "", en].filter(Boolean).join(", "),
  };
}

/** A decision's line with the row that hit, and below it the nearest rows that did not. @param {Step} step @returns {Words[]} */
export function stepLines(step) {
  const hits = step.table?.hit ?? [];
  const causes = hits.map(because);
  if (step.from || step.until || (step.basis.length && !hits.some((each) => each.basis.length))) causes.push(inForce(step));
  const head = { zh: `${step.decision}：${shown(step.value, "zh")}`, en: `${step.decision}: ${shown(step.value, "en")}` };
  if (causes.length) {
    head.zh += `（${causes.map((each) => each.zh).join("；")}）`;
    head.en += ` (${causes.map((each) => each.en).join("; ")})`;
  }
  const lines = [head];
  if (step.table && !hits.length) {
    lines.push(...step.table.failed.map(missed));
    const more = step.table.failedCount - step.table.failed.length;
    if (more > 0) lines.push({ zh: `　另有 ${more} 条不符`, en: `  and ${more} more rows did not hold` });
  }
  return [...lines, ...step.problems.map((each) => ({ zh: `　${each.zh}`, en: `  ${each.en}` }))];
}
