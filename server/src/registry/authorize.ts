// What authenticates a request: a credential, a token obtained with one, or an anonymous token.

import * as l10n from "@vscode/l10n";
import { TransportError, type AddressClass, type Clock } from "../environment.ts";
import { usableToken } from "./bearerToken.ts";
import type { BearerToken, BearerTokens, TokenWish } from "./bearerTokens.ts";
import { unlessAborted, within } from "./budget.ts";
import { basicAuthorization, secretsOf, type Credential } from "./credential.ts";
import type { CredentialTrials, Trial } from "./credentialTrials.ts";
import type { Lookup } from "./exchange.ts";
import type { Authorization } from "./hostRequest.ts";
import type { HostTraitsStore, SignIn } from "./hostTraits.ts";
import type { Keychain, KeychainAnswer } from "./keychain.ts";
import { checkRealm } from "./realm.ts";
import { RegistryError } from "./registryError.ts";
import { mayBePlain, type RegistryHost } from "./registryHost.ts";
import type { SecretsInHand } from "./secretsInHand.ts";
import type { Settings } from "../settings.ts";

export interface AuthorizeParts {
  readonly keychain: Keychain;
  readonly tokens: BearerTokens;
  readonly trials: CredentialTrials;
  readonly traits: HostTraitsStore;
  readonly clock: Clock;
  readonly secrets: SecretsInHand;
  readonly settings: () => Pick<Settings, "registries" | "trustedAuthHosts">;
  /** How many lookups use the host now: with one, there is nothing to share a token request with. */
  readonly lookupsOf: (host: string) => number;
}

/** The state of one lookup while it authenticates for one repository. */
export interface Session {
  readonly host: RegistryHost;
  readonly repository: string;
  readonly lookup: Lookup;
  /** The search for the credential, once it was needed. */
  found: KeychainAnswer | undefined;
  sentCredential: Credential | undefined;
  untrustedAuthHost: string | undefined;
  /** Lets others send the credential that this lookup was the first to send. */
  endTrial: () => void;
}

/** What a token must allow. */
export function ownScope({ host, repository }: Session): string {
  return `repository:${host.pathPrefix}${repository}:pull`;
}

export function trialOf(session: Session, credential: Credential): Trial {
  return { host: session.host.asked, scope: ownScope(session), credential };
}

/** An authorization, and what is needed to react when the registry refuses it. */
export interface Sent extends Authorization {
  readonly credential: Credential | undefined;
  readonly token: SentToken | undefined;
}

export interface SentToken extends BearerToken {
  /** Whether it was requested together with other repositories. */
  readonly shared: boolean;
  /** Whether it was requested for this repository only, after a shared one was refused. */
  readonly alone: boolean;
}

/** The authentication that the host demands for this request. */
export interface Demand {
  readonly signIn: SignIn;
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
  session: Session,
  demand: Demand,
  parts: AuthorizeParts,
): Promise<Sent | undefined> {
  if (demand.signIn.scheme === "none") return undefined;
  const found = await credentialOf(session, demand.refused, parts);
  if (found === "needs-helper") {
    parts.traits.update(session.host.asked, { usesHelper: true });
    return undefined;
  }
  const { credential } = found;
  const secret = credential?.secret;
  if (secret?.kind === "registry-token") {
    const token = usableToken(secret.token);
    return token === undefined ? undefined : sentAs(session, `Bearer ${token}`, credential);
  }
  if (demand.signIn.scheme === "basic") return authorizeByPassword(session, credential, parts);
  return authorizeByToken(session, { ...demand, signIn: demand.signIn }, credential, parts);
}

/** Whoever waited for another's trial of the same password does not send it when it was refused. */
async function authorizeByPassword(
  session: Session,
  credential: Credential | undefined,
  { trials }: AuthorizeParts,
): Promise<Sent | undefined> {
  const header = credential === undefined ? undefined : basicAuthorization(credential.secret);
  if (credential === undefined || header === undefined) return undefined;
  const trial = trialOf(session, credential);
  session.endTrial();
  session.endTrial = await trials.begin(trial, session.lookup.signal);
  if (trials.refusalOf(trial) === undefined) return sentAs(session, header, credential);
  goWithout(session, credential, trials);
  return undefined;
}

function sentAs(session: Session, header: string, credential: Credential | undefined): Sent {
  session.sentCredential = credential;
  return { header, identity: credential?.id ?? "", credential, token: undefined };
}

/** Finds the credential, once per lookup, by the registry as the user named it: no server has a say in that. */
async function credentialOf(
  session: Session,
  mayRunHelper: boolean,
  { keychain, traits, trials, secrets }: AuthorizeParts,
): Promise<{ readonly credential: Credential | undefined } | "needs-helper"> {
  const { host, repository, lookup } = session;
  const registry = host.isMirror ? host.asked : host.registry;
  const target = { registry, repository: `${host.pathPrefix}${repository}` };
  const { signal } = lookup;
  const found =
    session.found ??
    (await unlessAborted(keychain.credentialFor(target, signal, mayRunHelper), signal));
  if (found === "needs-helper") return found;
  session.found = found;
  const { credential } = found;
  for (const secret of secretsOf(credential?.secret)) secrets.add(secret);
  traits.update(host.asked, { usesHelper: credential?.origin.helper !== undefined });
  if (credential === undefined || trials.refusalOf(trialOf(session, credential)) === undefined) {
    return { credential };
  }
  goWithout(session, credential, trials);
  return { credential: undefined };
}

/**
 * Notes that the lookup goes on without its credential, which was refused. Throws the refusal where Knative would
 * not go on: it signs in with a pull secret or fails.
 */
function goWithout(session: Session, credential: Credential, trials: CredentialTrials): void {
  const { host, repository, lookup } = session;
  const { registry } = host;
  session.sentCredential = credential;
  const refusal = trials.refusalOf(trialOf(session, credential));
  if (refusal !== undefined && !mayGoWithout(credential))
    throw new RegistryError(refusal, host.asked);
  lookup.notices.add(
    trials.isWrong(trialOf(session, credential))
      ? l10n.t(
          "{0} rejected the saved credentials, so the lookup was anonymous: run docker login {0} again.",
          registry,
        )
      : l10n.t(
          "{0} rejected the saved credentials for {1}, so the lookup was anonymous.",
          registry,
          repository,
        ),
  );
}

type BearerDemand = Demand & { readonly signIn: SignIn & { readonly scheme: "bearer" } };

async function authorizeByToken(
  session: Session,
  demand: BearerDemand,
  credential: Credential | undefined,
  parts: AuthorizeParts,
): Promise<Sent> {
  const wish = wishFor(session, demand, credential, parts);
  const { token, credential: used } = await tokenOrAnonymous(session, wish, parts);
  const shared = token.scopes.some((scope) => !wish.scopes.includes(scope));
  const sent = { ...token, shared, alone: demand.alone };
  return {
    header: `Bearer ${token.token}`,
    identity: used?.id ?? "",
    credential: used,
    token: sent,
  };
}

function wishFor(
  session: Session,
  demand: BearerDemand,
  credential: Credential | undefined,
  parts: AuthorizeParts,
): TokenWish {
  const { host } = session;
  const { registries, trustedAuthHosts } = parts.settings();
  const realm = checkRealm({
    realm: demand.signIn.realm,
    registry: demand.url,
    addressClass: demand.addressClass,
    ownReach: "loopback",
    // What is trusted with the registry's credential is not trusted with that of its mirror.
    registryName: host.isMirror ? host.asked : host.registry,
    mayBePlain: (name) => mayBePlain(name, registries),
    trusted: trustedAuthHosts,
  });
  if (realm.kind === "refused") {
    const problem = { kind: "invalid-response", reason: "realm-refused", status: 401 } as const;
    throw new RegistryError(problem, realm.host === "" ? host.asked : realm.host);
  }
  if (
    credential !== undefined &&
    !realm.mayHaveCredential &&
    !parts.secrets.areIn(realm.url.host, demand.url.host)
  ) {
    session.untrustedAuthHost = realm.url.host;
  }
  return {
    host: host.asked,
    endpoint: realm.url,
    service: demand.signIn.service,
    reach: realm.reach,
    mayIdentify: realm.mayHaveCredential,
    scopes: [...new Set([ownScope(session), ...demand.scopes])],
    credential: realm.mayHaveCredential ? credential : undefined,
    alone: demand.alone,
    quiet: parts.lookupsOf(host.asked) < 2,
  };
}

/** Gets a token; if the credential is refused, an anonymous one: dead credentials must not hide a public image. */
async function tokenOrAnonymous(
  session: Session,
  wish: TokenWish,
  parts: AuthorizeParts,
): Promise<{ token: BearerToken; credential: Credential | undefined }> {
  const { lookup } = session;
  const get = (one: TokenWish): Promise<BearerToken> => getInTime(one, lookup, parts);
  const { credential } = wish;
  if (credential === undefined) return { token: await get(wish), credential };
  session.sentCredential = credential;
  try {
    return { token: await get(wish), credential };
  } catch (error) {
    if (!isRefusal(error) || !mayGoWithout(credential)) throw error;
    goWithout(session, credential, parts.trials);
    // The error of the anonymous attempt would hide that the saved credentials were rejected.
    const token = await get({ ...wish, credential: undefined }).catch(() => {
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

/** Whether the lookup may go on without the credential once it was refused. */
function mayGoWithout({ origin }: Credential): boolean {
  return origin.source !== "pull-secret";
}

function isRefusal(error: unknown): boolean {
  return error instanceof RegistryError && error.problem.kind === "denied";
}
