// One manifest: whether a tag or digest exists, and its digest. HEAD first, GET only where HEAD is not enough.

import { isDigest } from "../image/digest.ts";
import type { HttpResponse, Log } from "../environment.ts";
import { answerNotices } from "./answerNotices.ts";
import type { BoundedMap } from "../base/boundedMap.ts";
import { chooseChallenge, parseChallenges } from "./authentication/challenge.ts";
import { credentialPlace } from "./credentials/credential.ts";
import type { Lookup } from "./transport/exchange.ts";
import {
  announcedLength,
  digestHeader,
  isSignedSchema1,
  manifestAccept,
  mediaTypeOf,
} from "./manifestAnswer.ts";
import type { HostTraitsStore } from "./transport/hostTraits.ts";
import { RegistryError, type HeadLack, type RegistryProblem } from "./registryError.ts";
import {
  manifestPath,
  repositoryKey,
  type HostedRepository,
  type RegistryHost,
} from "./registryHost.ts";
import { parseErrorBody } from "./transport/serverText.ts";
import type { AuthenticatedAnswer, SendAuthenticated } from "./authentication/sendAuthenticated.ts";

export interface ManifestAnswer {
  readonly digest: string;
  readonly mediaType: string | undefined;
  /** Bytes of the manifest itself. */
  readonly size: number | undefined;
  /** Who answered in the end. */
  readonly host: string;
  /** Notices for the user, shown with the digest. */
  readonly notices: readonly string[];
  /** Where the credential stands that was sent; empty for none. Nothing secret. */
  readonly credentialPlace: string;
  /** The registry's route at the time of the request (`RegistryHost`). */
  readonly route: string;
  /** Whether the request needed a token that the registry demanded. */
  readonly byToken: boolean;
}

export interface ManifestBody extends ManifestAnswer {
  readonly body: Uint8Array;
}

export interface HostedManifest extends HostedRepository {
  /** A tag or a digest; both were checked. */
  readonly reference: string;
  /** Whether a person asked, for whom a GET is sent although it counts as a pull on Docker Hub. */
  readonly mayPull: boolean;
}

export interface ManifestParts {
  readonly send: SendAuthenticated;
  readonly traits: HostTraitsStore;
  /** Lower-case hexadecimal. */
  readonly sha256: (bytes: Uint8Array) => string;
  readonly log: Log;
  /** Hosts whose digest header differed from the content once: said once. */
  readonly liars: Set<string>;
  /** What HEAD left out, by repository, so that it need not be tried again for each tag. */
  readonly lacks: BoundedMap<KnownLack>;
}

/** What a repository's answer to HEAD leaves out. */
export interface KnownLack {
  readonly lacks: HeadLack;
  readonly status: number;
}

/** distribution and containers/image refuse larger manifests, too. */
const maxManifest = 4 * 1024 * 1024;

/**
 * Finds a manifest by HEAD as Knative does; throws a `RegistryError` where Knative would fail,
 * `no-digest-header` with the digest if only GET has it.
 */
export async function findManifest(
  target: HostedManifest,
  lookup: Lookup,
  parts: ManifestParts,
): Promise<ManifestAnswer> {
  const { host, reference } = target;
  const known = knownLack(target, parts);
  if (known !== undefined) return findByGet(target, known, lookup, parts);
  const answer = await parts.send(target, headRequest(target), lookup);
  const { status } = answer.response;
  if (status === 404) throw await notFound(target, answer, lookup, parts);
  if (status === 405 || status === 501 || status === 400) {
    if (status !== 400) parts.lacks.set(repositoryKey(target), { lacks: "head", status });
    return findByGet(target, { lacks: "head", status }, lookup, parts);
  }
  refuseStatus(answer);
  const digest = digestHeader(answer.response);
  // Knative does not look at the type: a page with a good digest is an answer to it.
  const isPage = mediaTypeOf(answer.response) === "text/html";
  if (isPage && !isDigest(digest)) throw invalid(answer, "not-a-registry");
  if (isDigest(reference)) return foundByDigest(reference, digest, answer, host);
  const lacks = lackOf(answer, digest);
  if (lacks === undefined) {
    parts.lacks.delete(repositoryKey(target));
    return foundWith(digest, answer, host);
  }
  if (isDigest(digest)) throw lacking({ lacks, status }, digest, answer);
  if (lacks === "Docker-Content-Digest") parts.lacks.set(repositoryKey(target), { lacks, status });
  return findByGet(target, { lacks, status }, lookup, parts);
}

/**
 * Reads a manifest's bytes by GET and checks them against the requested digest.
 * On Docker Hub this counts as a pull.
 */
export async function readManifest(
  target: HostedManifest,
  lookup: Lookup,
  parts: ManifestParts,
): Promise<ManifestBody> {
  const { host, repository, reference } = target;
  const headers = { accept: manifestAccept, "accept-encoding": "identity" };
  const path = manifestPath(host, repository, reference);
  const request = { method: "GET", path, headers, maxBytes: maxManifest } as const;
  const answer = await parts.send(target, request, lookup);
  refuseStatus(answer);
  const { response } = answer;
  if (response.truncated) throw invalid(answer, "too-large");
  if (mediaTypeOf(response) === "text/html") throw invalid(answer, "not-a-registry");
  const stated = digestHeader(response);
  // The digest of a signed schema 1 manifest is not that of its bytes, so its header is all there is.
  const unhashable = isSignedSchema1(mediaTypeOf(response));
  const hash = `sha256:${parts.sha256(response.body)}`;
  if (isDigest(reference) && !unhashable && hash !== reference) {
    throw invalid(answer, "content-mismatch");
  }
  if (unhashable && !isDigest(stated)) throw invalid(answer, "unreadable");
  if (!unhashable && isDigest(stated) && stated !== hash && !parts.liars.has(host.asked)) {
    parts.liars.add(host.asked);
    parts.log("warning", `${host.asked} names digests that are not those of its manifests`);
  }
  const found = foundWith(unhashable ? stated : hash, answer, host);
  return { ...found, size: response.body.length, body: response.body };
}

/** What the repository is known to leave out. Nothing is claimed of others on its host. */
function knownLack(target: HostedManifest, { lacks }: ManifestParts): KnownLack | undefined {
  // A person who asks again may have fixed it.
  if (target.mayPull) return undefined;
  const known = lacks.get(repositoryKey(target));
  return known?.lacks !== "head" && isDigest(target.reference) ? undefined : known;
}

/** The request that Knative's resolver sends, without its ping. */
function headRequest({ host, repository, reference }: HostedManifest): {
  readonly method: "HEAD";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBytes: number;
} {
  const path = manifestPath(host, repository, reference);
  return { method: "HEAD", path, headers: { accept: manifestAccept }, maxBytes: 64 * 1024 };
}

/** What Knative demands of the answer, in the order in which it looks (go-containerregistry `fetcher.headManifest`). */
function lackOf({ response }: AuthenticatedAnswer, digest: string): HeadLack | undefined {
  if (mediaTypeOf(response) === undefined) return "Content-Type";
  if (announcedLength(response) === undefined) return "Content-Length";
  if (digest === "missing") return "Docker-Content-Digest";
  return isDigest(digest) ? undefined : "malformed-digest";
}

function foundWith(
  digest: string,
  answer: AuthenticatedAnswer,
  host: RegistryHost,
): ManifestAnswer {
  const { credential } = answer.report;
  return {
    digest,
    mediaType: mediaTypeOf(answer.response),
    size: announcedLength(answer.response),
    host: answer.url.host,
    notices: answerNotices(host, answer),
    credentialPlace: credential === undefined ? "" : credentialPlace(credential),
    route: host.route,
    byToken: answer.byToken,
  };
}

function foundByDigest(
  reference: string,
  stated: string,
  answer: AuthenticatedAnswer,
  host: RegistryHost,
): ManifestAnswer {
  if (isDigest(stated) && stated !== reference) throw invalid(answer, "content-mismatch");
  return foundWith(reference, answer, host);
}

/** Knative sends no GET, so what is found here is not what it sees; only a digest in the manifest needs none. */
async function findByGet(
  target: HostedManifest,
  head: { readonly lacks: HeadLack; readonly status: number },
  lookup: Lookup,
  parts: ManifestParts,
): Promise<ManifestAnswer> {
  const { host, repository, reference, mayPull } = target;
  const scheme = parts.traits.get(host.asked).scheme ?? "https";
  const url = `${scheme}://${host.asked}${manifestPath(host, repository, reference)}`;
  if (host.isDockerHub && !mayPull) {
    throw new RegistryError(
      { kind: "no-digest-header", ...head, digest: undefined, url },
      host.asked,
    );
  }
  const found = await readManifest(target, lookup, parts);
  if (isDigest(reference)) return found;
  const problem = { kind: "no-digest-header", ...head, digest: found.digest, url } as const;
  throw new RegistryError(problem, host.asked);
}

function lacking(
  head: { readonly lacks: HeadLack; readonly status: number },
  digest: string,
  { url, report }: AuthenticatedAnswer,
): RegistryError {
  const problem = { kind: "no-digest-header", ...head, digest, url: urlText(url) } as const;
  return new RegistryError(problem, url.host, report);
}

/** A response to HEAD has no reason. For a person, a GET is sent where it is free. */
async function notFound(
  target: HostedManifest,
  answer: AuthenticatedAnswer,
  lookup: Lookup,
  parts: ManifestParts,
): Promise<RegistryError> {
  if (target.mayPull && !target.host.isDockerHub) {
    const why = await readManifest(target, lookup, parts).catch((error: unknown) => error);
    if (why instanceof RegistryError && why.problem.kind === "not-found") return why;
  }
  const problem = { kind: "not-found", error: undefined, url: urlText(answer.url) } as const;
  return new RegistryError(problem, answer.url.host, answer.report);
}

/** Throws what a status other than 200 means. */
export function refuseStatus(answer: AuthenticatedAnswer): void {
  const { url, report, response } = answer;
  const { status } = response;
  if (status === 200) return;
  const error = response.body.length === 0 ? undefined : parseErrorBody(response.body);
  const at = urlText(url);
  const problem = ((): RegistryProblem => {
    if (status === 404 && error !== undefined && error.code === undefined && isPage(answer)) {
      return { kind: "invalid-response", reason: "not-a-registry", status };
    }
    if (status === 404) return { kind: "not-found", error, url: at };
    if (status === 401 || status === 403) {
      const schemes = unusableSchemes(response);
      if (schemes.length > 0) return { kind: "authentication-unsupported", schemes };
      return { kind: "denied", status, at: "registry", error, url: at };
    }
    return { kind: "invalid-response", reason: "unexpected-status", status };
  })();
  throw new RegistryError(problem, url.host, report);
}

/** The demanded authentication schemes, if none of them is supported: a proxy's `Negotiate`, for example. */
function unusableSchemes(response: HttpResponse): readonly string[] {
  const challenges = parseChallenges(response.headers["www-authenticate"] ?? []);
  if (chooseChallenge(challenges) !== undefined) return [];
  return [...new Set(challenges.map(({ scheme }) => scheme.slice(0, 32)))];
}

function isPage({ response }: AuthenticatedAnswer): boolean {
  return mediaTypeOf(response) === "text/html";
}

function invalid(
  { url, report, response }: AuthenticatedAnswer,
  reason: "not-a-registry" | "too-large" | "content-mismatch" | "unreadable",
): RegistryError {
  const { status } = response;
  return new RegistryError({ kind: "invalid-response", reason, status }, url.host, report);
}

function urlText(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
