// What authenticates a request: a credential, a token obtained with one, or an anonymous token.

import { TransportError, type AddressClass, type Clock } from "../../environment.ts";
import type { Settings } from "../../settings.ts";
import { ownScope, trialOf, type Attempt } from "./attempt.ts";
import { usableToken } from "./bearerToken.ts";
import { within } from "../../base/budget.ts";
import { basicAuthorization, type Credential } from "../credentials/credential.ts";
import type { CredentialTrials } from "./credentialTrials.ts";
import type { Lookup } from "../transport/exchange.ts";
import type { Authorization } from "../transport/hostRequest.ts";
import type { Authentication } from "../transport/hostTraits.ts";
import type { BearerToken, BearerTokens } from "./keptTokens.ts";
import {
  goWithout,
  mayGoWithout,
  ownCredential,
  type OwnCredentialParts,
} from "./ownCredential.ts";
import { checkRealm, type Realm } from "./realm.ts";
import { RegistryError } from "../registryError.ts";
import { mayBePlain } from "../registryHost.ts";
import type { TokenWish } from "./tokenWish.ts";

export interface AuthorizeParts extends OwnCredentialParts {
  readonly tokens: BearerTokens;
  readonly clock: Clock;
  readonly settings: () => Pick<Settings, "registries" | "trustedAuthHosts">;
  /** How many lookups use the host now: with one, there is nothing to share a token request with. */
  readonly lookupsOf: (host: string) => number;
}

/** An authorization, and what is needed to react when the registry refuses it. */
export interface Sent extends Authorization {
  readonly credential: Credential | undefined;
  readonly token: SentToken | undefined;
}

interface SentToken extends BearerToken {
  /** Whether it was requested together with other repositories. */
  readonly shared: boolean;
  /** Whether it was requested for this repository only, after a shared one was refused. */
  readonly alone: boolean;
}

/** The authentication that the host demands for this request. */
export interface Demand {
  readonly authentication: Authentication;
  /** What the challenge named. */
  readonly scopes: readonly string[];
  /** Where the challenge came from. */
  readonly url: URL;
  readonly addressClass: AddressClass;
  readonly alone: boolean;
  /** Whether the host refused in this session: only then a credential helper may be run. */
  readonly refused: boolean;
}

/** The authorization for a demand; undefined where there is none to send. Throws where a token is refused. */
export async function authorize(
  attempt: Attempt,
  demand: Demand,
  parts: AuthorizeParts,
): Promise<Sent | undefined> {
  const { authentication } = demand;
  if (authentication.scheme === "none") return undefined;
  const found = await ownCredential(attempt, demand.refused, parts);
  if (found === "needs-helper") {
    parts.traits.update(attempt.host.asked, { usesHelper: true });
    return undefined;
  }
  const { credential } = found;
  if (credential?.secret.kind === "registry-token") {
    const token = usableToken(credential.secret.token);
    return token === undefined ? undefined : sentAs(attempt, `Bearer ${token}`, credential);
  }
  if (authentication.scheme === "basic") return authorizeByPassword(attempt, credential, parts);
  return authorizeByToken(attempt, { ...demand, authentication }, credential, parts);
}

/** A lookup that waited while another tried the same password does not send it when it was refused. */
async function authorizeByPassword(
  attempt: Attempt,
  credential: Credential | undefined,
  { trials }: { readonly trials: CredentialTrials },
): Promise<Sent | undefined> {
  const header = credential === undefined ? undefined : basicAuthorization(credential.secret);
  if (credential === undefined || header === undefined) return undefined;
  const trial = trialOf(attempt, credential);
  attempt.endTurn();
  attempt.endTurn = await trials.begin(trial, attempt.lookup.signal);
  if (trials.refusalOf(trial) === undefined) return sentAs(attempt, header, credential);
  goWithout(attempt, credential, trials);
  return undefined;
}

function sentAs(attempt: Attempt, header: string, credential: Credential): Sent {
  attempt.sentCredential = credential;
  return { header, identity: credential.id, credential, token: undefined };
}

type BearerDemand = Demand & {
  readonly authentication: Authentication & { readonly scheme: "bearer" };
};

async function authorizeByToken(
  attempt: Attempt,
  demand: BearerDemand,
  credential: Credential | undefined,
  parts: AuthorizeParts,
): Promise<Sent> {
  const realm = usableRealm(attempt, demand, parts);
  const isUntrusted = credential !== undefined && !realm.mayHaveCredential;
  if (isUntrusted && !parts.secrets.areIn(realm.url.host, demand.url.host)) {
    attempt.untrustedAuthHost = realm.url.host;
  }
  const { host } = attempt;
  const wish: TokenWish = {
    host: host.asked,
    endpoint: realm.url,
    service: demand.authentication.service,
    reach: realm.reach,
    mayIdentify: realm.mayHaveCredential,
    scopes: [...new Set([ownScope(attempt), ...demand.scopes])],
    credential: realm.mayHaveCredential ? credential : undefined,
    alone: demand.alone,
    quiet: parts.lookupsOf(host.asked) < 2,
  };
  const { token, credential: used } = await tokenOrAnonymous(attempt, wish, parts);
  const shared = token.scopes.some((scope) => !wish.scopes.includes(scope));
  return {
    header: `Bearer ${token.token}`,
    identity: used?.id ?? "",
    credential: used,
    token: { ...token, shared, alone: demand.alone },
  };
}

/** The token service of a challenge; throws where it must not be contacted. */
function usableRealm(
  { host }: Attempt,
  { authentication, url, addressClass }: BearerDemand,
  { settings }: AuthorizeParts,
): Realm & { readonly kind: "usable" } {
  const { registries, trustedAuthHosts } = settings();
  const realm = checkRealm({
    realm: authentication.realm,
    registry: url,
    addressClass,
    ownReach: "loopback",
    // What is trusted with the registry's credential is not trusted with that of its mirror.
    registryName: host.isMirror ? host.asked : host.registry,
    mayBePlain: (name) => mayBePlain(name, registries),
    trusted: trustedAuthHosts,
  });
  if (realm.kind === "usable") return realm;
  const problem = { kind: "invalid-response", reason: "realm-refused", status: 401 } as const;
  throw new RegistryError(problem, realm.host === "" ? host.asked : realm.host);
}

/** Gets a token; if the credential is refused, an anonymous one: dead credentials must not hide a public image. */
async function tokenOrAnonymous(
  attempt: Attempt,
  wish: TokenWish,
  parts: AuthorizeParts,
): Promise<{ token: BearerToken; credential: Credential | undefined }> {
  const { lookup } = attempt;
  const { credential } = wish;
  if (credential === undefined) return { token: await getInTime(wish, lookup, parts), credential };
  attempt.sentCredential = credential;
  try {
    return { token: await getInTime(wish, lookup, parts), credential };
  } catch (error) {
    if (!isRefusal(error) || !mayGoWithout(credential)) throw error;
    goWithout(attempt, credential, parts.trials);
    const anonymous = { ...wish, credential: undefined };
    // The error of the anonymous attempt would hide that the saved credentials were rejected.
    const token = await getInTime(anonymous, lookup, parts).catch(() => {
      throw error;
    });
    return { token, credential: undefined };
  }
}

/** The token request has its own time; this lookup waits for it no longer than its own lasts. */
async function getInTime(
  wish: TokenWish,
  lookup: Lookup,
  { tokens, clock }: AuthorizeParts,
): Promise<BearerToken> {
  const { signal } = lookup;
  try {
    return await lookup.budget.spend((timeoutMs) =>
      within(tokens.get(wish, lookup), timeoutMs, { clock, signal }),
    );
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const { host, href } = wish.endpoint;
    const problem = { kind: "transport", errors: [error], url: href } as const;
    throw new RegistryError(problem, host, undefined, error);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof RegistryError && error.problem.kind === "denied";
}
