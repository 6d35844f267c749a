// What is known of a manifest in a registry: the values that flow from the resolver to every view.

import type { ManifestKey } from "../registry/registryHost.ts";

export type { ManifestDetails } from "../registry/detailsLookup.ts";
export type { ManifestKey } from "../registry/registryHost.ts";
export type { TagList } from "../registry/tagPages.ts";

/** The key as one string, for maps. Holds nothing secret. */
export function keyText(key: ManifestKey): string {
  const separator = key.reference.includes(":") ? "@" : ":";
  return `${key.registry}/${key.repository}${separator}${key.reference}`;
}

/** The same keys, each once. */
export function distinctKeys(keys: readonly ManifestKey[]): ManifestKey[] {
  return [...new Map(keys.map((key) => [keyText(key), key])).values()];
}

/** Why Knative's controller cannot resolve what was resolved here. */
export interface ControllerProblem {
  /** One sentence: what stands in its way. */
  readonly message: string;
  /** One sentence: the way out. */
  readonly fix: string;
  /** What it would most likely print after `failed to resolve image to digest: `. */
  readonly knative: string;
}

/** The registry answered with a digest. */
export interface Resolved {
  readonly status: "resolved";
  readonly digest: string;
  /** As the registry said, parameters removed; undefined if it said nothing. */
  readonly mediaType: string | undefined;
  /** Bytes of the manifest itself, not of the image. */
  readonly size: number | undefined;
  /** The host that answered: a mirror or a redirect's target may differ from the registry. */
  readonly host: string;
  /** When it answered, in milliseconds since 1970. */
  readonly at: number;
  /** Whether the answer is older than its freshness time and is being asked again, or cannot be. */
  readonly stale: boolean;
  /** Notices for the user, for example that saved credentials were rejected. */
  readonly notices: readonly string[];
  /** Why Knative's controller will fail where this machine did not; absent if nothing is known against it. */
  readonly controller?: ControllerProblem;
}

/** Why a registry gave no digest. Each maps to at most one diagnostic code. */
export type FailureKind =
  | "tag-not-found"
  | "digest-not-found"
  | "access-denied"
  | "certificate-untrusted"
  | "registry-unreachable"
  | "rate-limited"
  | "no-digest-header"
  | "invalid-response"
  /** The address policy, a name rule or a budget forbids to ask. */
  | "blocked";

export interface ResolutionError {
  readonly kind: FailureKind;
  /** One sentence or two: what was asked, what came back, what to do. Never holds a secret or a query. */
  readonly message: string;
  /** The host that refused or could not be reached. */
  readonly host: string;
  /** For `access-denied`: the registry that wants credentials, or its mirror where one was contacted. */
  readonly deniedBy?: string;
  /** What Knative's controller would most likely print after `failed to resolve image to digest: `. */
  readonly knative: string | undefined;
  /** Where the credential came from that was tried, for people: `docker config, user bob`; undefined if none. */
  readonly credential: string | undefined;
  /** For `no-digest-header`: the digest that a GET found, which Knative will not see. */
  readonly digest?: string;
}

/** The registry was asked and gave no digest. */
export interface Failed {
  readonly status: "failed";
  readonly error: ResolutionError;
  readonly at: number;
  /** Before this time (milliseconds since 1970) nothing is asked again by itself. */
  readonly retryAt: number;
  /** The last good answer, if one is known: shown with its age. */
  readonly last: Resolved | undefined;
}

export interface Pending {
  readonly status: "pending";
}

export type NotAskedReason = "off" | "offline" | "untrusted" | "on-demand" | "not-yet";

export interface NotAsked {
  readonly status: "not-asked";
  readonly reason: NotAskedReason;
}

export type Resolution = Resolved | Failed | Pending | NotAsked;

/** A snapshot of what is known: answers at once, asks nothing. */
export type Resolutions = (key: ManifestKey) => Resolution;
