// Hosts that are left alone for a while: those that limit requests, and those that cannot be reached.

import type { Clock } from "../environment.ts";
import { RegistryError } from "./registryError.ts";

export interface HostHealth {
  /**
   * Throws what is known to go wrong with the host, without asking it again.
   * @param identity the credential that would be sent, empty for none: limits differ by it.
   */
  check(host: string, identity: string): void;
  /** The host said that there were too many requests; it is asked again after `retryAt` (1970). */
  limited(host: string, identity: string, retryAt: number): RegistryError;
  /** No answer came. A host that never answered is closed at once, one that did after three failures in a row. */
  failed(host: string, error: RegistryError): void;
  answered(host: string): void;
  /** Milliseconds since 1970 before which the host is not asked by itself. */
  closedUntil(host: string): number;
  /** A person asks again: hosts that could not be reached are tried anew, limits stand. */
  forgive(host?: string): void;
  clear(): void;
}

interface Closure {
  readonly error: RegistryError;
  failures: number;
  /** Milliseconds since 1970. */
  until: number;
}

const failuresToClose = 3;
const firstClosure = 30_000;
const longestClosure = 300_000;
const maxHosts = 512;

export function createHostHealth(clock: Clock): HostHealth {
  const limits = new Map<string, { readonly error: RegistryError; readonly until: number }>();
  const closures = new Map<string, Closure>();
  const answering = new Set<string>();
  const limitKey = (host: string, identity: string): string => `${host} ${identity}`;

  return {
    check(host, identity) {
      const limit = limits.get(limitKey(host, identity));
      if (limit !== undefined && limit.until > clock.now()) throw limit.error;
      const closure = closures.get(host);
      if (closure !== undefined && closure.until > clock.now()) throw closure.error;
    },
    limited(host, identity, retryAt) {
      const error = new RegistryError({ kind: "rate-limited", retryAt }, host);
      limits.set(limitKey(host, identity), { error, until: retryAt });
      dropOldest(limits);
      return error;
    },
    failed(host, error) {
      const failures = (closures.get(host)?.failures ?? 0) + 1;
      const rounds = answering.has(host) ? failures - failuresToClose : failures - 1;
      const until = rounds < 0 ? 0 : clock.now() + closureLength(rounds);
      closures.delete(host);
      closures.set(host, { error, failures, until });
      dropOldest(closures);
    },
    answered(host) {
      closures.delete(host);
      if (answering.size >= maxHosts) answering.clear();
      answering.add(host);
    },
    closedUntil: (host) => closures.get(host)?.until ?? 0,
    forgive(host) {
      if (host === undefined) closures.clear();
      else closures.delete(host);
    },
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

function dropOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    if (map.size <= maxHosts) return;
    map.delete(key);
  }
}
