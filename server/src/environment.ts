// The outside world as the core sees it: everything that is neither a value nor a pure function.

/** Time and timers. */
export interface Clock {
  /** Milliseconds since 1970: for what people see and for what is written to disk. */
  now(): number;
  /** Milliseconds from an arbitrary point that never goes back: for ages and deadlines. */
  monotonic(): number;
  /** Calls once after `milliseconds`; the returned function takes it back. */
  schedule(milliseconds: number, call: () => void): () => void;
}

export type LogLevel = "error" | "warning" | "info" | "debug";

/** Takes lines for the log. Whoever calls it has left secrets out already. */
export type Log = (level: LogLevel, message: string) => void;
