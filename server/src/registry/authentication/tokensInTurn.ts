// Sends a credential that a token endpoint has not accepted yet in one request at a time, and not again once it is refused.

import type { CredentialTrials } from "./credentialTrials.ts";
import { RegistryError } from "../registryError.ts";
import { tokenUrl } from "./tokenRequest.ts";
import type { GetToken } from "./tokenWish.ts";

/** Wraps `get`: sending one wrong password many times locks accounts. Without a credential nothing changes. */
export function tokensInTurn(get: GetToken, trials: CredentialTrials): GetToken {
  return async (wish, lookup) => {
    const { host, credential, scopes } = wish;
    if (credential === undefined) return get(wish, lookup);
    const [scope = ""] = scopes;
    const trial = { host, scope, credential };
    const end = await trials.begin(trial, lookup.signal);
    try {
      const refusal = trials.refusalOf(trial);
      if (refusal !== undefined) {
        throw new RegistryError({ ...refusal, url: tokenUrl(wish).href }, wish.endpoint.host);
      }
      const token = await get(wish, lookup);
      trials.accept(trial);
      return token;
    } catch (error) {
      // Which of several repositories was refused is unknown.
      const isOne = wish.forSeveral !== true;
      if (isOne && error instanceof RegistryError && error.problem.kind === "denied") {
        trials.refuse(trial, error.problem);
      }
      throw error;
    } finally {
      end();
    }
  };
}
