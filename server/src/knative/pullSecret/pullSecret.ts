// Pull secrets as Knative's controller uses them: which credential an image gets.

import { append } from "../../base/append.ts";
import { repositoryName, type ValidReference } from "../../image/imageReference.ts";
import { literally, matchesGlob, type GlobPart } from "../glob.ts";
import { parseGoUrl, withoutUserInfo } from "../go/goUrl.ts";
import {
  firstEntryError,
  readPullSecret,
  type EntryCredential,
  type EntryError,
  type PullSecret,
  type PullSecretEntry,
} from "./pullSecretEntries.ts";

/** What Knative's controller signs in with. */
export type PullCredential =
  /** Nothing matches, or what matches (`key`) is empty. An empty entry still keeps Knative from asking the cloud. */
  | { readonly kind: "anonymous"; readonly key: string | undefined }
  /** Secret. `key` is the entry's key as it is written. */
  | ({ readonly kind: "credential"; readonly key: string } & EntryCredential)
  /** A secret breaks every image of the revision: `failed to initialize authentication: ` and these words. */
  | { readonly kind: "error"; readonly message: string };

/**
 * The credential that pull secrets give an image (go-containerregistry pkg/authn/kubernetes `keyring.Resolve`).
 * @param secrets in Knative's order: those of the revision, then those of its service account; missing ones left out.
 */
export function pullCredential(
  secrets: readonly PullSecret[],
  reference: Pick<ValidReference, "registry" | "repository">,
): PullCredential {
  const entries: PullSecretEntry[] = [];
  for (const secret of secrets) {
    const read = entriesOf(secret);
    if (read.kind === "error") return { kind: "error", message: read.message };
    append(entries, read.entries);
  }
  const found = bestEntry(entries, repositoryName(reference));
  if (found?.credential.kind !== "credential") return { kind: "anonymous", key: undefined };
  const { value } = found.credential;
  const key = withoutUserInfo(found.key);
  return isEmpty(value) ? { kind: "anonymous", key } : { kind: "credential", key, ...value };
}

/**
 * Which of several pull secrets gives an image its credential, as its place among them.
 * @param secrets as for `pullCredential`
 * @returns undefined if none does, or one of them breaks all images
 */
export function countingSecret(
  secrets: readonly PullSecret[],
  reference: Pick<ValidReference, "registry" | "repository">,
): { readonly index: number; readonly key: string } | undefined {
  const credential = pullCredential(secrets, reference);
  if (credential.kind !== "credential") return undefined;
  const best = secrets.map((secret) => {
    const read = entriesOf(secret);
    return read.kind === "error" ? undefined : bestEntry(read.entries, repositoryName(reference));
  });
  const patterns = best.map((entry) =>
    entry?.pattern.kind === "pattern" ? entry.pattern.text : undefined,
  );
  // The last in the alphabet, as in `bestEntry`; of equal ones the first secret's.
  const last = patterns.reduce((one, other) => ((other ?? "") > (one ?? "") ? other : one));
  return { index: patterns.indexOf(last), key: credential.key };
}

/** Of a pull secret what tells whether it serves an image: nothing that is secret. */
export type SecretKeys =
  /** @property patterns hosts and paths, as Knative matches them. */
  | { readonly kind: "keys"; readonly patterns: readonly string[] }
  /** Knative cannot read it: each image of a Revision that uses it fails. */
  | { readonly kind: "broken" };

/** Leaves everything out of a secret but the hosts and paths of its keys. */
export function secretKeys(secret: PullSecret): SecretKeys {
  const read = entriesOf(secret);
  if (read.kind === "error") return { kind: "broken" };
  const patterns = read.entries.flatMap(({ pattern }) =>
    pattern.kind === "pattern" ? [pattern.text] : [],
  );
  return { kind: "keys", patterns };
}

/** Which of several secrets Knative takes its entry from, as its place among them, or which breaks all images. */
export type ServingSecret =
  { readonly kind: "serves" | "broken"; readonly index: number } | { readonly kind: "none" };

/**
 * The same as `countingSecret` where only the keys are known.
 * @param secrets as for `pullCredential`
 */
export function servingSecret(
  secrets: readonly SecretKeys[],
  reference: Pick<ValidReference, "registry" | "repository">,
): ServingSecret {
  const broken = secrets.findIndex(({ kind }) => kind === "broken");
  if (broken >= 0) return { kind: "broken", index: broken };
  const all = secrets.flatMap((secret, index) =>
    secret.kind === "keys" ? secret.patterns.map((pattern) => ({ pattern, index })) : [],
  );
  const best = lastMatching(all, repositoryName(reference));
  return best === undefined ? { kind: "none" } : { kind: "serves", index: best.index };
}

/** Whether an entry gives nothing to sign in with: Knative needs a name and a password, or a token. */
export function isUnusable(credential: EntryCredential): boolean {
  const { username, password, identityToken, registryToken } = credential;
  return (username === "" || password === "") && identityToken === "" && registryToken === "";
}

function isEmpty(credential: EntryCredential): boolean {
  return Object.values(credential).every((field) => field === "");
}

function entriesOf(
  secret: PullSecret,
): { readonly kind: "entries"; readonly entries: readonly PullSecretEntry[] } | EntryError {
  const read = readPullSecret(secret);
  const error = read.kind === "error" ? read : firstEntryError(read.entries);
  if (error !== undefined) return { kind: "error", message: error.message };
  return read.kind === "entries" ? read : { kind: "entries", entries: [] };
}

function bestEntry(
  entries: readonly PullSecretEntry[],
  target: string,
): PullSecretEntry | undefined {
  const usable = entries.flatMap((entry) =>
    entry.pattern.kind === "error" ? [] : [{ entry, pattern: entry.pattern.text }],
  );
  return lastMatching(usable, target)?.entry;
}

/** The last matching key in the alphabet; of equal keys the first one. */
function lastMatching<One extends { readonly pattern: string }>(
  all: readonly One[],
  target: string,
): One | undefined {
  let best: One | undefined;
  for (const one of all) {
    const better = best === undefined || one.pattern > best.pattern;
    if (better && matchesTarget(one.pattern, target)) best = one;
  }
  return best;
}

/**
 * Whether a key matches (`urlsMatchStr`): the ports are the same text, the hosts have the same number of labels and
 * each matches as a glob, and the key's path begins the target's path, in the middle of a name, too.
 * @param pattern as `readPullSecret` gives it.
 * @param target `registry/repository` as Knative spells them.
 * @internal Exported for its tests.
 */
export function matchesTarget(pattern: string, target: string): boolean {
  const key = parseGoUrl(`https://${pattern}`);
  const image = parseGoUrl(`https://${target}`);
  if (key.kind === "error" || image.kind === "error") return false;
  const keyHost = splitHostPort(key.host);
  const imageHost = splitHostPort(image.host);
  return (
    keyHost.port === imageHost.port &&
    keyHost.labels.length === imageHost.labels.length &&
    image.path.startsWith(key.path) &&
    keyHost.labels.every((label, index) => matchesLabel(label, imageHost.labels[index] ?? ""))
  );
}

/** Go's `net.SplitHostPort`; what it refuses is a host without a port. */
function splitHostPort(hostPort: string): { labels: readonly string[]; port: string } {
  const [, bracketed, plain = "", port = ""] =
    /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(hostPort) ?? [];
  const host = bracketed ?? plain;
  const split = host !== "" || bracketed !== undefined || hostPort.startsWith(":");
  return split ? { labels: host.split("."), port } : { labels: hostPort.split("."), port: "" };
}

/** Go's `path.Match` for a label: `*`, and `[…]` with single characters and ranges. A broken pattern matches nothing. */
function matchesLabel(label: string, text: string): boolean {
  const glob: GlobPart[] = [];
  for (let at = 0; at < label.length;) {
    const character = String.fromCodePoint(label.codePointAt(at) ?? 0);
    if (character === "[") {
      const end = label.indexOf("]", at);
      const inside = label.slice(at + 1, Math.max(end, at + 1));
      if (!/^(?:[^\]-](?:-[^\]-])?)+$/u.test(inside)) return false;
      glob.push(oneOf(inside));
      at = end + 1;
    } else {
      glob.push(character === "*" ? "*" : literally(character));
      at += character.length;
    }
  }
  return matchesGlob(glob, text);
}

/** A range that runs backwards holds nothing. */
function oneOf(characters: string): GlobPart {
  const ranges = (characters.match(/.(?:-.)?/gsu) ?? []).map((range) => {
    const [from = 0, , to = from] = Array.from(range, (one) => one.codePointAt(0) ?? 0);
    return [from, to] as const;
  });
  return (character) => {
    const point = character.codePointAt(0) ?? 0;
    return ranges.some(([from, to]) => from <= point && point <= to);
  };
}
