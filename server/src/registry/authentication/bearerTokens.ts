// Bearer tokens: a plain request, wrapped three times. Each wrap can be taken away, and requests still get their tokens.

import type { CredentialTrials } from "./credentialTrials.ts";
import { keptTokens, type BearerTokens } from "./keptTokens.ts";
import { sharedTokens, type SharingParts } from "./sharedTokens.ts";
import { createTokenRequest, type TokenRequestParts } from "./tokenRequest.ts";
import { tokensInTurn } from "./tokensInTurn.ts";

export interface TokenParts extends TokenRequestParts, SharingParts {
  readonly trials: CredentialTrials;
}

/** Makes the source of tokens of a session, without any token. */
export function createBearerTokens(parts: TokenParts): BearerTokens {
  const request = createTokenRequest(parts);
  const inTurn = tokensInTurn(request, parts.trials);
  const shared = sharedTokens(inTurn, parts);
  const kept = keptTokens(shared.get, parts);
  return {
    ...kept,
    clear() {
      shared.clear();
      kept.clear();
    },
  };
}
