// Which requests go through a proxy: the environment's variables and the exceptions among hosts.

import { classifyHost, inNetwork, parseIpv4, parseIpv6 } from "./addressPolicy.ts";

/** Proxies by the scheme of the request, and where none is used. */
export interface ProxyRules {
  /** URLs with an optional user and password; empty for none. */
  readonly https: string;
  readonly http: string;
  /** Entries as in `NO_PROXY`. */
  readonly except: readonly string[];
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The proxies of the environment as Go and curl read them: lower case before upper case, `HTTPS_PROXY` for https alone.
 * @param chosen a proxy that the user or the editor set for everything; empty for none.
 * @param except further exceptions, of the editor.
 */
export function proxyRules(
  variables: Variables,
  chosen = "",
  except: readonly string[] = [],
): ProxyRules {
  const variable = (name: string): string =>
    (variables[name.toLowerCase()] ?? variables[name] ?? "").trim();
  const exceptions = variable("NO_PROXY").split(/[\s,]+/);
  return {
    https: chosen === "" ? variable("HTTPS_PROXY") : chosen,
    http: chosen === "" ? variable("HTTP_PROXY") : chosen,
    except: [...exceptions, ...except].map((entry) => entry.trim().toLowerCase()).filter(Boolean),
  };
}

/** The proxy for a request; undefined where it goes directly. Loopback never goes through a proxy. */
export function proxyFor(url: URL, rules: ProxyRules): URL | undefined {
  const written = url.protocol === "https:" ? rules.https : rules.http;
  if (written === "" || classifyHost(url.hostname) === "loopback") return undefined;
  if (rules.except.some((entry) => matchesException(url, entry))) return undefined;
  try {
    return new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `http://${written}`);
  } catch {
    return undefined;
  }
}

/**
 * Whether a `NO_PROXY` entry covers the URL: `*`; a host, which covers its subdomains with and without
 * a leading `.` or `*.`; an address; a network (`10.0.0.0/8`); each but a network with an optional port.
 * @internal Exported for its tests.
 */
export function matchesException(url: URL, entry: string): boolean {
  if (entry === "*") return true;
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  const network = /^(.+)\/(\d{1,3})$/.exec(entry);
  if (network !== null) return isInNetwork(hostname, network[1] ?? "", Number(network[2]));
  const { host, port } = splitPort(entry);
  if (port !== undefined && port !== effectivePort(url)) return false;
  const octets = octetsOf(hostname);
  if (octets !== undefined) return octetsOf(host)?.join(".") === octets.join(".");
  const suffix = host.replace(/^\*?\./, "");
  return hostname === suffix || (suffix !== "" && hostname.endsWith(`.${suffix}`));
}

function octetsOf(address: string): readonly number[] | undefined {
  return parseIpv4(address) ?? parseIpv6(address);
}

function isInNetwork(hostname: string, network: string, bits: number): boolean {
  const octets = octetsOf(hostname);
  const base = octetsOf(network);
  if (octets === undefined || base?.length !== octets.length) return false;
  return inNetwork(octets, base, bits);
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
