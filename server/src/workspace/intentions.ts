// Registries that somebody meant to skip, anywhere in the workspace, and where they wrote it.

import { spanInFile, type FileSpan, type Span } from "../document/span.ts";
import { placeInScalar } from "../document/yaml/scalarPlaces.ts";
import type { ConfigPlace } from "../knative/config/configProblem.ts";
import {
  intendedSkips,
  misplacedSkips,
  type IntendedSkip,
} from "../knative/skipList/intendedSkips.ts";
import { configSettings } from "./configSettings.ts";
import { isRead } from "./knativeNamespaces.ts";
import type { LocatedConfig, WorkspaceFacts } from "./workspaceFacts.ts";

export interface LocatedIntention {
  readonly intention: IntendedSkip;
  readonly located: LocatedConfig;
}

/** All intended skips without effect. @param version the Knative release, `1.23`. */
export function locateIntentions(facts: WorkspaceFacts, version: string): LocatedIntention[] {
  return facts.configs.flatMap((located) => {
    const settings = configSettings(located.config);
    const { release } = located.config;
    const intended = isRead(located.config, facts)
      ? intendedSkips(settings, release ?? version, facts.registries)
      : misplacedSkips(settings, facts.registries);
    return intended.map((intention) => ({ intention, located }));
  });
}

/** Where something stands in a configuration, counted from the beginning of its YAML document. */
export function configPlaceSpan(located: LocatedConfig, place: ConfigPlace): Span {
  const { config, documentText } = located;
  if (place.at === "map") return config.heading;
  const entry = config.entries.find(({ key }) => key.text === place.key);
  if (entry === undefined) return config.heading;
  if (place.at === "key") return entry.key.content ?? entry.key.span;
  if (entry.value === undefined) {
    const { start, end } = entry.place;
    // A block collection ends behind its last line break.
    return { start, end: start + documentText.slice(start, end).trimEnd().length };
  }
  return placeInScalar(entry.value, place, documentText).span;
}

/** The same, counted from the beginning of the file. */
export function configPlaceInFile(located: LocatedConfig, place: ConfigPlace): FileSpan {
  return spanInFile(configPlaceSpan(located, place), located.documentStart);
}
