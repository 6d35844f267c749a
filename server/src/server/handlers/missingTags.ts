// What was meant by a tag that is not there: the repository's own tags tell, which are asked for on demand alone.

import { nearestTag } from "../../features/nearestTag.ts";
import type { Answer, ImageState } from "../../findings/imageState.ts";
import { waitAtMost } from "../state/waitForAnswers.ts";
import type { Answers } from "../outside.ts";
import type { Session } from "../state/session.ts";

/** The lookup of a tag that the registry does not have; undefined if it has it, or nobody knows. */
function missingTag({ use, tag }: ImageState): Answer | undefined {
  if (use.reference.kind !== "tag" || tag?.resolution.status !== "failed") return undefined;
  return tag.resolution.error.kind === "tag-not-found" ? tag : undefined;
}

/** The tag that was most likely meant by one that is not there, from what is known; undefined if none is near. */
export function nearestKnownTag(
  answers: Pick<Answers, "peekTags">,
  state: ImageState,
): string | undefined {
  const missing = missingTag(state);
  if (missing === undefined) return undefined;
  const { registry, repository, reference } = missing.key;
  const list = answers.peekTags(registry, repository);
  return list === undefined ? undefined : nearestTag(reference, list.tags);
}

/** Repositories whose tags are read for one question. */
const maxRepositories = 3;

/** Reads the tags of the repositories where some images' tags are missing, and waits a moment for them. */
export async function waitForTags(
  session: Session,
  states: readonly ImageState[],
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const { answers } = session.outside;
  const keys = states.flatMap((state) => missingTag(state)?.key ?? []);
  const names = new Map(keys.map((key) => [`${key.registry}/${key.repository}`, key]));
  const unknown = [...names.values()]
    .filter(({ registry, repository }) => answers.peekTags(registry, repository) === undefined)
    .slice(0, maxRepositories);
  if (unknown.length === 0) return;
  const all = unknown.map(({ registry, repository }) =>
    answers.tags(registry, repository, { signal }),
  );
  await waitAtMost(session, Promise.all(all), timeoutMs);
}
