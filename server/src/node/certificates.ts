// Which certificate authorities are trusted for a host: bundled, the system's, the user's, docker's and podman's.

import { X509Certificate } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import * as tls from "node:tls";
import * as l10n from "@vscode/l10n";
import { TransportError, type Log } from "../environment.ts";
import { hostSettings } from "../registry/registryHost.ts";
import type { SecretsInHand } from "../registry/secretsInHand.ts";
import type { Settings } from "../settings.ts";
import type { TlsTrust } from "./guardedConnect.ts";
import { readRegularFileSync } from "./regularFile.ts";

export interface CertificateOptions {
  readonly settings: () => Settings;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly log: Log;
  readonly secrets: SecretsInHand;
}

export interface Certificates {
  /**
   * The trust for a registry or sign-in host, `host[:port]`. Reads files on the first call: slow, once.
   * @param mayIdentify whether the client certificate that this machine has for the host may be presented
   */
  forHost(host: string, mayIdentify: boolean): TlsTrust;
  /** The trust for an https proxy. */
  forProxy(verify: boolean): TlsTrust;
  /** Makes the next call read files and settings again. */
  reset(): void;
}

const maxFile = 4 * 1024 * 1024;
/** The bundles of Debian, Fedora and Alpine, older Fedora, openSUSE, Fedora 43. */
const systemBundles: readonly string[] = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

export function createCertificates(options: CertificateOptions): Certificates {
  let common: readonly string[] | undefined;
  const trusts = new Map<string, TlsTrust>();

  const trustOf = (key: string, verify: boolean, extra: HostFiles): TlsTrust => {
    common ??= commonAuthorities(options);
    const own = [...extra.authorities, ...(extra.pair === undefined ? [] : [extra.pair.cert])];
    // Most hosts have nothing of their own and share one context: making one takes some 30 ms.
    const contextKey = own.length === 0 ? String(verify) : `${key} ${String(verify)}`;
    const made = trusts.get(contextKey) ?? {
      verify,
      context: createContext([...common, ...extra.authorities], extra.pair),
    };
    trusts.set(contextKey, made);
    return made;
  };

  return {
    forHost(host, mayIdentify) {
      const name = `host ${host} ${String(mayIdentify)}`;
      const known = trusts.get(name);
      if (known !== undefined) return known;
      const own = hostSettings(host, options.settings().registries);
      const { authorities, pair } = hostFiles(host, own?.caFile, options);
      const trust = trustOf(name, own?.insecure !== true, {
        authorities,
        pair: mayIdentify ? pair : undefined,
      });
      trusts.set(name, trust);
      return trust;
    },
    forProxy: (verify) => trustOf("proxy", verify, { authorities: [], pair: undefined }),
    reset() {
      common = undefined;
      trusts.clear();
    },
  };
}

/**
 * Node's own authorities and these. Adding to Node's list takes a fifth of the time of giving a list of one's own,
 * but by a method that is not documented, though widely used; where it is missing, the whole list is given.
 */
function createContext(authorities: readonly string[], pair: HostFiles["pair"]): tls.SecureContext {
  const secure: tls.SecureContext = tls.createSecureContext({ ...pair });
  const native: unknown = secure.context;
  if (!canAdd(native)) {
    return tls.createSecureContext({ ca: [...tls.rootCertificates, ...authorities], ...pair });
  }
  for (const pem of authorities) native.addCACert(pem);
  return secure;
}

function canAdd(native: unknown): native is { addCACert(pem: string): void } {
  return (
    typeof native === "object" &&
    native !== null &&
    "addCACert" in native &&
    typeof native.addCACert === "function"
  );
}

/** Certificates trusted in addition to Node's own list. */
function commonAuthorities(options: CertificateOptions): readonly string[] {
  const { variables, log } = options;
  const caFile = options.settings().caFile;
  const files = [variables["NODE_EXTRA_CA_CERTS"], caFile].map((file) =>
    file === undefined || file === "" ? "" : expandHome(file, options.home),
  );
  const [fromVariable = [], fromSetting = []] = files.map((file, index) =>
    file === "" ? [] : index === 0 ? readAuthorities(file, log) : chosenAuthorities(file, "caFile"),
  );
  const bundled = new Set(tls.rootCertificates.map((pem) => pem.replace(/\s+/g, "")));
  const others = [...systemAuthorities(options), ...fromVariable, ...fromSetting].map(
    (pem) => [pem.replace(/\s+/g, ""), pem] as const,
  );
  const now = Date.now();
  // A root that has expired can break chains that another root would complete.
  const valid = new Map(others.filter(([text, pem]) => !bundled.has(text) && isValidAt(pem, now)));
  return [...valid.values()];
}

function isValidAt(pem: string, now: number): boolean {
  try {
    return Date.parse(new X509Certificate(pem).validTo) > now;
  } catch {
    return false;
  }
}

/** Newer Node reads the system's store on every platform; on Node 20 the bundle files of Linux are read. */
function systemAuthorities({ variables, log }: CertificateOptions): readonly string[] {
  const named = variables["SSL_CERT_FILE"] ?? "";
  const fromFile = named === "" ? [] : readAuthorities(named, log);
  if ("getCACertificates" in tls && typeof tls.getCACertificates === "function") {
    const read = tls.getCACertificates as (type: "system") => readonly string[];
    return [...fromFile, ...read("system")];
  }
  if (fromFile.length > 0) return fromFile;
  for (const file of systemBundles) {
    const authorities = exists(file) ? readAuthorities(file, log) : [];
    if (authorities.length > 0) return authorities;
  }
  return [];
}

interface HostFiles {
  readonly authorities: readonly string[];
  readonly pair: { readonly cert: string; readonly key: string } | undefined;
}

/** `certs.d/<host:port>`: `*.crt` are authorities, `<name>.cert` with `<name>.key` is the client's own certificate. */
function hostFiles(
  host: string,
  caFile: string | undefined,
  options: CertificateOptions,
): HostFiles {
  const { home, log } = options;
  const own =
    caFile === undefined || caFile === ""
      ? []
      : chosenAuthorities(expandHome(caFile, home), "registries");
  const folders = [
    path.join(home, ".config/containers/certs.d"),
    path.join(home, ".docker/certs.d"),
    "/etc/containers/certs.d",
    "/etc/docker/certs.d",
  ].map((folder) => path.join(folder, host));
  const files = folders.flatMap((folder) => filesIn(folder));
  const authorities = files.filter((file) => file.endsWith(".crt"));
  const cert = files.find(
    (file) => file.endsWith(".cert") && files.includes(file.replace(/\.cert$/, ".key")),
  );
  return {
    authorities: [...own, ...authorities.flatMap((file) => readAuthorities(file, log))],
    pair: cert === undefined ? undefined : readPair(cert, options),
  };
}

function readPair(cert: string, { log, secrets }: CertificateOptions): HostFiles["pair"] {
  const texts = [cert, cert.replace(/\.cert$/, ".key")].map((file) => readText(file, log));
  const [certText = "", keyText = ""] = texts;
  if (certText === "" || keyText === "") return undefined;
  for (const line of keyText.split(/\r?\n/)) if (!line.startsWith("-----")) secrets.add(line);
  const pair = { cert: certText, key: keyText };
  try {
    tls.createSecureContext(pair);
    return pair;
  } catch (error) {
    // One that cannot be used must not keep the host from being asked without it.
    log("warning", `the client certificate ${cert} cannot be used with its key: ${String(error)}`);
    return undefined;
  }
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

/** Those of a setting: without them a request would fail for another reason, or trust others than the user wants. */
function chosenAuthorities(file: string, setting: string): readonly string[] {
  let reason = "";
  const found = readAuthorities(file, (_, message) => (reason = message));
  if (found.length > 0) return found;
  throw new TransportError(
    "setting-unusable",
    l10n.t(
      "the CA file in {0} cannot be used ({1}): specify a file of PEM certificates",
      `knativeDigest.${setting}`,
      reason,
    ),
  );
}

/** The certificates of a PEM file; none, with a line in the log, if it cannot be read. */
function readAuthorities(file: string, log: Log): readonly string[] {
  const text = readText(file, log);
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (text !== "" && found.length === 0) log("warning", `${file} holds no PEM certificate`);
  return found;
}

function readText(file: string, log: Log): string {
  const read = readRegularFileSync(file, maxFile);
  if (read.kind === "bytes") return read.bytes.toString("utf8");
  log("warning", `the certificate file ${file} cannot be read: ${read.problem}`);
  return "";
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

function expandHome(file: string, home: string): string {
  return file.startsWith("~/") ? path.join(home, file.slice(2)) : file;
}
