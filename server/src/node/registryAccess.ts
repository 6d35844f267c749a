// Puts the registry client together with this machine: files, programs, network, proxy, certificates.

import { createHash } from "node:crypto";
import {
  TransportError,
  type CacheFile,
  type Clock,
  type Log,
  type RunKubectl,
} from "../environment.ts";
import {
  createKeychain,
  type Keychain,
  type KeychainParts,
} from "../registry/credentials/keychain.ts";
import { proxyFor, proxyRules, type ProxyRules } from "../registry/transport/proxyRules.ts";
import { createRegistryClient, type RegistryClient } from "../registry/registryClient.ts";
import {
  createSecretsInHand,
  logWithoutSecrets,
  type SecretsInHand,
} from "../registry/credentials/secretsInHand.ts";
import type { Settings } from "../settings.ts";
import { createCacheFile } from "./files/cacheFile.ts";
import { createCertificates, type Certificates } from "./certificates/certificates.ts";
import { createCredentialFiles } from "./credentialFiles.ts";
import {
  classifyByPolicy,
  lookUpBySystem,
  type LookUp,
  type Proxy,
} from "./http/guardedConnect.ts";
import { createKubectlRunner } from "./programs/kubectl.ts";
import { homeFolder } from "./files/homeFolder.ts";
import { createHttpSender } from "./http/httpSender.ts";
import { nodeClock } from "./nodeClock.ts";
import { createHelperRunner } from "./programs/runCredentialHelper.ts";
import type { HostClass } from "../registry/transport/addressPolicy.ts";

/** What the editor says of its proxy; the settings' own proxy goes before it. */
export interface EditorProxy {
  /** Empty for none. */
  readonly url: string;
  /** `Proxy-Authorization`; empty for none. */
  readonly authorization: string;
  /** Whether an https proxy's certificate is verified. Says nothing of registries. */
  readonly strictSsl: boolean;
  readonly noProxy: readonly string[];
}

export interface RegistryAccessOptions {
  /** Read at each use. */
  readonly settings: () => Settings;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Nothing inside these folders is read or run. */
  readonly workspaceFolders: () => readonly string[];
  readonly log: Log;
  readonly editorProxy?: () => EditorProxy;
  /**
   * Where the disk cache stands, an absolute path; empty or undefined keeps nothing on the disk. A promise where it
   * is known later: until then no request is sent.
   */
  readonly cacheFolder?: string | Promise<string>;
  /** The user's home; found out by default. */
  readonly home?: string;
  /** Another keychain in the place of the usual one. */
  readonly keychain?: (usual: Keychain) => Keychain;
  /** For tests: how names become addresses, and what those are. */
  readonly lookUp?: LookUp;
  readonly classify?: (address: string) => HostClass;
  /** For tests: milliseconds before each further try. */
  readonly retryPauses?: readonly number[];
}

export interface RegistryAccess {
  readonly client: RegistryClient;
  readonly keychain: Keychain;
  readonly clock: Clock;
  readonly cacheFile: CacheFile | undefined;
  readonly runKubectl: RunKubectl;
}

const helperTimeoutMs = 8000;

/** Everything that `createResolver` needs. Does nothing until the first request. */
export function createRegistryAccess(options: RegistryAccessOptions): RegistryAccess {
  const { settings, variables, workspaceFolders } = options;
  const secrets = createSecretsInHand();
  const log = logWithoutSecrets(options.log, secrets);
  const home = options.home ?? homeFolder(variables);
  const { platform } = process;
  const places = { variables, home, platform, uid: process.getuid?.(), workspaceFolders };
  const certificates = createCertificates({ settings, variables, home, log, secrets });
  const usual = createKeychain({
    readFiles: loggedFiles(createCredentialFiles(places), log),
    runHelper: createHelperRunner(places),
    clock: nodeClock,
    log,
    secrets,
    helperTimeoutMs: () => helperTimeoutMs,
  });
  const keychain = options.keychain?.(usual) ?? usual;
  const sender = createHttpSender({
    certificates,
    proxyFor: (url) => chooseProxy(url, options, { certificates, secrets }),
    lookUp: options.lookUp ?? lookUpBySystem,
    classify: options.classify ?? classifyByPolicy,
    connections: () => settings().requestsPerRegistry,
  });
  const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
  const client = createRegistryClient({
    sender,
    keychain,
    clock: nodeClock,
    log,
    secrets,
    sha256,
    settings,
    retryPauses: options.retryPauses,
  });
  const { cacheFolder = "" } = options;
  const cacheFile = cacheFolder === "" ? undefined : createCacheFile(cacheFolder, log);
  const runKubectl = createKubectlRunner(places);
  return { client, keychain, clock: nodeClock, cacheFile, runKubectl };
}

/** Tells the log which credential files count, once for each change. */
function loggedFiles(read: KeychainParts["readFiles"], log: Log): KeychainParts["readFiles"] {
  let logged = "";
  return async () => {
    const found = await read();
    const names = found.files.map(({ place }) => place).join(", ");
    const line =
      names === ""
        ? `no credential file was found (looked in ${found.lookedIn.join(", ")})`
        : `credential files: ${names}`;
    if (line !== logged) log("info", line);
    logged = line;
    return found;
  };
}

async function chooseProxy(
  url: URL,
  { settings, variables, editorProxy }: RegistryAccessOptions,
  { certificates, secrets }: { certificates: Certificates; secrets: SecretsInHand },
): Promise<Proxy | undefined> {
  const editor = editorProxy?.();
  const own = settings().proxy;
  const chosen =
    own === ""
      ? { url: editor?.url ?? "", setting: "http.proxy" }
      : { url: own, setting: "knativeDigest.proxy" };
  const rules = proxyRules(variables, chosen, editor?.noProxy ?? []);
  for (const secret of proxySecrets(rules, editor?.authorization)) secrets.add(secret);
  const choice = proxyFor(url, rules);
  if (choice.kind === "unusable") throw new TransportError("setting-unusable", choice.message);
  if (choice.kind === "direct") return undefined;
  const proxy = choice.url;
  const authorization = own === "" && editor !== undefined ? editor.authorization : "";
  const used = authorization === "" ? basicOf(proxy) : authorization;
  return {
    url: proxy,
    authorization: used,
    trust:
      proxy.protocol === "https:"
        ? await certificates.forProxy(editor?.strictSsl ?? true)
        : undefined,
  };
}

/** The passwords of proxies, also of those that no request goes through or that cannot be understood. */
function proxySecrets(rules: ProxyRules, authorization = ""): readonly string[] {
  const passwords = [rules.https, rules.http].flatMap(({ url }) => {
    const password = /^(?:[a-z]+:\/\/)?[^:@/]*:(.+)@/i.exec(url)?.[1];
    return password === undefined ? [] : [password, decoded(password)];
  });
  const [scheme = "", value = ""] = authorization.split(" ");
  const pair = scheme.toLowerCase() === "basic" ? Buffer.from(value, "base64").toString() : "";
  return [...passwords, value, pair.slice(pair.indexOf(":") + 1)];
}

/** A password with a percent sign that encodes nothing was meant as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function basicOf({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  const pair = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(pair, "utf8").toString("base64")}`;
}
