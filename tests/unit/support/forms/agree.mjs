// Reads cases as JSON lines, evaluates each form with the browser's modules, writes the outcomes as JSON lines.
import { createInterface } from "node:readline";

const [folder] = process.argv.slice(2);
const { loadForm } = await import(`${folder}/forms/evaluate.mjs`);
let form;

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let made;
  try {
    if (asked.document) {
      form = loadForm(asked.document);
      made = { unsupported: form.unsupported };
    } else made = form.evaluate(asked.answers, { facts: asked.facts, today: asked.today });
  } catch (error) {
    made = { crash: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(made)}\n`);
}
