// Requests a token: GET with scopes, or POST with a refresh token.

import { parseTokenAnswer, type TokenAnswer } from "./bearerToken.ts";
import { basicAuthorization } from "../credentials/credential.ts";
import type { Exchange, OutgoingRequest } from "../transport/exchange.ts";
import { RegistryError } from "../registryError.ts";
import type { SecretsInHand } from "../credentials/secretsInHand.ts";
import { parseErrorBody } from "../transport/serverText.ts";
import type { GetToken, TokenWish } from "./tokenWish.ts";
import type { Clock, HttpResponse } from "../../environment.ts";

export interface TokenRequestParts {
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly secrets: SecretsInHand;
}

const maxTokenBody = 128 * 1024;
const clientId = "knative-digest";
/** Parallel requests per token service: some ban clients that send too many. */
const limit = 2;

/**
 * Makes the plain way to a token: one request, or two where the endpoint does not support POST. Follows no redirect.
 * Throws a `RegistryError`, `denied` where the endpoint refuses.
 */
export function createTokenRequest(parts: TokenRequestParts): GetToken {
  const { exchange } = parts;
  return async (wish, lookup) => {
    const secret = wish.credential?.secret;
    const basic = secret === undefined ? undefined : basicAuthorization(secret);
    const get = (): Promise<HttpResponse> => {
      const headers = basic === undefined ? {} : { authorization: basic };
      return exchange(tokenUrl(wish), { ...common(wish), method: "GET", headers }, lookup);
    };
    const send = async (): Promise<HttpResponse> => {
      if (secret?.kind !== "identity-token") return get();
      const answer = await exchange(wish.endpoint, postRequest(wish, secret.token), lookup);
      // Old servers know no POST, and some refuse it in other ways; a password works everywhere.
      const fallBack = [400, 401, 404, 405].includes(answer.status) && basic !== undefined;
      return fallBack ? get() : answer;
    };
    const { token, lifeMs } = readAnswer(await send(), wish, parts);
    return { token, lifeMs, scopes: wish.scopes };
  };
}

function common({
  credential,
  reach,
  mayIdentify,
}: TokenWish): Omit<OutgoingRequest, "method" | "headers"> {
  return { maxBytes: maxTokenBody, reach, mayIdentify, identity: credential?.id ?? "", limit };
}

function postRequest(wish: TokenWish, refreshToken: string): OutgoingRequest {
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    client_id: clientId,
    ...(wish.service === undefined ? {} : { service: wish.service }),
  });
  if (wish.scopes.length > 0) form.set("scope", wish.scopes.join(" "));
  return {
    ...common(wish),
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: form.toString(),
  };
}

/** Keeps the realm's own query. An empty scope is an error on some servers, so none is sent. */
export function tokenUrl({ endpoint, service, scopes }: TokenWish): URL {
  const url = new URL(endpoint);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  if (service !== undefined) url.searchParams.set("service", service);
  return url;
}

function readAnswer(
  response: HttpResponse,
  wish: TokenWish,
  { clock, secrets }: TokenRequestParts,
): TokenAnswer {
  const { status } = response;
  const { endpoint } = wish;
  if (status === 401 || status === 403 || (status >= 400 && status < 500)) {
    const error = parseErrorBody(response.body);
    // Without the credential's URL form: the query names scope and service alone.
    const url = tokenUrl(wish).href;
    throw new RegistryError(
      { kind: "denied", status, at: "token-endpoint", error, url },
      endpoint.host,
    );
  }
  const answer =
    status === 200 && !response.truncated
      ? parseTokenAnswer(response.body, clock.now())
      : undefined;
  for (const issued of answer?.issued ?? []) secrets.add(issued);
  if (answer === undefined) {
    const problem = { kind: "invalid-response", reason: "unusable-token", status } as const;
    throw new RegistryError(problem, endpoint.host);
  }
  return answer;
}
