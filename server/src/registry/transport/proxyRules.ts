// Which requests go through a proxy: the environment's variables and the exceptions among hosts.

import * as l10n from "@vscode/l10n";
import { classifyHost, inNetwork, parseIpv4, parseIpv6 } from "./addressPolicy.ts";
import { safeText } from "./serverText.ts";

/** A proxy as it was written. */
export interface WrittenProxy {
  /** A URL with an optional user and password; empty for none. */
  readonly url: string;
  /** The setting or variable, for people. */
  readonly setting: string;
}

/** Proxies by the scheme of the request, and where none is used. */
export interface ProxyRules {
  readonly https: WrittenProxy;
  readonly http: WrittenProxy;
  /** Lists as in `NO_PROXY`. */
  readonly except: readonly { readonly setting: string; readonly entries: readonly string[] }[];
}

/** How a request goes. `unusable` says in a sentence for people why it must not go at all. */
export type ProxyChoice =
  | { readonly kind: "direct" }
  | { readonly kind: "proxy"; readonly url: URL }
  | { readonly kind: "unusable"; readonly message: string };

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The proxies of the environment as Go and curl read them: lower case before upper case, `HTTPS_PROXY` for https alone.
 * @param chosen a proxy that the user or the editor set for everything; an empty URL for none.
 * @param except further exceptions, of the editor.
 */
export function proxyRules(
  variables: Variables,
  chosen: WrittenProxy = { url: "", setting: "" },
  except: readonly string[] = [],
): ProxyRules {
  const variable = (name: string): WrittenProxy => {
    const lower = variables[name.toLowerCase()];
    const setting = lower === undefined ? name : name.toLowerCase();
    return { url: (lower ?? variables[name] ?? "").trim(), setting };
  };
  const noProxy = variable("NO_PROXY");
  return {
    https: chosen.url === "" ? variable("HTTPS_PROXY") : chosen,
    http: chosen.url === "" ? variable("HTTP_PROXY") : chosen,
    except: [
      { setting: noProxy.setting, entries: entriesOf(noProxy.url.split(/[\s,;]+/)) },
      { setting: "http.noProxy", entries: entriesOf(except) },
    ],
  };
}

function entriesOf(texts: readonly string[]): readonly string[] {
  return texts.map((text) => text.trim().toLowerCase()).filter((text) => text !== "");
}

/**
 * How a request goes. Loopback never goes through a proxy. A proxy or an exception that cannot be understood stops
 * the request: otherwise it would go where the user did not intend.
 */
export function proxyFor(url: URL, rules: ProxyRules): ProxyChoice {
  const written = url.protocol === "https:" ? rules.https : rules.http;
  if (written.url === "" || classifyHost(url.hostname) === "loopback") return { kind: "direct" };
  let unusable: ProxyChoice | undefined;
  for (const { setting, entries } of rules.except) {
    const covers = entries.map((entry) => matchesException(url, entry));
    if (covers.includes(true)) return { kind: "direct" };
    if (!covers.includes(undefined)) continue;
    unusable ??= {
      kind: "unusable",
      message: exceptionMessage(setting, entries[covers.indexOf(undefined)] ?? ""),
    };
  }
  if (unusable !== undefined) return unusable;
  const proxy = parseProxy(written.url);
  if (proxy !== undefined) return { kind: "proxy", url: proxy };
  return { kind: "unusable", message: proxyMessage(written.setting) };
}

/**
 * The proxy's URL; undefined where it cannot be understood: no http or https, no host, a port that does not exist, or
 * an `@` behind the host, since the `/`, `?` or `#` before it belongs to a password that was not encoded.
 */
function parseProxy(written: string): URL | undefined {
  try {
    const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(written);
    const url = new URL(hasScheme ? written : `http://${written}`);
    const isWeb = url.protocol === "http:" || url.protocol === "https:";
    const rest = `${url.pathname}${url.search}${url.hash}`;
    return isWeb && url.hostname !== "" && !rest.includes("@") ? url : undefined;
  } catch {
    return undefined;
  }
}

/** Quotes nothing of the value, which may hold a password. */
function proxyMessage(setting: string): string {
  return l10n.t(
    "invalid proxy in {0}: write http://user:password@host:port, with special characters of the password encoded (/ as %2F, # as %23, ? as %3F, @ as %40)",
    setting,
  );
}

function exceptionMessage(setting: string, entry: string): string {
  return l10n.t(
    "invalid entry {0} in {1}: write a host, an address or a network such as 10.0.0.0/8",
    JSON.stringify(safeText(entry)),
    setting,
  );
}

/**
 * Whether an exception covers the URL: `*`; a host, which covers its subdomains with and without a leading `.` or
 * `*.`; a pattern (`10.*`); an address; each with an optional port and scheme; a network (`10.0.0.0/8`);
 * `<local>`, hosts without a dot. Undefined where the entry cannot be understood.
 * @internal Exported for its tests.
 */
export function matchesException(url: URL, entry: string): boolean | undefined {
  if (entry === "*") return true;
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  if (entry === "<local>") return !hostname.includes(".") && octetsOf(hostname) === undefined;
  const network = /^([^/]+)\/(\d{1,3})$/.exec(entry);
  if (network !== null) return isInNetwork(hostname, network[1] ?? "", Number(network[2]));
  const { host, port } = splitPort(entry.replace(/^https?:\/\//, "").replace(/\/$/, ""));
  const base = octetsOf(host);
  if (base === undefined && !/^[.*\p{L}\p{N}_-]+$/u.test(host)) return undefined;
  if (port !== undefined && Number(port) > 65_535) return undefined;
  if (port !== undefined && port !== effectivePort(url)) return false;
  const octets = octetsOf(hostname);
  if (octets !== undefined && !host.includes("*")) return base?.join(".") === octets.join(".");
  const suffix = asciiName(host.replace(/^\*?\.+/, ""));
  if (suffix.includes("*")) return matchesPattern(hostname, suffix.split("*"));
  return hostname === suffix || (suffix !== "" && hostname.endsWith(`.${suffix}`));
}

/** Names are compared as they are looked up. */
function asciiName(name: string): string {
  try {
    return /^\p{ASCII}*$/u.test(name) ? name : new URL(`http://${name}/`).hostname;
  } catch {
    return name;
  }
}

/** Whether the parts stand in the name in this order, the first at its begin and the last at its end. */
function matchesPattern(name: string, parts: readonly string[]): boolean {
  const [first = "", ...others] = parts;
  if (!name.startsWith(first)) return false;
  const last = others.pop() ?? "";
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

function octetsOf(address: string): readonly number[] | undefined {
  return parseIpv4(address) ?? parseIpv6(address);
}

/** Undefined where there is no such network. */
function isInNetwork(hostname: string, network: string, bits: number): boolean | undefined {
  const base = octetsOf(network.replace(/^\[(.*)\]$/, "$1"));
  if (base === undefined || bits > base.length * 8) return undefined;
  const octets = octetsOf(hostname);
  return octets?.length === base.length && inNetwork(octets, base, bits);
}

function splitPort(entry: string): { host: string; port: string | undefined } {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry);
  if (bracketed !== null) return { host: bracketed[1] ?? "", port: bracketed[2] };
  const plain = /^([^:]*):(\d+)$/.exec(entry);
  return plain === null
    ? { host: entry, port: undefined }
    : { host: plain[1] ?? "", port: plain[2] };
}

function effectivePort(url: URL): string {
  if (url.port !== "") return url.port;
  return url.protocol === "https:" ? "443" : "80";
}
