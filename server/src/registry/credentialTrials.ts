// What hosts said of credentials in this session: taken, refused, or not tried yet.

import type { Clock } from "../environment.ts";
import { unlessAborted } from "./budget.ts";
import type { Credential } from "./credential.ts";

/** Where a credential is used: a host, and what is wanted of it, `repository:<name>:pull`. */
export interface Trial {
  readonly host: string;
  readonly scope: string;
  readonly credential: Credential;
}

export interface CredentialTrials {
  /**
   * Resolves when this credential may be sent: at once where the host has taken or refused it before, else when nobody
   * else is trying it. Many questions must not send one wrong password many times, which locks accounts.
   * @returns ends the turn; to be called once the answer was noted
   */
  begin(trial: Trial, signal: AbortSignal): Promise<() => void>;
  /** The host took it: a refusal of one repository says nothing of the credential. */
  accept(trial: Trial): void;
  /** The host refused it. 401 says that it is wrong; another status may mean this repository alone. */
  refuse(trial: Trial, status: number): void;
  /** Whether the host refused it, for this repository or altogether, in the last ten minutes. */
  isRefused(trial: Trial): boolean;
  /** Whether the host refused it altogether. */
  isWrong(trial: Trial): boolean;
  clear(): void;
}

const refusedMs = 10 * 60_000;
/** Some hosts answer 403 for a wrong credential, too: as many repositories, and none granted, mean that. */
const refusalsToBelieve = 3;
const maxKept = 512;

export function createCredentialTrials({ monotonic }: Clock): CredentialTrials {
  const accepted = new Map<string, true>();
  /** By credential, the times until which repositories are refused it; the empty one stands for all. */
  const refusals = new Map<string, Map<string, number>>();
  const trying = new Map<string, Promise<void>>();
  const refusedFor = (trial: Trial, scope: string): boolean =>
    (refusals.get(keyOf(trial))?.get(scope) ?? 0) > monotonic();
  const isWrong = (trial: Trial): boolean => refusedFor(trial, "");

  return {
    async begin(trial, signal) {
      const key = keyOf(trial);
      const isDecided = (): boolean => accepted.has(key) || isWrong(trial);
      for (let other = trying.get(key); other !== undefined; other = trying.get(key)) {
        if (isDecided()) break;
        await unlessAborted(other, signal);
      }
      if (isDecided()) return () => undefined;
      let settle: () => void = () => undefined;
      const turn = new Promise<void>((resolve) => {
        settle = resolve;
      });
      trying.set(key, turn);
      return () => {
        if (trying.get(key) === turn) trying.delete(key);
        settle();
      };
    },
    accept(trial) {
      keep(accepted, keyOf(trial), true);
      refusals.delete(keyOf(trial));
    },
    refuse(trial, status) {
      const key = keyOf(trial);
      if (accepted.has(key)) return;
      const scopes = refusals.get(key) ?? new Map<string, number>();
      keep(scopes, trial.scope, monotonic() + refusedMs);
      if (status === 401 || scopes.size >= refusalsToBelieve) {
        keep(scopes, "", monotonic() + refusedMs);
      }
      keep(refusals, key, scopes);
    },
    isRefused: (trial) => isWrong(trial) || refusedFor(trial, trial.scope),
    isWrong,
    clear() {
      accepted.clear();
      refusals.clear();
    },
  };
}

function keyOf({ host, credential }: Trial): string {
  return `${host} ${credential.id}`;
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= maxKept) return;
    map.delete(oldest);
  }
}
