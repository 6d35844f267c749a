// Bearer tokens in memory: one that is still valid saves the request for another.

import type { Clock } from "../../environment.ts";
import { createBoundedMap } from "../../base/boundedMap.ts";
import type { Lookup } from "../transport/exchange.ts";
import type { HostTraitsStore } from "../transport/hostTraits.ts";
import { isGoodFor, tokenGroup, type GetToken, type TokenWish } from "./tokenWish.ts";

export interface BearerToken {
  readonly token: string;
  /** The requested scopes, in that order. */
  readonly scopes: readonly string[];
  /** Whether it was kept from an earlier request, so that the registry may have forgotten it. */
  readonly kept: boolean;
}

export interface BearerTokens {
  get(wish: TokenWish, lookup: Lookup): Promise<BearerToken>;
  /** Forgets a token that the registry refused. */
  drop(token: string): void;
  clear(): void;
}

interface KeptToken {
  readonly token: string;
  readonly scopes: readonly string[];
  /** On the monotonic clock. */
  readonly until: number;
}

const maxGroups = 256;
const maxTokensOfGroup = 512;

/** Wraps `get`: keeps each token until it expires, is dropped, or `clear` is called. */
export function keptTokens(
  get: GetToken,
  { clock, traits }: { readonly clock: Clock; readonly traits: HostTraitsStore },
): BearerTokens {
  const groups = createBoundedMap<{ tokens: readonly KeptToken[] }>(maxGroups);
  return {
    async get(wish, lookup) {
      const key = tokenGroup(wish);
      // A token that comes after `clear` goes into a group that nobody finds any more.
      const group = groups.get(key) ?? { tokens: [] };
      groups.set(key, group);
      const now = clock.monotonic();
      group.tokens = group.tokens.filter(({ until }) => until > now);
      const allowed = traits.get(wish.host).scopes;
      const kept = group.tokens.findLast(({ scopes }) => isGoodFor(scopes, wish, allowed));
      if (kept !== undefined) return { token: kept.token, scopes: kept.scopes, kept: true };
      const { token, scopes, lifeMs } = await get(wish, lookup);
      // Several lookups may have got the same one.
      if (!group.tokens.some((one) => one.token === token && one.scopes === scopes)) {
        const until = clock.monotonic() + lifeMs;
        group.tokens = [...group.tokens, { token, scopes, until }].slice(-maxTokensOfGroup);
      }
      return { token, scopes, kept: false };
    },
    drop(token) {
      for (const group of groups.values()) {
        group.tokens = group.tokens.filter((kept) => kept.token !== token);
      }
    },
    clear: () => groups.clear(),
  };
}
