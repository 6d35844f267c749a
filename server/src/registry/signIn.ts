// Requests to a registry with the sign-in it asks for: what to send first, and what after a refusal.

import {
  authorize,
  ownScope,
  trialOf,
  type AuthorizeParts,
  type Sent,
  type Session,
} from "./authorize.ts";
import { challengeScopes, chooseChallenge, parseChallenges, type Challenge } from "./challenge.ts";
import type { Lookup } from "./exchange.ts";
import {
  challengeOf,
  sendToHost,
  signInOf,
  type HostAnswer,
  type HostRequest,
  type HostRequestParts,
} from "./hostRequest.ts";
import type { SignIn } from "./hostTraits.ts";
import { followRedirects } from "./redirects.ts";
import { RegistryError, type SignInReport } from "./registryError.ts";
import { urlAt, type RegistryHost } from "./registryHost.ts";

export interface SignInParts extends HostRequestParts, AuthorizeParts {
  readonly memory: SignInMemory;
}

/** What this session remembers of authentication, in addition to a host's traits. */
export interface SignInMemory {
  /** Repositories that demanded authentication, on hosts that serve others without. */
  readonly challenged: Set<string>;
  /** What `GET /v2/` said, by host. */
  readonly pings: Map<string, Challenge | undefined>;
  readonly clear: () => void;
}

export function createSignInMemory(): SignInMemory {
  const challenged = new Set<string>();
  const pings = new Map<string, Challenge | undefined>();
  const clear = (): void => {
    challenged.clear();
    pings.clear();
  };
  return { challenged, pings, clear };
}

export interface SignedAnswer extends HostAnswer {
  readonly report: SignInReport;
  /** Whether the request needed a token that the registry demanded. */
  readonly byToken: boolean;
}

/** At most three: with a kept token, with one shared by several repositories, with one for this repository only. */
const maxRounds = 3;

/**
 * Sends a request to a registry and authenticates as its answers demand. Returns the last answer, whatever its status.
 * Throws a `RegistryError` if there was no answer, with a report of the authentication tried.
 */
export async function sendSigned(
  target: { readonly host: RegistryHost; readonly repository: string },
  request: HostRequest,
  lookup: Lookup,
  parts: SignInParts,
): Promise<SignedAnswer> {
  const session: Session = {
    ...target,
    lookup,
    found: undefined,
    sentCredential: undefined,
    untrustedAuthHost: undefined,
    endTrial: () => undefined,
  };
  try {
    let prepare = (): Promise<Sent | undefined> => authorizeAhead(session, parts);
    for (let round = 0; ; round += 1) {
      const { answer, sent } = await sendToHost(target.host, request, { prepare, lookup }, parts);
      const next =
        round < maxRounds ? await authorizeAgain(session, answer, sent, parts) : undefined;
      if (next === undefined) {
        noteSuccess(session, answer, sent, parts);
        session.endTrial();
        const options = { authorization: sent, lookup };
        const last = await followRedirects(answer, request, options, parts);
        const byToken = sent?.token !== undefined && wasChallenged(session, parts);
        return { ...last, report: reportOf(session), byToken };
      }
      prepare = () => Promise.resolve(next);
    }
  } catch (error) {
    if (!(error instanceof RegistryError) || error.signIn !== undefined) throw error;
    throw new RegistryError(error.problem, error.host, reportOf(session), error);
  } finally {
    session.endTrial();
  }
}

function reportOf({ found, sentCredential, untrustedAuthHost, lookup }: Session): SignInReport {
  return {
    credential: sentCredential?.origin,
    lookedIn: found?.lookedIn ?? [],
    unusedKey: found?.unusedKey,
    untrustedAuthHost,
    notices: [...new Set([...(found?.notices ?? []), ...lookup.notices])],
  };
}

function repositoryKey({ host, repository }: Session): string {
  return `${host.asked}/${host.pathPrefix}${repository}`;
}

/** Whether the registry refused the repository without a token in this session. */
function wasChallenged(session: Session, { memory }: SignInParts): boolean {
  return memory.challenged.has(repositoryKey(session));
}

/** Authenticates with what is remembered of the host, to save the request that only gets a challenge. */
async function authorizeAhead(session: Session, parts: SignInParts): Promise<Sent | undefined> {
  const traits = parts.traits.get(session.host.asked);
  const { signIn, scheme } = traits;
  // Where `/v2/` demands no authentication, only a repository's own refusal shows that it does.
  const isOpen = traits.servesAnonymously || traits.ping?.status === 200;
  if (signIn === undefined || (isOpen && !wasChallenged(session, parts))) return undefined;
  const url = urlAt(session.host, scheme ?? "https", "/v2/");
  const { addressClass } = traits;
  const demand = { signIn, scopes: [], url, alone: false, refused: addressClass !== undefined };
  if (addressClass !== undefined) return authorize(session, { ...demand, addressClass }, parts);
  try {
    // Where the registry lies is not known yet in this session, so its realm must be public.
    return await authorize(session, { ...demand, addressClass: "public" }, parts);
  } catch (error) {
    if (error instanceof RegistryError && isOfRealm(error)) return undefined;
    throw error;
  }
}

function isOfRealm({ problem }: RegistryError): boolean {
  if (problem.kind === "invalid-response") return problem.reason === "realm-refused";
  if (problem.kind !== "transport") return false;
  return problem.errors.some(({ failure }) => failure === "address-forbidden");
}

/** The next authorization after a refusal; undefined if there is none left. */
async function authorizeAgain(
  session: Session,
  { url, response }: HostAnswer,
  sent: Sent | undefined,
  parts: SignInParts,
): Promise<Sent | undefined> {
  const { status, addressClass } = response;
  // Some registries answer 400 or 403 for a token that has died or that is for another repository.
  const mayBeToken = sent?.token !== undefined && status === 400;
  if (status !== 401 && status !== 403 && !mayBeToken) return undefined;
  const challenge = challengeOf(response);
  const signIn = await demandOf(session, challenge, parts);
  const verdict = judge(session, sent, signIn, { url, status, parts });
  if (verdict === "final") return undefined;
  parts.traits.update(session.host.asked, { signIn });
  parts.memory.challenged.add(repositoryKey(session));
  const scopes = challenge === undefined ? [] : challengeScopes(challenge);
  const alone = verdict === "alone";
  return authorize(session, { signIn, scopes, url, addressClass, alone, refused: true }, parts);
}

/** The demanded authentication: from this answer's challenge, else the host's last one, else that of `GET /v2/`. */
async function demandOf(
  session: Session,
  challenge: Challenge | undefined,
  parts: SignInParts,
): Promise<SignIn> {
  if (challenge !== undefined) return signInOf(challenge);
  const { signIn } = parts.traits.get(session.host.asked);
  if (signIn !== undefined && signIn.scheme !== "none") return signIn;
  const pinged = await ping(session, parts);
  return pinged === undefined ? { scheme: "none" } : signInOf(pinged);
}

/** Once per host. The scope of this challenge is a placeholder on some hosts, so it is not used. */
async function ping({ host, lookup }: Session, parts: SignInParts): Promise<Challenge | undefined> {
  const { pings } = parts.memory;
  if (!pings.has(host.asked)) {
    const request: HostRequest = { method: "GET", path: "/v2/", headers: {}, maxBytes: 64 * 1024 };
    const prepare = (): Promise<undefined> => Promise.resolve(undefined);
    try {
      const { answer } = await sendToHost(host, request, { prepare, lookup }, parts);
      const lines = answer.response.headers["www-authenticate"] ?? [];
      pings.set(host.asked, chooseChallenge(parseChallenges(lines)));
    } catch (error) {
      // The refusal itself matters more than the failure of the request for its reason.
      if (!(error instanceof RegistryError)) throw error;
    }
  }
  return pings.get(host.asked);
}

/** Decides after a refusal: try again, try with a token for this repository only, or give up. */
function judge(
  session: Session,
  sent: Sent | undefined,
  signIn: SignIn,
  answer: { readonly url: URL; readonly status: number; readonly parts: SignInParts },
): "again" | "alone" | "final" {
  const { url, status, parts } = answer;
  if (signIn.scheme === "none") return "final";
  if (sent === undefined) return "again";
  if (sent.token !== undefined) {
    parts.tokens.drop(sent.token.token);
    if (sent.token.kept) return "again";
    return sent.token.shared ? "alone" : "final";
  }
  const { credential } = sent;
  if (credential === undefined || credential.secret.kind === "registry-token") return "final";
  if (signIn.scheme === "bearer") return "again";
  // The same wrong password again and again would lock the account.
  if (status === 401) {
    const refusal = { kind: "denied", status, at: "registry", error: undefined } as const;
    const at = `${url.origin}${url.pathname}`;
    parts.trials.refuse(trialOf(session, credential), { ...refusal, url: at });
  }
  return "final";
}

/** Learns from an answer that was no refusal: whether one token may be for several repositories. */
function noteSuccess(
  session: Session,
  { response }: HostAnswer,
  sent: Sent | undefined,
  { traits, trials }: SignInParts,
): void {
  const good = response.status < 400 || response.status === 404;
  if (!good || sent === undefined) return;
  if (sent.credential !== undefined && sent.token === undefined) {
    trials.accept(trialOf(session, sent.credential));
  }
  const { host } = session;
  if (sent.token === undefined || traits.get(host.asked).scopes === "any") return;
  if (sent.token.alone) traits.update(host.asked, { scopes: "single" });
  // A server that reads the first scope alone would have refused the others.
  if (sent.token.shared && sent.token.scopes[0] !== ownScope(session)) {
    traits.update(host.asked, { scopes: "multi" });
  }
}
