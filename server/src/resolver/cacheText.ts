// The disk cache as text: digests and what is known of hosts, of several sessions, nothing secret.

import type { HostTraits, Ping, Authentication } from "../registry/transport/hostTraits.ts";
import { isRecord } from "../base/record.ts";
import { isDigest } from "../image/digest.ts";
import type { ManifestAnswer } from "../registry/manifestLookup.ts";
import { longestLife } from "./freshness.ts";
import { keyText, type ManifestKey } from "./resolution.ts";

/** What one session knows, or what stands on the disk. */
export interface CacheContent {
  readonly answers: readonly CachedAnswer[];
  readonly hosts: readonly CachedHost[];
  /** Keys whose answers before a time are outdated: the registry returned 404 for them. */
  readonly gone: readonly { readonly key: ManifestKey; readonly at: number }[];
}

export interface CachedAnswer {
  readonly key: ManifestKey;
  readonly answer: ManifestAnswer;
  /** When it was learned, in milliseconds since 1970. */
  readonly at: number;
}

export interface CachedHost {
  readonly host: string;
  readonly traits: HostTraits;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const version = 1;
const maxAnswers = 5000;
const maxHosts = 200;
/** Two gigabytes of someone's mistake are not read into memory. */
const maxText = 4 * 1024 * 1024;
/** Of that for the hosts, of which one has some 300 bytes; 5,000 usual answers take half of the rest. */
const maxHostsText = 1024 * 1024;
/** The names of the lists and the version. */
const frameBytes = 100;

/** What the text holds; nothing for a text that cannot be read. Never throws. */
export function parseCache(text: string | undefined, now: number): CacheContent {
  const empty: CacheContent = { answers: [], hosts: [], gone: [] };
  if (text === undefined || text.length > maxText) return empty;
  const root = record(parse(text));
  if (root["version"] !== version) return empty;
  const isRecent = ({ at }: { readonly at: number }): boolean =>
    at <= now && now - at <= longestLife;
  return {
    answers: list(root["answers"]).flatMap(toAnswer).filter(isRecent).slice(0, maxAnswers),
    hosts: list(root["hosts"]).flatMap(toHost).filter(isRecent).slice(0, maxHosts),
    gone: [],
  };
}

/**
 * The text that holds what stands on the disk and what this session learned: of each key the newer answer,
 * without those that are gone; the newest first, as many as there is room for.
 */
export function mergeCache(
  current: string | undefined,
  learned: CacheContent,
  now: number,
): string {
  const before = parseCache(current, now);
  const answers = new Map<string, CachedAnswer>();
  for (const one of [...before.answers, ...learned.answers]) {
    const text = keyText(one.key);
    const other = answers.get(text);
    if (other === undefined || other.at <= one.at) answers.set(text, one);
  }
  for (const { key, at } of learned.gone) {
    const one = answers.get(keyText(key));
    if (one !== undefined && one.at <= at) answers.delete(keyText(key));
  }
  const hosts = new Map([...before.hosts, ...learned.hosts].map((one) => [one.host, one]));
  return JSON.stringify({
    version,
    answers: fitting(
      newest([...answers.values()], ({ at }) => at, maxAnswers).map(fromAnswer),
      maxText - maxHostsText,
    ),
    hosts: fitting(
      newest([...hosts.values()], ({ at }) => at, maxHosts).map(fromHost),
      maxHostsText - frameBytes,
    ),
  });
}

/** The first of some values that have room together: a text that is too long would be read by nobody. */
function fitting<Value>(values: readonly Value[], maxBytes: number): readonly Value[] {
  const encoder = new TextEncoder();
  let left = maxBytes;
  const tooLong = values.findIndex(
    (value) => (left -= encoder.encode(JSON.stringify(value)).length + 1) < 0,
  );
  return tooLong < 0 ? values : values.slice(0, tooLong);
}

function newest<Item>(
  items: readonly Item[],
  at: (item: Item) => number,
  most: number,
): readonly Item[] {
  return [...items].sort((a, b) => at(b) - at(a)).slice(0, most);
}

function fromAnswer({ key, answer, at }: CachedAnswer): readonly unknown[] {
  const { digest, mediaType, size, host, credentialPlace, route } = answer;
  const { registry, repository, reference } = key;
  return [
    registry,
    repository,
    reference,
    digest,
    mediaType ?? "",
    size ?? -1,
    host,
    at,
    credentialPlace,
    route,
    answer.byToken,
  ];
}

function toAnswer(value: unknown): readonly CachedAnswer[] {
  const [registry, repository, reference, digest, mediaType, size, host, at, place, way, byToken] =
    list(value);
  const texts = [registry, repository, reference, digest, mediaType, host, place, way];
  if (!texts.every(isShortText) || !isNumber(size) || !isNumber(at)) return [];
  const [r = "", p = "", t = "", d = "", type = "", h = "", credentialPlace = "", route = ""] =
    texts;
  if (!isDigest(d)) return [];
  const answer: ManifestAnswer = {
    digest: d,
    mediaType: type === "" ? undefined : type,
    size: size < 0 ? undefined : size,
    host: h,
    notices: [],
    credentialPlace,
    route,
    byToken: byToken === true,
  };
  return [{ key: { registry: r, repository: p, reference: t }, answer, at }];
}

/** What depends on the network that this machine is in now stays out. */
function fromHost({ host, traits, at }: CachedHost): unknown {
  const { authentication, ...others } = traits;
  return { host, at, signIn: authentication, ...others, addressClass: undefined };
}

function toHost(value: unknown): readonly CachedHost[] {
  const { host, at, scheme, servesAnonymously, scopes, usesHelper, ...rest } = record(value);
  const authentication = toAuthentication(rest["signIn"]);
  const allowed = (["unknown", "single", "multi", "any"] as const).find((one) => one === scopes);
  if (!isShortText(host) || !isNumber(at) || authentication === undefined || allowed === undefined)
    return [];
  const traits: HostTraits = {
    scheme: scheme === "https" || scheme === "http" ? scheme : undefined,
    authentication,
    servesAnonymously: servesAnonymously === true,
    addressClass: undefined,
    usesHelper: usesHelper === true,
    scopes: allowed,
    tlsVersion: shortText(rest["tlsVersion"]),
    goRefusal: shortText(rest["goRefusal"]),
    ping: toPing(rest["ping"]),
  };
  return [{ host, at, traits }];
}

function toPing(value: unknown): Ping | undefined {
  const { status, error, bearer, badRealm } = record(value);
  if (!isNumber(status)) return undefined;
  const { code, message } = record(error);
  return {
    status,
    error: { code: shortText(code), message: shortText(message) },
    bearer: bearer === true,
    badRealm: shortText(badRealm),
  };
}

function toAuthentication(value: unknown): Authentication | undefined {
  const { scheme, realm, service } = record(value);
  if (scheme === "none" || scheme === "basic") return { scheme };
  if (scheme !== "bearer" || !isShortText(realm)) return undefined;
  return { scheme, realm, service: isShortText(service) ? service : undefined };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isShortText(value: unknown): value is string {
  return typeof value === "string" && value.length <= 2048;
}

function shortText(value: unknown): string | undefined {
  return isShortText(value) ? value : undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
