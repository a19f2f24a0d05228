/** Decisions of a rule file (`dmn.portable`): what they need, literal expressions and decision tables, with the reason. */

import { Num, ZERO, add, count } from "./number.mjs";
import { dateFrom, durationFrom, momentFrom, timeFrom } from "./temporal.mjs";
import { MISFIT, coerced, equal, kindOf, kindWords, less } from "./values.mjs";
import { LIMITS, Scope } from "./scope.mjs";
import { Builder } from "./compile.mjs";
import { giveUp, known } from "./feel.mjs";

/** @typedef {import("./values.mjs").Value} Value */
/** @typedef {import("./values.mjs").Type} Type */
/** @typedef {(scope: Scope) => Value} Run */
/** @typedef {(scope: Scope, value: Value) => import("./values.mjs").Truth} Test */
/** @typedef {{row: number, conditions: [string, string][], annotations: string[][], basis: string[]}} Hit */
/** @typedef {{row: number, column: string, name: string, test: string, found: Value, why: "false" | "missing" | "unknown", failing: number}} Failed */
/** @typedef {{policy: string, hit: Hit[], failed: Failed[], failedCount: number, ofCells: Set<Problem>}} TableTrace */
/** @typedef {import("./scope.mjs").Problem} Problem */
/** @typedef {{decision: string, value: Value, basis: string[], from?: string, until?: string, table: TableTrace | null, problems: Problem[]}} Step */

const NOWHERE = [0, 0, 1, 1];
const LISTED = 8;
/** @type {Record<string, (text: string) => Value>} */
const READERS = { date: dateFrom, time: timeFrom, "date and time": momentFrom, "days and time duration": durationFrom, "years and months duration": durationFrom };

/** A text as the date, time or duration that a type asks for, however deep. @param {Value} value @param {Type} type @returns {Value} */
function adopted(value, type) {
  while (type[0] === "allowed") type = type[1];
  if (typeof value === "string") return typeof type === "string" && READERS[type] ? (READERS[type](value) ?? value) : value;
  if (Array.isArray(value) && type[0] === "list" && Array.isArray(type)) return value.map((each) => adopted(each, type[1]));
  if (!(value instanceof Map)) return value;
  const parts = new Map(Array.isArray(type) && type[0] === "context" ? type[1] : []);
  const missing = [...parts.keys()].filter((name) => !value.has(name)).map((name) => [name, null]);
  const taken = [...value].map(([name, each]) => [name, adopted(each, parts.get(name) ?? "Any")]);
  return new Map(/** @type {[string, Value][]} */ ([...missing, ...taken]));
}

/** Compiles the parts of one document. */
class Desk {
  /** @param {Record<string, any>} types */
  constructor(types) {
    /** @type {{name: string, span: number[]}[]} */
    this.unsupported = [];
    this.types = new Map(Object.entries(types).map(([name, type]) => [name, this.type(type)]));
  }

  /** A type with its allowed values as a function. @param {any} type @returns {Type} */
  type(type) {
    if (!Array.isArray(type)) return type;
    const [word, part, tests] = type;
    if (word === "context") return [word, part.map((/** @type {any[]} */ [name, each]) => [name, this.type(each)])];
    if (word !== "allowed") return [word, this.type(part)];
    const test = this.tests(tests);
    return [word, this.type(part), (/** @type {Value} */ value) => test(new Scope(new Map()), value) === true];
  }

  /** @param {any} tree @returns {Run} */
  run(tree) {
    const builder = new Builder(this.types ?? new Map());
    const code = builder.build(tree);
    this.unsupported.push(...builder.unsupported);
    return (scope) => code([scope, scope.variables, null, ...new Array(builder.slots - 3).fill(null)]);
  }

  /** @param {any} tree a missing one takes anything @returns {Test} */
  tests(tree) {
    if (!tree) return () => true;
    const builder = new Builder(this.types ?? new Map());
    const code = builder.test(tree);
    this.unsupported.push(...builder.unsupported);
    return (scope, value) => code([scope, scope.variables, value, ...new Array(builder.slots - 3).fill(null)], value);
  }
}

/** @param {Scope} scope @param {string} code @param {string} zh @param {string} en @param {"missing" | "ill-typed" | "rule"} kind @param {string | null} input @returns {null} */
function report(scope, code, zh, en, kind = "rule", input = null) {
  scope.report({ code, en, zh, span: NOWHERE, kind, input });
  return null;
}

/** The value as a type asks for it; with `kept` one that does not fit stays. @param {Scope} scope @param {Value} value @param {Type} type @param {string} what @param {boolean} kept @param {string | null} input */
function fitting(scope, value, type, what, kept = false, input = null) {
  const fitted = coerced(value, type);
  if (fitted !== MISFIT) return fitted;
  const [en, zh] = kindWords(value);
  report(scope, "ill-typed", `“${what}”的类型或取值不合要求（实为${zh}）`, `“${what}” has not the type or value asked for (it is ${en})`, input ? "ill-typed" : "rule", input);
  return kept ? value : null;
}

/** @param {any} each @param {string | null} day */
const holds = (each, day) => (!each.from && !each.until) || (day !== null && (!each.from || each.from <= day) && (!each.until || day <= each.until));

/** @param {any} table @param {Desk} desk */
function tableOf(table, desk) {
  const columns = table.inputs.map((/** @type {any} */ each) => ({ ...each, run: desk.run(each.tree), type: desk.type(each.type), allowed: each.allowed && desk.tests(each.allowed), asked: new Set(each.asked) }));
  const outputs = table.outputs.map((/** @type {any} */ each) => ({ ...each, type: table.policy.match(/COLLECT|ORDER/) && each.type[0] === "list" ? "Any" : desk.type(each.type), ranks: (each.order?.[2] ?? []).map((/** @type {any} */ test) => desk.tests(["UnaryTests", test[1], [test], false])) }));
  const rules = table.rules.map((/** @type {any} */ each) => ({ ...each, tests: each.tests.map((/** @type {any} */ tree) => desk.tests(tree)), outputs: each.outputs.map((/** @type {any} */ tree) => desk.run(tree)) }));
  const dated = rules.some((/** @type {any} */ each) => each.from || each.until);
  const defaults = outputs.some((/** @type {any} */ each) => each.default) ? outputs.map((/** @type {any} */ each) => (each.default ? desk.run(each.default) : () => null)) : null;
  /** @param {Scope} scope @param {Run[]} runs @returns {Value} */
  function record(scope, runs) {
    const values = runs.map((run, at) => fitting(scope, run(scope), outputs[at].type, outputs[at].name, true));
    return values.length === 1 ? values[0] : new Map(values.map((value, at) => [outputs[at].name, value]));
  }
  /** @param {Value} value @returns {number[]} */
  const rank = (value) => outputs.map((/** @type {any} */ each) => {
    const own = outputs.length === 1 ? value : value.get(each.name);
    const found = each.ranks.findIndex((/** @type {Test} */ test) => test(new Scope(new Map()), own) === true);
    return found < 0 ? each.ranks.length : found;
  });
  /** @param {Value} one @param {Value} two */
  const byRank = (one, two) => rank(one).map((at, place) => at - rank(two)[place]).find(Boolean) ?? 0;
  return { ...table, columns, rules, dated, defaults, record, byRank };
}

/** Whether the server has no index for this kind of value and asks each cell. @param {any} column @param {Value} value */
const isSlow = (column, value) => column.tested && value !== null && !column.kinds.includes(kindOf(value));

/** Which rows hit, each cell asked as the server asks it: what can be looked up there leaves no problems. @param {any} table @param {Scope} scope @param {Value[]} values @param {any[]} rules */
function hitting(table, scope, values, rules) {
  const slow = table.columns.map((/** @type {any} */ each, /** @type {number} */ at) => isSlow(each, values[at]));
  return rules.filter((rule) => {
    const at = table.rules.indexOf(rule);
    const passes = (/** @type {Scope} */ within, /** @type {number} */ place) => rule.tests[place](within, values[place]) === true;
    const places = [...values.keys()];
    const asked = places.filter((place) => table.columns[place].asked.has(at));
    const looked = places.filter((place) => !slow[place] && !table.columns[place].asked.has(at));
    const silent = new Scope(scope.variables, scope.limits, scope.now);
    const found = looked.every((place) => passes(silent, place)) && asked.every((place) => passes(scope, place));
    scope.spend(silent.steps);
    return found && places.filter((place) => slow[place]).every((place) => passes(scope, place));
  });
}

/** @param {any} table @param {any} rule @returns {Hit} */
function hitOf(table, rule) {
  const conditions = table.columns.map((/** @type {any} */ each, /** @type {number} */ at) => [each.heading, rule.texts[at]]);
  return { row: rule.row, conditions: conditions.filter((/** @type {string[]} */ each) => each[1] !== "-" && each[1] !== ""), annotations: rule.annotations, basis: rule.basis ?? [] };
}

/** The first condition that is false; where none is, the first whose answer is not known. @param {any} table @param {Scope} scope @param {Value[]} values @param {any} rule @returns {Failed} */
function failedOf(table, scope, values, rule) {
  const silent = new Scope(scope.variables, scope.limits, scope.now);
  const answers = values.map((value, at) => rule.tests[at](silent, value));
  const place = table.rules.indexOf(rule);
  const why = answers.map((answer, at) => {
    if (answer === true) return null;
    if (values[at] === null) return "missing";
    const column = table.columns[at];
    return answer === null && (column.asked.has(place) || isSlow(column, values[at])) ? "unknown" : "false";
  });
  const at = why.includes("false") ? why.indexOf("false") : why.findIndex(Boolean);
  return { row: rule.row, column: table.columns[at].heading, name: table.columns[at].name, test: rule.texts[at], found: values[at], why: /** @type {any} */ (why[at]), failing: why.filter(Boolean).length };
}

/** @param {any} table @param {Scope} scope @param {any[]} hits @returns {Value} */
function chosen(table, scope, hits) {
  const { policy, aggregation } = table;
  if (aggregation === "COUNT") return count(hits.length);
  if (policy === "UNIQUE" && hits.length > 1) {
    const rows = hits.slice(0, 10).map((each) => each.row).join(", ");
    return report(scope, "rows-overlap", `唯一命中的表命中了多行：${rows}`, `several rows hit in a table of unique hits: ${rows}`);
  }
  const values = (policy === "FIRST" ? hits.slice(0, 1) : hits).map((rule) => table.record(scope, rule.outputs));
  if (policy === "UNIQUE" || policy === "FIRST") return values[0];
  if (policy === "ANY") {
    if (values.slice(1).every((each) => equal(values[0], each) === true)) return values[0];
    const rows = hits.slice(0, 10).map((each) => each.row).join(", ");
    return report(scope, "rows-disagree", `命中的各行输出不一致：${rows}`, `the rows that hit have different outputs: ${rows}`);
  }
  if (policy === "PRIORITY") return values.sort(table.byRank)[0];
  if (policy === "OUTPUT ORDER") return values.sort(table.byRank);
  return aggregation ? aggregated(aggregation, values, scope) : values;
}

/** @param {string} how @param {Value[]} values @param {Scope} scope @returns {Value} */
function aggregated(how, values, scope) {
  const refused = () => report(scope, "not-aggregated", "命中各行的输出无法汇总", "the outputs of the rows that hit can't be aggregated");
  if (!values.length) return null;
  if (how === "SUM") return values.every((each) => each instanceof Num) ? values.reduce((sum, each) => add(sum, each), ZERO) : refused();
  let best = values[0];
  for (const value of values.slice(1)) {
    const before = how === "MIN" ? less(value, best) : less(best, value);
    if (before === null) return refused();
    best = before ? value : best;
  }
  return best;
}

/** Whether a value, or each one of a list of them, is allowed. @param {Test} allowed @param {Scope} scope @param {Value} value */
function isAllowed(allowed, scope, value) {
  if (allowed(scope, value) === true) return true;
  return Array.isArray(value) && value.length > 0 && value.every((each) => allowed(scope, each) === true);
}

/** A row of which it can't be told whether it hits makes the whole answer doubtful. @param {any} table @param {Scope} scope @param {Failed[]} missed @param {any[]} hits */
function doubt(table, scope, missed, hits) {
  const last = table.policy === "FIRST" && hits.length ? hits[0].row : Infinity;
  const row = missed.find((each) => each.row < last && each.why !== "false");
  if (!row) return;
  const [zh, en] = [`第 ${row.row} 行无法判断`, `it can't be told whether row ${row.row} holds`];
  if (row.why === "missing") report(scope, "row-undecided", `${zh}，缺：${row.column}`, `${en}, missing: ${row.column}`, "missing", row.name || null);
  else report(scope, "row-undecided", `${zh}：${row.column}`, `${en}: ${row.column}`, "ill-typed", row.name || null);
}

/** @param {any} table @param {Scope} scope @param {string | null} day @param {boolean} strict @returns {{value: Value, trace: TableTrace | null}} */
function decide(table, scope, day, strict) {
  if (table.dated && day === null) {
    return { value: report(scope, "day-missing", "规则有时效，须指明按哪一天判断", "the rules are dated: say as of which day", "rule", "as_of"), trace: null };
  }
  const values = table.columns.map((/** @type {any} */ each) => fitting(scope, each.run(scope), each.type, each.heading, true));
  for (const [at, { allowed, heading, name }] of table.columns.entries()) {
    if (!allowed || isAllowed(allowed, scope, values[at])) continue;
    if (values[at] === null) report(scope, "missing", `缺：${heading}`, `${heading} is missing`, "missing", name || null);
    else report(scope, "not-allowed", `“${heading}”的取值不在允许范围内`, `the value of “${heading}” is not allowed`, "ill-typed", name || null);
    return { value: null, trace: null };
  }
  const valid = table.rules.filter((/** @type {any} */ rule) => holds(rule, day));
  const before = scope.problems.length;
  const hits = hitting(table, scope, values, valid);
  const ofCells = new Set(scope.problems.slice(before)); // the failed rows say it better
  const missed = valid.filter((/** @type {any} */ rule) => !hits.includes(rule)).map((/** @type {any} */ rule) => failedOf(table, scope, values, rule));
  if (strict) doubt(table, scope, missed, hits);
  // The nearest: those with the fewest conditions that fail, in the order of the table.
  const failed = [...missed].sort((one, two) => one.failing - two.failing).slice(0, LISTED).sort((one, two) => one.row - two.row);
  const trace = { policy: table.policy, hit: hits.slice(0, LISTED).map((rule) => hitOf(table, rule)), failed, failedCount: missed.length, ofCells };
  if (hits.length || (table.aggregation && !table.defaults)) return { value: chosen(table, scope, hits), trace };
  if (table.defaults) return { value: table.record(scope, table.defaults), trace };
  return { value: table.policy === "COLLECT" ? [] : null, trace };
}

/** @param {any} logic @param {Desk} desk @returns {(scope: Scope, day: string | null, strict: boolean) => {value: Value, trace: TableTrace | null}} */
function logicOf(logic, desk) {
  if (logic.table) {
    const table = tableOf(logic.table, desk);
    return (scope, day, strict) => decide(table, scope, day, strict);
  }
  const [run, type] = [desk.run(logic.literal), desk.type(logic.type)];
  return (scope) => ({ value: fitting(scope, run(scope), type, "", true), trace: null });
}

/** @param {any} decision @param {Desk} desk */
function decisionOf(decision, desk) {
  const forms = (decision.forms ?? [decision]).map((/** @type {any} */ each) => ({ ...each, run: logicOf(each.logic, desk) }));
  return { ...decision, type: desk.type(decision.type), dated: Boolean(decision.forms), forms };
}

/** @param {any} unit @param {Scope} scope @param {string | null} day @param {boolean} strict @returns {Step | null} null where nothing is valid on the day */
function made(unit, scope, day, strict) {
  const form = unit.dated ? unit.forms.find((/** @type {any} */ each) => day !== null && holds(each, day)) : unit.forms[0];
  if (!form) {
    if (day === null) report(scope, "day-missing", "规则有时效，须指明按哪一天判断", "the rules are dated: say as of which day", "missing", "as_of");
    else report(scope, "not-in-force", `“${unit.name}”在 ${day} 没有有效的规定`, `nothing is valid for “${unit.name}” on ${day}`);
    return null;
  }
  const before = scope.problems.length;
  const { value, trace } = form.run(scope, day, strict);
  const fitted = fitting(scope, value, unit.type, unit.name);
  return { decision: unit.name, value: fitted, basis: form.basis ?? [], from: form.from, until: form.until, table: trace, problems: scope.problems.slice(before).filter((each) => !trace?.ofCells.has(each)) };
}

/**
 * A decision ready to run: `unsupported` names what this evaluator lacks, `decide` answers for inputs by variable; with
 * `strict` no null born of a wrong type passes for an answer.
 * @param {any} document @returns {{unsupported: {name: string, span: number[]}[], decide: (given: Map<string, Value>, options?: {asOf?: string | null, now?: Value, strict?: boolean}) => any}}
 */
export function loadDecision(document) {
  known(document);
  /** @type {{name: string, span: number[]}[]} */
  const lacks = document.unsupported.map((/** @type {string} */ name) => ({ name, span: NOWHERE }));
  if (lacks.length) return { unsupported: lacks, decide: () => ({ status: "unsupported", value: null, missing: [], problems: [], steps: [], lacks }) };
  const desk = new Desk(document.types);
  const units = document.decisions.map((/** @type {any} */ each) => decisionOf(each, desk));
  const inputs = document.inputs.map((/** @type {any} */ each) => ({ ...each, type: desk.type(each.type) }));
  const { unsupported } = desk;
  return {
    unsupported,
    decide(given, { asOf = null, now = null, strict = false } = {}) {
      if (unsupported.length) return { status: "unsupported", value: null, missing: [], problems: [], steps: [], lacks: unsupported };
      try {
        return answered(units, inputs, given, asOf, now, strict);
      } catch (error) {
        return { value: null, missing: [], problems: [], steps: [], ...giveUp(error) };
      }
    },
  };
}

/** @param {any[]} units @param {any[]} inputs @param {Map<string, Value>} given @param {string | null} day @param {Value} now @param {boolean} strict */
function answered(units, inputs, given, day, now, strict) {
  const shared = new Scope(new Map(), LIMITS, now);
  const values = new Map();
  const absent = [];
  for (const input of inputs) {
    const value = given.get(input.variable) ?? null;
    if (value === null) absent.push(input.name);
    values.set(input.variable, fitting(shared, adopted(value, input.type), input.type, input.name, false, input.name));
  }
  const steps = units.flatMap((unit) => {
    shared.variables = new Map(unit.needs.map((/** @type {string[]} */ [, variable]) => [variable, values.get(variable)]));
    const step = made(unit, shared, day, strict);
    values.set(unit.variable, step?.value ?? null);
    return step ?? [];
  });
  const value = values.get(units[units.length - 1].variable);
  const outside = new Set([...inputs.flatMap((each) => [each.variable, each.name]), "as_of"]);
  const problems = shared.problems.map((each) => (!each.input || outside.has(each.input) ? each : { ...each, input: null, kind: each.kind === "missing" ? "missing" : "rule" }));
  const named = problems.filter((each) => each.kind !== "rule" && each.input).map((each) => each.input);
  const isMissing = named.length > 0 || (absent.length > 0 && problems.every((each) => each.kind === "missing"));
  const status = value !== null && !(strict && problems.length) ? "value" : isMissing ? "not_evaluable" : problems.length ? "error" : "value";
  return { status, value: status === "value" ? value : null, missing: status === "not_evaluable" ? [...new Set([...named, ...absent])] : [], problems, steps, lacks: [] };
}
