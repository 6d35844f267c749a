// Which pull secret Knative's controller takes for an image's registry, as the cluster has it: names, no more.

import type { ValidReference } from "../image/imageReference.ts";
import { servingSecret } from "../knative/pullSecret/pullSecret.ts";
import type { Template } from "./answers/template.ts";
import type { PullSecretFacts } from "./askCluster.ts";
import type { ClusterFailureKind } from "./clusterFailure.ts";

export type PullSecretChoice =
  /** Neither the resource nor its service account names a pull secret. */
  | { readonly kind: "none-named"; readonly account: string }
  /** @property account the service account that names the secret; undefined where the resource does. */
  | { readonly kind: "secret"; readonly name: string; readonly account: string | undefined }
  /** Secrets are named, and no entry of any is for the registry. */
  | { readonly kind: "no-match"; readonly names: readonly string[] }
  /** A secret that makes every image of the Revision fail. */
  | { readonly kind: "broken"; readonly name: string }
  /**
   * @property names what is named, as far as it is known.
   * @property failure undefined where more is named than is asked for
   */
  | {
      readonly kind: "unknown";
      readonly names: readonly string[];
      readonly failure: ClusterFailureKind | undefined;
    };

/**
 * Chooses as the controller does: first the secrets of the template, then those of its service account, and what the
 * cluster does not have is passed over (go-containerregistry pkg/authn/kubernetes/keychain.go `New`).
 */
export function choosePullSecret(
  { pullSecrets, serviceAccount }: Pick<Template, "pullSecrets" | "serviceAccount">,
  { accounts, secrets, failure }: PullSecretFacts,
  reference: Pick<ValidReference, "registry" | "repository">,
): PullSecretChoice {
  const names = [...pullSecrets, ...(accounts.get(serviceAccount) ?? [])];
  const isKnown = accounts.has(serviceAccount) && names.every((name) => secrets.has(name));
  if (!isKnown) return { kind: "unknown", names, failure: failure?.failure };
  if (names.length === 0) return { kind: "none-named", account: serviceAccount };
  const known = names.flatMap((name, index) => {
    const keys = secrets.get(name);
    return keys === undefined ? [] : [{ name, index, keys }];
  });
  const serving = servingSecret(
    known.map(({ keys }) => keys),
    reference,
  );
  const found = serving.kind === "none" ? undefined : known[serving.index];
  if (found === undefined) return { kind: "no-match", names };
  const { name, index } = found;
  if (serving.kind === "broken") return { kind: "broken", name };
  return { kind: "secret", name, account: index < pullSecrets.length ? undefined : serviceAccount };
}
