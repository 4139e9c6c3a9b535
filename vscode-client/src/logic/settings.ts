// The user's settings as the server takes them: only what somebody has set, in the file's spelling.

type Tree = Record<string, unknown>;

export interface Inspected {
  globalValue?: unknown;
  workspaceValue?: unknown;
  workspaceFolderValue?: unknown;
}

const OWN = "client";

/** The names below `camus` that the manifest declares for the server: `server.code_lens`. */
export function serverKeys(properties: readonly string[]): string[] {
  return properties
    .filter((name) => name.startsWith("camus.") && !name.startsWith(`camus.${OWN}.`))
    .map((name) => name.slice("camus.".length));
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Two settings of one key: the nearer one wins, and objects are joined key by key. */
function joined(wide: unknown, near: unknown): unknown {
  if (near === undefined) return wide;
  return isTree(wide) && isTree(near) ? { ...wide, ...near } : near;
}

/** A tree of what is set. A default is left out: it would hide what a configuration file says. */
export function settingsTree(
  keys: readonly string[],
  inspect: (key: string) => Inspected | undefined,
): Tree {
  const tree: Tree = {};
  for (const key of keys) {
    const found = inspect(key);
    if (!found) continue;
    const value = [found.globalValue, found.workspaceValue, found.workspaceFolderValue].reduce(
      joined,
    );
    if (value === undefined) continue;
    const names = key.split(".");
    const last = names.pop() ?? key;
    let at = tree;
    for (const name of names) {
      const next = isTree(at[name]) ? at[name] : {};
      at[name] = next;
      at = next;
    }
    at[last] = value;
  }
  return tree;
}
