// Hosts that are left alone for a while: those that limit requests, and those that cannot be reached.

import type { Clock } from "../../environment.ts";
import { createBoundedMap } from "../../base/boundedMap.ts";
import { dateOf, elapsed, momentNow, type Moment } from "../../base/moment.ts";
import { RegistryError } from "../registryError.ts";

export interface HostHealth {
  /**
   * Throws what is known to go wrong with the host, without asking it again.
   * @param identity the credential that would be sent, empty for none: limits differ by it.
   */
  check(host: string, identity: string): void;
  /** The host said that there were too many requests; it is not contacted before `waitMs` have passed. */
  limited(host: string, identity: string, waitMs: number): RegistryError;
  /** No answer came. A host that never answered is closed at once, one that did after three failures in a row. */
  failed(host: string, error: RegistryError): void;
  answered(host: string): void;
  /** Milliseconds without automatic lookups of the host; 0 if it may be contacted now. */
  closedFor(host: string): number;
  /** Hosts that could not be reached may be tried now; limits stand. */
  forgive(host: string): void;
  clear(): void;
}

/** A time in which a host is not contacted. */
interface Closure {
  readonly since: Moment;
  readonly ms: number;
  /** Failures in a row. */
  readonly failures: number;
  readonly error: RegistryError;
}

const failuresToClose = 3;
const firstClosure = 30_000;
const longestClosure = 300_000;
const maxHosts = 512;

export function createHostHealth(clock: Clock): HostHealth {
  const limits = createBoundedMap<{ readonly since: Moment; readonly ms: number }>(maxHosts);
  const closures = createBoundedMap<Closure>(maxHosts);
  const answering = createBoundedMap<true>(maxHosts);
  const limitKey = (host: string, identity: string): string => `${host} ${identity}`;
  const left = (closed: { readonly since: Moment; readonly ms: number } | undefined): number =>
    closed === undefined ? 0 : Math.max(0, closed.ms - elapsed(closed.since, clock));
  const refusal = (host: string, since: Moment, ms: number): RegistryError =>
    new RegistryError({ kind: "rate-limited", retryAt: dateOf(since, clock) + ms }, host);

  return {
    check(host, identity) {
      const limit = limits.get(limitKey(host, identity));
      if (limit !== undefined && left(limit) > 0) throw refusal(host, limit.since, limit.ms);
      const closure = closures.get(host);
      if (closure !== undefined && left(closure) > 0) throw closure.error;
    },
    limited(host, identity, waitMs) {
      const since = momentNow(clock);
      limits.set(limitKey(host, identity), { since, ms: waitMs });
      return refusal(host, since, waitMs);
    },
    failed(host, error) {
      const failures = (closures.get(host)?.failures ?? 0) + 1;
      const rounds = answering.has(host) ? failures - failuresToClose : failures - 1;
      const ms = rounds < 0 ? 0 : closureLength(rounds);
      closures.set(host, { since: momentNow(clock), ms, failures, error });
    },
    answered(host) {
      closures.delete(host);
      answering.set(host, true);
    },
    closedFor: (host) => left(closures.get(host)),
    forgive: (host) => void closures.delete(host),
    clear() {
      limits.clear();
      closures.clear();
      answering.clear();
    },
  };
}

function closureLength(rounds: number): number {
  return Math.min(firstClosure * 2 ** Math.min(rounds, 8), longestClosure);
}
