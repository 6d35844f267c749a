// `--pull-secret FILE`: a Secret manifest, or the bare text of one.

import { append } from "../../base/append.ts";
import path from "node:path";
import * as l10n from "@vscode/l10n";
import type { PullSecretSource } from "../../document/analysis.ts";
import { defaultAnalysisOptions } from "../../document/analysisOptions.ts";
import { analyzeFile } from "../../document/documentAnalysis.ts";
import { dockerHub } from "../../image/imageReference.ts";
import { authenticationFailure } from "../../knative/conditions.ts";
import { decodeGoBase64 } from "../../knative/go/goBase64.ts";
import { pullCredential } from "../../knative/pullSecret/pullSecret.ts";
import type { PullSecret } from "../../knative/pullSecret/pullSecretEntries.ts";
import type { NamedPullSecrets } from "../../resolver/pullSecretKeychain.ts";
import { warn, type CommandContext } from "../commandContext.ts";
import { fileProblemMessage } from "./inputFiles.ts";
import { UsageError } from "./usageError.ts";

/**
 * The secrets that the call names, in its order, as `imagePullSecrets` would name them; undefined if it names none.
 * @throws {UsageError} if a file cannot be read, or its `data` is not base64; the message quotes nothing of it
 */
export async function readPullSecrets(
  context: CommandContext,
): Promise<NamedPullSecrets | undefined> {
  const names = context.call.options.pullSecret;
  if (names === undefined) return undefined;
  const { files, folder } = context.environment;
  const secrets: PullSecret[] = [];
  for (const name of names) {
    const read = await files.read(path.resolve(folder, name));
    if (read.kind === "problem") {
      throw new UsageError(`${name}: ${fileProblemMessage(read.problem)}`);
    }
    const found = secretsIn(read.text, name);
    if (found.length === 0) {
      warn(context, l10n.t("No pull secret found in {0}.", name));
    }
    append(secrets, found);
  }
  return { secrets, place: names.join(", ") };
}

/**
 * The same for signing in.
 * @throws {UsageError} also if a secret breaks every image of its revision
 */
export async function readUsablePullSecrets(
  context: CommandContext,
): Promise<NamedPullSecrets | undefined> {
  const named = await readPullSecrets(context);
  if (named === undefined) return undefined;
  // What is broken breaks all images, whichever is asked for.
  const found = pullCredential(named.secrets, { registry: dockerHub, repository: "library/any" });
  if (found.kind !== "error") return named;
  throw new UsageError(
    l10n.t(
      "{0}: Invalid pull secret, so all images using it fail: {1}.",
      named.place,
      authenticationFailure(found.message),
    ),
  );
}

function secretsIn(text: string, name: string): readonly PullSecret[] {
  const { parts } = analyzeFile(text, defaultAnalysisOptions);
  const sources = parts.flatMap(({ document }) => document.pullSecrets);
  if (sources.length > 0) return sources.map((source) => fromManifest(source, name));
  if (/^[ \t{"]*kind"?:[ \t]*"?Secret\b/m.test(text)) return [];
  const type = isBareMap(text) ? "kubernetes.io/dockercfg" : "kubernetes.io/dockerconfigjson";
  return [{ type, text }];
}

function fromManifest({ type, field, value }: PullSecretSource, name: string): PullSecret {
  if (field === "stringData") return { type, text: value.text };
  const decoded = decodeGoBase64(value.text, true);
  if (decoded.kind === "bytes") {
    // A mark of the byte order stays: Knative's JSON parser refuses it.
    return { type, text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(decoded.bytes) };
  }
  throw new UsageError(l10n.t("{0}: Kubernetes rejects this Secret: {1}.", name, decoded.message));
}

/** Whether a text is the older form: entries without the `auths` around them. */
function isBareMap(text: string): boolean {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return false;
  }
  if (typeof root !== "object" || root === null || Array.isArray(root)) return false;
  const fields = ["auth", "username", "password", "identitytoken", "registrytoken"];
  const isEntry = (value: unknown): boolean =>
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).some((key) => fields.includes(key.toLowerCase()));
  const isNewer = Object.keys(root).some((key) => key.toLowerCase() === "auths");
  return !isNewer && Object.values(root).some(isEntry);
}
