// What the exit code says.

/** The events of a run that decide its exit code. */
export interface Verdict {
  /** Something could not be read or written, or was no image at all. */
  readonly failed: boolean;
  /** A finding at or above the threshold, or an image that its registry does not have. */
  readonly found: boolean;
  /** A registry gave no answer about an image. */
  readonly unasked: boolean;
}

export const cleanVerdict: Verdict = { failed: false, found: false, unasked: false };

/**
 * The exit code: 2 over 1 over 3 over 0. What could not be read may hide anything, so it is the worst; a finding is
 * certain, and what a silent registry would have said only adds to it.
 */
export function exitCode({ failed, found, unasked }: Verdict): 0 | 1 | 2 | 3 {
  if (failed) return 2;
  if (found) return 1;
  return unasked ? 3 : 0;
}

/** Interrupted by the user, as shells count it: 128 and SIGINT's number. */
export const interruptedExitCode = 130;
