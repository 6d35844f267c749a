// Validates certificates as Go does where Node differs: Knative's controller runs Go.

import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { DetailedPeerCertificate } from "node:tls";
import { certificateFields, type CertificateFields } from "./certificateFields.ts";

/** What Go looks at to match a name (crypto/x509 `Certificate.VerifyHostname`). */
interface Names {
  /** Undefined where the certificate has no subject alternative name at all. */
  readonly subjectaltname?: string | undefined;
  readonly subject?: { readonly CN?: string | readonly string[] | undefined } | undefined;
}

/** Whether Go accepts the certificate for the host. @param host a name, or an address without brackets. */
export function goAcceptsName(host: string, { subjectaltname = "" }: Names): boolean {
  const { dns, addresses } = alternativeNames(subjectaltname);
  if (isIP(host) !== 0) return addresses.some((one) => sameAddress(one, host));
  return dns.some((pattern) => matches(pattern, host));
}

/** One certificate of a chain, with what Node does not tell of it. */
export interface ChainLink {
  readonly certificate: X509Certificate;
  readonly fields: CertificateFields;
}

/** Whether a certificate (DER) is one of those that are trusted by themselves. */
export type IsTrusted = (der: Buffer) => boolean;

/**
 * Why Go refuses a certificate, in Go's words after `Get "https://…/v2/": `; undefined if nothing is known against it.
 * Looks at names, keys, curves, serial numbers, usages, critical extensions and algorithms; that the signatures are
 * right and the certificates neither too old nor too new was verified by Node as Go does.
 * @param host a name, or an address without brackets.
 * @param chain from the server's own to one that is trusted, or as far as it is known.
 */
export function goRefusalOf(host: string, chain: readonly ChainLink[]): string | undefined {
  const leaf = chain[0]?.certificate;
  if (leaf === undefined) return undefined;
  // The root is not sent.
  const sent = chain.filter(({ certificate: one }) => one === leaf || one.subject !== one.issuer);
  const unreadable = sent
    .map(({ certificate }) => parseRefusal(certificate))
    .find((reason) => reason !== undefined);
  if (unreadable !== undefined) {
    return `tls: failed to parse certificate from server: x509: ${unreadable}`;
  }
  const key = keyRefusal(leaf);
  if (key !== undefined) return key;
  const reason = verificationRefusal(host, leaf, chain);
  return reason === undefined ? undefined : `${verificationFailed}${reason}`;
}

/** How Go's sentences about certificates begin (crypto/tls `CertificateVerificationError`). */
export const verificationFailed = "tls: failed to verify certificate: x509: ";

/** In the order of crypto/x509 `Certificate.Verify`. */
function verificationRefusal(
  host: string,
  leaf: X509Certificate,
  chain: readonly ChainLink[],
): string | undefined {
  if (chain.some(hasUnknownCritical)) return "unhandled critical extension";
  const names = { subjectaltname: leaf.subjectAltName, subject: { CN: commonName(leaf) } };
  if (!goAcceptsName(host, names)) return nameRefusal(host, names);
  const unsigned = chain.map((link, index) => signatureRefusal(link, chain[index + 1]));
  return (
    unsigned.find((reason) => reason !== undefined) ??
    (chain.every(servesServers) ? undefined : "certificate specifies an incompatible key usage")
  );
}

function commonName({ subject }: X509Certificate): string | undefined {
  return /^CN=(.*)$/m.exec(subject)?.[1];
}

/** Go's own sentence (crypto/x509 `HostnameError.Error`). */
function nameRefusal(host: string, { subjectaltname, subject }: Names): string {
  const { dns, addresses } = alternativeNames(subjectaltname ?? "");
  const isAddress = isIP(host) !== 0;
  const commonName = [subject?.CN ?? ""].flat()[0] ?? "";
  if (subjectaltname === undefined && matches(commonName, host)) {
    return "certificate relies on legacy Common Name field, use SANs instead";
  }
  if (isAddress && addresses.length === 0) {
    return `cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
  }
  const valid = (isAddress ? addresses : dns).map(printable);
  if (valid.length === 0) {
    return `certificate is not valid for any names, but wanted to match ${host}`;
  }
  return `certificate is valid for ${valid.slice(0, maxNames).join(", ")}, not ${host}`;
}

/** How many names of a certificate are shown. */
const maxNames = 10;

/** The server chose the contents of its certificate, so they are untrusted. */
function printable(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, "?").slice(0, 100);
}

/**
 * The certificates from the server's own to the first that is trusted by itself, which need not have been sent.
 * Who issued whom is Node's opinion by their names: no signature is verified.
 */
export function chainOf(leaf: DetailedPeerCertificate, isTrusted: IsTrusted): readonly ChainLink[] {
  const chain: ChainLink[] = [];
  let next: DetailedPeerCertificate | undefined = leaf;
  // Undefined where no issuer was found, whatever the type says; a root names itself.
  while (next?.raw !== undefined && chain.length < longestChain) {
    chain.push({
      certificate: new X509Certificate(next.raw),
      fields: certificateFields(next.raw),
    });
    if (isTrusted(next.raw)) break;
    const issuer: DetailedPeerCertificate | undefined = next.issuerCertificate;
    next = issuer === next ? undefined : issuer;
  }
  return chain;
}

const longestChain = 10;

const goCurves: readonly string[] = ["secp224r1", "prime256v1", "secp384r1", "secp521r1"];

/** What Go's parser refuses and OpenSSL's does not (crypto/x509 `parseCertificate`, Go 1.23 and newer). */
function parseRefusal(certificate: X509Certificate): string | undefined {
  if (certificate.serialNumber.startsWith("-")) return "negative serial number";
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const curve = asymmetricKeyType === "ec" ? asymmetricKeyDetails?.namedCurve : undefined;
  return curve === undefined || goCurves.includes(curve) ? undefined : "unsupported elliptic curve";
}

/** The largest RSA key that Go verifies with (crypto/tls `checkKeySize`). */
const longestRsaKey = 8192;

function keyRefusal({ publicKey }: X509Certificate): string | undefined {
  const { asymmetricKeyType = "", asymmetricKeyDetails } = publicKey;
  if (asymmetricKeyType === "rsa" && (asymmetricKeyDetails?.modulusLength ?? 0) > longestRsaKey) {
    return `tls: server sent certificate containing RSA key larger than ${longestRsaKey} bits`;
  }
  // Go offers no signature of these, so that the server has none to give.
  return ["ed448", "rsa-pss"].includes(asymmetricKeyType)
    ? "remote error: tls: handshake failure"
    : undefined;
}

/** Extensions by their object identifiers (RFC 5280, section 4.2.1). */
const extensionIds = {
  keyUsage: "551d0f",
  nameConstraints: "551d1e",
} as const;

/** What Go knows where it is critical (crypto/x509 `processExtensions`): below 2.5.29, and authority information. */
const knownCritical: readonly string[] = [
  ...[extensionIds.keyUsage, "551d13", "551d11", extensionIds.nameConstraints, "551d1f"],
  ...["551d23", "551d25", "551d0e", "551d20", "551d24", "551d36", "2b06010505070101"],
];

function hasUnknownCritical({ fields }: ChainLink): boolean {
  return [...fields.extensions].some(
    ([id, { critical }]) => critical && !knownCritical.includes(id),
  );
}

/** Whether a chain with this certificate may end in one that limits the names of those below it. */
export function limitsNames({ fields }: ChainLink): boolean {
  return fields.extensions.has(extensionIds.nameConstraints);
}

/** Go requires each certificate of the chain that names purposes to name this one (`checkChainForKeyUsage`). */
function servesServers({ certificate }: ChainLink): boolean {
  // Node calls it the key usage; it is the extended one. Undefined without one, whatever the type says.
  const purposes = certificate.keyUsage as readonly string[] | undefined;
  return purposes?.some((purpose) => serverPurposes.includes(purpose)) ?? true;
}

/** `serverAuth` and `anyExtendedKeyUsage`. */
const serverPurposes: readonly string[] = ["1.3.6.1.5.5.7.3.1", "2.5.29.37.0"];

/** Why the issuer's signature counts for nothing (crypto/x509 `CheckSignatureFrom` and `checkSignature`). */
function signatureRefusal(
  { fields }: ChainLink,
  issuer: ChainLink | undefined,
): string | undefined {
  if (issuer === undefined) return undefined;
  const why = maySign(issuer)
    ? algorithmRefusal(fields.signatureAlgorithm)
    : "invalid signature: parent certificate cannot sign this kind of certificate";
  if (why === undefined) return undefined;
  const name = printable(commonName(issuer.certificate) ?? "");
  return `certificate signed by unknown authority (possibly because of "x509: ${why}" while trying to verify candidate authority certificate "${name}")`;
}

/** Only a certificate with basic constraints signs others, a root too, and only if its key usage says so. */
function maySign({ certificate, fields }: ChainLink): boolean {
  if (!certificate.ca && fields.isVersion3) return false;
  const usage = fields.extensions.get(extensionIds.keyUsage)?.value;
  // A bit string: its header of two bytes, the count of unused bits, the bits.
  return usage === undefined || ((usage[3] ?? 0) & keyCertSign) !== 0;
}

const keyCertSign = 0x04;

/** By the object identifiers of the algorithms (crypto/x509 `signatureAlgorithmDetails`). */
const insecureAlgorithms: Readonly<Record<string, string>> = {
  "2a864886f70d010104": "MD5-RSA",
  "2a864886f70d010105": "SHA1-RSA",
  "2a8648ce3d0401": "ECDSA-SHA1",
};

/** SHA-2 of 256, 384 and 512 bits with RSA, RSA-PSS and ECDSA, and Ed25519. */
const secureAlgorithms: readonly string[] = [
  ...["2a864886f70d01010a", "2a864886f70d01010b", "2a864886f70d01010c", "2a864886f70d01010d"],
  ...["2a8648ce3d040302", "2a8648ce3d040303", "2a8648ce3d040304", "2b6570"],
];

function algorithmRefusal(algorithm: string): string | undefined {
  const insecure = insecureAlgorithms[algorithm];
  if (insecure !== undefined) return `cannot verify signature: insecure algorithm ${insecure}`;
  return secureAlgorithms.includes(algorithm)
    ? undefined
    : "cannot verify signature: algorithm unimplemented";
}

interface AlternativeNames {
  readonly dns: readonly string[];
  readonly addresses: readonly string[];
}

/** Reads Node's text of the names: `DNS:a, IP Address:::1`; names with odd characters stand in quotes, as in JSON. */
function alternativeNames(text: string): AlternativeNames {
  const parts = text.match(/(?:"(?:[^"\\]|\\.)*"?|[^,"])+/g) ?? [];
  const names = parts.map((part) => part.trim()).map(unquoted);
  const of = (kind: string): string[] =>
    names.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
  return { dns: of("DNS:"), addresses: of("IP Address:") };
}

function unquoted(name: string): string {
  const [, kind = "", quoted] = /^([A-Za-z ]+:)("(?:[^"\\]|\\.)*")$/.exec(name) ?? [];
  if (quoted === undefined) return name;
  try {
    return `${kind}${String(JSON.parse(quoted))}`;
  } catch {
    return name;
  }
}

/** Wildcards only as a whole first label (crypto/x509 `matchHostnames`); odd names only if they are equal. */
function matches(pattern: string, host: string): boolean {
  const [wanted, name] = [lower(pattern), lower(host)];
  if (!isHostName(name, false) || !isHostName(wanted, true))
    return wanted !== "" && wanted === name;
  const [patternParts, parts] = [wanted.split("."), name.replace(/\.$/, "").split(".")];
  if (patternParts.length !== parts.length) return false;
  return patternParts.every(
    (part, index) => (index === 0 && part === "*") || part === parts[index],
  );
}

function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** crypto/x509 `validHostname`. */
function isHostName(name: string, isPattern: boolean): boolean {
  const whole = isPattern ? name : name.replace(/\.$/, "");
  if (whole === "*") return false;
  return whole
    .split(".")
    .every((part, index) =>
      isPattern && index === 0 && part === "*" ? true : /^[a-z0-9_][a-z0-9_-]*$/i.test(part),
    );
}

function sameAddress(one: string, other: string): boolean {
  return canonicalAddress(one) === canonicalAddress(other);
}

function canonicalAddress(address: string): string {
  // One with a zone is none that a URL can hold, nor one that a certificate can name.
  if (isIP(address) !== 6 || address.includes("%")) return address;
  return new URL(`http://[${address}]/`).hostname;
}
