// Which certificate authorities are trusted for a host: bundled, the system's, the user's, docker's and podman's.

import { X509Certificate } from "node:crypto";
import { readdir } from "node:fs/promises";
import path from "node:path";
import * as tls from "node:tls";
import * as l10n from "@vscode/l10n";
import { TransportError, type Log } from "../../environment.ts";
import { hostSettings } from "../../registry/registryHost.ts";
import type { SecretsInHand } from "../../registry/credentials/secretsInHand.ts";
import type { Settings } from "../../settings.ts";
import type { TlsTrust } from "../http/guardedConnect.ts";
import { hostFolders, systemBundles } from "./certificatePlaces.ts";
import { readSmallFile } from "../files/regularFile.ts";

export interface CertificateOptions {
  readonly settings: () => Settings;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly log: Log;
  readonly secrets: SecretsInHand;
  /** Another system than this one in tests. */
  readonly platform?: NodeJS.Platform;
}

export interface Certificates {
  /**
   * The trust for a registry or token service, `host[:port]`. Reads files on the first call: slow, once.
   * Rejects with a `TransportError` if a file that a setting names cannot be used.
   * @param mayIdentify whether the client certificate that this machine has for the host may be presented
   */
  forHost(host: string, mayIdentify: boolean): Promise<TlsTrust>;
  /** The trust for an https proxy. */
  forProxy(verify: boolean): Promise<TlsTrust>;
  /** Makes the next call read files and settings again. */
  reset(): void;
}

/** Fifteen times what systems bring (some 150 certificates in 250 KB). */
const maxFile = 4 * 1024 * 1024;
/** Taking one in costs up to 0.1 ms, on the thread that serves the editor: those of one file together 0.2 s. */
const maxCertificates = 2000;
/** A key of 16,384 bits has 13 KB. */
const maxKey = 64 * 1024;
/** Files in the folder of one host that are looked at. */
const maxHostFiles = 100;

export function createCertificates(options: CertificateOptions): Certificates {
  let common: Promise<readonly string[]> | undefined;
  const trusts = new Map<string, Promise<TlsTrust>>();

  /** What was made for a key, or is being made; what fails is tried again. */
  const once = (key: string, make: () => Promise<TlsTrust>): Promise<TlsTrust> => {
    const known = trusts.get(key);
    if (known !== undefined) return known;
    const made = make();
    trusts.set(key, made);
    made.catch(() => {
      if (trusts.get(key) === made) trusts.delete(key);
    });
    return made;
  };
  const authorities = (): Promise<readonly string[]> => {
    if (common !== undefined) return common;
    const reading = commonAuthorities(options);
    common = reading;
    reading.catch(() => {
      if (common === reading) common = undefined;
    });
    return reading;
  };
  const plain = (verify: boolean): Promise<TlsTrust> =>
    once(`verified: ${String(verify)}`, async () =>
      trustIn(verify, await authorities(), undefined),
    );

  return {
    forHost: (host, mayIdentify) =>
      once(`host ${host} ${String(mayIdentify)}`, async () => {
        const settings = hostSettings(host, options.settings().registries);
        const verify = settings?.insecure !== true;
        const own = await hostFiles(host, settings?.caFile, options);
        const pair = mayIdentify ? own.pair : undefined;
        // Most hosts have nothing of their own and share one context: making one takes some 30 ms.
        if (own.authorities.length === 0 && pair === undefined) return plain(verify);
        return trustIn(verify, [...(await authorities()), ...own.authorities], pair);
      }),
    forProxy: plain,
    reset() {
      common = undefined;
      trusts.clear();
    },
  };
}

function trustIn(
  verify: boolean,
  authorities: readonly string[],
  pair: HostFiles["pair"],
): TlsTrust {
  let trusted: ReadonlySet<string> | undefined;
  return {
    verify,
    context: createContext(authorities, pair),
    isTrusted(der) {
      trusted ??= new Set([...tls.rootCertificates, ...authorities].map(base64Of));
      return trusted.has(der.toString("base64"));
    },
  };
}

/** What stands between the lines of a PEM certificate. */
function base64Of(pem: string): string {
  return pem.replace(/-----[A-Z ]+-----|\s+/g, "");
}

/**
 * Node's own authorities and these. A certificate that is trusted needs no issuer that is, as in Go. Adding to Node's list takes a fifth of the time of giving a list of one's own,
 * but by a method that is not documented, though widely used; where it is missing, the whole list is given.
 */
function createContext(authorities: readonly string[], pair: HostFiles["pair"]): tls.SecureContext {
  const secure: tls.SecureContext = tls.createSecureContext({ ...pair, ...partial });
  const native: unknown = secure.context;
  if (!canAdd(native)) {
    const ca = [...tls.rootCertificates, ...authorities];
    return tls.createSecureContext({ ca, ...pair, ...partial });
  }
  for (const pem of authorities) native.addCACert(pem);
  return secure;
}

const partial = { allowPartialTrustChain: true } as const;

function canAdd(native: unknown): native is { addCACert(pem: string): void } {
  return (
    typeof native === "object" &&
    native !== null &&
    "addCACert" in native &&
    typeof native.addCACert === "function"
  );
}

/** Certificates trusted in addition to Node's own list. */
async function commonAuthorities(options: CertificateOptions): Promise<readonly string[]> {
  const { variables, log } = options;
  const caFile = options.settings().caFile;
  const files = [variables["NODE_EXTRA_CA_CERTS"], caFile].map((file) =>
    file === undefined || file === "" ? "" : expandHome(file, options.home),
  );
  const [variable = "", setting = ""] = files;
  const fromVariable = variable === "" ? [] : await readAuthorities(variable, log);
  const fromSetting = setting === "" ? [] : await chosenAuthorities(setting, "caFile");
  const bundled = new Set(tls.rootCertificates.map((pem) => pem.replace(/\s+/g, "")));
  const others = [...(await systemAuthorities(options)), ...fromVariable, ...fromSetting].map(
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
async function systemAuthorities({
  variables,
  log,
  platform = process.platform,
}: CertificateOptions): Promise<readonly string[]> {
  const named = variables["SSL_CERT_FILE"] ?? "";
  const fromFile = named === "" ? [] : await readAuthorities(named, log);
  if ("getCACertificates" in tls && typeof tls.getCACertificates === "function") {
    const read = tls.getCACertificates as (type: "system") => readonly string[];
    return [...fromFile, ...read("system")];
  }
  if (fromFile.length > 0) return fromFile;
  for (const file of systemBundles(platform)) {
    const authorities = await readAuthorities(file, log, "may-be-missing");
    if (authorities.length > 0) return authorities;
  }
  return [];
}

interface HostFiles {
  readonly authorities: readonly string[];
  readonly pair: { readonly cert: string; readonly key: string } | undefined;
}

/** `certs.d/<host:port>`: `*.crt` are authorities, `<name>.cert` with `<name>.key` is the client's own certificate. */
async function hostFiles(
  host: string,
  caFile: string | undefined,
  options: CertificateOptions,
): Promise<HostFiles> {
  const { home, log } = options;
  const own =
    caFile === undefined || caFile === ""
      ? []
      : await chosenAuthorities(expandHome(caFile, home), "registries");
  const files = (await Promise.all(hostFolders(host, options).map(filesIn))).flat();
  const authorities = files.filter((file) => file.endsWith(".crt"));
  const cert = files.find(
    (file) => file.endsWith(".cert") && files.includes(file.replace(/\.cert$/, ".key")),
  );
  const found = await Promise.all(authorities.map((file) => readAuthorities(file, log)));
  return {
    authorities: [...own, ...found.flat()],
    pair: cert === undefined ? undefined : await readPair(cert, options),
  };
}

async function readPair(
  cert: string,
  { log, secrets }: CertificateOptions,
): Promise<HostFiles["pair"]> {
  const certText = await readText(cert, maxFile, log);
  const keyText = await readText(cert.replace(/\.cert$/, ".key"), maxKey, log);
  if (certText === "" || keyText === "") return undefined;
  for (const line of keyText.split(/\r?\n/)) if (!line.startsWith("-----")) secrets.add(line);
  const pair = { cert: certText, key: keyText };
  try {
    tls.createSecureContext(pair);
    return pair;
  } catch (error) {
    // An unusable one must not prevent requests to the host without it.
    log("warning", `the client certificate ${cert} cannot be used with its key: ${String(error)}`);
    return undefined;
  }
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    const names = (await readdir(folder)).sort().slice(0, maxHostFiles);
    return names.map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

/** Those of a setting: without them a request would fail for another reason, or trust CAs that the user did not choose. */
async function chosenAuthorities(file: string, setting: string): Promise<readonly string[]> {
  let reason = "";
  const found = await readAuthorities(file, (_, message) => (reason = message));
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
async function readAuthorities(
  file: string,
  log: Log,
  missing: "is-reported" | "may-be-missing" = "is-reported",
): Promise<readonly string[]> {
  const text = await readText(file, maxFile, log, missing);
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (text !== "" && found.length === 0) log("warning", `${file} holds no PEM certificate`);
  if (found.length > maxCertificates) {
    log("warning", `${file} holds more than ${maxCertificates} certificates: the rest is not used`);
  }
  return found.slice(0, maxCertificates);
}

async function readText(
  file: string,
  maxBytes: number,
  log: Log,
  missing: "is-reported" | "may-be-missing" = "is-reported",
): Promise<string> {
  const read = await readSmallFile(file, maxBytes);
  if (read.kind === "bytes") return read.bytes.toString("utf8");
  if (read.problem !== "missing" || missing === "is-reported") {
    log("warning", `the certificate file ${file} cannot be read: ${read.problem}`);
  }
  return "";
}

function expandHome(file: string, home: string): string {
  return file.startsWith("~/") ? path.join(home, file.slice(2)) : file;
}
