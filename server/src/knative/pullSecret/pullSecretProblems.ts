// What is wrong with a pull secret: what breaks a revision, and keys that Knative never uses. Shows no credential.

import { withoutUserInfo } from "../go/goUrl.ts";
import { isUnusable } from "./pullSecret.ts";
import { readPullSecret, type PullSecret, type PullSecretEntry } from "./pullSecretEntries.ts";
import { hostOf } from "../skipList/registryClass.ts";

/** Why no image is signed in with an entry. */
export type PullKeyMistake =
  /** `docker.io` or another host of Docker Hub: Knative matches `index.docker.io` alone, unlike the kubelet. */
  | "docker-hub"
  /** `/v1` or `/v2` without a slash behind it, which Knative takes for the beginning of a repository. */
  | "version-path"
  /** A `?` in the host: everything from it on is a query and dropped. */
  | "question-mark"
  /** A host without dot and port, which no registry has for Knative: `localhost`, `registry`, `*`. */
  | "bare-host"
  /** A tag, a digest or a capital in the path, which no repository has. */
  | "image-path"
  /** A scheme other than http and https, or one in capitals. */
  | "scheme"
  /** No host at all. */
  | "empty"
  /** A broken set of characters (`[a-]`). */
  | "pattern"
  /** The workspace's images name the host with another port, or without one. */
  | "port"
  /** Capitals in the host, which the images do not have. */
  | "case"
  /** `.dockerconfigjson` without `auths`: there is no registry in it. */
  | "no-auths"
  /** The key is good, but there is neither name and password nor a token: credential helpers are not run. */
  | "no-credential";

/** A problem of a secret. Offsets are UTF-16 units of its text; for a key they leave its quotes out. */
export type PullSecretProblem =
  | {
      readonly kind: "pull-secret-invalid";
      readonly start: number;
      readonly end: number;
      /** Knative's words, behind `failed to initialize authentication: `. */
      readonly message: string;
    }
  | {
      readonly kind: "pull-secret-never-matches";
      readonly start: number;
      readonly end: number;
      /** The key as it is written, a user name and a password in it left out. */
      readonly key: string;
      readonly mistake: PullKeyMistake;
      /** The key that works; undefined if unknown, or if the key is not the problem. */
      readonly works: string | undefined;
    };

/** Kubectl's key for Docker Hub, which works everywhere. */
const dockerHubKey = "https://index.docker.io/v1/";
const dockerHubHosts =
  /^(?:docker\.io|registry-1\.docker\.io|auth\.docker\.io|registry\.hub\.docker\.com|hub\.docker\.com|www\.docker\.com|docker\.com)$/i;

/**
 * Validates a pull secret without revealing a credential.
 * @param seenRegistries the registries of the workspace's images, as Knative spells them.
 */
export function validatePullSecret(
  secret: PullSecret,
  seenRegistries: readonly string[] = [],
): readonly PullSecretProblem[] {
  const read = readPullSecret(secret);
  if (read.kind === "error") {
    const start = Math.min(read.at, Math.max(0, secret.text.length - 1));
    const end = Math.min(start + 1, secret.text.length);
    return [{ kind: "pull-secret-invalid", start, end, message: read.message }];
  }
  if (!read.hasMap) {
    const end = Math.min(1, secret.text.length);
    const nothing = { key: "", mistake: "no-auths", works: undefined } as const;
    return [{ kind: "pull-secret-never-matches", start: 0, end, ...nothing }];
  }
  return read.entries.flatMap((entry) => {
    const problem = validateEntry(entry, seenRegistries);
    return problem === undefined ? [] : [problem];
  });
}

function validateEntry(
  entry: PullSecretEntry,
  seen: readonly string[],
): PullSecretProblem | undefined {
  const { keyStart: start, keyEnd: end, pattern, credential } = entry;
  const error = credential.kind === "error" ? credential : pattern;
  if (error.kind === "error") {
    return { kind: "pull-secret-invalid", start, end, message: error.message };
  }
  // A user name and a password in a key mean nothing to Knative; no text is made from them.
  const key = withoutUserInfo(entry.key);
  const validated = validatePullKey(
    key.replace("***@", ""),
    pattern.kind === "pattern" ? pattern.text : "",
    seen,
  );
  const unusable = credential.kind === "credential" && isUnusable(credential.value);
  if (validated === undefined && !unusable) return undefined;
  const { mistake, works } = validated ?? { mistake: "no-credential", works: undefined };
  return { kind: "pull-secret-never-matches", start, end, key, mistake, works };
}

interface ValidatedKey {
  readonly mistake: PullKeyMistake;
  readonly works: string | undefined;
}

/** @param pattern the key as Knative matches it: `host[:port][/path]`. */
function validatePullKey(
  key: string,
  pattern: string,
  seen: readonly string[],
): ValidatedKey | undefined {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(key)?.[1];
  if (scheme !== undefined && scheme !== "http" && scheme !== "https") {
    const rest = key.slice(scheme.length + "://".length);
    return { mistake: "scheme", works: worksInstead(rest, seen) };
  }
  const slash = pattern.indexOf("/");
  const registry = slash < 0 ? pattern : pattern.slice(0, slash);
  const path = slash < 0 ? "" : pattern.slice(slash);
  return validateHost(key, registry, seen) ?? validatePath(key, registry, path);
}

/** The key itself if it can match, else the one that works in its place. */
function worksInstead(key: string, seen: readonly string[]): string | undefined {
  const text = JSON.stringify({ [key]: {} });
  const read = readPullSecret({ type: "kubernetes.io/dockercfg", text });
  const pattern = read.kind === "entries" ? read.entries[0]?.pattern : undefined;
  if (pattern?.kind !== "pattern") return undefined;
  const validated = validatePullKey(key, pattern.text, seen);
  return validated === undefined ? key : validated.works;
}

function validateHost(
  key: string,
  registry: string,
  seen: readonly string[],
): ValidatedKey | undefined {
  if (/^(?:https?:\/\/)?[^/?#]*\?[^#]/.test(key)) {
    return { mistake: "question-mark", works: key.replaceAll("?", "*") };
  }
  if (registry === "") return { mistake: "empty", works: undefined };
  if (seen.includes(registry)) return undefined;
  const host = hostOf(registry);
  if (dockerHubHosts.test(host) || (host === "index.docker.io" && host !== registry)) {
    return { mistake: "docker-hub", works: dockerHubKey };
  }
  if (/\[[^\]]*(?:-\]|\[|$)|\[\]/.test(registry) && !registry.startsWith("[")) {
    return { mistake: "pattern", works: undefined };
  }
  return almostSeen(key, registry, seen);
}

/** Problems that follow only from the registries of the workspace, and names that no registry has. */
function almostSeen(
  key: string,
  registry: string,
  seen: readonly string[],
): ValidatedKey | undefined {
  const lowerCase = registry.toLowerCase();
  const host = hostOf(lowerCase);
  const sameHost = seen.filter((name) => hostOf(name).toLowerCase() === host);
  const instead = sameHost.includes(lowerCase) ? lowerCase : sameHost[0];
  const works = instead === undefined ? undefined : key.replace(registry, () => instead);
  if (!/[.:]/.test(registry)) return { mistake: "bare-host", works };
  if (registry !== lowerCase) {
    return { mistake: "case", works: works ?? key.replace(registry, () => lowerCase) };
  }
  return works === undefined ? undefined : { mistake: "port", works };
}

function validatePath(key: string, registry: string, path: string): ValidatedKey | undefined {
  if (path === "/v1" || path === "/v2") {
    return { mistake: "version-path", works: key.replace(/\/?(?:[?#].*)?$/s, "/") };
  }
  if (/^[a-z0-9_./-]*$/.test(path)) return undefined;
  const repository = path.replace(/[:@].*$/s, "").toLowerCase();
  const readable = /^[a-z0-9_./-]+$/.test(repository);
  return { mistake: "image-path", works: readable ? `${registry}${repository}` : undefined };
}
