// How far the work is, on standard error, and only where a person looks at it.

import type { SafeOutput } from "./safeOutput.ts";

export interface Progress {
  /** One more of the announced number is done. */
  step(): void;
  /** Takes the line away again. */
  end(): void;
}

/** A line such as `Asking registries 3/20`, written over itself. */
export function startProgress(output: SafeOutput, what: string, total: number): Progress {
  let done = 0;
  const show = (text: string): void => {
    output.showStatus(text);
  };
  show(`${what} 0/${total}`);
  return {
    step() {
      done += 1;
      show(`${what} ${done}/${total}`);
    },
    end() {
      show("");
    },
  };
}
