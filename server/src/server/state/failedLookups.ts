// Which failed lookups may do better when they are repeated.

import type { Answer } from "../../findings/imageState.ts";
import type { Failed, Resolved } from "../../resolver/resolution.ts";

/** A lookup that failed, and the question it answered. */
export interface FailedAnswer extends Answer {
  readonly resolution: Failed;
}

/** Whether an answer is a failure. */
export function isFailed(answer: Answer): answer is FailedAnswer {
  return answer.resolution.status === "failed";
}

/** Whether the registry gave no answer, which says nothing of the image. */
export function isUnreachable({ error }: Failed): boolean {
  return error.kind === "registry-unreachable";
}

/** Whether a lookup failed at or before a time, and another one may do better. */
export function mayBetter({ resolution }: Answer, before: number): boolean {
  if (resolution.status !== "failed" || resolution.at > before) return false;
  // A limit stands until its time is over, and what is never contacted stays so until the settings change.
  const { kind } = resolution.error;
  return kind !== "rate-limited" && kind !== "blocked";
}

/** Whether a registry that could not be reached has answered another lookup since. */
export function hasAnsweredSince({ key, resolution }: Answer, all: readonly Answer[]): boolean {
  if (resolution.status !== "failed" || !isUnreachable(resolution)) return false;
  const answered = all.flatMap((other) => {
    const isSame = other.key.registry === key.registry;
    return isSame && other.resolution.status === "resolved" ? [other.resolution] : [];
  });
  return answered.some(({ at }: Resolved) => at > resolution.at);
}
