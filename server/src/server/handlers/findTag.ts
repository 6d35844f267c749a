// Finds out which tag a bare digest is: the repository's newest tags are looked up until one points at it.

import * as l10n from "@vscode/l10n";
import { notAskedWords } from "../../features/answerWords.ts";
import { versionOrder } from "../../features/tagOrder.ts";
import type { CommandTarget, FindTagReport } from "../../protocol.ts";
import type { Session } from "../state/session.ts";
import { targetedStates } from "./targets.ts";

/** Tags that are looked up at most, and how many at once. */
const maxTags = 48;
const atOnce = 8;

/** @returns why no tag is known; the tags themselves are what is known of the digest afterwards */
export async function findTag(
  session: Session,
  target: CommandTarget,
  signal: AbortSignal,
): Promise<FindTagReport> {
  const key = targetedStates(session, target)[0]?.state.pin?.key;
  if (key === undefined) return { problem: null };
  const { answers } = session.outside;
  const { registry, repository } = key;
  const list = await answers.tags(registry, repository, { signal });
  if ("status" in list) {
    return {
      problem: list.status === "failed" ? list.error.message : notAskedWords(list.reason, registry),
    };
  }
  const newest = [...list.tags].sort(versionOrder()).slice(0, maxTags);
  for (let start = 0; start < newest.length; start += atOnce) {
    await Promise.all(
      newest
        .slice(start, start + atOnce)
        .map((reference) =>
          answers.resolve({ registry, repository, reference }, { signal, priority: "hover" }),
        ),
    );
    if (answers.tagsOf(key).length > 0) return { problem: null };
  }
  return { problem: l10n.t("None of the newest {0} tags has this digest.", newest.length) };
}
