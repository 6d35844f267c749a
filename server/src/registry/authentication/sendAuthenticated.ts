// Sends a request to a registry with the authentication that it demands. Authentication is read from here, top down:
//
// 1. Send with what is remembered of the host                 here, `rememberedDemand`
// 2. Was it refused? Then what does the registry demand?      here, `demandAfter`; `challenge.ts`
// 3. Find the credential, by what the user wrote alone        `ownCredential.ts`, `keychain.ts`, `findCredential.ts`
// 4. May the token service be contacted, and get it?          `realm.ts`
// 5. Authorize: a password, a token, or anonymously           `authorize.ts`, `tokenRequest.ts`
// 6. Send again, at most three times; then follow redirects   `redirects.ts`
//
// Around it, each to be taken away without the others: tokens are kept, shared and requested in turn (`bearerTokens.ts`),
// a password is tried by one lookup at a time (`credentialTrials.ts`), one request goes first where nothing is known of a
// host (`leaderGate.ts`).

import { ownScope, trialOf, type Attempt } from "./attempt.ts";
import { authorize, type AuthorizeParts, type Demand, type Sent } from "./authorize.ts";
import { createBoundedMap, type BoundedMap } from "../../base/boundedMap.ts";
import { challengeScopes, chooseChallenge, parseChallenges, type Challenge } from "./challenge.ts";
import type { Lookup } from "../transport/exchange.ts";
import {
  authenticationOf,
  challengeOf,
  sendToHost,
  type HostAnswer,
  type HostRequest,
  type HostRequestParts,
} from "../transport/hostRequest.ts";
import type { Authentication } from "../transport/hostTraits.ts";
import { followRedirects } from "../transport/redirects.ts";
import { RegistryError, type AuthenticationReport } from "../registryError.ts";
import { credentialHost, repositoryKey, urlAt, type HostedRepository } from "../registryHost.ts";

export interface SenderParts extends HostRequestParts, AuthorizeParts {}

export interface AuthenticatedAnswer extends HostAnswer {
  readonly report: AuthenticationReport;
  /** Whether the request needed a token that the registry demanded. */
  readonly byToken: boolean;
}

/**
 * Sends a request to a registry and authenticates as its answers demand. Returns the last answer, whatever its status.
 * Throws a `RegistryError` if there was no answer, with a report of the authentication tried.
 */
export type SendAuthenticated = (
  target: HostedRepository,
  request: HostRequest,
  lookup: Lookup,
) => Promise<AuthenticatedAnswer>;

/** Makes the sender of a session; `clear` forgets which repositories demanded authentication. */
export function createAuthenticatedSender(parts: SenderParts): {
  readonly send: SendAuthenticated;
  readonly clear: () => void;
} {
  const challenged = createBoundedMap<true>(maxRepositories);
  const pings = createBoundedMap<Challenge | undefined>(maxHosts);
  const context: Context = { ...parts, challenged, pings };
  return {
    async send({ host, repository }, request, lookup) {
      const attempt: Attempt = {
        host,
        repository,
        lookup,
        found: undefined,
        sentCredential: undefined,
        untrustedAuthHost: undefined,
        endTurn: () => undefined,
      };
      try {
        return await sendUntilFinal(attempt, request, context);
      } catch (error) {
        if (!(error instanceof RegistryError) || error.authentication !== undefined) throw error;
        throw new RegistryError(error.problem, error.host, reportOf(attempt), error);
      } finally {
        attempt.endTurn();
      }
    },
    clear() {
      challenged.clear();
      pings.clear();
    },
  };
}

/** At most three: with a kept token, with one shared by several repositories, with one for this repository only. */
const maxRounds = 3;
const maxRepositories = 10_000;
const maxHosts = 256;

interface Context extends SenderParts {
  /** Repositories that demanded authentication, on hosts that serve others without. */
  readonly challenged: BoundedMap<true>;
  /** What `GET /v2/` said, by host. */
  readonly pings: BoundedMap<Challenge | undefined>;
}

async function sendUntilFinal(
  attempt: Attempt,
  request: HostRequest,
  context: Context,
): Promise<AuthenticatedAnswer> {
  const { host, lookup } = attempt;
  let prepare = (): Promise<Sent | undefined> => authorizeAhead(attempt, context);
  for (let round = 0; ; round += 1) {
    const { answer, sent } = await sendToHost(host, request, { prepare, lookup }, context);
    const demand =
      round < maxRounds ? await demandAfter(attempt, answer, sent, context) : undefined;
    const next = demand && (await authorize(attempt, demand, context));
    if (next === undefined) {
      noteSuccess(attempt, answer, sent, context);
      attempt.endTurn();
      const last = await followRedirects(answer, request, { authorization: sent, lookup }, context);
      const byToken = sent?.token !== undefined && context.challenged.has(repositoryKey(attempt));
      return { ...last, report: reportOf(attempt), byToken };
    }
    prepare = () => Promise.resolve(next);
  }
}

/** Authenticates with what is remembered of the host, to save the request that only gets a challenge. */
async function authorizeAhead(attempt: Attempt, context: Context): Promise<Sent | undefined> {
  const demand = rememberedDemand(attempt, context);
  if (demand === undefined) return undefined;
  const { addressClass } = context.traits.get(attempt.host.asked);
  if (addressClass !== undefined) {
    return authorize(attempt, { ...demand, addressClass, refused: true }, context);
  }
  try {
    // Where the registry lies is not known yet in this session, so its realm must be public.
    return await authorize(attempt, { ...demand, addressClass: "public", refused: false }, context);
  } catch (error) {
    if (error instanceof RegistryError && isOfRealm(error)) return undefined;
    throw error;
  }
}

/** What the host demanded before; undefined where it serves this repository without authentication. */
function rememberedDemand(
  attempt: Attempt,
  { traits, challenged }: Context,
): Omit<Demand, "addressClass" | "refused"> | undefined {
  const { host } = attempt;
  const { authentication, scheme, servesAnonymously, ping } = traits.get(host.asked);
  // Where `/v2/` demands no authentication, only a repository's own refusal shows that it does.
  const isOpen = servesAnonymously || ping?.status === 200;
  if (authentication === undefined || (isOpen && !challenged.has(repositoryKey(attempt)))) {
    return undefined;
  }
  return { authentication, scopes: [], url: urlAt(host, scheme ?? "https", "/v2/"), alone: false };
}

function isOfRealm({ problem }: RegistryError): boolean {
  if (problem.kind === "invalid-response") return problem.reason === "realm-refused";
  if (problem.kind !== "transport") return false;
  return problem.errors.some(({ failure }) => failure === "address-forbidden");
}

/** What the registry demands after a refusal; undefined if the answer is final. */
async function demandAfter(
  attempt: Attempt,
  { url, response }: HostAnswer,
  sent: Sent | undefined,
  context: Context,
): Promise<Demand | undefined> {
  const { status, addressClass } = response;
  // Some registries answer 400 or 403 for a token that has died or that is for another repository.
  const mayBeToken = sent?.token !== undefined && status === 400;
  if (status !== 401 && status !== 403 && !mayBeToken) return undefined;
  const challenge = challengeOf(response);
  const authentication = await demandedBy(attempt, challenge, context);
  noteRefusal(attempt, { sent, authentication, url, status }, context);
  const next = afterRefusal(sent, authentication);
  if (next === "final") return undefined;
  context.traits.update(attempt.host.asked, { authentication });
  context.challenged.set(repositoryKey(attempt), true);
  const scopes = challenge === undefined ? [] : challengeScopes(challenge);
  return { authentication, scopes, url, addressClass, alone: next === "alone", refused: true };
}

/** The demanded authentication: from this answer's challenge, else the host's last one, else that of `GET /v2/`. */
async function demandedBy(
  attempt: Attempt,
  challenge: Challenge | undefined,
  context: Context,
): Promise<Authentication> {
  if (challenge !== undefined) return authenticationOf(challenge);
  const { authentication } = context.traits.get(attempt.host.asked);
  if (authentication !== undefined && authentication.scheme !== "none") return authentication;
  const pinged = await ping(attempt, context);
  return pinged === undefined ? { scheme: "none" } : authenticationOf(pinged);
}

/** Once per host. The scope of this challenge is a placeholder on some hosts, so it is not used. */
async function ping({ host, lookup }: Attempt, context: Context): Promise<Challenge | undefined> {
  const { pings } = context;
  if (!pings.has(host.asked)) {
    const request: HostRequest = { method: "GET", path: "/v2/", headers: {}, maxBytes: 64 * 1024 };
    const prepare = (): Promise<undefined> => Promise.resolve(undefined);
    try {
      const { answer } = await sendToHost(host, request, { prepare, lookup }, context);
      const lines = answer.response.headers["www-authenticate"] ?? [];
      pings.set(host.asked, chooseChallenge(parseChallenges(lines)));
    } catch (error) {
      // The refusal itself matters more than the failure of the request for its reason.
      if (!(error instanceof RegistryError)) throw error;
    }
  }
  return pings.get(host.asked);
}

/** What to do after a refusal: try again, try with a token for this repository only, or give up. */
function afterRefusal(
  sent: Sent | undefined,
  authentication: Authentication,
): "again" | "alone" | "final" {
  if (authentication.scheme === "none") return "final";
  if (sent === undefined) return "again";
  if (sent.token?.kept === true) return "again";
  if (sent.token !== undefined) return sent.token.shared ? "alone" : "final";
  return hasPassword(sent) && authentication.scheme === "bearer" ? "again" : "final";
}

function hasPassword({ credential }: Sent): boolean {
  return credential !== undefined && credential.secret.kind !== "registry-token";
}

interface Refusal {
  readonly sent: Sent | undefined;
  readonly authentication: Authentication;
  readonly url: URL;
  readonly status: number;
}

/** Remembers what was refused: a token is forgotten, a password is not sent again and again, which would lock the account. */
function noteRefusal(
  attempt: Attempt,
  { sent, authentication, url, status }: Refusal,
  { tokens, trials }: Context,
): void {
  if (sent === undefined || authentication.scheme === "none") return;
  if (sent.token !== undefined) tokens.drop(sent.token.token);
  else if (sent.credential !== undefined && authentication.scheme === "basic" && status === 401) {
    if (!hasPassword(sent)) return;
    const refusal = { kind: "denied", status, at: "registry", error: undefined } as const;
    const at = `${url.origin}${url.pathname}`;
    trials.refuse(trialOf(attempt, sent.credential), { ...refusal, url: at });
  }
}

/** Learns from an answer that was no refusal: whether one token may be for several repositories. */
function noteSuccess(
  attempt: Attempt,
  { response }: HostAnswer,
  sent: Sent | undefined,
  { traits, trials }: Context,
): void {
  const good = response.status < 400 || response.status === 404;
  if (!good || sent === undefined) return;
  if (sent.credential !== undefined && sent.token === undefined) {
    trials.accept(trialOf(attempt, sent.credential));
  }
  const { host } = attempt;
  if (sent.token === undefined || traits.get(host.asked).scopes === "any") return;
  if (sent.token.alone) traits.update(host.asked, { scopes: "single" });
  // A server that reads the first scope alone would have refused the others.
  if (sent.token.shared && sent.token.scopes[0] !== ownScope(attempt)) {
    traits.update(host.asked, { scopes: "multi" });
  }
}

function reportOf(attempt: Attempt): AuthenticationReport {
  const { found, host, sentCredential, untrustedAuthHost, lookup } = attempt;
  return {
    registry: credentialHost(host),
    credential: sentCredential?.origin,
    lookedIn: found?.lookedIn ?? [],
    unusedKey: found?.unusedKey,
    untrustedAuthHost,
    notices: [...new Set([...(found?.notices ?? []), ...lookup.notices])],
  };
}
