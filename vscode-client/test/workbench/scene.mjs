// What the stories share: a home, a program `camus`, scripted models, a project, one workbench.

import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { CodeServer, Window, copy, openBrowser, read, run } from "./workbench.mjs";

const CLIENT = resolve(import.meta.dirname, "..", "..");
const ROOT = resolve(CLIENT, "..");
export const SAMPLE = join(ROOT, "server", "camus", "cli", "demo");

const STUB = `def double(number: int) -> int:
    """Twice the number."""
    raise NotImplementedError
`;

const SHAPE = "def area(width, height):\n    return width * height\n";
const USE = "from shape import area\n\n\ndef double(width):\n    return area(width, 2)\n";

/** A file of many, with something to find in it. */
const BULK = `import os


def find(items, code):
    result = []
    for item in items:
        if item == None:
            result.append(item)
    return result
`;

const python = process.env.CAMUS_PYTHON ?? join(ROOT, ".venv", "bin", "python");

/** The scripted models of tests/vscode/models.py. */
class Models {
  static async start(env) {
    const child = spawn(python, [join(ROOT, "tests", "vscode", "models.py")], {
      env: { ...env, PYTHONPATH: [join(ROOT, "server"), join(ROOT, "tests")].join(":") },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const models = new Models(child, lines);
    Object.assign(models, JSON.parse((await lines.next()).value));
    return models;
  }

  constructor(child, lines) {
    this.child = child;
    this.lines = lines;
  }

  /** What was asked so far. */
  async asked() {
    this.child.stdin.write("chats\n");
    return JSON.parse((await this.lines.next()).value);
  }

  stop() {
    this.child.stdin.end();
  }
}

export class Scene {
  static async make(folder, vsix) {
    const home = mkdtempSync(join(tmpdir(), "camus-workbench-"));
    const bin = join(home, "bin");
    mkdirSync(bin);
    const places = ["CONFIG", "DATA", "STATE", "CACHE"].map((word) => [
      `XDG_${word}_HOME`,
      join(home, word),
    ]);
    const env = {
      ...Object.fromEntries(places),
      HOME: home,
      CAMUS_HOME: join(home, "camus"),
      PATH: `${bin}:/usr/bin:/bin`,
      OLLAMA_HOST: "http://127.0.0.1:9",
      LC_ALL: "C.UTF-8",
      VSCODE_CLI: "1", // keeps this environment instead of a login shell's
    };
    const scene = new Scene();
    Object.assign(scene, { folder, vsix, home, bin, env, extensions: join(home, "extensions") });
    scene.program({});
    scene.models = await Models.start(env);
    scene.configure();
    return scene;
  }

  get command() {
    return join(this.bin, "camus");
  }

  /** Puts the program `camus` onto the PATH, if wanted with a version that it does not have. */
  program({ version }) {
    const args = '-X utf8 -m camus "$@"';
    const pretend = `import camus, sys\ncamus.__version__ = "${version}"\nfrom camus.__main__ import main\nsys.exit(main())`;
    const run = version ? `-X utf8 -c '${pretend}' "$@"` : args;
    const lines = ["#!/bin/sh", `PYTHONPATH="${join(ROOT, "server")}" exec "${python}" ${run}`, ""];
    writeFileSync(this.command, lines.join("\n"));
    chmodSync(this.command, 0o755);
  }

  /** The user's own configuration: these models, and nothing that is found by chance. */
  configure(more = {}) {
    const config = join(this.home, "camus", "config");
    mkdirSync(config, { recursive: true });
    const { url, away } = this.models;
    const quota = { requests_per_day: 500 };
    const models = {
      "qwen2.5-coder:7b": { type: "ollama", url, size: "medium", quota },
      "qwen2.5-coder:32b": { type: "ollama", url, size: "large", quota },
      "gpt-oss:120b-cloud": { type: "ollama", url: away },
    };
    const pipelines = {
      careful: { strategy: "sequential", steps: ["qwen2.5-coder:7b", "qwen2.5-coder:32b"] },
    };
    // The smaller model is asked first whatever the stories before taught: one is of handing over.
    const multi_model = { intelligent_selection: { quality_loss: 1 } };
    const server = { discover: false };
    const tree = { version: 2, models, pipelines, multi_model, server, ...more };
    writeFileSync(join(config, "config.yml"), JSON.stringify(tree));
  }

  /** A fresh copy of the sample as a workspace. */
  project(name, files = {}) {
    files = { "stub.py": STUB, "shape.py": SHAPE, "use_shape.py": USE, ...files };
    const folder = join(this.home, name);
    rmSync(folder, { recursive: true, force: true });
    copy(SAMPLE, folder);
    rmSync(join(folder, "__pycache__"), { recursive: true, force: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  }

  async serve({ env: variables, ...more } = {}) {
    const { folder, home, extensions, vsix } = this;
    this.vsix = undefined; // it is installed once
    const env = { ...this.env, ...variables };
    const settings = { "camus.client.python": python, "camus.client.trace": "messages" };
    const how = { folder, home, env, extensions, vsix, settings };
    this.server = await CodeServer.start({ ...how, ...more });
    this.browser ??= await openBrowser();
    return this.server;
  }

  window(folder, how) {
    return Window.open(this.browser, this.server, folder, how);
  }

  /** What the server needs, so that it can be installed again and again without a network. */
  async wheels() {
    const wanted = join(CLIENT, "dist", "server", "requirements.txt");
    const wheels = join(this.folder, "wheels");
    const known = join(wheels, "requirements.txt");
    if (!existsSync(known) || read(known) !== read(wanted)) {
      rmSync(wheels, { recursive: true, force: true });
      mkdirSync(wheels);
      const pip = ["-m", "pip", "download", "--quiet", "--require-hashes", "--dest", wheels];
      await run(python, [...pip, "--requirement", wanted]);
      copy(wanted, known);
    }
    return { PIP_NO_INDEX: "1", PIP_FIND_LINKS: wheels };
  }

  async unserve() {
    this.server?.stop();
    this.server = undefined;
  }

  async end() {
    await this.browser?.close();
    await this.unserve();
    this.models.stop();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** So many files that a review of them can be stopped. */
export function bulk(count = 400) {
  const names = Array.from({ length: count }, (_none, number) => `bulk/part_${number}.py`);
  return Object.fromEntries(names.map((name) => [name, BULK]));
}
