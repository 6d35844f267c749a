// A call that cannot be carried out as it was made.

/** Ends the run with exit code 2; the message is one sentence for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
