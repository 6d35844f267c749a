// Validates the value of a skip list: entries that match nothing, defaults that are lost, public registries.

import type { ConfigProblem } from "../config/configProblem.ts";
import { registryClass } from "./registryClass.ts";
import { validateSkipList } from "./skipEntry.ts";
import {
  addSkipListEntry,
  defaultsOf,
  parseSkipList,
  removeSkipListEntry,
  type SkipListEntry,
} from "./skipList.ts";

/** Maximum mistakes of one kind reported for a list: each has fixes, and a fix may rewrite the whole list. */
const maxReported = 200;

/**
 * The mistakes of a skip list, of very many the first ones.
 * @param key under which it stands, and by which Knative goes.
 * @param seenRegistries the registries of the workspace's images, as Knative spells them.
 * @param version the Knative release, whose defaults the list replaces.
 */
export function skipListProblems(
  key: string,
  value: string,
  seenRegistries: readonly string[],
  version: string,
): readonly ConfigProblem[] {
  const entries = parseSkipList(value);
  const problems = validateSkipList(value, seenRegistries);
  return [
    ...problems.slice(0, maxReported).map(({ entry, index, problem }): ConfigProblem => {
      const { registry, start, end } = entry;
      const replace = problem.meant === undefined ? [] : [{ start, end, text: problem.meant }];
      const changes = [...replace, removeSkipListEntry(entries, index)];
      return {
        kind: "skip-entry-never-matches",
        registry,
        problem,
        place: { at: "value", key, start, end },
        fixes: changes.map((change) => ({ kind: "change-value", key, change })),
      };
    }),
    ...publicRegistries(key, entries, new Set(problems.map(({ index }) => index))).slice(
      0,
      maxReported,
    ),
    ...droppedDefaults(
      key,
      [value, ...problems.flatMap(({ problem }) => problem.meant ?? [])],
      version,
    ),
  ];
}

/** @param unmatched the entries that match nothing, and so skip no public registry. */
function publicRegistries(
  key: string,
  entries: readonly SkipListEntry[],
  unmatched: ReadonlySet<number>,
): readonly ConfigProblem[] {
  return entries.flatMap(({ registry, start, end }, index): ConfigProblem[] => {
    const kind = registryClass(registry);
    if (kind !== "public" || unmatched.has(index)) return [];
    const change = removeSkipListEntry(entries, index);
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

/** @param lists the value, and what wrong entries most likely meant: a default that is only misspelt is not dropped. */
function droppedDefaults(
  key: string,
  lists: readonly [string, ...string[]],
  version: string,
): readonly ConfigProblem[] {
  const [value] = lists;
  const listed = new Set(
    lists.flatMap((list) => parseSkipList(list)).map(({ registry }) => registry),
  );
  const dropped = defaultsOf(version).filter((registry) => !listed.has(registry));
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
