// Why a cluster said nothing: kinds, how kubectl's words tell them, and one sentence for each.

import * as l10n from "@vscode/l10n";
import type { ProgramAnswer, ProgramFailure } from "../environment.ts";

export type ClusterFailureKind =
  | "no-kubectl"
  | "no-context"
  | "unknown-context"
  | "expired-login"
  | "no-permission"
  | "no-knative"
  | "old-knative"
  | "untrusted-certificate"
  | "unreachable"
  | "too-slow"
  | "too-large"
  | "cut-off"
  | "changed-meanwhile"
  | "failed";

export interface ClusterFailure {
  readonly kind: "failed";
  readonly failure: ClusterFailureKind;
}

/**
 * What kubectl writes to standard error, the first that fits. Its words are matched and never shown: a plugin that
 * signs in writes there, too. (kubectl pkg/cmd/util/helpers.go, client-go tools/clientcmd, apimachinery api/errors)
 */
const words: readonly (readonly [RegExp, ClusterFailureKind])[] = [
  [/context "[^"]*" does not exist|context was not found/i, "unknown-context"],
  [/no configuration has been provided|current-context is not set/i, "no-context"],
  [/localhost:8080|127\.0\.0\.1:8080|\[::1\]:8080/, "no-context"],
  [
    /Unauthorized|must be logged in|provide credentials|getting credentials|token (has|is) expired|exec plugin/i,
    "expired-login",
  ],
  [/\(Forbidden\)|is forbidden/, "no-permission"],
  [
    /doesn't have a resource type|could not find the requested resource|no matches for kind/,
    "no-knative",
  ],
  [/\(NotFound\)/, "no-knative"],
  [
    /\(Expired\)|\(Gone\)|continue parameter is too old|resource version.*too old/i,
    "changed-meanwhile",
  ],
  [/x509:|certificate/, "untrusted-certificate"],
  [/unexpected EOF|unexpected end of JSON|unable to decode|http2: .*closed/i, "cut-off"],
  [
    /no such host|connection refused|was refused|no route to host|network is unreachable|connection reset|server misbehaving/i,
    "unreachable",
  ],
  [
    /timed? ?out|deadline exceeded|request canceled|\(Timeout\)|ServerTimeout|TooManyRequests/i,
    "too-slow",
  ],
  [/\bEOF\b|Unable to connect/, "unreachable"],
];

const programFailures: Readonly<Record<ProgramFailure, ClusterFailureKind>> = {
  "not-found": "no-kubectl",
  timeout: "too-slow",
  "too-much-output": "too-large",
  failed: "failed",
};

/** Why there is no answer to read; undefined if there is one. */
export function failureOf(answer: ProgramAnswer | ProgramFailure): ClusterFailure | undefined {
  if (typeof answer === "string") return failed(programFailures[answer]);
  if (answer.exitCode === 0) return undefined;
  // The address of a request names the time that it may take.
  const said = answer.stderr.replace(/[?&]timeout=\w+/g, "");
  const found = words.find(([pattern]) => pattern.test(said));
  return failed(found?.[1] ?? "failed");
}

export function failed(failure: ClusterFailureKind): ClusterFailure {
  return { kind: "failed", failure };
}

/** One sentence that says what is wrong and what to do. */
export function clusterFailureWords({ failure }: ClusterFailure): string {
  switch (failure) {
    case "no-kubectl":
      return l10n.t("Install kubectl to compare with the cluster: it is not on the PATH.");
    case "no-context":
      return l10n.t(
        "Choose a cluster with “kubectl config use-context”: kubectl has no current context.",
      );
    case "unknown-context":
      return l10n.t("Choose another context: kubectl does not know this one.");
    case "expired-login":
      return l10n.t("Sign in to the cluster again: it did not accept the login.");
    case "no-permission":
      return l10n.t("The cluster was not compared: your account may not read what is needed.");
    case "no-knative":
      return l10n.t("The cluster was not compared: Knative Serving is not installed in it.");
    case "old-knative":
      return l10n.t(
        "The cluster was not compared: its Knative is too old and has no serving.knative.dev/v1.",
      );
    case "untrusted-certificate":
      return l10n.t("The cluster was not compared: its certificate is not trusted.");
    case "unreachable":
      return l10n.t("The cluster cannot be reached: check the network and the context.");
    case "too-slow":
      return l10n.t("The cluster was not compared: it did not answer in time.");
    case "too-large":
      return l10n.t("The cluster was not compared: its answer is larger than 8 MB.");
    case "cut-off":
      return l10n.t("The cluster was not compared: its answer was cut off.");
    case "changed-meanwhile":
      return l10n.t("Compare again: the cluster’s list changed while it was read.");
    case "failed":
      return l10n.t("The cluster was not compared: run “kubectl get ksvc” to see why.");
  }
}
