// What differs between Knative's releases, as far as images and `config-deployment` are concerned.

import {
  currentGrammar,
  upcomingGrammar,
  type GrammarProfile,
} from "../../image/grammarProfile.ts";

/** The newest release whose sources these rules were read from, and the default of the setting. */
export const newestKnownVersion = "1.23";

/** The rules of one release. */
export interface VersionProfile {
  /** As given: `1.23`, `1.21.1`. */
  readonly version: string;
  /** Whether the release is newer than `newestKnownVersion`, so that its rules are a guess. */
  readonly assumed: boolean;
  readonly grammar: GrammarProfile;
  /** Lowest TLS version with which the controller talks to a registry, unless its environment says otherwise. */
  readonly resolverTlsMinimum: "1.2" | "1.3";
  /** Whether white space around text values of `config-deployment` is removed. */
  readonly trimsStrings: boolean;
}

/**
 * The rules of a release, `1.MINOR` or `1.MINOR.PATCH`. Without a patch the newest patch is meant: `1.21` has the
 * TLS minimum that came with 1.21.2. What cannot be read is taken for the newest known release.
 */
export function versionProfile(version: string = newestKnownVersion): VersionProfile {
  const known = /^1\.\d+(\.\d+)?$/.test(version) ? version : newestKnownVersion;
  const since = (release: string): boolean => isAtLeast(known, release);
  const is = (release: string): boolean => known === release;
  const assumed = !isAtLeast(`${newestKnownVersion}.999`, known);
  return {
    version: known,
    assumed,
    grammar: assumed ? upcomingGrammar : currentGrammar,
    resolverTlsMinimum: since("1.21.2") || is("1.10.0") ? "1.3" : "1.2",
    trimsStrings: since("1.19.0"),
  };
}

/**
 * The release that a label or a field names: `1.8.0`, `v1.8.0`, `knative-v1.8.0`, and the numbers from before 1.0
 * (`v0.35.0` is 1.8.0; `v0.22.0` stays `0.22.0`). Undefined for everything else, such as `devel`.
 */
export function releaseNamed(text: string): string | undefined {
  const match = /^(?:knative-)?v?([01])\.(\d+)(\.\d+)?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, major, minor = "", patch = ""] = match;
  if (major === "1") return `1.${minor}${patch}`;
  const renumbered = Number(minor) - 27;
  return renumbered < 0 ? `0.${minor}${patch}` : `1.${renumbered}${patch}`;
}

/** Whether a release is older than 1.0, whose keys were camelCase alone. */
export function isBeforeFirst(version: string): boolean {
  return version.startsWith("0.");
}

/**
 * The checksums of every `_example` that Knative ever shipped since 1.0 (config/core/configmaps/deployment.yaml), the
 * newest first: since 1.21.2, 1.21.0, 1.15, 1.11, 1.10, 1.9 and 1.0.
 */
export const shippedExampleChecksums: readonly string[] = [
  ...["555b4826", "b99000ec", "720ddb97", "ed77183a", "410041a0", "ac007ed2", "dd7ee769"],
];

/**
 * Whether a release is the same as another or came later in the numbering; a missing patch means the newest one.
 * @param version `1.MINOR` or `1.MINOR.PATCH`.
 * @param release the one that it is compared with, of the same form.
 */
export function isAtLeast(version: string, release: string): boolean {
  const [, minor = 0, patch = Infinity] = version.split(".").map(Number);
  const [, otherMinor = 0, otherPatch = 0] = release.split(".").map(Number);
  return minor === otherMinor ? patch >= otherPatch : minor > otherMinor;
}
