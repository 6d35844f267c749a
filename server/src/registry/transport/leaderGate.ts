// Of many lookups in a host that is not known yet, one goes first and the others learn from its answer.

import { unlessAborted } from "../../base/budget.ts";

export interface LeaderGate {
  /**
   * Runs `ask` as the leader if the host is unknown and there is no leader; waits while there is one.
   * A leader's failure that `isShared` says is the host's becomes that of all who waited.
   */
  pass<Value>(
    host: string,
    options: { readonly signal: AbortSignal; readonly isShared: (error: unknown) => boolean },
    ask: (leads: boolean) => Promise<Value>,
  ): Promise<Value>;
}

type Outcome = { readonly failed: false } | { readonly failed: true; readonly error: unknown };

/** @param isKnown whether enough is known of the host for parallel requests. */
export function createLeaderGate(isKnown: (host: string) => boolean): LeaderGate {
  const leads = new Map<string, Promise<Outcome>>();

  const pass: LeaderGate["pass"] = async (host, options, ask) => {
    for (;;) {
      const lead = leads.get(host);
      if (lead === undefined) break;
      const outcome = await unlessAborted(lead, options.signal);
      if (outcome.failed && options.isShared(outcome.error)) throw outcome.error;
    }
    if (isKnown(host)) return ask(false);
    let settle: (outcome: Outcome) => void = () => undefined;
    const outcome = new Promise<Outcome>((resolve) => {
      settle = resolve;
    });
    leads.set(host, outcome);
    try {
      const value = await ask(true);
      release({ failed: false });
      return value;
    } catch (error) {
      release({ failed: true, error });
      throw error;
    }

    function release(result: Outcome): void {
      leads.delete(host);
      settle(result);
    }
  };

  return { pass };
}
