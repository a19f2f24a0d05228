// Reads cases as JSON lines, evaluates each with the browser's modules, writes the answers as JSON lines.
import { createInterface } from "node:readline";

const [folder] = process.argv.slice(2);
const { load, fromJson, toJson } = await import(`${folder}/feel.mjs`);

/** @param {any} asked */
function answered(asked) {
  const variables = new Map(Object.entries(asked.given).map(([name, value]) => [name, fromJson(value)]));
  const rule = load(asked.document);
  const answer = rule.evaluate(variables, { now: fromJson(asked.now ?? null) });
  return { ...answer, value: toJson(answer.value) };
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let made;
  try {
    made = answered(asked);
  } catch (error) {
    made = { status: "crash", error: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(made)}\n`);
}
