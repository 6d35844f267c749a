// Signs in with pull secrets and nothing else, as Knative's controller does.

import { readPullSecret, type PullSecret } from "../knative/pullSecret/pullSecretEntries.ts";
import { pullCredential, type PullCredential } from "../knative/pullSecret/pullSecret.ts";
import type { Credential, CredentialOrigin, Secret } from "../registry/credentials/credential.ts";
import type { RepositoryName } from "../registry/registryHost.ts";
import type { Keychain } from "../registry/credentials/keychain.ts";

/** Secrets, and the name under which messages speak of where they stand. */
export interface NamedPullSecrets {
  readonly secrets: readonly PullSecret[];
  /** The files' names. */
  readonly place: string;
}

/**
 * The keychain of a revision that has these pull secrets. What this machine is signed in with takes no part.
 * @param usual remembers which credentials were refused
 */
export function createPullSecretKeychain(
  usual: Keychain,
  { secrets, place }: NamedPullSecrets,
): Keychain {
  usual.remember(secrets.flatMap(secretsOfPullSecret));
  const find = (target: RepositoryName): Credential | undefined =>
    credentialOf(pullCredential(secrets, target), place);
  return {
    ...usual,
    credentialFor(target) {
      const credential = find(target);
      const answer = { credential, lookedIn: [place], unusedKey: undefined, notices: [] };
      return Promise.resolve(answer);
    },
    placeOf: (target) => Promise.resolve(find(target)?.id ?? ""),
    stamp: () => Promise.resolve(""),
  };
}

function secretsOfPullSecret(secret: PullSecret): readonly string[] {
  const read = readPullSecret(secret);
  if (read.kind === "error") return [];
  return read.entries.flatMap(({ credential }) => {
    if (credential.kind === "error") return [];
    const { password, identityToken, registryToken } = credential.value;
    return [password, identityToken, registryToken];
  });
}

function credentialOf(found: PullCredential, place: string): Credential | undefined {
  if (found.kind !== "credential") return undefined;
  const { key, username } = found;
  const secret = secretOf(found);
  const origin: CredentialOrigin = {
    source: "pull-secret",
    place,
    key,
    username: username === "" ? undefined : username,
  };
  return secret === undefined ? undefined : { origin, secret, id: `pull-secret ${key}` };
}

/** The most direct of what an entry holds, as go-containerregistry prefers it. */
function secretOf(found: PullCredential & { readonly kind: "credential" }): Secret | undefined {
  const { username, password, identityToken, registryToken } = found;
  if (registryToken !== "") return { kind: "registry-token", token: registryToken };
  if (identityToken !== "") {
    return { kind: "identity-token", token: identityToken, username, password };
  }
  if (username === "" || password === "") return undefined;
  return { kind: "password", username, password };
}
