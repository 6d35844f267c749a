// What a resolver promises, and what it is made of.

import type { CacheFile, Clock, Log } from "../environment.ts";
import type { RegistryClient } from "../registry/registryClient.ts";
import type { Priority } from "../registry/transport/requestQueue.ts";
import type { Settings } from "../settings.ts";
import type { RetryReason } from "./factCache.ts";
import type {
  Failed,
  ManifestDetails,
  ManifestKey,
  NotAsked,
  Resolution,
  TagList,
} from "./resolution.ts";

/** In addition to the settings, what decides whether registries may be contacted. */
export interface Policy {
  /** Whether the person trusts the workspace; without trust nothing is sent, and nothing is run or read. */
  readonly trusted: boolean;
  readonly offline: boolean;
}

export interface ResolveOptions {
  readonly signal: AbortSignal;
  readonly priority: Priority;
  /** Contacts the registry whatever is known: a person asked for the current answer. */
  readonly fresh?: boolean;
  /** Also waits for the controller's view (`Resolved.controller`), for callers that look only once. */
  readonly withController?: boolean;
}

export interface Resolver {
  /** What is known now. Sends no request and does not wait. */
  peek(key: ManifestKey): Resolution;
  /**
   * Looks up in the background what is not known or not fresh, where the mode is `automatic`. The keys of one call
   * should be those of one document: of each call at most 20 registries and 200 manifests are looked up.
   */
  prefetch(keys: readonly ManifestKey[], priority: Priority): void;
  /** The answer, fresh if the registry can be asked. Rejects only with the signal's reason. */
  resolve(key: ManifestKey, options: ResolveOptions): Promise<Resolution>;
  /**
   * What only the manifest's body says. A GET: to be called when a person asks. On Docker Hub it counts as a pull
   * and fails as `blocked` unless `mayPull`. Rejects only with the signal's reason.
   */
  details(
    key: ManifestKey,
    options: { readonly signal: AbortSignal; readonly mayPull?: boolean },
  ): Promise<ManifestDetails | Failed | NotAsked>;
  /** The details of the manifest that a tag points at now, or of a digest's; undefined if they were not read. */
  peekDetails(key: ManifestKey): ManifestDetails | undefined;
  /**
   * Reads a manifest in the background, where that does not count as a pull and its digest is known; a failure is
   * repeated when its wait ends. Resolves when it was read or cannot be read now. Never rejects.
   */
  prefetchDetails(key: ManifestKey): Promise<void>;
  /** The repository's tags, at once where they are known. Rejects only with the signal's reason. */
  tags(
    registry: string,
    repository: string,
    options: { readonly signal: AbortSignal },
  ): Promise<TagList | Failed | NotAsked>;
  /** The repository's tags as far as they are known now; undefined if they are not. Sends no request. */
  peekTags(registry: string, repository: string): TagList | undefined;
  /** The tags of the repository that are known to point at this digest now, sorted. Sends no request. */
  tagsOf(key: ManifestKey): readonly string[];
  /**
   * Ends the wait of failures that the reason may have undone, of these keys or of all: `prefetch` and `resolve` look
   * them up at once, and `peek` shows the failure until the new answer is there. Failures of the last five seconds and
   * limits of registries stay. @returns the keys whose wait ended.
   */
  retryFailed(reason: RetryReason, keys?: readonly ManifestKey[]): readonly ManifestKey[];
  /** Makes answers stale and forgets failures, of these keys or of all, so that they are asked for again. */
  refresh(keys?: readonly ManifestKey[]): void;
  /** Forgets everything, on the disk, too. */
  clear(): Promise<void>;
  /** Calls after each change of what `peek` says except the start of a lookup; the returned function removes the listener. */
  onDidChange(listener: () => void): () => void;
  /** Grows with each change of what `peek` says. */
  readonly generation: number;
  setPolicy(policy: Policy): void;
  /** To be called after the settings changed: connections, authentication and failures are forgotten. */
  settingsChanged(): void;
  /** Aborts what is under way, ends all connections and writes the cache. */
  dispose(): Promise<void>;
}

export interface ResolverParts {
  readonly client: RegistryClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Read at each use. */
  readonly settings: () => Settings;
  readonly policy: Policy;
  /** Undefined keeps nothing on the disk. */
  readonly cacheFile?: CacheFile | undefined;
}
