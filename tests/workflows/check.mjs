// Parses workflows, and files named action.yml, as GitHub does; prints what GitHub would refuse.
// node check.mjs FILE...
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { basename } from "node:path";

// The parser imports its grammar as a bundler would allow it: JSON without saying so.
const hook = `
import { readFile } from "node:fs/promises";
export async function load(url, context, next) {
  if (!url.endsWith(".json")) return next(url, context);
  const source = "export default " + (await readFile(new URL(url), "utf8"));
  return { format: "module", source, shortCircuit: true };
}`;
register("data:text/javascript," + encodeURIComponent(hook));

const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import("@actions/workflow-parser");
const { parseAction } = await import("@actions/workflow-parser/actions/action-parser");

async function problems(name) {
  const file = { name, content: await readFile(name, "utf8") };
  const isAction = basename(name) === "action.yml";
  const parsed = (isAction ? parseAction : parseWorkflow)(file, new NoOperationTraceWriter());
  const errors = parsed.context.errors.getErrors().map((error) => error.message);
  if (isAction || errors.length > 0) return errors;
  const template = await convertWorkflowTemplate(parsed.context, parsed.value);
  return (template.errors ?? []).map((error) => error.Message);
}

const files = process.argv.slice(2);
let wrong = 0;
for (const name of files) {
  for (const problem of await problems(name)) {
    console.error(problem.includes(name) ? problem : `${name}: ${problem}`);
    wrong += 1;
  }
}
console.log(`${files.length} files, ${wrong} errors`);
process.exitCode = files.length > 0 && wrong === 0 ? 0 : 1;
