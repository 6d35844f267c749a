// Findings about the skip list as it bears on one image: skipped, or meant to be and not.

import * as l10n from "@vscode/l10n";
import { spanInFile } from "../document/span.ts";
import { changeValue } from "../edits/configEdits.ts";
import type { ConfigPlace } from "../knative/config/configProblem.ts";
import { missedSkip } from "../knative/skipList/intendedSkips.ts";
import { missedSkipWords } from "../knative/skipList/intendedSkipWords.ts";
import { validateConfig } from "../knative/config/validateConfig.ts";
import { registryClass } from "../knative/skipList/registryClass.ts";
import { parseSkipList, removeSkipListEntry } from "../knative/skipList/skipList.ts";
import { configSettings } from "../workspace/configSettings.ts";
import type { SkipList } from "../workspace/effectiveSkipList.ts";
import { configPlaceInFile, type LocatedIntention } from "../workspace/intentions.ts";
import { configFixes, namespaceFix } from "./configFindings.ts";
import type { LocatedConfig } from "../workspace/workspaceFacts.ts";
import type { Finding, Fix, RelatedPlace } from "./finding.ts";
import { useFinding, type FindingContext } from "./findingContext.ts";
import type { ImageState } from "./imageState.ts";
import { skippedMessage } from "./skipWords.ts";

/** What a skipped tag costs, and where it is skipped. */
export function skippedFindings(state: ImageState, context: FindingContext): Finding[] {
  const { outcome, skipList, use } = state;
  if (outcome.kind !== "skip" || use.reference.kind !== "tag") return [];
  const { reference } = use;
  const { pullPolicy } = use;
  const alwaysPulled =
    reference.tag === "latest" && pullPolicy !== "IfNotPresent" && pullPolicy !== "Never";
  const place = registryClass(reference.registry);
  // A development cluster's own registry: skipped as it should be, and pulled from.
  const isLocal = context.facts.localRegistries.includes(reference.registry);
  // The other names are not registries: they are for development, and nothing there can be resolved.
  const isDevelopment = isLocal || place === "side-loaded";
  const milder = isDevelopment ? ({ severity: "hint" } as const) : {};
  return [
    ...useFinding("registry-skipped", state, context, {
      message: skippedMessage(outcome.entry, skipList),
      related: skipEntryPlace(outcome.entry, skipList),
      fixes: isDevelopment ? [] : unskipFixes(outcome.entry, skipList),
      ...milder,
    }),
    ...(alwaysPulled && !isLocal && place !== "public"
      ? useFinding("side-loaded-latest", state, context, {
          message: l10n.t(
            "“latest” is always pulled, so a side-loaded image fails with ErrImagePull: use another tag or imagePullPolicy: IfNotPresent.",
          ),
          ...milder,
        })
      : []),
  ];
}

/** The entry's place in the workspace, if the list stands in a file. */
function skipEntryPlace(registry: string, { location }: SkipList): RelatedPlace[] {
  if (location === undefined) return [];
  return [
    {
      uri: location.uri,
      text: location.text,
      span: location.entries.get(registry) ?? location.value,
      message: l10n.t("{0} is skipped here.", registry),
    },
  ];
}

/** Takes the registry off the list that skips it, where that list stands in a file. */
function unskipFixes(registry: string, { location }: SkipList): Fix[] {
  const value = location?.entry.value;
  if (location === undefined || value === undefined) return [];
  const entries = parseSkipList(value.text);
  const index = entries.findIndex((entry) => entry.registry === registry);
  const { documentStart, documentText } = location.located;
  const changes = changeValue(value, removeSkipListEntry(entries, index), documentText);
  return [
    {
      title: l10n.t("Remove {0} from the skip list", registry),
      changes: [],
      elsewhere: {
        uri: location.uri,
        text: location.text,
        changes: changes.map((change) => spanInFile(change, documentStart)),
      },
      isPreferred: false,
    },
  ];
}

/** The registry was meant to be skipped, but Knative does not skip it. */
export function missedSkipFindings(state: ImageState, context: FindingContext): Finding[] {
  const { reference } = state.use;
  if (reference.kind !== "tag") return [];
  const intended = context.intentions.map(({ intention }) => intention);
  const missed = missedSkip(reference, state.skipList.registries, intended);
  const found = context.intentions.find(({ intention }) => intention === missed);
  if (missed === undefined || found === undefined) return [];
  const { located } = found;
  return useFinding("skip-not-effective", state, context, {
    message: missedSkipWords(reference.registry, missed),
    related: [
      {
        uri: located.uri,
        text: located.text,
        span: configPlaceInFile(located, missed.place),
        message: l10n.t("Possibly intended here."),
      },
    ],
    fixes: missedSkipFixes(found, context),
  });
}

/** The fixes at the place where the skip was written. */
function missedSkipFixes({ located, intention }: LocatedIntention, context: FindingContext): Fix[] {
  const { place } = intention;
  if (place.at === "map") return [];
  const namespace = namespaceFix(located.config, context.facts);
  if (namespace !== undefined) return [elsewhereFix(located, namespace)];
  if (located.config.misplaced !== undefined) return [];
  const problems = validateConfig(configSettings(located.config), {
    origin: located.config.origin,
    checksum: located.config.checksum?.text,
    version: located.config.release ?? context.settings.knativeVersion,
    seenRegistries: context.facts.registries,
  });
  const problem = problems.find(({ place: at }) => isSamePlace(at, place));
  if (problem === undefined) return [];
  return configFixes(located, problem)
    .slice(0, 1)
    .map((fix) => elsewhereFix(located, fix));
}

/** A fix of the configuration, offered at an image. */
function elsewhereFix({ uri, text, documentStart }: LocatedConfig, { title, changes }: Fix): Fix {
  const moved = changes.map((change) => spanInFile(change, documentStart));
  return { title, changes: [], elsewhere: { uri, text, changes: moved }, isPreferred: false };
}

/** A key that is never read is wrong as a whole; an entry only where it stands. */
function isSamePlace(a: ConfigPlace, b: ConfigPlace): boolean {
  if (a.at === "map" || b.at === "map" || a.key !== b.key) return false;
  return a.at === "key" || b.at === "key" || (a.start <= b.start && b.end <= a.end);
}
