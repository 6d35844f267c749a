// Why a registry refused access, and which credential was tried: never a secret.

import * as l10n from "@vscode/l10n";
import { dockerHub } from "../image/imageReference.ts";
import { untrustedAuthHostText } from "../registry/answerNotices.ts";
import type { CredentialOrigin } from "../registry/credentials/credential.ts";
import type {
  DeniedProblem,
  RegistryError,
  AuthenticationReport,
} from "../registry/registryError.ts";
import { oneSentence } from "./oneSentence.ts";
import type { ManifestKey } from "./resolution.ts";

/** What was refused, with which credential, and what to do: where a mirror was contacted, there. */
export function deniedMessage(
  error: RegistryError,
  problem: DeniedProblem,
  key: ManifestKey,
): string {
  const { authentication } = error;
  const name = `${key.registry}/${key.repository}`;
  const registry = authentication?.registry ?? key.registry;
  const expired = problem.error?.message ?? "";
  if (/\.dkr[.-]ecr\./.test(registry) && /expired/i.test(expired)) {
    return l10n.t(
      "The AWS credentials for {0} have expired: run aws ecr get-login-password again, or configure docker-credential-ecr-login.",
      registry,
    );
  }
  const first =
    authentication?.credential === undefined
      ? withoutCredential(name, registry, problem)
      : withCredential(name, authentication.credential, registry, problem);
  return oneSentence([first, ...hints(registry, authentication)]);
}

function withCredential(
  name: string,
  credential: CredentialOrigin,
  registry: string,
  { at, status }: DeniedProblem,
): string {
  const where = describeCredential(credential);
  if (credential.source === "pull-secret") {
    return l10n.t(
      "{0} rejected the entry {1} of the pull secret ({2}) for {3} (HTTP {4}): correct or remove it, since Knative tries only the first matching entry.",
      registry,
      credential.key,
      where,
      name,
      status,
    );
  }
  if (at === "token-endpoint" || status === 401) {
    return l10n.t(
      "{0} rejected the saved credentials ({1}) for {2} (HTTP {3}): run docker login {0} again, or check that they may pull this image.",
      registry,
      where,
      name,
      status,
    );
  }
  return l10n.t(
    "{0} ({1}) may not pull {2} (HTTP {3}).",
    credential.username ?? registry,
    where,
    name,
    status,
  );
}

function withoutCredential(name: string, registry: string, { status }: DeniedProblem): string {
  if (registry === dockerHub) {
    return l10n.t(
      "{0} is private or missing: Docker Hub returned HTTP {1} and does not say which.",
      name,
      status,
    );
  }
  return l10n.t("{0} is private or missing (HTTP {1}).", name, status);
}

function hints(
  registry: string,
  authentication: AuthenticationReport | undefined,
): readonly string[] {
  if (authentication === undefined) return [];
  const { credential, unusedKey, untrustedAuthHost, lookedIn } = authentication;
  const hub = registry === dockerHub;
  return [
    ...(untrustedAuthHost === undefined
      ? []
      : [untrustedAuthHostText(registry, untrustedAuthHost)]),
    ...(unusedKey === undefined
      ? []
      : [
          l10n.t(
            "the entry {0} in {1} is not used for {2}: use the key {3}.",
            unusedKey.key,
            unusedKey.place,
            hub ? "Docker Hub" : registry,
            unusedKey.works,
          ),
        ]),
    ...(credential === undefined && unusedKey === undefined
      ? [nothingFound(registry, lookedIn, hub)]
      : []),
    ...authentication.notices,
  ];
}

function nothingFound(registry: string, lookedIn: readonly string[], hub: boolean): string {
  const command = hub ? "docker login" : `docker login ${registry}`;
  return lookedIn.length === 0
    ? l10n.t("no credentials found: run {0}.", command)
    : l10n.t("no credentials found (looked in {0}): run {1}.", placesWords(lookedIn), command);
}

/** Places that are named, before the rest is counted: the log of the editor has all of them. */
const maxPlaces = 2;

function placesWords(places: readonly string[]): string {
  const [first = "", ...more] = places;
  return places.length <= maxPlaces
    ? places.join(", ")
    : l10n.t("{0} and {1} more", first, more.length);
}

/** Where a credential stands, for people: `~/.docker/config.json, user bob`. */
export function describeCredential(origin: CredentialOrigin): string {
  const place =
    origin.helper === undefined
      ? origin.place
      : l10n.t("docker-credential-{0}, configured in {1}", origin.helper, origin.place);
  return origin.username === undefined ? place : l10n.t("{0}, user {1}", place, origin.username);
}
