// Where a server may be, best first; looks at nothing itself, what is there comes as a function.

export type Origin = "setting" | "environment" | "path" | "managed";

export interface Candidate {
  readonly origin: Origin;
  readonly command: string;
  readonly args: readonly string[];
}

export interface Facts {
  /** The user's own command, empty for none. */
  readonly setting: readonly string[];
  /** The folder of the selected Python environment. */
  readonly environment: string | undefined;
  /** The folders of the PATH. */
  readonly path: readonly string[];
  /** The folder of the environment that the extension makes. */
  readonly managed: string;
  /** The workspace's folders, whose programs are run in a trusted workspace only. */
  readonly roots: readonly string[];
  readonly trusted: boolean;
  readonly windows: boolean;
  readonly isFile: (path: string) => boolean;
}

function inside(path: string, folder: string, windows: boolean): boolean {
  const plain = (each: string) => {
    const slashes = each.replace(/[\\/]+/g, "/").replace(/\/$/, "");
    return windows ? slashes.toLowerCase() : slashes;
  };
  return plain(path) === plain(folder) || plain(path).startsWith(`${plain(folder)}/`);
}

function isAbsolute(path: string, windows: boolean): boolean {
  return windows ? /^([a-z]:[\\/]|\\\\)/i.test(path) : path.startsWith("/");
}

/** Where an environment keeps its programs. */
export function programIn(environment: string, name: string, windows: boolean): string {
  return windows ? `${environment}\\Scripts\\${name}.exe` : `${environment}/bin/${name}`;
}

/** The first server that is there; undefined when there is none. */
export function findServer(facts: Facts): Candidate | undefined {
  const [command, ...args] = facts.setting;
  if (command) return { origin: "setting", command, args };
  const allowed = (path: string) =>
    isAbsolute(path, facts.windows) &&
    (facts.trusted || !facts.roots.some((root) => inside(path, root, facts.windows)));
  const places: [Origin, string][] = [];
  if (facts.environment && allowed(facts.environment)) {
    places.push(["environment", programIn(facts.environment, "camus", facts.windows)]);
  }
  for (const folder of facts.path.filter(allowed)) {
    places.push(["path", facts.windows ? `${folder}\\camus.exe` : `${folder}/camus`]);
  }
  places.push(["managed", programIn(facts.managed, "camus", facts.windows)]);
  const found = places.find(([, path]) => facts.isFile(path));
  return found && { origin: found[0], command: found[1], args: [] };
}
