// Service accounts and pull secrets: which registries they are for, and nothing else of a Secret.

import { decodeGoBase64 } from "../../knative/go/goBase64.ts";
import { secretKeys, type SecretKeys } from "../../knative/pullSecret/pullSecret.ts";
import type { ClusterFailure } from "../clusterFailure.ts";
import { mapAt, nameAt, namesIn, readNamed } from "./kubectlJson.ts";

/** Reads which pull secrets service accounts name, by the account's name. */
export function readAccounts(
  text: string,
): ReadonlyMap<string, readonly string[]> | ClusterFailure {
  const accounts = readNamed(text, (item) => {
    const name = nameAt(mapAt(item, "metadata"), "name");
    if (item["kind"] !== "ServiceAccount" || name === undefined) return [];
    return [[name, namesIn(item, "imagePullSecrets")] as const];
  });
  return "failure" in accounts ? accounts : new Map(accounts);
}

/** The types of Secrets that Knative's keychain reads, with their keys; it passes over others. */
const pullSecretKeys = {
  "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
  "kubernetes.io/dockercfg": ".dockercfg",
} as const;

/** Reads which registries pull secrets are for, by the Secret's name. Nothing else of them is kept. */
export function readPullSecrets(text: string): ReadonlyMap<string, SecretKeys> | ClusterFailure {
  const secrets = readNamed(text, (item) => {
    const name = nameAt(mapAt(item, "metadata"), "name");
    const { type } = item;
    const isPullSecret =
      type === "kubernetes.io/dockerconfigjson" || type === "kubernetes.io/dockercfg";
    if (item["kind"] !== "Secret" || name === undefined || !isPullSecret) return [];
    const encoded = mapAt(item, "data")[pullSecretKeys[type]];
    const decoded = decodeGoBase64(typeof encoded === "string" ? encoded : "", true);
    const bytes = decoded.kind === "bytes" ? decoded.bytes : new Uint8Array();
    const content = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    return [[name, secretKeys({ type, text: content })] as const];
  });
  return "failure" in secrets ? secrets : new Map(secrets);
}
