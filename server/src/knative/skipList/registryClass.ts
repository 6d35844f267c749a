// What kind of place a registry's name points at: a developer's machine, the cluster, the public, or neither.

import { isPrivateIpv4 } from "../../image/registryScheme.ts";

/**
 * - `side-loaded`: no registry at all; images are put onto the nodes (kind.local, ko.local, dev.local);
 * - `development`: loopback, `localhost:PORT`, `*.localhost`, `*.local`;
 * - `private-network`: an RFC 1918 address;
 * - `cluster`: a Service of the cluster, which only the cluster's DNS knows;
 * - `public`: a registry that everybody reaches;
 * - `other`: a name of which nothing is known, usually a company's registry.
 */
export type RegistryClass =
  "side-loaded" | "development" | "private-network" | "cluster" | "public" | "other";

const sideLoaded: readonly string[] = ["kind.local", "ko.local", "dev.local"];

const publicHosts: readonly string[] = [
  "index.docker.io",
  "docker.io",
  "registry-1.docker.io",
  "registry.hub.docker.com",
  "ghcr.io",
  "quay.io",
  "gcr.io",
  "registry.k8s.io",
  "k8s.gcr.io",
  "mcr.microsoft.com",
  "public.ecr.aws",
  "registry.gitlab.com",
  "docker.pkg.github.com",
  "registry.access.redhat.com",
  "registry.redhat.io",
  "nvcr.io",
  "icr.io",
  "registry.fedoraproject.org",
  "registry.suse.com",
  "registry.opensuse.org",
  "registry.digitalocean.com",
  "container-registry.oracle.com",
  "docker.elastic.co",
  "lscr.io",
  "cgr.dev",
  "ttl.sh",
];

const publicSuffixes: readonly string[] = [
  ".gcr.io",
  ".pkg.dev",
  ".amazonaws.com",
  ".amazonaws.com.cn",
  ".azurecr.io",
  ".azurecr.cn",
  ".azurecr.us",
  ".icr.io",
  ".ocir.io",
  ".aliyuncs.com",
  ".jfrog.io",
];

/**
 * The class of a registry's name (host and perhaps a port). Case does not matter here, since DNS ignores it;
 * the port does not either, except that `localhost` is not a registry without one.
 */
export function registryClass(registry: string): RegistryClass {
  const host = hostOf(registry).toLowerCase();
  if (sideLoaded.includes(host)) return "side-loaded";
  if (isClusterService(host)) return "cluster";
  if (isLoopback(host) || host.endsWith(".local") || host.endsWith(".localhost")) {
    return "development";
  }
  if (isPrivateIpv4(host)) return "private-network";
  if (publicHosts.includes(host) || publicSuffixes.some((suffix) => host.endsWith(suffix))) {
    return "public";
  }
  return "other";
}

/** Whether the registry is one that only development uses, so that skipping it is what one expects. */
export function isDevelopmentRegistry(registry: string): boolean {
  const kind = registryClass(registry);
  return kind === "side-loaded" || kind === "development" || kind === "private-network";
}

/** The host of `host[:port]`; brackets of an IPv6 address stay. */
export function hostOf(registry: string): string {
  return registry.replace(/:\d*$/, "");
}

/** The port of `host[:port]`, undefined if none is written. */
export function portOf(registry: string): string | undefined {
  return /:(\d*)$/.exec(registry)?.[1];
}

/** A Service's name as pods resolve it: `registry.ns.svc`, with `.cluster.local` or without. */
function isClusterService(host: string): boolean {
  return host.endsWith(".svc") || host.endsWith(".cluster.local");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}
