import assert from "node:assert/strict";
import { test } from "node:test";
import { type Facts, findServer } from "../../src/logic/finding";

const facts = (more: Partial<Facts>, ...files: string[]): Facts => ({
  setting: [],
  environment: undefined,
  path: ["/usr/bin", "/home/me/.local/bin"],
  managed: "/store/server",
  roots: ["/src/repo"],
  trusted: true,
  windows: false,
  isFile: (path) => files.includes(path),
  ...more,
});

test("the setting wins, with its arguments, whether it is there or not", () => {
  const found = findServer(facts({ setting: ["python", "-m", "camus"] }, "/usr/bin/camus"));
  assert.deepEqual(found, { origin: "setting", command: "python", args: ["-m", "camus"] });
});

test("then the selected environment, the PATH, and the environment of the extension", () => {
  const all = ["/env/bin/camus", "/usr/bin/camus", "/store/server/bin/camus"];
  const origin = (...files: string[]) =>
    findServer(facts({ environment: "/env" }, ...files))?.origin;
  assert.equal(origin(...all), "environment");
  assert.equal(origin(...all.slice(1)), "path");
  assert.equal(origin(...all.slice(2)), "managed");
  assert.equal(origin(), undefined);
});

test("nothing inside a workspace that is not trusted is run", () => {
  const inside = { environment: "/src/repo/.venv", path: ["/src/repo/bin", "/usr/bin"] };
  const files = ["/src/repo/.venv/bin/camus", "/src/repo/bin/camus", "/usr/bin/camus"];
  assert.equal(findServer(facts(inside, ...files))?.origin, "environment");
  const found = findServer(facts({ ...inside, trusted: false }, ...files));
  assert.equal(found?.command, "/usr/bin/camus");
});

test("a folder beside the workspace whose name begins alike is not inside it", () => {
  const near = { trusted: false, environment: "/src/repository" };
  assert.ok(findServer(facts(near, "/src/repository/bin/camus")));
});

test("a relative entry of the PATH is passed over: it depends on where one stands", () => {
  assert.equal(
    findServer(facts({ path: [".", "bin", ""] }, "./camus", "bin/camus", "/camus")),
    undefined,
  );
});

test("on Windows programs have their names and folders there", () => {
  const windows = {
    windows: true,
    trusted: false,
    environment: "C:\\Work\\Repo\\env",
    roots: ["c:\\work\\repo"],
    path: ["C:\\Tools"],
  };
  const files = ["C:\\Work\\Repo\\env\\Scripts\\camus.exe", "C:\\Tools\\camus.exe"];
  assert.equal(findServer(facts(windows, ...files))?.command, "C:\\Tools\\camus.exe");
});
