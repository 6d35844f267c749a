// The credential of a lookup: found once, by the registry as the user wrote it, before any server had a say.

import * as l10n from "@vscode/l10n";
import { trialOf, type Attempt } from "./attempt.ts";
import { unlessAborted } from "../../base/budget.ts";
import { secretsOf, type Credential } from "../credentials/credential.ts";
import type { CredentialTrials } from "./credentialTrials.ts";
import type { HostTraitsStore } from "../transport/hostTraits.ts";
import type { Keychain } from "../credentials/keychain.ts";
import { credentialHost } from "../registryHost.ts";
import { RegistryError } from "../registryError.ts";
import type { SecretsInHand } from "../credentials/secretsInHand.ts";

export interface OwnCredentialParts {
  readonly keychain: Keychain;
  readonly traits: HostTraitsStore;
  readonly trials: CredentialTrials;
  readonly secrets: SecretsInHand;
}

/**
 * Finds the credential. No challenge, realm or redirect takes part in that.
 * @returns undefined for none, or for one that the host has refused before
 */
export async function ownCredential(
  attempt: Attempt,
  mayRunHelper: boolean,
  { keychain, traits, trials, secrets }: OwnCredentialParts,
): Promise<{ readonly credential: Credential | undefined } | "needs-helper"> {
  const { host, repository, lookup } = attempt;
  const registry = credentialHost(host);
  const target = { registry, repository: `${host.pathPrefix}${repository}` };
  const { signal } = lookup;
  const found =
    attempt.found ??
    (await unlessAborted(keychain.credentialFor(target, signal, mayRunHelper), signal));
  if (found === "needs-helper") return found;
  attempt.found = found;
  const { credential } = found;
  for (const secret of secretsOf(credential?.secret)) secrets.add(secret);
  traits.update(host.asked, { usesHelper: credential?.origin.helper !== undefined });
  if (credential === undefined || trials.refusalOf(trialOf(attempt, credential)) === undefined) {
    return { credential };
  }
  goWithout(attempt, credential, trials);
  return { credential: undefined };
}

/**
 * Notes that the lookup goes on without its credential, which was refused. Throws the refusal where Knative would
 * not go on: it authenticates with a pull secret or fails.
 */
export function goWithout(
  attempt: Attempt,
  credential: Credential,
  trials: CredentialTrials,
): void {
  const { host, repository, lookup } = attempt;
  const registry = credentialHost(host);
  attempt.sentCredential = credential;
  const refusal = trials.refusalOf(trialOf(attempt, credential));
  if (refusal !== undefined && !mayGoWithout(credential))
    throw new RegistryError(refusal, host.asked);
  lookup.notices.add(
    trials.isWrong(trialOf(attempt, credential))
      ? l10n.t(
          "{0} rejected the saved credentials, so the lookup was anonymous: run docker login {0} again.",
          registry,
        )
      : l10n.t(
          "{0} rejected the saved credentials for {1}, so the lookup was anonymous.",
          registry,
          repository,
        ),
  );
}

/** Whether the lookup may go on without the credential once it was refused. */
export function mayGoWithout({ origin }: Credential): boolean {
  return origin.source !== "pull-secret";
}
