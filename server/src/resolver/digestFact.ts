// The fact that everything else hangs on, which digest a reference has, as views see it.

import type { ManifestAnswer } from "../registry/manifestLookup.ts";
import type { KnownFact } from "./factCache.ts";
import type { ControllerProblem, Resolution, Resolved } from "./resolution.ts";

/**
 * What is known as views see it.
 * @param controllerOf why Knative's controller cannot resolve it, undefined if nothing is known against it.
 */
export function toResolution(
  { answer, failure }: KnownFact<ManifestAnswer>,
  controllerOf: (answer: ManifestAnswer) => ControllerProblem | undefined,
): Resolution {
  const controller = answer && controllerOf(answer.value);
  const resolved = answer && {
    ...toResolved(answer, answer.isStale || failure !== undefined),
    ...(controller === undefined ? {} : { controller }),
  };
  if (failure !== undefined) return { status: "failed", ...failure, last: resolved };
  return resolved ?? { status: "pending" };
}

function toResolved(
  { value, at }: { readonly value: ManifestAnswer; readonly at: number },
  stale: boolean,
): Resolved {
  const { digest, mediaType, size, host, notices } = value;
  return { status: "resolved", digest, mediaType, size, host, at, stale, notices };
}
