// The scheme over which Knative contacts a registry: whether it falls back to http.

import { currentGrammar, type GrammarProfile } from "./grammarProfile.ts";

/**
 * `http` if Knative also tries http, `https` if it uses only https
 * (pkg/name/registry.go `Registry.Scheme`; https is always tried first).
 * @param registry host and port as Knative spells them (`RegistryStr`), case kept.
 */
export function registryScheme(
  registry: string,
  grammar: GrammarProfile = currentGrammar,
): "http" | "https" {
  const overHttp =
    isPrivateIpv4(registry) ||
    registry.startsWith("localhost:") ||
    (grammar.localhostIsRegistry && registry === "localhost") ||
    (grammar.dotLocalOverHttp && /\.local(:\d{1,5})?$/.test(registry)) ||
    /\.localhost(:\d{1,5})?$/.test(registry) ||
    isLoopback(registry, grammar);
  return overHttp ? "http" : "https";
}

/** RFC 1918, read as Go's `net.ParseIP` reads the text before the first colon: no leading zeros. */
export function isPrivateIpv4(registry: string): boolean {
  const parts = (registry.split(":")[0] ?? "").split(".");
  if (parts.length !== 4 || parts.some((part) => !/^(0|[1-9]\d{0,2})$/.test(part))) return false;
  const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number);
  if ([a, b, c, d].some((octet) => octet > 255)) return false;
  return a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168);
}

function isLoopback(registry: string, grammar: GrammarProfile): boolean {
  if (!grammar.loopbackAnchored) return registry.includes("127.0.0.1") || registry.includes("::1");
  return /^(127\.0\.0\.1|\[::1\])(:\d{1,5})?$/.test(registry);
}
