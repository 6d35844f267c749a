// Bearer tokens: kept in memory while they are valid, requested together where a host allows it.

import type { AddressClass, Clock } from "../environment.ts";
import type { TokenAnswer } from "./bearerToken.ts";
import { createBoundedMap, type BoundedMap } from "./boundedMap.ts";
import { createBudget, unlessAborted } from "./budget.ts";
import type { Credential } from "./credential.ts";
import type { CredentialTrials, Trial } from "./credentialTrials.ts";
import type { Lookup } from "./exchange.ts";
import type { HostTraitsStore } from "./hostTraits.ts";
import { RegistryError } from "./registryError.ts";
import { mostUrgent, type Priority } from "./requestQueue.ts";
import { getUrl, requestToken, type TokenRequestParts } from "./tokenRequest.ts";

/** A request for a token of one repository. */
export interface TokenWish {
  /** The registry's host, whose traits say whether one token may be for several repositories. */
  readonly host: string;
  readonly endpoint: URL;
  readonly service: string | undefined;
  readonly reach: AddressClass;
  /** Whether a client certificate may identify the user to the endpoint. */
  readonly mayIdentify: boolean;
  /** `repository:<name>:pull` first, then the other scopes of the challenge. */
  readonly scopes: readonly string[];
  readonly credential: Credential | undefined;
  /** Whether the token must be for this repository only, whatever the host allows. */
  readonly alone: boolean;
  /** Whether no other lookup uses this host now, so that there is nothing to wait for. */
  readonly quiet: boolean;
}

export interface BearerToken {
  readonly token: string;
  /** The requested scopes, in that order. */
  readonly scopes: readonly string[];
  /** Whether it was kept from an earlier request, so that the registry may have forgotten it. */
  readonly kept: boolean;
}

export interface BearerTokens {
  get(wish: TokenWish, lookup: Lookup): Promise<BearerToken>;
  /** Forgets a token that the registry refused. */
  drop(token: string): void;
  clear(): void;
}

export interface TokenParts extends TokenRequestParts {
  readonly traits: HostTraitsStore;
  readonly trials: CredentialTrials;
  readonly timeoutMs: () => number;
}

interface KeptToken {
  readonly token: string;
  readonly scopes: readonly string[];
  /** On the monotonic clock. */
  readonly until: number;
}

/** Wishes that can share requests: the same endpoint, service and credential. */
interface Group {
  tokens: KeptToken[];
  /** Wishes that are collected until the window closes. */
  waiting: Waiting[];
  /** Requests on their way. */
  batches: Batch[];
  scheduled: boolean;
}

interface Batch {
  readonly scopes: readonly string[];
  readonly members: Waiting[];
}

interface Waiting {
  readonly wish: TokenWish;
  readonly lookup: Lookup;
  readonly resolve: (token: BearerToken) => void;
  readonly reject: (error: unknown) => void;
}

/** How long wishes are collected before they are requested together. */
const windowMs = 15;
const maxScopes = 20;
const maxUrlLength = 4096;
/** Below this, repositories are requested one by one, unless the host is known to allow more. */
const worthTrying = 3;
const maxGroups = 256;
const maxTokensOfGroup = 512;

export function createBearerTokens(parts: TokenParts): BearerTokens {
  const groups = createBoundedMap<Group>(maxGroups);
  return {
    get(wish, lookup) {
      const group = groupOf(groups, wish);
      const kept = keptFor(group, wish, parts);
      if (kept !== undefined) {
        return Promise.resolve({ token: kept.token, scopes: kept.scopes, kept: true });
      }
      const work = new Promise<BearerToken>((resolve, reject) => {
        enqueue(group, { wish, lookup, resolve, reject }, parts);
      });
      return unlessAborted(work, lookup.signal);
    },
    drop(token) {
      for (const group of groups.values()) {
        group.tokens = group.tokens.filter((kept) => kept.token !== token);
      }
    },
    clear: () => groups.clear(),
  };
}

function groupOf(
  groups: BoundedMap<Group>,
  { host, endpoint, service, credential, mayIdentify }: TokenWish,
): Group {
  const key = JSON.stringify([host, endpoint.href, service, credential?.id, mayIdentify]);
  const group = groups.get(key) ?? {
    tokens: [],
    waiting: [],
    batches: [],
    scheduled: false,
  };
  groups.set(key, group);
  return group;
}

function keptFor(group: Group, wish: TokenWish, parts: TokenParts): KeptToken | undefined {
  const now = parts.clock.monotonic();
  group.tokens = group.tokens.filter(({ until }) => until > now);
  return group.tokens.findLast(({ scopes }) => covers(scopes, wish, parts));
}

/** Whether a token for `scopes` is good for the wish on this host. */
function covers(scopes: readonly string[], wish: TokenWish, { traits }: TokenParts): boolean {
  const allowed = wish.alone ? "single" : traits.get(wish.host).scopes;
  if (allowed === "any") return true;
  if (allowed === "single" && scopes.length !== wish.scopes.length) return false;
  return wish.scopes.every((scope) => scopes.includes(scope));
}

function enqueue(group: Group, waiting: Waiting, parts: TokenParts): void {
  const { wish } = waiting;
  const underWay = group.batches.find(
    ({ scopes, members }) => covers(scopes, wish, parts) && members.some(isWanted),
  );
  if (underWay !== undefined) {
    underWay.members.push(waiting);
    return;
  }
  if (wish.alone) {
    void serve(group, [waiting], parts);
    return;
  }
  group.waiting.push(waiting);
  if (group.scheduled) return;
  group.scheduled = true;
  parts.clock.schedule(wish.quiet ? 0 : windowMs, () => {
    const collected = group.waiting.filter(isWanted);
    group.waiting = [];
    group.scheduled = false;
    for (const members of divide(collected, parts)) void serve(group, members, parts);
  });
}

function isWanted({ lookup }: Waiting): boolean {
  return !lookup.signal.aborted;
}

/** Wishes for the same scopes stand together; others do where the host may allow it. */
function divide(waiting: readonly Waiting[], { traits }: TokenParts): readonly Waiting[][] {
  const [first] = waiting;
  if (first === undefined) return [];
  const allowed = traits.get(first.wish.host).scopes;
  if (allowed === "any") return [[...waiting]];
  const sets = byScopes(waiting);
  if (allowed === "single" || (allowed === "unknown" && sets.length < worthTrying)) return sets;
  const joined: Waiting[][] = [];
  for (const set of sets) {
    const last = joined.at(-1);
    if (last !== undefined && fits([...last, ...set])) last.push(...set);
    else joined.push(set);
  }
  return joined;
}

function byScopes(waiting: readonly Waiting[]): Waiting[][] {
  const sets = new Map<string, Waiting[]>();
  for (const one of waiting) {
    const key = one.wish.scopes.join(" ");
    sets.set(key, [...(sets.get(key) ?? []), one]);
  }
  return [...sets.values()];
}

function fits(batch: readonly Waiting[]): boolean {
  const scopes = scopesOf(batch);
  const [first] = batch;
  if (first === undefined || scopes.length > maxScopes) return false;
  return getUrl({ ...first.wish, scopes }).href.length <= maxUrlLength;
}

function scopesOf(batch: readonly Waiting[]): readonly string[] {
  return [...new Set(batch.flatMap(({ wish }) => wish.scopes))];
}

/** Requests one token for the batch; if that is refused, one for each repository. */
async function serve(group: Group, members: Waiting[], parts: TokenParts): Promise<void> {
  const [first] = members;
  if (first === undefined) return;
  const batch: Batch = { scopes: scopesOf(members), members };
  const { scopes } = batch;
  const { lookup, done } = sharedLookup(batch, parts);
  group.batches.push(batch);
  const finish = (): void => {
    group.batches = group.batches.filter((other) => other !== batch);
    done();
  };
  const several = scopes.length > first.wish.scopes.length;
  try {
    const question = { ...first.wish, scopes, several };
    const answer = await askInTurn(question, lookup, parts).finally(finish);
    keep(group, answer, scopes, parts.clock);
    for (const { resolve } of members) resolve({ token: answer.token, scopes, kept: false });
  } catch (error) {
    if (several && error instanceof RegistryError && error.problem.kind === "denied") {
      // One private or misspelt image must not break the others.
      await Promise.all(byScopes(members).map((set) => serve(group, set, parts)));
    } else {
      for (const { reject } of members) reject(error);
    }
  }
}

/** A credential that the endpoint has not taken yet is sent by one request at a time, and not again once it is refused. */
async function askInTurn(
  question: TokenWish & { readonly several: boolean },
  lookup: Lookup,
  parts: TokenParts,
): Promise<TokenAnswer> {
  const { host, credential, scopes, several } = question;
  if (credential === undefined) return requestToken(question, lookup, parts);
  const { trials } = parts;
  const trial: Trial = { host, scope: scopes[0] ?? "", credential };
  const end = await trials.begin(trial, lookup.signal);
  try {
    const refusal = trials.refusalOf(trial);
    if (refusal !== undefined) {
      throw new RegistryError({ ...refusal, url: getUrl(question).href }, question.endpoint.host);
    }
    const answer = await requestToken(question, lookup, parts);
    trials.accept(trial);
    return answer;
  } catch (error) {
    // Which of several repositories was refused is unknown.
    if (!several && error instanceof RegistryError && error.problem.kind === "denied") {
      trials.refuse(trial, error.problem);
    }
    throw error;
  } finally {
    end();
  }
}

function keep(group: Group, answer: TokenAnswer, scopes: readonly string[], clock: Clock): void {
  const until = clock.monotonic() + answer.lifeMs;
  group.tokens = [...group.tokens, { token: answer.token, scopes, until }].slice(-maxTokensOfGroup);
}

/** A token request belongs to all who wait for it: as urgent as the most urgent, and over with the last. */
function sharedLookup(
  { members }: Batch,
  { clock, timeoutMs }: TokenParts,
): { lookup: Lookup; done: () => void } {
  const controller = new AbortController();
  // Newcomers join while the request runs, so who has left is looked at again and again.
  const leave = (): void => {
    if (!members.some(isWanted)) controller.abort();
  };
  const cancels = members.map(({ lookup }) => {
    lookup.signal.addEventListener("abort", leave);
    return () => lookup.signal.removeEventListener("abort", leave);
  });
  const priority = (): Priority => mostUrgent(members.map(({ lookup }) => lookup.priority()));
  const budget = createBudget(clock, timeoutMs());
  return {
    lookup: { signal: controller.signal, priority, budget, notices: new Set() },
    done: () => {
      for (const cancel of cancels) cancel();
    },
  };
}
