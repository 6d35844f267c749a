// The first request to a registry's host: over which scheme, and who goes first while the host is unknown.

import { append } from "../../base/append.ts";
import type { HttpResponse, TransportError, TransportFailure } from "../../environment.ts";
import { chooseChallenge, parseChallenges, type Challenge } from "../authentication/challenge.ts";
import type { Exchange, Lookup, OutgoingRequest } from "./exchange.ts";
import type { HostHealth } from "./hostHealth.ts";
import type { HostTraitsStore, Authentication } from "./hostTraits.ts";
import type { LeaderGate } from "./leaderGate.ts";
import { RegistryError } from "../registryError.ts";
import { urlAt, type RegistryHost, type Scheme } from "../registryHost.ts";

export interface HostRequest {
  readonly method: "GET" | "HEAD";
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBytes: number;
}

/** The header that authenticates a request. */
export interface Authorization {
  readonly header: string;
  /** The id of the credential behind it; empty for an anonymous token. */
  readonly identity: string;
}

export interface HostAnswer {
  readonly url: URL;
  readonly response: HttpResponse;
}

export interface HostRequestParts {
  readonly exchange: Exchange;
  readonly traits: HostTraitsStore;
  readonly health: HostHealth;
  readonly gate: LeaderGate;
}

/**
 * Sends one request to the registry itself and learns from the answer what the host demands.
 * @param prepare gives the authorization. Called when it is this request's turn, because a request that waited for
 * the host's first answer knows more by then.
 */
export function sendToHost<Sent extends Authorization>(
  host: RegistryHost,
  request: HostRequest,
  options: { readonly prepare: () => Promise<Sent | undefined>; readonly lookup: Lookup },
  parts: HostRequestParts,
): Promise<{ readonly answer: HostAnswer; readonly sent: Sent | undefined }> {
  const { lookup, prepare } = options;
  return parts.gate.pass(host.asked, { signal: lookup.signal, isShared: isOfHost }, async () => {
    const sent = await prepare();
    const answer = await sendOverScheme(host, request, { authorization: sent, lookup }, parts);
    learn(host, answer, { request, authorization: sent }, parts.traits);
    return { answer, sent };
  });
}

/** Whether others who wait for the same host would meet the same failure. */
function isOfHost(error: unknown): boolean {
  if (!(error instanceof RegistryError)) return false;
  return ["transport", "rate-limited", "server-error"].includes(error.problem.kind);
}

interface Sending {
  readonly authorization: Authorization | undefined;
  readonly lookup: Lookup;
}

/** https first; http only where it is allowed and https is not spoken. */
async function sendOverScheme(
  host: RegistryHost,
  request: HostRequest,
  sending: Sending,
  parts: HostRequestParts,
): Promise<HostAnswer> {
  const known = parts.traits.get(host.asked).scheme;
  const schemes: readonly Scheme[] =
    known !== undefined && host.schemes.includes(known) ? [known] : host.schemes;
  const errors: TransportError[] = [];
  for (const [index, scheme] of schemes.entries()) {
    const isLast = index === schemes.length - 1;
    const url = urlAt(host, scheme, request.path);
    const sent = await trySend(url, outgoingRequest(request, sending, !isLast), sending, parts);
    if (!Array.isArray(sent)) return sent;
    append(errors, sent);
    if (isLast || !sent.every(mayFallBack)) throw unreachable(url, errors, !isLast, parts.health);
  }
  throw new Error("a host has at least one scheme");
}

/** The answer, or what the network did instead. */
async function trySend(
  url: URL,
  outgoing: OutgoingRequest,
  { lookup }: Sending,
  { exchange }: HostRequestParts,
): Promise<HostAnswer | TransportError[]> {
  try {
    return { url, response: await exchange(url, outgoing, lookup) };
  } catch (error) {
    if (error instanceof RegistryError && error.problem.kind === "transport") {
      return [...error.problem.errors];
    }
    throw error;
  }
}

/** A first try over https counts against the host only when nothing follows it. */
function unreachable(
  url: URL,
  errors: readonly TransportError[],
  wasTentative: boolean,
  health: HostHealth,
): RegistryError {
  const problem = { kind: "transport", errors, url: `${url.origin}${url.pathname}` } as const;
  const failure = new RegistryError(problem, url.host, undefined, errors[0]);
  if (wasTentative) health.failed(url.host, failure);
  return failure;
}

/** A registry that the document names may lie anywhere but at a forbidden address. */
function outgoingRequest(
  { method, headers, maxBytes }: HostRequest,
  { authorization }: Sending,
  tentative: boolean,
): OutgoingRequest {
  return {
    method,
    headers:
      authorization === undefined ? headers : { ...headers, authorization: authorization.header },
    maxBytes,
    reach: "loopback",
    mayIdentify: true,
    identity: authorization?.identity ?? "",
    tentative,
  };
}

/** An untrusted certificate speaks TLS: http would only hide it. */
function mayFallBack({ failure }: TransportError): boolean {
  return fallBackFailures.includes(failure);
}

/** Also proxies that refuse a tunnel, which many do to hosts without https. */
const fallBackFailures: readonly TransportFailure[] = [
  "not-tls",
  "tls-handshake",
  "refused",
  "reset",
  "unreachable",
  "proxy-refused",
  "proxy-unreachable",
];

function learn(
  host: RegistryHost,
  { url, response }: HostAnswer,
  {
    request,
    authorization,
  }: { readonly request: HostRequest; readonly authorization: Authorization | undefined },
  traits: HostTraitsStore,
): void {
  const { addressClass, tlsVersion, goRefusal } = response;
  const scheme = url.protocol === "http:" ? "http" : "https";
  // The challenge of `/v2/` says nothing about a repository.
  if (request.path === "/v2/") {
    traits.update(host.asked, { scheme, addressClass, tlsVersion, goRefusal });
    return;
  }
  const before = traits.get(host.asked);
  const challenge = challengeOf(response);
  const authentication =
    challenge === undefined ? before.authentication : authenticationOf(challenge);
  const served = authorization === undefined && response.status >= 200 && response.status < 400;
  traits.update(host.asked, {
    scheme,
    authentication: authentication ?? { scheme: "none" },
    servesAnonymously: before.servesAnonymously || served,
    addressClass,
    tlsVersion,
    goRefusal,
  });
}

/** The challenge of a 401 or 403, undefined if there is none to answer. */
export function challengeOf(response: HttpResponse): Challenge | undefined {
  if (response.status !== 401 && response.status !== 403) return undefined;
  return chooseChallenge(parseChallenges(response.headers["www-authenticate"] ?? []));
}

/** What is remembered of a challenge. */
export function authenticationOf(challenge: Challenge): Authentication {
  if (challenge.scheme === "basic") return { scheme: "basic" };
  const realm = challenge.parameters.get("realm") ?? "";
  const service = challenge.parameters.get("service");
  return { scheme: "bearer", realm, service: service === "" ? undefined : service };
}
