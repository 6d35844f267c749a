// Validates a certificate that OpenSSL refused: whether Go, and so Knative's controller, refuses it too.

import type { DetailedPeerCertificate } from "node:tls";
import {
  chainOf,
  goRefusalOf,
  limitsNames,
  verificationFailed,
  type ChainLink,
  type IsTrusted,
} from "./goCertificate.ts";
import type { CertificateDetails } from "../http/transportErrors.ts";
import { codeOf } from "../http/transportErrors.ts";

/** What a server presented, and what is trusted of it. */
export interface Presented {
  readonly hostname: string;
  readonly peer: DetailedPeerCertificate | undefined;
  readonly isTrusted: IsTrusted;
}

/**
 * Whether OpenSSL's refusal (`INVALID_PURPOSE`) is one that Go does not make, and nothing else is wrong. OpenSSL requires
 * the usages of a server; Go looks at the extended ones alone and takes `anyExtendedKeyUsage` for them.
 * Since OpenSSL reports one reason only, all others are ruled out here: the certificate is trusted itself, or a trusted
 * authority signed it, and all that Go checks is checked. A chain over an authority that is not trusted itself, or that
 * limits names, is not validated.
 */
export function goAcceptsPurpose(
  error: unknown,
  { hostname, peer, isTrusted }: Presented,
  now = Date.now(),
): boolean {
  if (codeOf(error) !== "INVALID_PURPOSE" || peer === undefined) return false;
  const chain = chainOf(peer, isTrusted);
  const [leaf, issuer] = chain;
  if (leaf === undefined) return false;
  if (!chain.every((link) => isValidAt(link, now) && !limitsNames(link))) return false;
  const isAnchored =
    issuer === undefined
      ? isTrusted(leaf.certificate.raw)
      : isTrusted(issuer.certificate.raw) && leaf.certificate.verify(issuer.certificate.publicKey);
  return isAnchored && goRefusalOf(hostname, chain) === undefined;
}

function isValidAt({ certificate }: ChainLink, now: number): boolean {
  return Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo);
}

/** What is to be said of a certificate that was refused with this error. */
export function certificateDetails(
  error: unknown,
  { hostname, peer, isTrusted }: Presented,
): CertificateDetails {
  if (peer === undefined) return {};
  const issuer = issuerOf(peer);
  const chain = chainOf(peer, isTrusted);
  const last = chain.at(-1);
  const isPurpose = codeOf(error) === "INVALID_PURPOSE";
  // OpenSSL reports the purpose where it also does not know the authority, which is what Go reports.
  if (isPurpose && last !== undefined && !isTrusted(last.certificate.raw)) {
    return { issuer, failure: "untrusted-certificate" };
  }
  const goRefusal = isCheckedByGo(error) ? goRefusalOf(hostname, chain) : undefined;
  const failure = isPurpose && goRefusal === undefined ? "purpose-refused" : undefined;
  return { issuer, failure, goRefusal: goRefusal ?? wordsOf(error) };
}

/** Whether Go finds the same before it looks at who issued the certificate and when. */
function isCheckedByGo(error: unknown): boolean {
  return ["INVALID_PURPOSE", "INVALID_CA", "UNSPECIFIED", "ERR_TLS_CERT_ALTNAME_INVALID"].includes(
    codeOf(error),
  );
}

/** Go's words for what OpenSSL says and a chain does not tell by itself. */
function wordsOf(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : "";
  const [, words] = goWords.find(([part]) => message.includes(part)) ?? [];
  return words === undefined ? undefined : `${verificationFailed}${words}`;
}

const goWords: readonly (readonly [openssl: string, go: string])[] = [
  [
    "subtree violation",
    "a root or intermediate certificate is not authorized to sign for this name",
  ],
  [
    "does not include certificate signing",
    'certificate signed by unknown authority (possibly because of "x509: invalid signature: parent certificate cannot sign this kind of certificate"',
  ],
  ["path length constraint exceeded", "too many intermediates for path length constraint"],
];

/** The name of who issued the last certificate that is known. */
function issuerOf(peer: DetailedPeerCertificate): string | undefined {
  let last: PeerCertificate = peer;
  for (let depth = 0; depth < 10 && isIssued(last); depth += 1) last = last.issuerCertificate;
  return nameOf(last.issuer);
}

interface PeerCertificate {
  readonly issuer?: { readonly CN?: unknown; readonly O?: unknown; readonly OU?: unknown };
  readonly issuerCertificate?: PeerCertificate;
}

function isIssued(one: PeerCertificate): one is { readonly issuerCertificate: PeerCertificate } {
  return one.issuerCertificate !== undefined && one.issuerCertificate !== one;
}

/** Not cleaned: the server chose the contents of its certificate. */
function nameOf(name: PeerCertificate["issuer"]): string | undefined {
  const value = name?.CN ?? name?.O ?? name?.OU;
  return typeof value === "string" && value !== "" ? value.slice(0, 4096) : undefined;
}
