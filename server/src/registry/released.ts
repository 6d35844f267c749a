// What leaves the registry client: without anything that says a secret back.

import { TransportError } from "../environment.ts";
import type { ManifestDetails } from "./detailsLookup.ts";
import type { ManifestAnswer } from "./manifestLookup.ts";
import { RegistryError, type RegistryProblem, type AuthenticationReport } from "./registryError.ts";
import type { TagList } from "./tagPages.ts";

/** What an answer is checked with. */
export interface ReleaseContext {
  /** Whether a text that others wrote says a secret back. */
  readonly says: (text: string) => boolean;
  /** The contacted host, used instead of a name that contains a secret. */
  readonly host: string;
}

/** A digest that echoes a secret is rejected; a host or a media type that does is left out. */
export function releaseManifest<Answer extends ManifestAnswer>(
  answer: Answer,
  context: ReleaseContext,
): Answer {
  const { says } = context;
  refuseDigest(answer.digest, context);
  const mediaType = says(answer.mediaType ?? "") ? undefined : answer.mediaType;
  return { ...answer, mediaType, host: hostOf(answer.host, context) };
}

/** Texts of labels and annotations that say a secret back are left out, and so are such platforms. */
export function releaseDetails(details: ManifestDetails, context: ReleaseContext): ManifestDetails {
  const { says } = context;
  refuseDigest(details.digest, context);
  const { mediaType, platforms, created, source } = details;
  return {
    ...details,
    mediaType: says(mediaType) ? "" : mediaType,
    platforms: platforms.filter(({ digest, platform }) => {
      const { os, architecture, variant = "" } = platform;
      return !says([digest, os, architecture, variant].join(" "));
    }),
    created: says(created ?? "") ? undefined : created,
    source: says(source ?? "") ? undefined : source,
  };
}

/** The tags that say no secret back. */
export function releaseTags(list: TagList, { says }: ReleaseContext): TagList {
  return { ...list, tags: list.tags.filter((tag) => !says(tag)) };
}

/** The error without the names and URLs that say a secret back. */
export function releaseError(error: RegistryError, context: ReleaseContext): RegistryError {
  const { problem, host, authentication } = error;
  const cause = error.cause instanceof TransportError ? error.cause : undefined;
  return new RegistryError(
    releaseProblem(problem, context),
    hostOf(host, context),
    authentication === undefined ? undefined : releaseReport(authentication, context),
    cause,
  );
}

function releaseProblem(problem: RegistryProblem, { says, host }: ReleaseContext): RegistryProblem {
  const url = (written: string): string => (says(written) ? `https://${host}/` : written);
  switch (problem.kind) {
    case "no-digest-header":
      return {
        ...problem,
        url: url(problem.url),
        digest: says(problem.digest ?? "") ? undefined : problem.digest,
      };
    case "authentication-unsupported":
      return { ...problem, schemes: problem.schemes.filter((scheme) => !says(scheme)) };
    case "not-found":
    case "denied":
    case "server-error":
    case "transport":
      return { ...problem, url: url(problem.url) };
    case "rate-limited":
    case "invalid-response":
    case "blocked":
      return problem;
  }
}

function releaseReport(
  report: AuthenticationReport,
  { says }: ReleaseContext,
): AuthenticationReport {
  const { untrustedAuthHost } = report;
  return says(untrustedAuthHost ?? "") ? { ...report, untrustedAuthHost: undefined } : report;
}

function hostOf(name: string, { says, host }: ReleaseContext): string {
  return says(name) ? host : name;
}

function refuseDigest(digest: string, { says, host }: ReleaseContext): void {
  if (!says(digest)) return;
  throw new RegistryError({ kind: "invalid-response", reason: "unreadable", status: 200 }, host);
}
