// What Knative's controller would print for a failure, so that a search for its words finds the editor's.

import type { TransportError, TransportFailure } from "../environment.ts";
import { isDigest } from "../image/digest.ts";
import { registryScheme } from "../image/registryScheme.ts";
import type { HeadLack, RegistryError } from "../registry/registryError.ts";
import type { ManifestKey } from "./resolution.ts";

export const noBody = "(HEAD responses have no body, use GET for details)";

/**
 * The text after `failed to resolve image to digest: ` (serving `resolve.go`, go-containerregistry v0.20.3);
 * undefined where the controller asks nothing (a digest) or would fail in a way that is unknown here.
 */
export function knativeWords(error: RegistryError, key: ManifestKey): string | undefined {
  const { problem } = error;
  if (isDigest(key.reference)) return undefined;
  const head = manifestUrl(key, problem);
  switch (problem.kind) {
    case "not-found":
      return `HEAD ${head}: unexpected status code 404 Not Found ${noBody}`;
    case "rate-limited":
      return `HEAD ${head}: unexpected status code 429 Too Many Requests ${noBody}`;
    case "denied":
      if (problem.at === "registry")
        return `HEAD ${head}: ${statusWords(problem.status)} ${noBody}`;
      return `GET ${problem.url}: ${tokenWords(problem)}`;
    case "server-error":
      return `GET ${originOf(head)}/v2/: ${statusWords(problem.status)}`;
    case "no-digest-header":
      return lackWords(problem.lacks, problem.status, head);
    case "transport":
      return problem.errors.length > 0 ? transportWords(problem.errors, key) : undefined;
    case "invalid-response":
    case "authentication-unsupported":
    case "blocked":
      return undefined;
  }
}

/** The URL that Knative asks: its own, also where we asked a mirror; over http only where that answered. */
function manifestUrl(key: ManifestKey, problem: RegistryError["problem"]): string {
  const asked = "url" in problem ? problem.url : "";
  const plain = asked.startsWith("http:") && registryScheme(key.registry) === "http";
  const scheme = plain ? "http" : "https";
  return `${scheme}://${key.registry}/v2/${key.repository}/manifests/${key.reference}`;
}

function originOf(url: string): string {
  return url.split("/").slice(0, 3).join("/");
}

/** A status as go-containerregistry prints it. */
export function statusWords(status: number): string {
  return `unexpected status code ${status} ${statusTexts[status] ?? ""}`.trimEnd();
}

const statusTexts: Readonly<Record<number, string>> = {
  201: "Created",
  202: "Accepted",
  203: "Non-Authoritative Information",
  204: "No Content",
  301: "Moved Permanently",
  302: "Found",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  402: "Payment Required",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  410: "Gone",
  421: "Misdirected Request",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

function tokenWords(problem: {
  readonly status: number;
  readonly error:
    { readonly code: string | undefined; readonly message: string | undefined } | undefined;
}): string {
  const { code, message } = problem.error ?? { code: undefined, message: undefined };
  if (code !== undefined) return `${code}: ${message ?? ""}`.trimEnd();
  return `${statusWords(problem.status)}${message === undefined ? "" : `: ${message}`}`;
}

function lackWords(lacks: HeadLack, status: number, head: string): string | undefined {
  switch (lacks) {
    case "Docker-Content-Digest":
    case "Content-Type":
      return `HEAD ${head}: response did not include ${lacks} header`;
    case "Content-Length":
      // Knative says GET here.
      return `GET ${head}: response did not include Content-Length header`;
    case "head":
      return `HEAD ${head}: ${statusWords(status)} ${noBody}`;
    case "malformed-digest":
      return undefined;
  }
}

/** The ping fails first: both schemes' errors are joined where Knative tries both. */
function transportWords(errors: readonly TransportError[], key: ManifestKey): string | undefined {
  const words = errors.map((error) => goWords(error, key.registry));
  if (words.some((word) => word === undefined)) return undefined;
  const schemes = registryScheme(key.registry) === "http" ? ["https", "http"] : ["https"];
  const said = schemes.map((scheme, index) => {
    const word = words[Math.min(index, words.length - 1)] ?? "";
    return `Get "${scheme}://${key.registry}/v2/": ${word}`;
  });
  return said.join("; ");
}

/** What Go prints; for the failures left out here it prints too many things to tell which. */
function goWords(error: TransportError, registry: string): string | undefined {
  if (error.goRefusal !== undefined) return error.goRefusal;
  const host = registry.replace(/:\d*$/, "");
  const words: Partial<Record<TransportFailure, string>> = {
    "name-not-found": `dial tcp: lookup ${host}: no such host`,
    refused: `dial tcp ${error.address ?? registry}: connect: connection refused`,
    timeout: "context deadline exceeded",
    "untrusted-certificate": `${verification}: x509: certificate signed by unknown authority`,
    "expired-certificate": `${verification}: x509: certificate has expired or is not yet valid`,
    "not-tls": "http: server gave HTTP response to HTTPS client",
    reset: "EOF",
  };
  return words[error.failure];
}

const verification = "tls: failed to verify certificate";
