// Mistakes in a `config-deployment`, as data: what is wrong, where, and what fixes it.

import type { RegistryClass } from "../skipList/registryClass.ts";
import type { SkipEntryProblem } from "../skipList/skipEntry.ts";
import type { TextChange } from "../skipList/skipList.ts";
import type { UnknownKeyCause } from "./unknownKey.ts";

/** One key and its value, of a ConfigMap's `data` or of a KnativeServing's `spec.config.deployment`. */
export interface ConfigSetting {
  readonly key: string;
  /** The value as YAML reads it; a number's or boolean's text; undefined for a map, a sequence and null. */
  readonly value: string | undefined;
  /** Whether YAML reads the value as a string: Kubernetes refuses everything else. */
  readonly isString: boolean;
  /** What stands there instead of a scalar: a map, or a sequence with these texts. */
  readonly collection?: "map" | readonly string[];
}

/** Where a mistake stands. Offsets are UTF-16 units of the value as YAML reads it. */
export type ConfigPlace =
  | { readonly at: "key"; readonly key: string }
  | { readonly at: "value"; readonly key: string; readonly start: number; readonly end: number }
  /** The whole map: something is missing from it. */
  | { readonly at: "map" };

/** What fixes a mistake. */
export type ConfigFix =
  | { readonly kind: "rename-key"; readonly key: string; readonly to: string }
  | { readonly kind: "remove-key"; readonly key: string }
  /** Adds the key to the others. */
  | { readonly kind: "add-key"; readonly key: string; readonly value: string }
  | { readonly kind: "change-value"; readonly key: string; readonly change: TextChange }
  /** Makes a string of a number or a boolean. */
  | { readonly kind: "quote-value"; readonly key: string }
  /** Writes a text in place of a sequence. */
  | { readonly kind: "join-items"; readonly key: string; readonly value: string }
  /** Writes the annotation `knative.dev/example-checksum`. */
  | { readonly kind: "set-checksum"; readonly checksum: string };

interface Placed {
  readonly place: ConfigPlace;
  /** The best one first; empty if unknown. */
  readonly fixes: readonly ConfigFix[];
}

/** A mistake; `kind` is the diagnostic's code. */
export type ConfigProblem =
  | (Placed & {
      readonly kind: "unknown-config-key";
      readonly key: string;
      readonly cause: UnknownKeyCause;
      /** The key that was meant; for another release's key the one itself. */
      readonly meant: string | undefined;
      /** The release that reads it first, or that no longer does. */
      readonly release: string | undefined;
    })
  | (Placed & {
      readonly kind: "legacy-config-key";
      readonly key: string;
      readonly replacement: string;
      /** Whether the kebab-case key is there, too, and overrules this one. */
      readonly overruled: boolean;
    })
  | (Placed & {
      readonly kind: "config-in-example";
      /** The key that was meant. */
      readonly key: string;
      readonly value: string;
    })
  | (Placed & {
      readonly kind: "example-checksum";
      readonly computed: string;
      /** Whether some release shipped exactly this example, so that only the annotation is wrong. */
      readonly shipped: boolean;
    })
  | (Placed & {
      readonly kind: "invalid-config-value";
      readonly key: string;
      /** The value; for a collection what it is instead of a string. */
      readonly value: string;
      readonly is: "string" | "map" | "list" | "number";
      /** Knative's words, or Kubernetes'. */
      readonly message: string;
    })
  | (Placed & {
      readonly kind: "skip-entry-never-matches";
      readonly registry: string;
      readonly problem: SkipEntryProblem;
    })
  | (Placed & {
      readonly kind: "skip-list-drops-defaults";
      readonly dropped: readonly string[];
    })
  | (Placed & {
      readonly kind: "skip-list-public-registry";
      readonly registry: string;
      readonly registryClass: RegistryClass;
    })
  | (Placed & { readonly kind: "config-loses-sidecar-image" });
