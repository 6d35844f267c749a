// The pull secrets of the workspace, as its files say them now.

import type { PullSecretSource } from "../../document/analysis.ts";
import type { Session } from "./session.ts";

/** All of them. Each is a secret: validated and matched, never shown. */
export function pullSecrets({ index }: Pick<Session, "index">): PullSecretSource[] {
  return index
    .files()
    .flatMap(({ analysis }) => analysis.parts.flatMap(({ document }) => document.pullSecrets));
}
