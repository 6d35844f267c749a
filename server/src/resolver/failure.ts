// Failures of registries in words that a person can act on, and when to look up again.

import * as l10n from "@vscode/l10n";
import { isDigest } from "../image/digest.ts";
import type { RegistryError, RegistryProblem } from "../registry/registryError.ts";
import { deniedMessage } from "./deniedMessage.ts";
import { invalidMessage, lackMessage } from "./invalidMessage.ts";
import { knativeWords } from "./knativeWords.ts";
import type { FailureKind, ManifestKey, ResolutionError } from "./resolution.ts";
import { describeCredential } from "./deniedMessage.ts";
import { transportMessage } from "./transportMessage.ts";

/** A failure to show. */
export interface Described {
  readonly error: ResolutionError;
  /** How long no lookup is repeated in the background, in milliseconds. */
  readonly waitMs: number;
}

/** Puts a registry's failure into words. @param now milliseconds since 1970. */
export function describeFailure(error: RegistryError, key: ManifestKey, now: number): Described {
  const { problem, host, authentication } = error;
  const kind = kindOf(problem, key);
  const credential = authentication?.credential;
  return {
    error: {
      kind,
      message: messageOf(error, key, now),
      host,
      ...(kind === "access-denied" ? { deniedBy: authentication?.registry ?? key.registry } : {}),
      knative: knativeWords(error, key),
      credential: credential === undefined ? undefined : describeCredential(credential),
      ...(problem.kind === "no-digest-header" && problem.digest !== undefined
        ? { digest: problem.digest }
        : {}),
    },
    waitMs: problem.kind === "rate-limited" ? Math.max(0, problem.retryAt - now) : waits[kind],
  };
}

const minute = 60_000;
/** What does not change by itself is looked up again only when settings or credentials change, or a person asks. */
const untilChanged = 24 * 60 * minute;

const waits: Readonly<Record<FailureKind, number>> = {
  "tag-not-found": 2 * minute,
  "digest-not-found": 2 * minute,
  "access-denied": 5 * minute,
  "certificate-untrusted": 5 * minute,
  "registry-unreachable": minute / 2,
  "rate-limited": minute,
  "no-digest-header": 5 * minute,
  "invalid-response": 5 * minute,
  blocked: untilChanged,
};

function kindOf(problem: RegistryProblem, key: ManifestKey): FailureKind {
  switch (problem.kind) {
    case "not-found":
      return isDigest(key.reference) ? "digest-not-found" : "tag-not-found";
    case "denied":
    case "authentication-unsupported":
      return "access-denied";
    case "rate-limited":
      return "rate-limited";
    case "server-error":
      return "registry-unreachable";
    case "no-digest-header":
      return "no-digest-header";
    case "invalid-response":
      return "invalid-response";
    case "blocked":
      return "blocked";
    case "transport":
      return transportKind(problem);
  }
}

function transportKind({ errors }: RegistryProblem & { readonly kind: "transport" }): FailureKind {
  const failures = errors.map(({ failure }) => failure);
  if (failures.includes("address-forbidden")) return "blocked";
  return failures.some((failure) => failure.endsWith("-certificate"))
    ? "certificate-untrusted"
    : "registry-unreachable";
}

function messageOf(error: RegistryError, key: ManifestKey, now: number): string {
  const { problem, host } = error;
  switch (problem.kind) {
    case "not-found":
      return notFoundMessage(key, problem.error?.code);
    case "denied":
      return deniedMessage(error, problem, key);
    case "rate-limited":
      return limitedMessage(key, Math.max(0, problem.retryAt - now));
    case "server-error":
      return l10n.t("{0} returned HTTP {1}.", host, problem.status);
    case "transport":
      return transportMessage(problem.errors, host, key);
    case "no-digest-header":
      return lackMessage(problem, key);
    case "invalid-response":
      return invalidMessage(problem, host, key);
    case "authentication-unsupported":
      return l10n.t(
        "{0} requires an authentication method that is not supported ({1}).",
        host,
        problem.schemes.join(", "),
      );
    case "blocked":
      return l10n.t("Not contacted: {0}", problem.reason);
  }
}

function notFoundMessage(key: ManifestKey, code: string | undefined): string {
  const repository = `${key.registry}/${key.repository}`;
  if (isDigest(key.reference)) {
    return l10n.t("Digest not found in {0} (404).", repository, key.reference);
  }
  if (code === "NAME_UNKNOWN") return l10n.t("Repository {0} not found (404).", repository);
  return l10n.t("Tag {0} not found in {1} (404).", key.reference, repository);
}

function limitedMessage({ registry }: ManifestKey, waitMs: number): string {
  const minutes = Math.max(1, Math.ceil(waitMs / minute));
  return l10n.t(
    "Rate-limited by {0} for {1} min (HTTP 429): signing in may raise the limit.",
    registry,
    minutes,
  );
}
