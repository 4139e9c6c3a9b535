// When a server that died is started again; pure, the moments are arguments.

/** Seconds to wait before each start; more deaths than these within the window end it. */
export const DELAYS = [0.5, 2, 5, 15, 30] as const;

/** Deaths longer ago than this (milliseconds) are forgotten. */
export const WINDOW = 10 * 60 * 1000;

/** Milliseconds to wait before the next start, or null when it died too often. */
export function nextStart(deaths: readonly number[], now: number): number | null {
  const recent = deaths.filter((moment) => now - moment < WINDOW).length;
  const delay = DELAYS[recent];
  return delay === undefined ? null : delay * 1000;
}
