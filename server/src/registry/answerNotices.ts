// Notices shown with a digest: why Knative's controller may see something else.

import * as l10n from "@vscode/l10n";
import { headerValue } from "./manifestAnswer.ts";
import type { RegistryHost } from "./registryHost.ts";
import type { AuthenticatedAnswer } from "./authentication/sendAuthenticated.ts";

/** Sentences for people, each at most once. */
export function answerNotices(host: RegistryHost, answer: AuthenticatedAnswer): readonly string[] {
  const { registry } = host;
  const { unverified } = answer.response;
  const plain = answer.url.protocol === "http:";
  return [
    ...answer.report.notices,
    ...untrustedRealm(host, answer),
    ...(host.isMirror
      ? [l10n.t("Answered by the mirror {0}; Knative contacts {1} directly.", host.asked, registry)]
      : []),
    ...(unverified && !plain
      ? [
          l10n.t(
            "The certificate of {0} was not verified; Knative's controller verifies it.",
            registry,
          ),
        ]
      : []),
    ...rateLimit(registry, answer),
  ];
}

function untrustedRealm(
  { registry }: RegistryHost,
  { report }: AuthenticatedAnswer,
): readonly string[] {
  const { untrustedAuthHost } = report;
  if (untrustedAuthHost === undefined) return [];
  return [untrustedAuthHostText(registry, untrustedAuthHost)];
}

/** Why saved credentials were not sent, and how to allow it. */
export function untrustedAuthHostText(registry: string, authHost: string): string {
  return l10n.t(
    "{1}, the token service of {0}, was not given your credentials: if you trust it, add {1} to knativeDigest.trustedAuthHosts for {0}.",
    registry,
    authHost,
  );
}

/** Docker Hub's form is `20;w=21600`: what is left in a window of so many seconds. */
function rateLimit(registry: string, { response }: AuthenticatedAnswer): readonly string[] {
  const [left, limit] = ["ratelimit-remaining", "ratelimit-limit"].map((name) =>
    Number.parseInt(headerValue(response, name) ?? "", 10),
  );
  if (left === undefined || limit === undefined || !(left * 10 <= limit)) return [];
  return [l10n.t("{0}: {1} of {2} pulls left.", registry, left, limit)];
}
