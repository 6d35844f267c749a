// Why a registry gave no answer: what the client throws and the resolver puts into words.

import type { TransportError } from "../environment.ts";
import type { CredentialOrigin } from "./credentials/credential.ts";
import type { UnusedKey } from "./credentials/findCredential.ts";
import type { ServerError } from "./transport/serverText.ts";

export type RegistryProblem =
  | { readonly kind: "not-found"; readonly error: ServerError | undefined; readonly url: string }
  /** 401 or 403, from the registry or from its token endpoint. */
  | {
      readonly kind: "denied";
      readonly status: number;
      readonly at: "registry" | "token-endpoint";
      readonly error: ServerError | undefined;
      /** The URL that refused, without its user; its query names scope and service only. */
      readonly url: string;
    }
  | { readonly kind: "rate-limited"; readonly retryAt: number }
  | {
      readonly kind: "server-error";
      readonly status: number;
      readonly error: ServerError | undefined;
      readonly url: string;
    }
  /** One error for each scheme that was tried. */
  | { readonly kind: "transport"; readonly errors: readonly TransportError[]; readonly url: string }
  /** The manifest exists, but the response to HEAD lacks what Knative needs. */
  | {
      readonly kind: "no-digest-header";
      readonly lacks: HeadLack;
      readonly status: number;
      /** Found in another way. */
      readonly digest: string | undefined;
      readonly url: string;
    }
  /** An answer that no registry gives. */
  | { readonly kind: "invalid-response"; readonly reason: InvalidReason; readonly status: number }
  | { readonly kind: "authentication-unsupported"; readonly schemes: readonly string[] }
  /** A name or address rule, before anything was sent; a sentence for people. */
  | { readonly kind: "blocked"; readonly reason: string };

/** What an answer to HEAD lacks: a header that Knative demands, a digest it can read, or HEAD altogether. */
export type HeadLack =
  "Docker-Content-Digest" | "Content-Type" | "Content-Length" | "malformed-digest" | "head";

export type DeniedProblem = RegistryProblem & { readonly kind: "denied" };

export type InvalidReason =
  | "not-a-registry"
  | "unexpected-status"
  | "too-large"
  | "content-mismatch"
  | "redirect-refused"
  | "unusable-token"
  | "realm-refused"
  | "unreadable";

/** How authentication was tried, for messages: never a secret. */
export interface AuthenticationReport {
  /** The host that the credential is for: the mirror where one is contacted, else the registry. */
  readonly registry: string;
  /** The credential that was sent. */
  readonly credential: CredentialOrigin | undefined;
  /** Files and variables that were searched. */
  readonly lookedIn: readonly string[];
  /** An entry meant for this registry under a key that is never used. */
  readonly unusedKey: UnusedKey | undefined;
  /** The token service that the user would have to trust before it gets the credential. */
  readonly untrustedAuthHost: string | undefined;
  /** What went wrong on the way, in sentences for people. */
  readonly notices: readonly string[];
}

/** Thrown inside `registry/`; the resolver is the one place that catches it. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly problem: RegistryProblem;
  /** The host that refused, could not be reached or was not contacted. */
  readonly host: string;
  readonly authentication: AuthenticationReport | undefined;

  constructor(
    problem: RegistryProblem,
    host: string,
    authentication?: AuthenticationReport,
    cause?: unknown,
  ) {
    super(`${problem.kind} (${host})`, { cause });
    this.problem = problem;
    this.host = host;
    this.authentication = authentication;
  }
}
