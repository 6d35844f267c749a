// Requests a token: GET with scopes, or POST with a refresh token.

import { parseTokenAnswer, type TokenAnswer } from "./bearerToken.ts";
import { basicAuthorization, type Credential } from "./credential.ts";
import type { Exchange, Lookup, OutgoingRequest } from "./exchange.ts";
import { RegistryError } from "./registryError.ts";
import type { SecretsInHand } from "./secretsInHand.ts";
import { parseErrorBody } from "./serverText.ts";
import type { AddressClass, Clock, HttpResponse } from "../environment.ts";

export interface TokenQuestion {
  readonly endpoint: URL;
  readonly service: string | undefined;
  /** The newest first: some servers read the first alone. */
  readonly scopes: readonly string[];
  /** Sent to the endpoint; the caller has checked that it may be. */
  readonly credential: Credential | undefined;
  readonly reach: AddressClass;
  /** Whether a client certificate may identify the user to the endpoint. */
  readonly mayIdentify: boolean;
}

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
 * Requests a token once, or twice where the endpoint does not support POST. Follows no redirect.
 * Throws a `RegistryError`, `denied` where the endpoint refuses.
 */
export async function requestToken(
  question: TokenQuestion,
  lookup: Lookup,
  parts: TokenRequestParts,
): Promise<TokenAnswer> {
  const { exchange } = parts;
  const secret = question.credential?.secret;
  const basic = secret === undefined ? undefined : basicAuthorization(secret);
  const get = (): Promise<HttpResponse> => {
    const url = getUrl(question);
    const headers = basic === undefined ? {} : { authorization: basic };
    return exchange(url, { ...common(question), method: "GET", headers }, lookup);
  };
  if (secret?.kind !== "identity-token") return readAnswer(await get(), question, parts);
  const answer = await exchange(question.endpoint, postRequest(question, secret.token), lookup);
  // Old servers know no POST, and some refuse it in other ways; a password works everywhere.
  const fallBack = [400, 401, 404, 405].includes(answer.status) && basic !== undefined;
  return readAnswer(fallBack ? await get() : answer, question, parts);
}

function common({
  credential,
  reach,
  mayIdentify,
}: TokenQuestion): Omit<OutgoingRequest, "method" | "headers"> {
  return { maxBytes: maxTokenBody, reach, mayIdentify, identity: credential?.id ?? "", limit };
}

function postRequest(question: TokenQuestion, refreshToken: string): OutgoingRequest {
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    client_id: clientId,
    ...(question.service === undefined ? {} : { service: question.service }),
  });
  if (question.scopes.length > 0) form.set("scope", question.scopes.join(" "));
  return {
    ...common(question),
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: form.toString(),
  };
}

/** Keeps the realm's own query. An empty scope is an error on some servers, so none is sent. */
export function getUrl({ endpoint, service, scopes }: TokenQuestion): URL {
  const url = new URL(endpoint);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  if (service !== undefined) url.searchParams.set("service", service);
  return url;
}

function readAnswer(
  response: HttpResponse,
  question: TokenQuestion,
  { clock, secrets }: TokenRequestParts,
): TokenAnswer {
  const { status } = response;
  const { endpoint } = question;
  if (status === 401 || status === 403 || (status >= 400 && status < 500)) {
    const error = parseErrorBody(response.body);
    // Without the credential's URL form: the query names scope and service alone.
    const url = getUrl(question).href;
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
