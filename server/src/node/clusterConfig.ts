// Reads Knative's configuration from a cluster with kubectl: one program, one question, a deadline.

import type { ReadClusterConfig } from "../environment.ts";
import { findProgram, runProgram, type ProgramPlaces } from "./runProgram.ts";

const timeoutMs = 10_000;
const maxOutput = 1024 * 1024;

/**
 * A reader of the ConfigMap `config-deployment` in `knative-serving`. The caller has made sure that the user
 * turned this on and trusts the workspace.
 */
export function createClusterReader(places: ProgramPlaces): ReadClusterConfig {
  return async (context, signal) => {
    const program = await findProgram("kubectl", places);
    if (program === undefined) return { kind: "failed", reason: "not-found" };
    const args = [
      ...["get", "configmap", "config-deployment", "--namespace=knative-serving"],
      ...["--output=json", "--request-timeout=8s"],
      // Joined, so that a context that starts with a dash is not read as an option.
      ...(context === "" ? [] : [`--context=${context}`]),
    ];
    const answer = await runProgram(program, args, "", { timeoutMs, signal, maxOutput, places });
    if (typeof answer === "string") return { kind: "failed", reason: answer };
    if (answer.exitCode !== 0) return { kind: "failed", reason: "refused" };
    const settings = readSettings(answer.stdout);
    return settings === undefined
      ? { kind: "failed", reason: "unreadable" }
      : { kind: "config", settings };
  };
}

/** The texts under `data`; undefined if this is not a ConfigMap. */
function readSettings(json: string): ReadonlyMap<string, string> | undefined {
  try {
    const { kind, data = {} } = JSON.parse(json) as { kind?: unknown; data?: unknown };
    if (kind !== "ConfigMap" || typeof data !== "object" || data === null) return undefined;
    const entries = Object.entries(data).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    return new Map(entries);
  } catch {
    return undefined;
  }
}
