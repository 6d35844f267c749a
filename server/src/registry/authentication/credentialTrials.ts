// How hosts responded to credentials in this session: accepted, refused, or not tried yet.

import type { Clock } from "../../environment.ts";
import { createBoundedMap, type BoundedMap } from "../../base/boundedMap.ts";
import { unlessAborted } from "../../base/budget.ts";
import type { Credential } from "../credentials/credential.ts";
import type { DeniedProblem } from "../registryError.ts";

/** Where a credential is used: a host, and the scope, `repository:<name>:pull`. */
export interface Trial {
  readonly host: string;
  readonly scope: string;
  readonly credential: Credential;
}

interface Refusal {
  readonly problem: DeniedProblem;
  /** On the monotonic clock. */
  readonly until: number;
}

export interface CredentialTrials {
  /**
   * Resolves when this credential may be sent: at once if the host accepted or refused it before, else when no other lookup
   * is trying it. Sending one wrong password many times locks accounts.
   * @returns ends the turn; to be called once the answer was noted
   */
  begin(trial: Trial, signal: AbortSignal): Promise<() => void>;
  /** The host accepted it: a later refusal of one repository says nothing of the credential. */
  accept(trial: Trial): void;
  /** The host refused it. 401 says that it is wrong; another status may mean this repository alone. */
  refuse(trial: Trial, refusal: DeniedProblem): void;
  /** How the host refused it in the last ten minutes, for this repository or altogether. */
  refusalOf(trial: Trial): DeniedProblem | undefined;
  /** Whether the host refused it altogether. */
  isWrong(trial: Trial): boolean;
  clear(): void;
}

const refusedMs = 10 * 60_000;
/** Some hosts answer 403 for a wrong credential, too: as many repositories, and none granted, mean that. */
const refusalsToBelieve = 3;
const maxKept = 512;

export function createCredentialTrials({ monotonic }: Clock): CredentialTrials {
  const accepted = createBoundedMap<true>(maxKept);
  /** By credential, the refused scopes; the empty scope means all. */
  const refusals = createBoundedMap<BoundedMap<Refusal>>(maxKept);
  const trying = new Map<string, Promise<void>>();
  const refusalFor = (trial: Trial, scope: string): DeniedProblem | undefined => {
    const refusal = refusals.get(keyOf(trial))?.get(scope);
    return refusal !== undefined && refusal.until > monotonic() ? refusal.problem : undefined;
  };
  const isWrong = (trial: Trial): boolean => refusalFor(trial, "") !== undefined;

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
      accepted.set(keyOf(trial), true);
      refusals.delete(keyOf(trial));
    },
    refuse(trial, problem) {
      const key = keyOf(trial);
      if (accepted.has(key)) return;
      const scopes = refusals.get(key) ?? createBoundedMap<Refusal>(maxKept);
      const refusal = { problem, until: monotonic() + refusedMs };
      scopes.set(trial.scope, refusal);
      if (problem.status === 401 || scopes.size >= refusalsToBelieve) {
        scopes.set("", refusal);
      }
      refusals.set(key, scopes);
    },
    refusalOf: (trial) => refusalFor(trial, trial.scope) ?? refusalFor(trial, ""),
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
