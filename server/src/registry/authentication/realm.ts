// Checks the realm of a Bearer challenge: whether the token endpoint may be contacted, and may get a credential.

import type { AddressClass } from "../../environment.ts";
import { classifyHost, isBadPort, mayReach } from "../transport/addressPolicy.ts";

export interface RealmQuestion {
  readonly realm: string;
  /** Where the registry answered with the challenge. */
  readonly registry: URL;
  /** The address class of that answer. */
  readonly addressClass: AddressClass;
  /** How far inside the registry's own origin may be reached: a name may lead elsewhere the next time. */
  readonly ownReach: AddressClass;
  /** The registry as Knative spells it, by which the user names pairs. */
  readonly registryName: string;
  /** Whether the user allows plain http for a host (`RegistryHost.schemes`). */
  readonly mayBePlain: (host: string) => boolean;
  /** The user's pairs, `trustedAuthHosts`. */
  readonly trusted: Readonly<Record<string, readonly string[]>>;
}

export type Realm =
  | {
      readonly kind: "usable";
      readonly url: URL;
      /** Whether it may be given the registry's credential. */
      readonly mayHaveCredential: boolean;
      /** How far inside its address may lie. */
      readonly reach: AddressClass;
    }
  | { readonly kind: "refused"; readonly host: string };

/**
 * Checks a realm: an absolute or relative https URL without user and fragment, or http where the registry itself
 * is asked over http at the same host; never further inside a network than the registry is.
 * Only the registry's own origin, pairs known from the registries' documentation, and pairs that the user
 * trusts may be given a credential; others get anonymous requests.
 */
export function checkRealm(question: RealmQuestion): Realm {
  const { registry, addressClass } = question;
  const url = parse(question.realm, registry);
  if (url === undefined) return { kind: "refused", host: "" };
  const refused: Realm = { kind: "refused", host: url.host };
  if (!isProtected(url, registry)) return refused;
  if (url.username !== "" || url.password !== "" || url.hash !== "") return refused;
  const sameOrigin = url.origin === registry.origin;
  const reach = sameOrigin ? question.ownReach : addressClass;
  if (!mayReach(reach, classifyHost(url.hostname))) return refused;
  const mayHaveCredential = sameOrigin || isTrustedPair(question, url);
  if (addressClass === "public" && !mayHaveCredential && !isUsualPort(url, registry)) {
    return refused;
  }
  return { kind: "usable", url, mayHaveCredential, reach };
}

/** https; or http if the registry itself uses http, at the same host and no other protocol's port. */
function isProtected(url: URL, registry: URL): boolean {
  if (url.protocol === "https:") return true;
  const plain = url.protocol === "http:" && registry.protocol === "http:";
  return plain && url.hostname === registry.hostname && !isBadPort(Number(url.port));
}

/** Other ports of public hosts are not token services: a realm must not make us scan them. */
function isUsualPort(url: URL, registry: URL): boolean {
  return url.port === "" || url.port === registry.port;
}

function parse(realm: string, base: URL): URL | undefined {
  try {
    return new URL(realm, base);
  } catch {
    return undefined;
  }
}

/** From the documentation of Docker Hub, GitLab and NVIDIA. */
const knownPairs: Readonly<Record<string, string>> = {
  "index.docker.io": "auth.docker.io",
  "registry-1.docker.io": "auth.docker.io",
  "registry.gitlab.com": "gitlab.com",
  "nvcr.io": "authn.nvidia.com",
};

function isTrustedPair(question: RealmQuestion, url: URL): boolean {
  const { registry, registryName, trusted, mayBePlain } = question;
  // Trust in a host does not extend to the network in between.
  if (url.protocol !== "https:" && !mayBePlain(url.host)) return false;
  if (registry.protocol === "https:" && knownPairs[registry.host] === url.host) return true;
  const names = [registryName.toLowerCase(), registry.host];
  return Object.entries(trusted).some(
    ([name, hosts]) =>
      names.includes(name.toLowerCase()) && hosts.some((host) => host.toLowerCase() === url.host),
  );
}
