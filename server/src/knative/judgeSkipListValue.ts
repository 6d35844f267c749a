// Judges the value of a skip list: entries that match nothing, defaults that are lost, public registries.

import type { ConfigProblem } from "./configProblem.ts";
import { registryClass } from "./registryClass.ts";
import { judgeSkipList } from "./skipEntry.ts";
import {
  addSkipListEntry,
  defaultSkippedRegistries,
  parseSkipList,
  removeSkipListEntry,
} from "./skipList.ts";

/**
 * All mistakes of a skip list.
 * @param key under which it stands, and by which Knative goes.
 * @param seenRegistries the registries of the workspace's images, as Knative spells them.
 */
export function judgeSkipListValue(
  key: string,
  value: string,
  seenRegistries: readonly string[],
): readonly ConfigProblem[] {
  const judged = judgeSkipList(value, seenRegistries);
  return [
    ...judged.map(({ entry, index, problem }): ConfigProblem => {
      const { registry, start, end } = entry;
      const replace = problem.meant === undefined ? [] : [{ start, end, text: problem.meant }];
      const changes = [...replace, removeSkipListEntry(value, index)];
      return {
        kind: "skip-entry-never-matches",
        registry,
        problem,
        place: { at: "value", key, start, end },
        fixes: changes.map((change) => ({ kind: "change-value", key, change })),
      };
    }),
    ...publicRegistries(key, value, new Set(judged.map(({ index }) => index))),
    ...droppedDefaults(
      key,
      value,
      judged.flatMap(({ problem }) => problem.meant ?? []),
    ),
  ];
}

/** @param unmatched the entries that match nothing, and so skip no public registry. */
function publicRegistries(
  key: string,
  value: string,
  unmatched: ReadonlySet<number>,
): readonly ConfigProblem[] {
  return parseSkipList(value).flatMap(({ registry, start, end }, index): ConfigProblem[] => {
    const kind = registryClass(registry);
    if (kind !== "public" || unmatched.has(index)) return [];
    const change = removeSkipListEntry(value, index);
    return [
      {
        kind: "skip-list-public-registry",
        registry,
        registryClass: kind,
        place: { at: "value", key, start, end },
        fixes: [{ kind: "change-value", key, change }],
      },
    ];
  });
}

/** @param meant what wrong entries stand for: a default that is only misspelt there is not dropped. */
function droppedDefaults(
  key: string,
  value: string,
  meant: readonly string[],
): readonly ConfigProblem[] {
  const listed = new Set(
    [value, ...meant].flatMap((list) => parseSkipList(list)).map(({ registry }) => registry),
  );
  const dropped = defaultSkippedRegistries.filter((registry) => !listed.has(registry));
  if (dropped.length === 0) return [];
  const change = addSkipListEntry(value, dropped.join(","));
  return [
    {
      kind: "skip-list-drops-defaults",
      dropped,
      place: { at: "key", key },
      fixes: [{ kind: "change-value", key, change }],
    },
  ];
}
