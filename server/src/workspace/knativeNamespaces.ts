// In which namespaces Knative runs, as far as a workspace tells: a `config-deployment` elsewhere is never read.

import type { ConfigSource } from "../document/analysis.ts";
import { writtenNamespace } from "../document/resources/configSources.ts";
import type { WorkspaceFacts } from "./workspaceFacts.ts";

/** Where Knative's own manifests put it (config/core/200-... and SYSTEM_NAMESPACE of its deployments). */
const usualNamespace = "knative-serving";

/** Where Knative runs: the usual namespace, and those of the workspace's KnativeServing resources. */
function knativeNamespaces({ configs }: WorkspaceFacts): ReadonlySet<string> {
  const operators = configs.filter(({ config }) => config.origin === "knative-serving");
  const named = operators.flatMap(({ config }) => writtenNamespace(config) ?? []);
  return new Set([usualNamespace, ...named]);
}

/**
 * The namespace in which Knative looks instead, if a ConfigMap `config-deployment` is written into another one;
 * undefined if it is where it belongs, or no namespace is written.
 */
export function namespaceInstead(config: ConfigSource, facts: WorkspaceFacts): string | undefined {
  if (config.origin !== "config-map" || config.misplaced !== undefined) return undefined;
  const written = writtenNamespace(config);
  if (written === undefined || written === usualNamespace) return undefined;
  const namespaces = knativeNamespaces(facts);
  return namespaces.has(written) ? undefined : [...namespaces].at(-1);
}

/** Whether Knative reads a configuration where it stands. */
export function isRead(config: ConfigSource, facts: WorkspaceFacts): boolean {
  return config.misplaced === undefined && namespaceInstead(config, facts) === undefined;
}
