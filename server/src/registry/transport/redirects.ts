// Redirects, followed by hand: never with the credential of the host that was left.

import type { AddressClass } from "../../environment.ts";
import { isBadPort, outermost } from "./addressPolicy.ts";
import type { BearerTokens } from "../authentication/keptTokens.ts";
import { challengeScopes } from "../authentication/challenge.ts";
import type { Exchange, Lookup } from "./exchange.ts";
import {
  challengeOf,
  authenticationOf,
  type Authorization,
  type HostAnswer,
  type HostRequest,
} from "./hostRequest.ts";
import { checkRealm } from "../authentication/realm.ts";
import { RegistryError } from "../registryError.ts";

/** As many as Go's client follows, and so Knative (net/http `defaultCheckRedirect` stops before the tenth). */
const maxHops = 9;

/**
 * Follows redirects from a registry's answer; throws a `RegistryError` for those that must not be followed.
 * The authorization goes along while the origin stays the same, and never again once it was left.
 * If the target of a redirect demands a token, an anonymous one of its own is requested.
 */
export async function followRedirects(
  start: HostAnswer,
  request: HostRequest,
  options: { readonly authorization: Authorization | undefined; readonly lookup: Lookup },
  parts: { readonly exchange: Exchange; readonly tokens: BearerTokens },
): Promise<HostAnswer> {
  let answer = start;
  let left = false;
  for (let hop = 0; isRedirect(answer); hop += 1) {
    const url = hop < maxHops ? nextUrl(answer) : undefined;
    if (url === undefined) throw refused(answer);
    left ||= url.origin !== start.url.origin;
    const addressClass = outermost(answer.response.addressClass, start.response.addressClass);
    const authorization = left ? undefined : options.authorization;
    const send = async (header: string | undefined): Promise<HostAnswer> => {
      const headers = header === undefined ? {} : { authorization: header };
      const outgoing = {
        ...request,
        headers: { ...request.headers, ...headers },
        reach: left ? addressClass : ("loopback" as const),
        mayIdentify: !left,
        identity: authorization?.identity ?? "",
      };
      return { url, response: await parts.exchange(url, outgoing, options.lookup) };
    };
    answer = await send(authorization?.header);
    if (!left || answer.response.status !== 401) continue;
    const token = await anonymousToken(answer, addressClass, options.lookup, parts.tokens);
    if (token !== undefined) answer = await send(`Bearer ${token}`);
  }
  return answer;
}

function isRedirect({ response }: HostAnswer): boolean {
  return [301, 302, 303, 307, 308].includes(response.status);
}

/** Where to go next; undefined for what must not be followed: two targets, no web address, https to http, a user, http at another protocol's port. */
function nextUrl({ url, response }: HostAnswer): URL | undefined {
  const [location, ...others] = response.headers["location"] ?? [];
  if (location === undefined || others.length > 0) return undefined;
  try {
    const target = new URL(location, url);
    const plain = target.protocol === "http:" && !isBadPort(Number(target.port));
    const secure = target.protocol === "https:" || (plain && url.protocol === "http:");
    return secure && target.username === "" && target.password === "" ? target : undefined;
  } catch {
    return undefined;
  }
}

function refused({ url, response }: HostAnswer): RegistryError {
  const { status } = response;
  return new RegistryError(
    { kind: "invalid-response", reason: "redirect-refused", status },
    url.host,
  );
}

async function anonymousToken(
  { url, response }: HostAnswer,
  ownReach: AddressClass,
  lookup: Lookup,
  tokens: BearerTokens,
): Promise<string | undefined> {
  const challenge = challengeOf(response);
  if (challenge === undefined) return undefined;
  const authentication = authenticationOf(challenge);
  if (authentication.scheme !== "bearer") return undefined;
  const realm = checkRealm({
    realm: authentication.realm,
    registry: url,
    addressClass: outermost(response.addressClass, ownReach),
    ownReach,
    registryName: url.host,
    mayBePlain: () => false,
    trusted: {},
  });
  if (realm.kind === "refused") return undefined;
  const wish = {
    host: url.host,
    endpoint: realm.url,
    service: authentication.service,
    reach: realm.reach,
    // The user did not write the name of this host.
    mayIdentify: false,
    scopes: challengeScopes(challenge),
    credential: undefined,
    alone: false,
    quiet: true,
  };
  return (await tokens.get(wish, lookup)).token;
}
