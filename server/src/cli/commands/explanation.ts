// How Knative reads one image reference: what `explain` prints.

import type { GrammarProfile } from "../../image/grammarProfile.ts";
import {
  parseImageReference,
  repositoryName,
  type ValidReference,
} from "../../image/imageReference.ts";
import { readImage } from "../../image/placeholder.ts";
import { registryScheme } from "../../image/registryScheme.ts";
import { imageOutcome, type Outcome } from "../../knative/outcome.ts";
import { pullCredential } from "../../knative/pullSecret/pullSecret.ts";
import type { PullSecret } from "../../knative/pullSecret/pullSecretEntries.ts";
import { findCredential, type CredentialFile } from "../../registry/credentials/findCredential.ts";

/** Which credential an image would get; nothing of it is secret. */
export type CredentialRow =
  | null
  | {
      readonly source: string;
      readonly key: string;
      readonly username: string | null;
      /** The suffix of the credential helper that would be run. */
      readonly helper?: string;
    }
  /** The source cannot be read as docker or Knative would read it. */
  | { readonly source: string; readonly error: string };

export interface Explanation {
  readonly image: string;
  readonly kind: "tag" | "digest" | "invalid";
  readonly registry: string | null;
  readonly repository: string | null;
  readonly tag: string | null;
  readonly digest: string | null;
  /** What Knative writes before `@`. */
  readonly runsAs: string | null;
  /** `http` where Knative also tries http. */
  readonly scheme: "http" | "https" | null;
  readonly outcome: Outcome["kind"];
  /** Why it is not a reference, as Knative's parser says it. */
  readonly problem: string | null;
  readonly credential: CredentialRow;
}

export interface ExplainContext {
  readonly grammar: GrammarProfile;
  readonly skipList: ReadonlySet<string>;
  /** Pull secrets to evaluate as Knative does; else the files of docker and podman count. */
  readonly secrets: readonly PullSecret[] | undefined;
  readonly credentialFiles: readonly CredentialFile[];
}

/** Reads an image as a container of a Service would have it. */
export function explain(
  image: string,
  context: ExplainContext,
): { readonly explanation: Explanation; readonly outcome: Outcome } {
  const { grammar, skipList } = context;
  const outcome = imageOutcome({
    reference: readImage(image, grammar),
    role: "container",
    skipList,
  });
  const reference = parseImageReference(image, grammar);
  const { kind } = reference;
  const common = { image, kind, outcome: outcome.kind };
  if (kind === "invalid") {
    const nothing = { registry: null, repository: null, tag: null, digest: null, runsAs: null };
    const { problem } = reference;
    return {
      explanation: { ...common, ...nothing, scheme: null, problem, credential: null },
      outcome,
    };
  }
  const { registry, repository } = reference;
  return {
    explanation: {
      ...{ image, kind, registry, repository },
      tag: kind === "tag" ? reference.tag : null,
      digest: kind === "digest" ? reference.digest : null,
      runsAs: repositoryName(reference),
      scheme: registryScheme(registry, grammar),
      outcome: outcome.kind,
      problem: null,
      credential: credentialRow(reference, context),
    },
    outcome,
  };
}

function credentialRow(
  reference: ValidReference,
  { secrets, credentialFiles }: ExplainContext,
): CredentialRow {
  if (secrets !== undefined) return fromSecrets(secrets, reference);
  const found = findCredential(reference, credentialFiles);
  switch (found.kind) {
    case "none":
      return null;
    case "unreadable":
      return { source: found.origin.source, error: found.problem };
    case "entry":
      return { ...origin(found.origin), username: found.origin.username ?? null };
    case "helper":
      return { ...origin(found.origin), username: null, helper: found.helper };
  }
}

function origin({ source, key }: { readonly source: string; readonly key: string }) {
  return { source, key };
}

function fromSecrets(secrets: readonly PullSecret[], reference: ValidReference): CredentialRow {
  const source = "pull-secret";
  const found = pullCredential(secrets, reference);
  switch (found.kind) {
    case "anonymous":
      return null;
    case "error":
      return { source, error: found.message };
    case "credential":
      return { source, key: found.key, username: found.username === "" ? null : found.username };
  }
}
