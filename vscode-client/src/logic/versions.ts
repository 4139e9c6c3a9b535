// Whether a server and this extension belong together.

export type Fit = "fits" | "server-older" | "server-newer" | "unknown";

function parsed(version: string): [number, number] | null {
  const found = /^(\d+)\.(\d+)/.exec(version);
  return found ? [Number(found[1]), Number(found[2])] : null;
}

/** They fit when the first number is the same, and before 1.0 the second as well. */
export function fit(server: string | undefined, client: string): Fit {
  const theirs = parsed(server ?? "");
  const ours = parsed(client);
  if (!theirs || !ours) return "unknown";
  const [one, other] =
    ours[0] === 0 && theirs[0] === 0 ? [theirs[1], ours[1]] : [theirs[0], ours[0]];
  if (one === other) return "fits";
  return one < other ? "server-older" : "server-newer";
}
