// Validates certificates as Go does where Node differs: Knative's controller runs Go.

import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { DetailedPeerCertificate } from "node:tls";

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

/**
 * Why Go refuses a certificate that Node took, in Go's words after `Get "https://…/v2/": `; undefined if it does not.
 * Looks at names, keys, curves, serial numbers and signatures; who issued it was verified by Node as Go does.
 * @param host a name, or an address without brackets.
 */
export function goRefusalOf(host: string, peer: DetailedPeerCertificate): string | undefined {
  const chain = chainOf(peer);
  const [leaf] = chain;
  if (leaf === undefined) return undefined;
  // The root is not sent.
  const sent = chain.filter((one) => one === leaf || one.subject !== one.issuer);
  const unreadable = sent.map(parseRefusal).find((reason) => reason !== undefined);
  if (unreadable !== undefined) {
    return `tls: failed to parse certificate from server: x509: ${unreadable}`;
  }
  const key = keyRefusal(leaf);
  if (key !== undefined) return key;
  const commonName = /^CN=(.*)$/m.exec(leaf.subject)?.[1];
  const names = { subjectaltname: leaf.subjectAltName, subject: { CN: commonName } };
  const reason = goAcceptsName(host, names)
    ? issuerRefusal(chain.slice(1))
    : nameRefusal(host, names);
  return reason === undefined ? undefined : `tls: failed to verify certificate: x509: ${reason}`;
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

/** The certificates from the server's own to the root, which need not have been sent. */
function chainOf(leaf: DetailedPeerCertificate): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = leaf;
  // Undefined where no issuer was found, whatever the type says; a root names itself.
  while (next?.raw !== undefined && chain.length < longestChain) {
    chain.push(new X509Certificate(next.raw));
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

/** Go lets only a certificate with basic constraints sign others, a root too (crypto/x509 `CheckSignatureFrom`). */
function issuerRefusal(issuers: readonly X509Certificate[]): string | undefined {
  const bad = issuers.find((one) => !one.ca && isVersion3(one));
  if (bad === undefined) return undefined;
  const name = printable(/^CN=(.*)$/m.exec(bad.subject)?.[1] ?? "");
  return `certificate signed by unknown authority (possibly because of "x509: invalid signature: parent certificate cannot sign this kind of certificate" while trying to verify candidate authority certificate "${name}")`;
}

/** Whether it says its version at all, which begins what is signed; the first version does not. */
function isVersion3({ raw }: X509Certificate): boolean {
  const afterHeader = (at: number): number => {
    const length = raw[at + 1] ?? 0;
    return at + 2 + (length < 0x80 ? 0 : length & 0x7f);
  };
  return raw[afterHeader(afterHeader(0))] === 0xa0;
}

interface AlternativeNames {
  readonly dns: readonly string[];
  readonly addresses: readonly string[];
}

/** Reads Node's text of the names: `DNS:a, IP Address:::1`; names with odd characters stand in quotes, as in JSON. */
function alternativeNames(text: string): AlternativeNames {
  const parts = text.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? [];
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
  if (isIP(address) !== 6) return address;
  return new URL(`http://[${address}]/`).hostname;
}
