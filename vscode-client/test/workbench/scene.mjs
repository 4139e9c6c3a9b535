// What the stories share: a home, a program `camus`, scripted models, a project, one workbench.

import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { CodeServer, Window, copy, openBrowser, read } from "./workbench.mjs";

const ROOT = resolve(import.meta.dirname, "..", "..", "..");
export const SAMPLE = join(ROOT, "server", "camus", "cli", "demo");

const STUB = `def double(number: int) -> int:
    """Twice the number."""
    raise NotImplementedError
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
    const program = join(bin, "camus");
    writeFileSync(program, `#!/bin/sh\nexec "${python}" -X utf8 -m camus "$@"\n`);
    chmodSync(program, 0o755);
    const places = ["CONFIG", "DATA", "STATE", "CACHE"].map((word) => [
      `XDG_${word}_HOME`,
      join(home, word),
    ]);
    const env = {
      ...Object.fromEntries(places),
      HOME: home,
      CAMUS_HOME: join(home, "camus"),
      PATH: `${bin}:/usr/bin:/bin`,
      PYTHONPATH: join(ROOT, "server"),
      OLLAMA_HOST: "http://127.0.0.1:9",
      LC_ALL: "C.UTF-8",
      VSCODE_CLI: "1", // keeps this environment instead of a login shell's
    };
    const scene = new Scene();
    Object.assign(scene, { folder, vsix, home, bin, env, extensions: join(home, "extensions") });
    scene.models = await Models.start(env);
    scene.configure();
    return scene;
  }

  /** The user's own configuration: these models, and nothing that is found by chance. */
  configure(more = {}) {
    const config = join(this.home, "camus", "config");
    mkdirSync(config, { recursive: true });
    const { url, away } = this.models;
    const models = {
      "qwen2.5-coder:7b": { type: "ollama", url, size: "fast" },
      "qwen2.5-coder:32b": { type: "ollama", url, size: "large" },
      "gpt-oss:120b-cloud": { type: "ollama", url: away },
    };
    const pipelines = {
      careful: { strategy: "sequential", steps: ["qwen2.5-coder:7b", "qwen2.5-coder:32b"] },
    };
    const tree = { version: 2, models, pipelines, server: { discover: false }, ...more };
    writeFileSync(join(config, "config.yml"), JSON.stringify(tree));
  }

  /** A fresh copy of the sample as a workspace. */
  project(name, files = {}) {
    files["stub.py"] ??= STUB;
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

  async serve(more = {}) {
    const { folder, home, env, extensions, vsix } = this;
    this.vsix = undefined; // it is installed once
    this.server = await CodeServer.start({ folder, home, env, extensions, vsix, ...more });
    this.browser ??= await openBrowser();
    return this.server;
  }

  window(folder, pictures) {
    return Window.open(this.browser, this.server, folder, pictures);
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

export { read };
