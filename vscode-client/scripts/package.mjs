// Makes camus-VERSION.vsix from what is here, without a network: the bundle, and beside it the
// server's wheel, which is left out where no Python environment of the project is at hand.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { options } from "./build.mjs";

const posix = join("..", ".venv", "bin", "python");
const pythons = [
  process.env.CAMUS_PYTHON,
  posix,
  join("..", ".venv", "Scripts", "python.exe"),
  "python3",
];

rmSync("dist", { recursive: true, force: true });
await build(options);
const python = pythons.find((each) => each && (each === "python3" || existsSync(each)));
const server = spawnSync(python, ["scripts/server.py", "dist/server"], { stdio: "inherit" });
if (server.status !== 0) {
  process.stderr.write(
    "The package is made without a server; CAMUS_PYTHON names a Python that has one.\n",
  );
}
const vsce = join("node_modules", "@vscode", "vsce", "vsce");
const packed = spawnSync(
  process.execPath,
  [vsce, "package", "--no-dependencies", "--allow-missing-repository"],
  {
    stdio: "inherit",
  },
);
process.exit(packed.status ?? 1);
