// Points in time that stay right when the machine's clock is set: ages are measured, dates are for people.

import type { Clock } from "../environment.ts";

/** A point in time on both clocks. */
export interface Moment {
  /** Milliseconds since 1970, as the machine's clock said then. */
  readonly date: number;
  readonly monotonic: number;
}

/** Now. */
export function momentNow(clock: Clock): Moment {
  return { date: clock.now(), monotonic: clock.monotonic() };
}

/** The point in time of a date that another session wrote. */
export function momentOf(date: number, clock: Clock): Moment {
  return { date, monotonic: clock.monotonic() - (clock.now() - date) };
}

/**
 * Milliseconds that have passed since then. The longer of what the two clocks say: a machine's clock may be set back,
 * and the monotonic one stands still on some systems while the machine sleeps.
 */
export function elapsed(moment: Moment, clock: Clock): number {
  return Math.max(clock.monotonic() - moment.monotonic, clock.now() - moment.date);
}

/** Below this the two clocks only count differently; above it the machine's clock was set. */
const setBackMs = 1000;

/** When that was, for people and for the disk, as the machine's clock counts now. Never in the future. */
export function dateOf(moment: Moment, clock: Clock): number {
  const [measured, counted] = [clock.monotonic() - moment.monotonic, clock.now() - moment.date];
  const wasSetBack = measured - counted > setBackMs;
  return wasSetBack ? Math.round(clock.now() - measured) : Math.min(moment.date, clock.now());
}
