// What an editor makes of the config's schema: the YAML language server over stdio, without a network.
// node editor.mjs SCHEMA CONFIG...   Every CONFIG is a right one.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const rpc = require("vscode-jsonrpc/node");
const program = join(dirname(require.resolve("yaml-language-server/package.json")), "bin", "yaml-language-server");

// A schema that sends the editor somewhere would work only where there is a network.
const offline = `import net from "node:net"; net.Socket.prototype.connect = () => { throw new Error("the server wants a network"); };`;

const [schemaPath, ...configs] = process.argv.slice(2);
const schema = pathToFileURL(resolve(schemaPath)).href;
const known = JSON.parse(await readFile(schemaPath, "utf8"));

const server = spawn(process.execPath, ["--import", "data:text/javascript," + encodeURIComponent(offline), program, "--stdio"], {
  stdio: ["pipe", "pipe", "inherit"],
});
const connection = rpc.createMessageConnection(new rpc.StreamMessageReader(server.stdout), new rpc.StreamMessageWriter(server.stdin));
const waiting = new Map();
connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) => waiting.get(uri)?.(diagnostics));
connection.onRequest("workspace/configuration", ({ items }) =>
  items.map(({ section }) => (section === "yaml" ? { validate: true, hover: true, completion: true, schemaStore: { enable: false } } : {})),
);
connection.onRequest("client/registerCapability", () => null);
connection.listen();
await connection.sendRequest("initialize", {
  processId: process.pid,
  rootUri: null,
  capabilities: {
    textDocument: { completion: { completionItem: { snippetSupport: true } }, hover: {}, publishDiagnostics: {} },
    workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
  },
});
await connection.sendNotification("initialized", {});

let opened = 0;
let wrong = 0;
let claims = 0;

function claim(holds, what, seen) {
  claims += 1;
  if (holds) return;
  wrong += 1;
  console.error(`${what}: ${JSON.stringify(seen, null, 1)}`);
}

/** Opens a text as an editor does, the schema named in its first line; answers what is flagged. */
async function open(text, name = "") {
  opened += 1;
  const uri = `file:///opened/${opened}/${name || "experiences.yaml"}`;
  const flagged = new Promise((found) => waiting.set(uri, found));
  const whole = `# yaml-language-server: $schema=${schema}\n${text}`;
  await connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "yaml", version: 1, text: whole },
  });
  const diagnostics = (await flagged).map(({ message, range }) => ({ message, line: range.start.line, column: range.start.character }));
  return { uri, whole, diagnostics };
}

/** Where `|` stands in a text, and the text without it. */
function cursor(text) {
  const before = text.slice(0, text.indexOf("|"));
  const line = before.split("\n").length - 1;
  // The first line names the schema.
  return { clean: text.replace("|", ""), position: { line: line + 1, character: before.length - before.lastIndexOf("\n") - 1 } };
}

async function offered(text) {
  const { clean, position } = cursor(text);
  const { uri } = await open(clean);
  const answer = await connection.sendRequest("textDocument/completion", { textDocument: { uri }, position });
  return (answer?.items ?? answer ?? []).map(({ label }) => label);
}

async function hovered(text) {
  const { clean, position } = cursor(text);
  const { uri } = await open(clean);
  const answer = await connection.sendRequest("textDocument/hover", { textDocument: { uri }, position });
  return answer?.contents?.value ?? answer?.contents ?? "";
}

/** Keys of a mapping as the schema has them, the older spellings left out. */
function keys(definition) {
  return Object.keys(definition.properties).filter((key) => key !== "<<" && !key.includes("_"));
}

for (const config of configs) {
  const { diagnostics } = await open(await readFile(config, "utf8"), config);
  claim(diagnostics.length === 0, `${config} is right, and is flagged`, diagnostics);
}

const right = "experiences:\n  - name: a\n    description: d\n    locations: [s3://b/a]\n";
claim((await open(right)).diagnostics.length === 0, "a right config is flagged", right);
for (const [text, line, said] of [
  ["experiences:\n  - nmae: a\n    description: d\n    locations: [s3://b/a]\n", 2, "nmae"],
  [`${right}managedTestSuite: []\n`, 5, "managedTestSuite"],
  [`${right}    containerTimeoutSeconds: soon\n`, 5, "integer"],
  [`${right}    tags: nightly\n`, 5, "array"],
  [`${right}    customFields: [{name: f, type: date, values: []}]\n`, 5, "timestamp"],
  [`${right}managedTestSuites:\n  - name: Gate\n`, 6, "experiences"],
]) {
  const { diagnostics } = await open(text);
  const found = diagnostics.some((one) => one.line === line && one.message.includes(said));
  claim(found, `\`${said}\` is not flagged in line ${line + 1} of\n${text}`, diagnostics);
}

const { experience, environmentVariable, customField, testSuite: suite } = known.$defs;
for (const [text, wanted] of [
  ["|", keys(known)],
  ["experiences:\n  - name: a\n    |", keys(experience).filter((key) => key !== "name")],
  [`${right}    environmentVariables:\n      - |`, keys(environmentVariable)],
  [`${right}    customFields:\n      - |`, keys(customField)],
  [`${right}    customFields:\n      - type: |`, customField.properties.type.enum],
  [`${right}    cacheExempt: |`, ["true", "false"]],
  [`${right}managedTestSuites:\n  - |`, keys(suite)],
]) {
  const labels = await offered(text);
  const missing = wanted.filter((key) => !labels.includes(key));
  claim(missing.length === 0, `not offered at | in\n${text}`, { missing, labels });
  const older = labels.filter((label) => label.includes("_") || label === "<<");
  claim(older.length === 0, `offered at |, and better not written anew, in\n${text}`, older);
}

for (const [definition, before] of [
  [known, ""],
  [experience, "experiences:\n  - "],
  [environmentVariable, `${right}    environmentVariables:\n      - `],
  [customField, `${right}    customFields:\n      - `],
  [suite, `${right}managedTestSuites:\n  - `],
]) {
  for (const key of keys(definition)) {
    const property = definition.properties[key];
    // Hover text is Markdown, with some characters escaped.
    const shown = (await hovered(`${before}|${key}: \n`)).replaceAll("\\", "");
    claim(shown.includes(property.description.replaceAll("\\", "")), `hover over ${key} does not describe it`, shown);
  }
}

console.log(`${configs.length} files, ${claims} claims, ${wrong} wrong`);
connection.dispose();
server.kill();
process.exitCode = configs.length > 0 && wrong === 0 ? 0 : 1;
