// Collects every text that the sources put through t("…") into l10n/bundle.l10n.json, and says what
// a translation lacks or has too much. With --check nothing is written.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const check = process.argv.includes("--check");
const problems = [];

function* sources(folder) {
  for (const each of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, each.name);
    if (each.isDirectory()) yield* sources(path);
    else if (path.endsWith(".ts")) yield path;
  }
}

function collect(path, found) {
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const visit = (node) => {
    if (
      ts.isCallExpression(node) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === "t"
    ) {
      const [first] = node.arguments;
      if (first && ts.isStringLiteralLike(first)) found.add(first.text);
      else problems.push(`${path}: t() takes its text as one literal`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
}

const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const write = (path, tree) => writeFileSync(path, `${JSON.stringify(tree, null, 2)}\n`);
const places = (text) =>
  [...text.matchAll(/\{\d+\}/g)]
    .map(([place]) => place)
    .sort()
    .join();

/** Every key of `own` has to be in the file `path`, with the same places to fill in. */
function compare(path, own) {
  const other = read(path);
  for (const [key, text] of Object.entries(own)) {
    if (!other[key]) problems.push(`${path} lacks: ${key}`);
    else if (places(text) !== places(other[key]))
      problems.push(`${path} fills in otherwise: ${key}`);
  }
  for (const key of Object.keys(other))
    if (!(key in own)) problems.push(`${path} has no use for: ${key}`);
}

const found = new Set();
for (const path of sources("src")) collect(path, found);
const bundle = Object.fromEntries([...found].sort().map((text) => [text, text]));
const whole = "l10n/bundle.l10n.json";
if (!check) write(whole, bundle);
else if (JSON.stringify(read(whole)) !== JSON.stringify(bundle)) {
  problems.push(`${whole} is not what the sources say: npm run words`);
}
compare("l10n/bundle.l10n.de.json", bundle);

const manifest = readFileSync("package.json", "utf8");
const nls = read("package.nls.json");
for (const [, key] of manifest.matchAll(/"%([^%"]+)%"/g)) {
  if (!(key in nls)) problems.push(`package.nls.json lacks: ${key}`);
}
for (const key of Object.keys(nls)) {
  if (!manifest.includes(`"%${key}%"`)) problems.push(`package.nls.json has no use for: ${key}`);
}
compare("package.nls.de.json", nls);

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exit(problems.length ? 1 : 0);
