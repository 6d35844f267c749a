// A request for a bearer token, and for which repositories one token is good.

import type { AddressClass } from "../../environment.ts";
import type { Credential } from "../credentials/credential.ts";
import type { Lookup } from "../transport/exchange.ts";
import type { HostTraits } from "../transport/hostTraits.ts";

/** A request for a token of one repository, or of several that share it. */
export interface TokenWish {
  /** The registry's host, whose traits say whether one token may be for several repositories. */
  readonly host: string;
  readonly endpoint: URL;
  readonly service: string | undefined;
  readonly reach: AddressClass;
  /** Whether a client certificate may identify the user to the endpoint. */
  readonly mayIdentify: boolean;
  /** `repository:<name>:pull` first, then the other scopes of the challenge: some servers read the first alone. */
  readonly scopes: readonly string[];
  /** Sent to the endpoint; `checkRealm` has said that it may be. */
  readonly credential: Credential | undefined;
  /** Whether the token must be for this repository only, whatever the host allows. */
  readonly alone: boolean;
  /** Whether no other lookup uses this host now, so that there is nothing to wait for. */
  readonly quiet: boolean;
  /** Whether several repositories share this request, so that a refusal may be about any of them. */
  readonly forSeveral?: boolean;
}

export interface IssuedToken {
  readonly token: string;
  /** The requested scopes, in that order. */
  readonly scopes: readonly string[];
  /** How long it may be used, in milliseconds from when it came. */
  readonly lifeMs: number;
}

/**
 * Gets a token. `createTokenRequest` makes the plain way; `tokensInTurn`, `sharedTokens` and `keptTokens` each wrap another one,
 * in this order. Rejects with a `RegistryError`, `denied` where the endpoint refuses, or with the signal's reason.
 */
export type GetToken = (wish: TokenWish, lookup: Lookup) => Promise<IssuedToken>;

/** Names the wishes that may have one token: the same host, endpoint, service and credential. */
export function tokenGroup(wish: TokenWish): string {
  const { host, endpoint, service, credential, mayIdentify } = wish;
  return JSON.stringify([host, endpoint.href, service, credential?.id, mayIdentify]);
}

/** Whether a token for `scopes` is good for the wish, by what the host allows. */
export function isGoodFor(
  scopes: readonly string[],
  wish: TokenWish,
  allowed: HostTraits["scopes"],
): boolean {
  if (allowed === "any" && !wish.alone) return true;
  const single = wish.alone || allowed === "single";
  if (single && scopes.length !== wish.scopes.length) return false;
  return wish.scopes.every((scope) => scopes.includes(scope));
}
