// One request to one URL with everything around it: place in the queue, time, retry, limits, the log.

import {
  TransportError,
  type AddressClass,
  type Clock,
  type HttpRequest,
  type HttpResponse,
  type HttpSender,
  type Log,
  type TransportFailure,
} from "../../environment.ts";
import { pause, type Budget } from "../../base/budget.ts";
import type { HostHealth } from "./hostHealth.ts";
import { headerValue } from "../manifestAnswer.ts";
import { RegistryError } from "../registryError.ts";
import type { Priority, RequestQueue } from "./requestQueue.ts";
import { retryAfter } from "./retryAfter.ts";
import type { SecretsInHand } from "../credentials/secretsInHand.ts";
import { parseErrorBody, safeText, wordsOf } from "./serverText.ts";

/** What belongs to one lookup through all its requests. */
export interface Lookup {
  readonly signal: AbortSignal;
  readonly priority: () => Priority;
  readonly budget: Budget;
  /** Notices for the user about what happened on the way. */
  readonly notices: Set<string>;
}

export interface OutgoingRequest {
  readonly method: HttpRequest["method"];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly maxBytes: number;
  readonly reach: AddressClass;
  /** Whether a client certificate of this machine may be presented (`HttpRequest`). */
  readonly mayIdentify: boolean;
  /** Whose limits apply: the id of the credential that is sent, empty for none. */
  readonly identity: string;
  /** Whether another request is tried when this one fails, so that a failure does not count against the host. */
  readonly tentative?: boolean;
  /** Requests at a time, where it differs from the setting; such requests have places of their own. */
  readonly limit?: number;
}

/**
 * Sends a request; throws a `RegistryError` for what no other request would change. An answer comes without what says
 * a secret back: the body of a refusal, a `Warning`.
 */
export type Exchange = (
  url: URL,
  request: OutgoingRequest,
  lookup: Lookup,
) => Promise<HttpResponse>;

export interface ExchangeParts {
  readonly sender: HttpSender;
  readonly queue: RequestQueue;
  readonly health: HostHealth;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds before each further try; for tests. */
  readonly retryPauses?: readonly number[] | undefined;
  readonly secrets: SecretsInHand;
}

/** How long a host is left alone that limits requests and does not say for how long. */
const limitedMs = 60_000;
const dockerHubLimitedMs = 15 * 60_000;
/** Applies also if the host says 0: otherwise the views refreshed by its refusal would look up again at once. */
const shortestLimitMs = 1000;

/** Transient failures, which are retried (go-containerregistry v0.20.3 `defaultRetryStatusCodes`). */
const passing: readonly number[] = [408, 499, 500, 502, 503, 504, 522];
/** Milliseconds before the second and the third try (go-containerregistry `defaultRetryBackoff`). */
const usualPauses: readonly number[] = [1000, 3000];

/**
 * Makes an exchange that tries three times, as go-containerregistry does: after a status or a broken connection that
 * may pass, within the lookup's time.
 */
export function createExchange(parts: ExchangeParts): Exchange {
  const { queue, health, clock, retryPauses = usualPauses } = parts;
  const logWarnings = createWarningLog(parts);
  return async (url, request, lookup) => {
    const { signal, priority, budget } = lookup;
    const host = url.host;
    const places = request.limit === undefined ? {} : { limit: request.limit };
    const once = (): Promise<HttpResponse | RegistryError> =>
      queue.run(
        request.limit === undefined ? host : `token service ${host}`,
        { priority, signal, ...places },
        () => {
          // Checked here, so that a request that waited knows the results of those before it.
          health.check(host, request.identity);
          return sendOnce(url, request, lookup, parts);
        },
      );
    let response = await once();
    for (const pauseMs of retryPauses) {
      if (!mayPass(response, request) || budget.left() <= pauseMs) break;
      await budget.spend(() => pause(clock, pauseMs, signal));
      response = await once();
    }
    if (response instanceof RegistryError) {
      if (countsAgainstHost(response, request)) health.failed(host, response);
      throw response;
    }
    health.answered(host);
    logWarnings(host, response);
    if (response.status === 429) throw limited(url, request, response, parts);
    if (passing.includes(response.status)) {
      const error = parseErrorBody(response.body);
      const problem = { kind: "server-error", status: response.status, error } as const;
      throw new RegistryError({ ...problem, url: `${url.origin}${url.pathname}` }, host);
    }
    return response;
  };
}

/** Whether another try may do better. A POST is sent once: it may have taken effect. */
function mayPass(outcome: HttpResponse | RegistryError, request: OutgoingRequest): boolean {
  if (request.method === "POST") return false;
  if (!(outcome instanceof RegistryError)) return passing.includes(outcome.status);
  // Where http is tried next, that comes first.
  return request.tentative !== true && failureOf(outcome) === "reset";
}

function countsAgainstHost(error: RegistryError, { tentative }: OutgoingRequest): boolean {
  return tentative !== true && failureOf(error) !== "address-forbidden";
}

function failureOf({ problem }: RegistryError): TransportFailure | undefined {
  return problem.kind === "transport" ? problem.errors[0]?.failure : undefined;
}

async function sendOnce(
  url: URL,
  request: OutgoingRequest,
  lookup: Lookup,
  { sender, clock, log, secrets }: ExchangeParts,
): Promise<HttpResponse | RegistryError> {
  const { method, headers, body, maxBytes, reach, mayIdentify } = request;
  const what = `${method} ${url.origin}${url.pathname}`;
  const start = clock.monotonic();
  const took = (): string => `${Math.round(clock.monotonic() - start)} ms`;
  try {
    const response = await lookup.budget.spend((timeoutMs) =>
      sender.send({
        method,
        url,
        headers: { "user-agent": "knative-digest", ...headers },
        ...(body === undefined ? {} : { body }),
        maxBytes,
        reach,
        mayIdentify,
        timeoutMs,
        signal: lookup.signal,
      }),
    );
    log("debug", `${what} ${response.status} ${took()}`);
    return withoutSecrets(response, secrets);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    if (error.failure === "setting-unusable") {
      throw new RegistryError({ kind: "blocked", reason: error.message }, url.host);
    }
    const said = harmless(error, secrets);
    log("info", `${what} ${said.failure} ${took()}: ${said.message}`);
    return new RegistryError(
      { kind: "transport", errors: [said], url: `${url.origin}${url.pathname}` },
      url.host,
      undefined,
      said,
    );
  }
}

/** What a refusal says serves people alone, so a body that says a secret back is dropped as a whole. */
function withoutSecrets(response: HttpResponse, secrets: SecretsInHand): HttpResponse {
  const isRefusal = response.status >= 400 && response.body.length > 0;
  if (!isRefusal || !secrets.areIn(wordsOf(response.body))) return response;
  return { ...response, body: new Uint8Array() };
}

/** A TLS error contains text that the server chose, such as the issuer's name. */
function harmless(error: TransportError, secrets: SecretsInHand): TransportError {
  const { failure, address, issuer = "", goRefusal } = error;
  const message = secrets.areIn(error.message) ? "" : safeText(error.message);
  const name = secrets.areIn(issuer) ? "" : safeText(issuer);
  return new TransportError(failure, message, {
    address,
    issuer: name === "" ? undefined : name,
    // Our own words, but for short names of printable letters.
    goRefusal: goRefusal !== undefined && secrets.areIn(goRefusal) ? undefined : goRefusal,
  });
}

/** `Warning: 299` is for people (distribution-spec, "Warnings"): logged once, never acted on. */
function createWarningLog({
  log,
  secrets,
}: ExchangeParts): (host: string, response: HttpResponse) => void {
  const seen = new Set<string>();
  return (host, response) => {
    for (const warning of (response.headers["warning"] ?? []).slice(0, 8)) {
      const line = `${host} warns: ${safeText(warning.slice(4, 4096))}`;
      if (
        !warning.startsWith("299 ") ||
        secrets.areIn(warning) ||
        seen.has(line) ||
        seen.size > 256
      )
        continue;
      seen.add(line);
      log("warning", line);
    }
  };
}

function limited(
  url: URL,
  { identity }: OutgoingRequest,
  response: HttpResponse,
  { health, clock }: ExchangeParts,
): RegistryError {
  const otherwise = /(^|\.)docker\.io$/.test(url.hostname) ? dockerHubLimitedMs : limitedMs;
  const wait = retryAfter(headerValue(response, "retry-after"), clock.now(), otherwise);
  return health.limited(url.host, identity, Math.max(wait, shortestLimitMs));
}
