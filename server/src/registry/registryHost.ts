// Where a registry is contacted: host, schemes, mirror; and which names are valid in a request.

import { withoutEnd, withoutStart } from "../image/trim.ts";
import * as l10n from "@vscode/l10n";
import { dockerHub } from "../image/imageReference.ts";
import type { RegistrySettings, UnusableSetting } from "../settings.ts";
import { classifyHost, isBadPort } from "./transport/addressPolicy.ts";

export type Scheme = "https" | "http";

/** A repository of a registry. */
export interface RepositoryName {
  /** Host and port as Knative spells them (`RegistryStr`). */
  readonly registry: string;
  /** Path inside the registry (`RepositoryStr`). */
  readonly repository: string;
}

/** What a lookup is for: a tag or digest in a repository. */
export interface ManifestKey extends RepositoryName {
  /** A tag, or a digest (`sha256:…`). */
  readonly reference: string;
}

/** A repository on the host that is contacted for it. */
export interface HostedRepository {
  readonly host: RegistryHost;
  readonly repository: string;
}

export interface RegistryHost {
  /** As Knative spells it (`RegistryStr`): the registry's identity for people. */
  readonly registry: string;
  /** The host to contact, lower case, with its port: the mirror's if there is one. */
  readonly asked: string;
  /** The same for plain http: with the port that was written, also where it is the one that https has anyway. */
  readonly askedPlain: string;
  /** Prepended to repositories: the path of a mirror, `dockerhub/`; else empty. */
  readonly pathPrefix: string;
  /** In the order in which they are tried. */
  readonly schemes: readonly [Scheme, ...Scheme[]];
  /** Whether the user named the host insecure. */
  readonly insecure: boolean;
  readonly isMirror: boolean;
  /** What the settings make of the way to it, empty for the usual one: the mirror, no verification. Not secret. */
  readonly route: string;
  /** Whether a GET of a manifest counts as a pull. */
  readonly isDockerHub: boolean;
}

/** The host that a credential is looked up for, and that a user signs in to. */
export function credentialHost({ asked, isMirror, registry }: RegistryHost): string {
  return isMirror ? asked : registry;
}

type HostSettings = Readonly<Record<string, RegistrySettings>>;

/** The host of a registry, or a message why it cannot be contacted. */
export function registryHost(registry: string, settings: HostSettings): RegistryHost | string {
  const mirror = hostSettings(registry, settings)?.mirror ?? "";
  const { host, path, scheme } = split(mirror === "" ? registry : mirror);
  const url = parseHost(host);
  if (url === undefined && mirror !== "") {
    // Not quoted: it may contain a password.
    return l10n.t(
      "invalid mirror of {0} in knativeDigest.registries: write host[:port].",
      registry,
    );
  }
  if (url === undefined) return l10n.t("{0} is not a valid host name.", shown(host));
  const hostClass = classifyHost(url.hostname);
  if (hostClass === "forbidden") {
    return l10n.t("{0} is not the address of a registry.", host);
  }
  const insecure = hostSettings(host, settings)?.insecure ?? false;
  return {
    registry,
    asked: url.host,
    askedPlain: plainHost(url, host, settings),
    pathPrefix: path === "" ? "" : `${path}/`,
    schemes: schemesFor(url, insecure, scheme),
    insecure,
    isMirror: mirror !== "",
    route: [mirror === "" ? "" : `${url.host}/${path}`, insecure ? "insecure" : ""]
      .join(" ")
      .trim(),
    isDockerHub: mirror === "" && isDockerHubHost(url.host),
  };
}

/**
 * A fallback to plain http stays at the port that was written: in the reference or, where that has none, under the
 * name by which the user called the host insecure. Without either it is the usual port of http, as for docker.
 */
function plainHost(url: URL, written: string, settings: HostSettings): string {
  const key = settingsKey(written, settings) ?? "";
  const isWritten = [written, key].some((one) => one.endsWith(":443"));
  return isWritten && url.port === "" ? `${url.host}:443` : url.host;
}

/** The URL of a path at the host, over an allowed scheme. */
export function urlAt(host: RegistryHost, scheme: Scheme, path: string): URL {
  return new URL(`${scheme}://${scheme === "http" ? host.askedPlain : host.asked}${path}`);
}

/** http only for hosts that the user named insecure, and for loopback unless another protocol has the port. */
function schemesFor(url: URL, insecure: boolean, wanted: string): RegistryHost["schemes"] {
  const allowed =
    insecure || (classifyHost(url.hostname) === "loopback" && !isBadPort(plainPort(url)));
  if (!allowed) return ["https"];
  return wanted === "http" ? ["http"] : ["https", "http"];
}

/** The port at which plain http would be spoken. */
function plainPort(url: URL): number {
  return Number(url.port === "" ? 80 : url.port);
}

/**
 * The port at which a loopback registry is not contacted over plain http, since it belongs to another protocol;
 * undefined for every other registry.
 * @param registry as Knative spells it.
 */
export function portOfOtherProtocol(registry: string): number | undefined {
  const url = parseHost(registry);
  if (url === undefined || classifyHost(url.hostname) !== "loopback") return undefined;
  const port = plainPort(url);
  return isBadPort(port) ? port : undefined;
}

/** The setting that stops requests to a registry, because its value is invalid. */
export function unusableSetting(
  registry: string,
  unusable: readonly UnusableSetting[],
): string | undefined {
  const of = ({ host }: UnusableSetting): boolean =>
    host === undefined || settingsKey(registry, { [host]: {} }) !== undefined;
  return unusable.find(of)?.setting;
}

/** Whether the settings allow plain http for a host. */
export function mayBePlain(name: string, settings: HostSettings): boolean {
  const host = registryHost(name, settings);
  return typeof host !== "string" && !host.isMirror && host.schemes.includes("http");
}

/** The user's settings for a registry; Docker Hub's may stand under any of its names. */
export function hostSettings(host: string, settings: HostSettings): RegistrySettings | undefined {
  const key = settingsKey(host, settings);
  return key === undefined ? undefined : settings[key];
}

function settingsKey(host: string, settings: HostSettings): string | undefined {
  const names = host === dockerHub ? [host, "docker.io", "registry-1.docker.io"] : [host];
  const wanted = names.map(canonicalHost);
  return Object.keys(settings).find((one) => wanted.includes(canonicalHost(one)));
}

/** Lower case, without the port that https has anyway. */
function canonicalHost(host: string): string {
  return host.toLowerCase().replace(/:443$/, "");
}

function isDockerHubHost(host: string): boolean {
  return host === dockerHub || host === "registry-1.docker.io" || host === "docker.io";
}

/** A registry is a host; a mirror may have a scheme before it and a path behind it. */
function split(place: string): { host: string; path: string; scheme: string } {
  const scheme = /^(https?):\/\//.exec(place)?.[1] ?? "";
  const rest = scheme === "" ? place : place.slice(scheme.length + "://".length);
  const slash = rest.indexOf("/");
  if (slash < 0) return { host: rest, path: "", scheme };
  const path = withoutEnd(withoutStart(rest.slice(slash), "/"), "/");
  return { host: rest.slice(0, slash), path, scheme };
}

/**
 * ASCII names, IPv4 addresses and bracketed IPv6 addresses with an optional port. `URL` makes addresses canonical
 * (`0x7f.1`, `2130706433`), so that the address policy sees what would be connected to.
 */
function parseHost(host: string): URL | undefined {
  if (!/^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/.test(host)) return undefined;
  try {
    return new URL(`https://${host}/`);
  } catch {
    return undefined;
  }
}

/** Names with letters that only look Latin are shown as they would be looked up. */
function shown(host: string): string {
  try {
    return new URL(`https://${host}/`).hostname;
  } catch {
    return JSON.stringify(host);
  }
}

const repositoryName =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagName = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** A message why a repository name is invalid; undefined if it is valid (distribution-spec, "Pull"). */
export function repositoryProblem(host: string, repository: string): string | undefined {
  if (repositoryName.test(repository) && host.length + 1 + repository.length <= 255)
    return undefined;
  return l10n.t(
    "{0} is not a valid repository name: use lower-case letters and digits with single . _ or - between them, parts separated by /, at most 255 characters including the host.",
    JSON.stringify(cut(repository)),
  );
}

/** A message why a tag or digest is invalid; undefined if it is valid. */
export function referenceProblem(reference: string): string | undefined {
  if (tagName.test(reference) || /^sha256:[0-9a-f]{64}$/.test(reference)) return undefined;
  return l10n.t(
    "{0} is not a valid tag: start with a letter, a digit or _, and use at most 128 of these, . and -.",
    JSON.stringify(cut(reference)),
  );
}

function cut(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

/** The path of a manifest. Both parts were checked, so nothing in them means anything in a URL. */
export function manifestPath(host: RegistryHost, repository: string, reference: string): string {
  return `/v2/${host.pathPrefix}${repository}/manifests/${reference}`;
}

/** Names a repository on the contacted host. */
export function repositoryKey({ host, repository }: HostedRepository): string {
  return `${host.asked}/${host.pathPrefix}${repository}`;
}
