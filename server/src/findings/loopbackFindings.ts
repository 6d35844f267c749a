// Findings about a registry that is this machine, and that Knative's controller would look for inside its own pod.

import * as l10n from "@vscode/l10n";
import { spanInFile } from "../document/span.ts";
import { changeValue, configChanges } from "../edits/configEdits.ts";
import { isLoopbackRegistry } from "../knative/skipList/loopback.ts";
import {
  addSkipListEntry,
  defaultSkippedRegistries,
  skipListKey,
} from "../knative/skipList/skipList.ts";
import { nearestConfig, type SkipList } from "../workspace/effectiveSkipList.ts";
import type { Finding, Fix } from "./finding.ts";
import { useFinding, type FindingContext } from "./findingContext.ts";
import type { ImageState } from "./imageState.ts";

/** Says of a tag under `localhost:PORT` that is not skipped that the controller cannot resolve it. */
export function loopbackFindings(state: ImageState, context: FindingContext): Finding[] {
  const { reference } = state.use;
  if (reference.kind !== "tag" || !isLoopbackRegistry(reference.registry)) return [];
  const { registry } = reference;
  const local = context.facts.localRegistries.includes(registry);
  return useFinding("loopback-registry", state, context, {
    message: local
      ? l10n.t(
          "Add {0} to the skip list: nodes pull from this local registry, but Knative’s controller cannot reach it.",
          registry,
        )
      : l10n.t(
          "Add {0} to the skip list: for Knative’s controller this name is its own pod, not this machine.",
          registry,
        ),
    fixes: skipFixes(registry, state.skipList, context),
  });
}

/** Adds the registry to the skip list where one is written, or writes one into the workspace's configuration. */
function skipFixes(registry: string, list: SkipList, { facts }: FindingContext): Fix[] {
  if (list.unknown !== undefined || list.origin === "setting") return [];
  const title = l10n.t("Add {0} to the skip list", registry);
  const written = list.location?.entry.value;
  const located = list.location?.located ?? nearestConfig(list, facts);
  if (located === undefined) return [];
  const { config, documentText: text, documentStart, uri } = located;
  const value = [...defaultSkippedRegistries, registry].join(",");
  const changes =
    written === undefined
      ? configChanges({ config, text }, { kind: "add-key", key: skipListKey, value })
      : changeValue(written, addSkipListEntry(written.text, registry), text);
  if (changes === undefined) return [];
  const moved = changes.map((change) => spanInFile(change, documentStart));
  const elsewhere = { uri, text: located.text, changes: moved };
  return [{ title, changes: [], elsewhere, isPreferred: true }];
}
