// One token request for many repositories, where a host allows it: wishes are collected for a moment and sent together.

import { append } from "../../base/append.ts";
import type { Clock } from "../../environment.ts";
import { createBoundedMap } from "../../base/boundedMap.ts";
import { createBudget, unlessAborted } from "../../base/budget.ts";
import type { Lookup } from "../transport/exchange.ts";
import type { HostTraitsStore } from "../transport/hostTraits.ts";
import { RegistryError } from "../registryError.ts";
import { mostUrgent, type Priority } from "../transport/requestQueue.ts";
import { tokenUrl } from "./tokenRequest.ts";
import {
  isGoodFor,
  tokenGroup,
  type GetToken,
  type IssuedToken,
  type TokenWish,
} from "./tokenWish.ts";

export interface SharingParts {
  readonly clock: Clock;
  readonly traits: HostTraitsStore;
  /** The time of one token request: it is not that of a single lookup. */
  readonly timeoutMs: () => number;
}

/** What the functions below share. */
interface Sharing extends SharingParts {
  readonly get: GetToken;
}

/** Wishes that can share requests. */
interface Group {
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
  readonly resolve: (token: IssuedToken) => void;
  readonly reject: (error: unknown) => void;
}

/** How long wishes are collected before they are requested together. */
const windowMs = 15;
const maxScopes = 20;
const maxUrlLength = 4096;
/** Below this, repositories are requested one by one, unless the host is known to allow more. */
const worthTrying = 3;
const maxGroups = 256;

/** Wraps `get`: requests tokens together. `clear` keeps later wishes from joining requests that are on their way. */
export function sharedTokens(
  get: GetToken,
  parts: SharingParts,
): { readonly get: GetToken; readonly clear: () => void } {
  const groups = createBoundedMap<Group>(maxGroups);
  const sharing: Sharing = { ...parts, get };
  return {
    get(wish, lookup) {
      const key = tokenGroup(wish);
      const group = groups.get(key) ?? { waiting: [], batches: [], scheduled: false };
      groups.set(key, group);
      const work = new Promise<IssuedToken>((resolve, reject) => {
        enqueue(group, { wish, lookup, resolve, reject }, sharing);
      });
      return unlessAborted(work, lookup.signal);
    },
    clear: () => groups.clear(),
  };
}

function enqueue(group: Group, waiting: Waiting, sharing: Sharing): void {
  const { wish } = waiting;
  const allowed = sharing.traits.get(wish.host).scopes;
  const underWay = group.batches.find(
    ({ scopes, members }) => isGoodFor(scopes, wish, allowed) && members.some(isWanted),
  );
  if (underWay !== undefined) {
    underWay.members.push(waiting);
    return;
  }
  if (wish.alone) {
    void serve(group, [waiting], sharing);
    return;
  }
  group.waiting.push(waiting);
  if (group.scheduled) return;
  group.scheduled = true;
  sharing.clock.schedule(wish.quiet ? 0 : windowMs, () => {
    const collected = group.waiting.filter(isWanted);
    group.waiting = [];
    group.scheduled = false;
    for (const members of divide(collected, sharing)) void serve(group, members, sharing);
  });
}

function isWanted({ lookup }: Waiting): boolean {
  return !lookup.signal.aborted;
}

/** Wishes for the same scopes stand together; others do where the host may allow it. */
function divide(waiting: readonly Waiting[], { traits }: Sharing): readonly Waiting[][] {
  const [first] = waiting;
  if (first === undefined) return [];
  const allowed = traits.get(first.wish.host).scopes;
  if (allowed === "any") return [[...waiting]];
  const sets = byScopes(waiting);
  if (allowed === "single" || (allowed === "unknown" && sets.length < worthTrying)) return sets;
  const joined: Waiting[][] = [];
  for (const set of sets) {
    const last = joined.at(-1);
    if (last !== undefined && fits([...last, ...set])) append(last, set);
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
  return tokenUrl({ ...first.wish, scopes }).href.length <= maxUrlLength;
}

function scopesOf(batch: readonly Waiting[]): readonly string[] {
  return [...new Set(batch.flatMap(({ wish }) => wish.scopes))];
}

/** Requests one token for the batch; if that is refused, one for each repository. */
async function serve(group: Group, members: Waiting[], sharing: Sharing): Promise<void> {
  const [first] = members;
  if (first === undefined) return;
  const batch: Batch = { scopes: scopesOf(members), members };
  const { scopes } = batch;
  const { lookup, done } = sharedLookup(batch, sharing);
  group.batches.push(batch);
  const finish = (): void => {
    group.batches = group.batches.filter((other) => other !== batch);
    done();
  };
  const several = scopes.length > first.wish.scopes.length;
  try {
    const wish = { ...first.wish, scopes, forSeveral: several };
    const token = await sharing.get(wish, lookup).finally(finish);
    for (const { resolve } of members) resolve(token);
  } catch (error) {
    if (several && error instanceof RegistryError && error.problem.kind === "denied") {
      // One private or misspelt image must not break the others.
      await Promise.all(byScopes(members).map((set) => serve(group, set, sharing)));
    } else {
      for (const { reject } of members) reject(error);
    }
  }
}

/** A token request belongs to all who wait for it: as urgent as the most urgent, and over with the last. */
function sharedLookup(
  { members }: Batch,
  { clock, timeoutMs }: Sharing,
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
