// One lookup's attempt to get past a registry's authentication: what it is for, and what was tried.

import type { Credential } from "../credentials/credential.ts";
import type { Trial } from "./credentialTrials.ts";
import type { Lookup } from "../transport/exchange.ts";
import type { KeychainAnswer } from "../credentials/keychain.ts";
import type { HostedRepository } from "../registryHost.ts";

export interface Attempt extends HostedRepository {
  readonly lookup: Lookup;
  /** The search for the credential, once it was needed. */
  found: KeychainAnswer | undefined;
  /** For the report: the credential that was sent last. */
  sentCredential: Credential | undefined;
  /** For the report: the token service that may not get the credential. */
  untrustedAuthHost: string | undefined;
  /** Lets others send the password that this lookup was the first to send. */
  endTurn: () => void;
}

/** What a token must allow. */
export function ownScope({ host, repository }: Attempt): string {
  return `repository:${host.pathPrefix}${repository}:pull`;
}

/** The use of a credential for this repository. */
export function trialOf(attempt: Attempt, credential: Credential): Trial {
  return { host: attempt.host.asked, scope: ownScope(attempt), credential };
}
