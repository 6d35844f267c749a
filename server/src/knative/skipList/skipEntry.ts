// One entry of the skip list: whether an image can match it, and what was meant if none can.

import { withoutEnd, withoutStart } from "../../image/trim.ts";
import { dockerHub, isUriAuthority } from "../../image/imageReference.ts";
import { literally, matchesGlob, type GlobPart } from "../glob.ts";
import { hasSpace } from "../go/goText.ts";
import { hostOf } from "./registryClass.ts";
import { parseSkipList, type SkipListEntry } from "./skipList.ts";

/** The kind of mistake in an entry. The last two follow from the registries that the workspace names. */
export type SkipEntryMistake =
  /** Nothing between two commas: harmless and meaningless. */
  | "empty"
  /** Several registries in one entry: white space, line breaks, semicolons or comments instead of commas. */
  | "separator"
  /** Quotes, brackets or a bullet, which become part of the entry. */
  | "quoted"
  /** A URL: entries are `host[:port]`. */
  | "url"
  /** A slash: entries name registries, not repositories. */
  | "path"
  /** `docker.io`, which Knative rewrites to `index.docker.io` before it compares. */
  | "docker-io"
  /** Another host of Docker Hub, which matches only images written with that host. */
  | "docker-hub-host"
  /** A wildcard, a suffix or a pattern: entries are compared exactly. */
  | "wildcard"
  /** `localhost`: `localhost/foo` is an image on Docker Hub for Knative; only `localhost:PORT` is a registry. */
  | "localhost"
  /** A name without dot and colon, which Knative never takes for a registry. */
  | "bare-name"
  /** Not `host[:port]`: a port that is not a number, a user name, a control character. */
  | "malformed"
  /** The workspace's images have another port, or one where the entry has none, or none where it has one. */
  | "port"
  /** The workspace's images spell the registry in another case. */
  | "case";

export interface SkipEntryProblem {
  readonly mistake: SkipEntryMistake;
  /** What to write instead, the whole entry (a comma list where several were meant); undefined if unknown. */
  readonly meant: string | undefined;
}

export interface ValidatedSkipEntry {
  readonly entry: SkipListEntry;
  /** Its place in the list, for `removeSkipListEntry`. */
  readonly index: number;
  readonly problem: SkipEntryProblem;
}

const dockerHubHosts =
  /^(?:registry-1\.docker\.io|index\.docker\.io|auth\.docker\.io|registry\.hub\.docker\.com|hub\.docker\.com|www\.docker\.com|docker\.com|dockerhub\.com|dockerhub|docker-hub)$/;

/**
 * The entries of a value that no image can match, or none of the workspace's although they seem meant for them.
 * An empty value is valid: it skips nothing.
 * @param seenRegistries the registries of the workspace's images, as Knative spells them.
 */
export function validateSkipList(
  value: string,
  seenRegistries: readonly string[] = [],
): readonly ValidatedSkipEntry[] {
  const entries = parseSkipList(value);
  if (entries.length === 1 && entries[0]?.registry === "") return [];
  const listed = new Set(entries.map((entry) => entry.registry));
  // A host that is listed once with its port and once without needs no advice about either.
  const missing = seenRegistries.filter((registry) => !listed.has(registry));
  const seen = new Set(seenRegistries);
  const near = registriesNear(missing);
  return entries.flatMap((entry, index) => {
    if (seen.has(entry.registry)) return [];
    const problem = validateSkipEntry(entry.registry, near(entry.registry));
    return problem === undefined ? [] : [{ entry, index, problem }];
  });
}

/** Registries that an entry is compared with where it is not a plain host: a pattern, a bare name, several in one. */
const maxCompared = 200;

/**
 * Finds the registries that an entry could be meant for: each entry is compared with few of them, so that long lists
 * and many registries do not multiply. A plain host differs from what it was meant for in its case and its port alone.
 */
function registriesNear(registries: readonly string[]): (entry: string) => readonly string[] {
  const some = registries.slice(0, maxCompared);
  const byHost = new Map<string, string[]>();
  for (const registry of registries) {
    const host = hostOf(registry).toLowerCase();
    const known = byHost.get(host);
    if (known === undefined) byHost.set(host, [registry]);
    else if (known.length < maxCompared) known.push(registry);
  }
  return (entry) => {
    const isPlain = /^[\w-]+(?:\.[\w-]+)+(?::\d+)?$/.test(entry);
    return isPlain ? (byHost.get(hostOf(entry).toLowerCase()) ?? []) : some;
  };
}

/**
 * What is wrong with one entry (without the white space around it); undefined if an image can match it.
 *
 * Knative compares the whole text with the registry of a tag. So an entry matches something only if it is
 * `index.docker.io`, or holds a dot or a colon, holds no slash, is not `docker.io` and is a URI authority.
 */
export function validateSkipEntry(
  registry: string,
  seenRegistries: readonly string[] = [],
): SkipEntryProblem | undefined {
  if (registry === "") return { mistake: "empty", meant: undefined };
  if (seenRegistries.includes(registry)) return undefined;
  return (
    severalInOne(registry, seenRegistries) ??
    urlOrPath(registry, seenRegistries) ??
    dockerHubByAnotherName(registry) ??
    pattern(registry, seenRegistries) ??
    noRegistry(registry, seenRegistries) ??
    almostSeen(registry, seenRegistries)
  );
}

function severalInOne(text: string, seen: readonly string[]): SkipEntryProblem | undefined {
  const pieces = text
    .replace(/(^|[\s;])#.*$/gm, "$1")
    .split(/[\s;|]+/)
    .map(withoutWrapping)
    .filter((piece) => piece !== "");
  if (pieces.length === 1 && pieces[0] === text) return undefined;
  const separated = /[;|]/.test(text) || hasSpace(text);
  const meant = pieces.map((piece) => validateSkipEntry(piece, seen)?.meant ?? piece);
  return {
    mistake: separated && pieces.length !== 1 ? "separator" : "quoted",
    meant: meant.length === 0 ? undefined : [...new Set(meant)].join(","),
  };
}

const quotes = "\"'`";

/** The text without quotes, brackets and bullets around it; the brackets of an IPv6 address stay. */
function withoutWrapping(text: string): string {
  const unquoted = withoutEnd(withoutStart(text, quotes), quotes);
  if (/^\[[0-9a-fA-F:.]+\](:\d*)?$/.test(unquoted)) return unquoted;
  return withoutEnd(withoutStart(text, `${quotes}[({<-`), `${quotes}])}>`);
}

function urlOrPath(text: string, seen: readonly string[]): SkipEntryProblem | undefined {
  if (!text.includes("/")) return undefined;
  const url = /^(?:[A-Za-z][A-Za-z0-9+.-]*:)?\/\/(?:[^/@]*@)?([^/]*)/.exec(text);
  const host = url === null ? text.slice(0, text.indexOf("/")) : (url[1] ?? "");
  // `library/nginx` names no registry; that it is on Docker Hub does not mean that all of Docker Hub was meant.
  const named = url !== null || /[.:]/.test(host) || host === "localhost";
  const meant = named ? corrected(host, seen) : undefined;
  return { mistake: url === null ? "path" : "url", meant };
}

function dockerHubByAnotherName(text: string): SkipEntryProblem | undefined {
  if (text === dockerHub) return undefined;
  const host = hostOf(text).toLowerCase();
  if (host === "docker.io") return { mistake: "docker-io", meant: dockerHub };
  return dockerHubHosts.test(host) ? { mistake: "docker-hub-host", meant: dockerHub } : undefined;
}

function pattern(text: string, seen: readonly string[]): SkipEntryProblem | undefined {
  if (!/[*?^$]|^\.|\.$/.test(text)) return undefined;
  const glob = text.replace(/^\.(?!\*)/, "*.").replace(/[\^$\\]|\.(?=\*)|\.$/g, "");
  const parts = globOf(glob);
  const meant = seen.filter((name) => matchesGlob(parts, glob.includes(":") ? name : hostOf(name)));
  return { mistake: "wildcard", meant: meant.length === 0 ? undefined : meant.join(",") };
}

/** `*` stands for any characters, `?` for one. */
function globOf(text: string): readonly GlobPart[] {
  return Array.from(text, (character): GlobPart => {
    if (character === "*") return "*";
    return character === "?" ? () => true : literally(character);
  });
}

/** A host of 253 characters with a port, and what may stand before it. */
const maxHost = 500;

function noRegistry(text: string, seen: readonly string[]): SkipEntryProblem | undefined {
  if (!/[.:]/.test(text)) {
    const named = seen.filter((name) => hostOf(name) === text || name.startsWith(`${text}.`));
    return {
      mistake: text === "localhost" ? "localhost" : "bare-name",
      meant: named.length === 0 ? undefined : named.join(","),
    };
  }
  if (isUriAuthority(text)) return undefined;
  // No host is so long, and trying all ways to find one in it takes long.
  if (text.length > maxHost) return { mistake: "malformed", meant: undefined };
  const host = /^(?:.*@)?([A-Za-z0-9.-]*[A-Za-z0-9](?::\d+)?)(?::.*)?$/.exec(text)?.[1];
  const meant = host === undefined || !/[.:]/.test(host) ? undefined : corrected(host, seen);
  return { mistake: "malformed", meant };
}

/** A registry of the workspace that differs from the entry only in its port, or only in its case. */
function almostSeen(text: string, seen: readonly string[]): SkipEntryProblem | undefined {
  const inOtherCase = seen.filter((name) => name.toLowerCase() === text.toLowerCase());
  if (inOtherCase.length > 0) return { mistake: "case", meant: inOtherCase.join(",") };
  const host = hostOf(text).toLowerCase();
  const withOtherPort = seen.filter((name) => hostOf(name).toLowerCase() === host);
  if (withOtherPort.length === 0) return undefined;
  return { mistake: "port", meant: withOtherPort.join(",") };
}

/** The host as an entry that can match, as far as that is known; undefined if there is no host. */
function corrected(host: string, seen: readonly string[]): string | undefined {
  if (host === "") return undefined;
  const problem = validateSkipEntry(host, seen);
  return problem === undefined ? host : problem.meant;
}
