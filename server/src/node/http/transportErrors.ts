// What the errors of Node's sockets, TLS and undici mean.

import { TransportError, type TransportDetails, type TransportFailure } from "../../environment.ts";

const byCode: Readonly<Record<string, TransportFailure>> = {
  ENOTFOUND: "name-not-found",
  EAI_AGAIN: "name-not-found",
  EAI_FAIL: "name-not-found",
  EAI_NODATA: "name-not-found",
  EAI_NONAME: "name-not-found",
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ENETDOWN: "unreachable",
  EHOSTDOWN: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  EACCES: "unreachable",
  EPERM: "unreachable",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  UND_ERR_SOCKET: "reset",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "reset",
  ETIMEDOUT: "timeout",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "untrusted-certificate",
  DEPTH_ZERO_SELF_SIGNED_CERT: "untrusted-certificate",
  SELF_SIGNED_CERT_IN_CHAIN: "untrusted-certificate",
  UNABLE_TO_GET_ISSUER_CERT: "untrusted-certificate",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "untrusted-certificate",
  CERT_UNTRUSTED: "untrusted-certificate",
  CERT_REJECTED: "untrusted-certificate",
  CERT_SIGNATURE_FAILURE: "untrusted-certificate",
  INVALID_CA: "unusable-certificate",
  INVALID_PURPOSE: "unusable-certificate",
  PATH_LENGTH_EXCEEDED: "unusable-certificate",
  CERT_CHAIN_TOO_LONG: "unusable-certificate",
  CERT_REVOKED: "unusable-certificate",
  // Whatever Node has no code for: unknown critical extensions, limits of names, weak signatures.
  UNSPECIFIED: "unusable-certificate",
  CERT_HAS_EXPIRED: "expired-certificate",
  CERT_NOT_YET_VALID: "expired-certificate",
  ERR_TLS_CERT_ALTNAME_INVALID: "wrong-name-certificate",
  HOSTNAME_MISMATCH: "wrong-name-certificate",
  ERR_SSL_WRONG_VERSION_NUMBER: "not-tls",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "not-tls",
  ERR_SSL_RECORD_LAYER_FAILURE: "not-tls",
  ERR_SSL_HTTP_REQUEST: "not-tls",
  UND_ERR_HEADERS_OVERFLOW: "headers-too-large",
  HPE_HEADER_OVERFLOW: "headers-too-large",
};

interface SystemError {
  readonly code?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
  readonly message?: unknown;
  readonly name?: unknown;
  readonly errors?: unknown;
}

/** The error as the core knows it. @param known of a certificate, where one was the reason */
export function toTransportError(error: unknown, known: CertificateDetails = {}): TransportError {
  if (error instanceof TransportError) return error;
  const outer = asSystemError(error);
  // With addresses of both families, the errors stand in a list.
  const first: unknown = Array.isArray(outer.errors) ? outer.errors[0] : undefined;
  const inner = first === undefined ? outer : asSystemError(first);
  const code = textOf(inner.code) ?? textOf(outer.code) ?? "";
  const message = textOf(inner.message) ?? textOf(outer.message) ?? code;
  const address = addressOf(inner) ?? addressOf(outer);
  const { failure, issuer, goRefusal } = known;
  return new TransportError(
    failure ?? failureOf(code, textOf(outer.name) ?? "", message),
    message,
    { address, issuer, goRefusal, cause: error },
  );
}

/** What is known of the certificate that the error is about. */
export interface CertificateDetails extends Pick<TransportDetails, "issuer" | "goRefusal"> {
  /** A closer reason than the error's code. */
  readonly failure?: TransportFailure | undefined;
}

/** The code that Node or OpenSSL gave an error. */
export function codeOf(error: unknown): string {
  return textOf(asSystemError(error).code) ?? "";
}

function failureOf(code: string, name: string, message: string): TransportFailure {
  const known = byCode[code];
  if (known !== undefined) return known;
  if (/wrong version number|packet length too long/i.test(message)) return "not-tls";
  if (code === "EPROTO" || /^ERR_(SSL|TLS|OSSL)_/.test(code)) return "tls-handshake";
  if (name === "HTTPParserError" || code.startsWith("HPE_")) return "not-http";
  return "unreachable";
}

function asSystemError(error: unknown): SystemError {
  return typeof error === "object" && error !== null ? error : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function addressOf({ address, port }: SystemError): string | undefined {
  if (typeof address !== "string") return undefined;
  const host = address.includes(":") ? `[${address}]` : address;
  return typeof port === "number" ? `${host}:${port}` : host;
}
