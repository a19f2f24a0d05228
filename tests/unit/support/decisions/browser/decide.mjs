// Reads {document, inputs: [...], asOf, strict} as JSON lines and answers each of the inputs with the browser's modules.
import { createInterface } from "node:readline";

const [folder] = process.argv.slice(2);
const { fromJson, toJson } = await import(`${folder}/feel.mjs`);
const { loadDecision } = await import(`${folder}/decisions.mjs`);

/** @param {any} rules @param {any} given @param {string | null} asOf @param {boolean} strict */
function answered(rules, given, asOf, strict) {
  const variables = new Map(Object.entries(given).map(([name, value]) => [name, fromJson(value)]));
  const answer = rules.decide(variables, { asOf, strict });
  const steps = answer.steps.map((step) => ({
    decision: step.decision,
    value: toJson(step.value),
    hit: step.table?.hit ?? null,
    failed: step.table?.failed.map((each) => [each.row, each.column, each.test, each.why]) ?? null,
    basis: step.basis,
  }));
  return { status: answer.status, value: toJson(answer.value), missing: answer.missing, problems: answer.problems.map((each) => each.zh), steps };
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let made;
  try {
    const rules = loadDecision(asked.document);
    made = asked.inputs.map((given) => answered(rules, given, asked.asOf, asked.strict ?? false));
  } catch (error) {
    made = [{ status: "crash", error: String(error.stack) }];
  }
  process.stdout.write(`${JSON.stringify(made)}\n`);
}
