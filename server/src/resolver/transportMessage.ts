// Why a registry could not be reached, in words for people.

import * as l10n from "@vscode/l10n";
import type { TransportError, TransportFailure } from "../environment.ts";
import { registryScheme } from "../image/registryScheme.ts";
import { portOfOtherProtocol } from "../registry/registryHost.ts";
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
  if (error === undefined) return unreachable(host);
  if (error.failure.endsWith("-certificate")) return certificateMessage(error, host);
  if (error.failure === "not-tls") return notTls(host, key);
  return failureMessage(error, host);
}

function failureMessage({ failure, address, message }: TransportError, host: string): string {
  const texts: Partial<Record<TransportFailure, string>> = {
    "name-not-found": l10n.t("Host {0} not found: check the name, your DNS and your VPN.", host),
    refused: l10n.t(
      "Connection refused by {0} ({1}): check that the registry is running and the port is right.",
      host,
      address ?? host,
    ),
    unreachable: unreachable(host),
    reset: l10n.t(
      "{0} closed the connection without responding: check the port, and any proxy or firewall in between.",
      host,
    ),
    "cut-off": l10n.t(
      "The response from {0} was cut off: check any proxy or firewall in between.",
      host,
    ),
    timeout: l10n.t(
      "The request to {0} timed out: check your network, or raise timeoutSeconds (on the command line: --timeout).",
      host,
    ),
    "not-http": l10n.t("{0} is not an HTTP server: check the port.", host),
    "headers-too-large": l10n.t(
      "Too many response headers from {0}: check any proxy in between.",
      host,
    ),
    "tls-handshake": l10n.t(
      "TLS handshake with {0} failed: it may accept only old versions, or require a client certificate.",
      host,
    ),
    "purpose-refused": l10n.t(
      "This machine does not accept what the certificate of {0} is issued for, and Knative's controller may accept it: issue one for TLS servers (serverAuth).",
      host,
    ),
    "address-forbidden": l10n.t(
      "Not contacted: {0} leads to an address that is not allowed.",
      host,
    ),
    "proxy-sign-in": l10n.t(
      "The proxy requires credentials to reach {0}: add them to the proxy's URL.",
      host,
    ),
    "proxy-refused": l10n.t("The proxy refused to connect to {0}: {1}.", host, message),
    "proxy-unreachable": l10n.t("Cannot reach the proxy for {0}: {1}.", host, message),
  };
  return texts[failure] ?? unreachable(host);
}

function unreachable(host: string): string {
  return l10n.t("Cannot reach {0}: check your network and your VPN.", host);
}

function notTls(host: string, { registry }: ManifestKey): string {
  const knative =
    registryScheme(registry) === "http"
      ? l10n.t("Knative would also try http here.")
      : l10n.t("Knative uses only https for this name, so it will fail too.");
  const port = portOfOtherProtocol(registry);
  if (port !== undefined) {
    return l10n.t(
      "{0} does not use TLS, and port {1} is not contacted over http, since it belongs to another protocol: if a registry listens there, set insecure for {0} in knativeDigest.registries (on the command line: --insecure).",
      host,
      port,
    );
  }
  return oneSentence([
    l10n.t(
      "{0} does not use TLS: to allow plain http, set insecure for it in knativeDigest.registries (on the command line: --insecure).",
      host,
    ),
    knative,
  ]);
}

function certificateMessage({ failure, issuer, message }: TransportError, host: string): string {
  if (failure === "unusable-certificate") {
    return l10n.t(
      "The certificate of {0} cannot be used ({1}), and Knative rejects it too: issue another one.",
      host,
      message,
    );
  }
  if (failure === "expired-certificate") {
    return l10n.t(
      "The certificate of {0} has expired or is not valid yet: Knative rejects it too.",
      host,
    );
  }
  if (failure === "wrong-name-certificate") {
    return l10n.t("The certificate of {0} is for another name: Knative rejects it too.", host);
  }
  return l10n.t(
    "Untrusted certificate of {0} (CA {1}): set caFile of {0} in knativeDigest.registries (on the command line: --ca-file), and give the CA to Knative's controller with SSL_CERT_DIR (operator: controller-custom-certs).",
    host,
    issuer ?? l10n.t("(unnamed)"),
  );
}
