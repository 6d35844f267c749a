// Why a registry could not be reached, in words for people.

import * as l10n from "@vscode/l10n";
import type { TransportError, TransportFailure } from "../environment.ts";
import { registryScheme } from "../image/registryScheme.ts";
import { oneSentence } from "./oneSentence.ts";
import type { ManifestKey } from "./resolution.ts";

/** What went wrong between here and the host, and what to do. @param errors one for each scheme tried. */
export function transportMessage(
  errors: readonly TransportError[],
  host: string,
  key: ManifestKey,
): string {
  // Where the host speaks no https, what http met is the reason.
  const unspoken = ["not-tls", "refused"];
  const error = errors.find(({ failure }) => !unspoken.includes(failure)) ?? errors.at(-1);
  if (error === undefined) return l10n.t("{0} could not be reached.", host);
  if (error.failure.endsWith("-certificate")) return certificateMessage(error, host);
  if (error.failure === "not-tls") return notTls(host, key);
  return failureMessage(error, host);
}

function failureMessage({ failure, address, message }: TransportError, host: string): string {
  const texts: Partial<Record<TransportFailure, string>> = {
    "name-not-found": l10n.t(
      "The host {0} was not found: check the name, your DNS and your VPN.",
      host,
    ),
    refused: l10n.t(
      "{0} refuses connections ({1}): is the registry running, and is the port right?",
      host,
      address ?? host,
    ),
    unreachable: l10n.t("{0} cannot be reached: check your network and your VPN.", host),
    reset: l10n.t("{0} closed the connection without an answer.", host),
    "cut-off": l10n.t("{0} broke off its answer.", host),
    timeout: l10n.t("{0} did not answer in time.", host),
    "not-http": l10n.t("{0} does not speak HTTP.", host),
    "headers-too-large": l10n.t("{0} sent more headers than any registry does.", host),
    "tls-handshake": l10n.t(
      "{0} and this machine could not agree on TLS: it may accept old versions only, or want a client certificate.",
      host,
    ),
    "address-forbidden": l10n.t(
      "Not asked: {0} leads to an address that must not be contacted from there.",
      host,
    ),
    "proxy-sign-in": l10n.t(
      "The proxy wants a sign-in to reach {0}: put it into the proxy's URL.",
      host,
    ),
    "proxy-refused": l10n.t("The proxy refuses to reach {0}: {1}.", host, message),
    "proxy-unreachable": l10n.t("The proxy for {0} cannot be reached: {1}.", host, message),
  };
  return texts[failure] ?? l10n.t("{0} could not be reached.", host);
}

function notTls(host: string, { registry }: ManifestKey): string {
  const knative =
    registryScheme(registry) === "http"
      ? l10n.t("Knative would also try http here.")
      : l10n.t("Knative asks this name over https alone, so it will fail, too.");
  return oneSentence([
    l10n.t(
      "{0} does not speak TLS: to ask it over plain http, set insecure for it in knativeDigest.registries (on the command line: --insecure).",
      host,
    ),
    knative,
  ]);
}

function certificateMessage({ failure, issuer }: TransportError, host: string): string {
  if (failure === "expired-certificate") {
    return l10n.t(
      "The certificate of {0} has expired or is not valid yet: Knative refuses it, too.",
      host,
    );
  }
  if (failure === "wrong-name-certificate") {
    return l10n.t("The certificate of {0} is for another name: Knative refuses it, too.", host);
  }
  return l10n.t(
    "The certificate of {0} is not trusted, since its CA {1} is not known here: name the CA's file as caFile of {0} in knativeDigest.registries (on the command line: --ca-file), and give it to Knative's controller with SSL_CERT_DIR (operator: controller-custom-certs).",
    host,
    issuer ?? l10n.t("(unnamed)"),
  );
}
