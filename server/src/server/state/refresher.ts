// Asks the client to ask again, once for many changes.

import type { Connection } from "vscode-languageserver";
import type { Clock } from "../../environment.ts";
import type { ClientProfile } from "../clientProfile.ts";
import type { Guard } from "../requests.ts";

export interface Refresher {
  /** Something that views are drawn from changed outside a document's text. */
  changed(): void;
  dispose(): void;
}

/** Answers that arrive within this time are shown together. */
const coalesceMs = 60;

/** @param push publishes the diagnostics of all open documents, where the client does not pull them. */
export function createRefresher(options: {
  readonly connection: Connection;
  readonly profile: ClientProfile;
  readonly clock: Clock;
  readonly guard: Guard;
  readonly push: () => void;
}): Refresher {
  const { connection, profile, clock, guard } = options;
  let cancel: (() => void) | undefined;
  const refresh = (): void => {
    cancel = undefined;
    if (!profile.pullsDiagnostics) options.push();
    // A client that does not know these requests answers with an error, which would end the process.
    if (profile.pullsDiagnostics && profile.refreshesDiagnostics) {
      guard.background("diagnostic refresh", () => connection.languages.diagnostics.refresh());
    }
    if (profile.refreshesHints) {
      guard.background("inlay hint refresh", () => connection.languages.inlayHint.refresh());
    }
  };
  return {
    changed() {
      cancel ??= clock.schedule(coalesceMs, refresh);
    },
    dispose() {
      cancel?.();
    },
  };
}
