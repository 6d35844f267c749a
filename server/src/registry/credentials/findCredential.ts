// Which credential belongs to an image: the search through credential files, without running helpers.

import { append } from "../../base/append.ts";
import { dockerHub } from "../../image/imageReference.ts";
import type { CredentialOrigin, CredentialSource, Secret } from "./credential.ts";
import type { RepositoryName } from "../registryHost.ts";
import type { AuthEntry, ConfigFile, ConfigFormat } from "./dockerConfig.ts";

/** A credential file that was read. */
export interface CredentialFile {
  readonly source: CredentialSource;
  readonly format: ConfigFormat;
  /** The path with `~` for the home folder, or the environment variable's name. */
  readonly place: string;
  /** Changes when the content does. */
  readonly stamp: string;
  readonly config: ConfigFile;
}

/** What the files say of an image's credential. */
export type CredentialFinding =
  | {
      readonly kind: "entry";
      readonly origin: CredentialOrigin;
      readonly secret: Secret;
      readonly file: CredentialFile;
    }
  | {
      readonly kind: "helper";
      readonly origin: CredentialOrigin;
      readonly helper: string;
      /** The key passed to the helper. */
      readonly serverKey: string;
      /** Whether the helper is configured for this host, not for all hosts. */
      readonly explicit: boolean;
      readonly file: CredentialFile;
    }
  /** The file that decides cannot be read, as docker would say. */
  | { readonly kind: "unreadable"; readonly origin: CredentialOrigin; readonly problem: string }
  | { readonly kind: "none"; readonly unusedKey: UnusedKey | undefined };

/** An entry meant for this registry, under a key that is never used for it. */
export interface UnusedKey {
  readonly key: string;
  readonly place: string;
  readonly works: string;
}

/** docker's name for Docker Hub: the key that `docker login` writes (docker/cli `config`). */
const dockerHubKey = "https://index.docker.io/v1/";

/**
 * The credentials for an image, best first: those of the first file that has a matching entry or helper,
 * then of the next. Docker's files follow go-containerregistry's `DefaultKeychain` over docker/cli,
 * podman's follow containers/image, whose keys may name a namespace.
 */
export function findCredentials(
  target: RepositoryName,
  files: readonly CredentialFile[],
): readonly CredentialFinding[] {
  return files.flatMap((file) => findInFile(target, file));
}

/**
 * The one credential that command-line tools use for an image, as `explain` shows it: as strict as docker,
 * which refuses a whole file for one entry that it cannot read.
 */
export function findCredential(
  target: RepositoryName,
  files: readonly CredentialFile[],
): CredentialFinding {
  for (const file of files) {
    if (file.config.problem !== undefined) {
      const { source, place } = file;
      const origin = { source, place, key: target.registry, username: undefined };
      return { kind: "unreadable", origin, problem: file.config.problem };
    }
    const [first] = findInFile(target, file);
    if (first !== undefined) return first;
  }
  return { kind: "none", unusedKey: findUnusedKey(target, files) };
}

function findInFile(target: RepositoryName, file: CredentialFile): readonly CredentialFinding[] {
  return file.format === "podman" ? findAsPodman(target, file) : findAsDocker(target, file);
}

function findAsDocker(target: RepositoryName, file: CredentialFile): readonly CredentialFinding[] {
  const { registry, repository } = target;
  const hostKey = registry === dockerHub ? dockerHubKey : registry;
  const { auths, credentialHelpers, credentialStore } = file.config;
  const fallbacks: CredentialFinding[] = [];
  const findings = [`${registry}/${repository}`, hostKey].flatMap((key) => {
    const entry = entryFinding(
      file,
      auths.find((one) => one.key === key) ?? legacyEntry(auths, key),
    );
    // The store of all hosts is asked for the host alone; a helper's own name, empty too, goes before it.
    const helper = credentialHelpers.get(key);
    const helpers = [
      ...helperFinding(file, helper, key, true),
      ...(key === hostKey && helper !== "" ? helperFinding(file, credentialStore, key, false) : []),
    ];
    const shadowed = helper !== "" && (helper ?? credentialStore) !== undefined;
    if (!shadowed) return entry;
    append(fallbacks, entry);
    return helpers;
  });
  // What docker would not look at any more is better than nothing.
  return [...findings, ...fallbacks];
}

function helperFinding(
  file: CredentialFile,
  helper: string | undefined,
  serverKey: string,
  explicit: boolean,
): readonly CredentialFinding[] {
  if (helper === undefined || helper === "") return [];
  const origin: CredentialOrigin = {
    source: "credential-helper",
    place: file.place,
    key: serverKey,
    username: undefined,
    helper,
  };
  return [{ kind: "helper", origin, helper, serverKey, explicit, file }];
}

function entryFinding(
  file: CredentialFile,
  entry: AuthEntry | undefined,
): readonly CredentialFinding[] {
  if (entry?.secret === undefined) return [];
  const { source, place } = file;
  const origin: CredentialOrigin = { source, place, key: entry.key, username: entry.username };
  return [{ kind: "entry", origin, secret: entry.secret, file }];
}

/** Keys with a scheme or a path count for their host. docker picks any of several; we pick the longest. */
function legacyEntry(auths: readonly AuthEntry[], host: string): AuthEntry | undefined {
  return auths
    .filter(({ key }) => convertToHostname(key) === host)
    .sort((a, b) => b.key.length - a.key.length || (a.key < b.key ? -1 : 1))
    .find(({ secret }) => secret !== undefined);
}

/** docker/cli `credentials.ConvertToHostname`. */
function convertToHostname(key: string): string {
  return key.replace(/^https?:\/\//, "").split("/", 1)[0] ?? "";
}

/** containers/image: the repository, then its parents, down to the host; exact at each step. */
function findAsPodman(target: RepositoryName, file: CredentialFile): readonly CredentialFinding[] {
  const { auths, credentialHelpers } = file.config;
  const hosts =
    target.registry === dockerHub
      ? [dockerHub, "docker.io", "registry-1.docker.io"]
      : [target.registry];
  const helpers = [...hosts, ...(target.registry === dockerHub ? [dockerHubKey] : [])].flatMap(
    (host) => helperFinding(file, credentialHelpers.get(host), host, true),
  );
  const segments = target.repository.split("/");
  const paths = segments.map((_, index) => segments.slice(0, segments.length - index).join("/"));
  const keys = [...paths.map((path) => `/${path}`), ""].flatMap((path) =>
    hosts.map((host) => `${host}${path}`),
  );
  const exact = keys.map((key) => auths.find((entry) => entry.key === key));
  const legacy = hosts.map((host) =>
    legacyEntry(
      auths.filter(({ key }) => /^https?:\/\//.test(key)),
      host,
    ),
  );
  const entry = [...exact, ...legacy].find((one) => one?.secret !== undefined);
  return [...helpers, ...entryFinding(file, entry)];
}

/** Keys that look like Docker Hub's to people and are not to docker; and ports that differ only by the default. */
export function findUnusedKey(
  { registry }: RepositoryName,
  files: readonly CredentialFile[],
): UnusedKey | undefined {
  const works = registry === dockerHub ? dockerHubKey : registry;
  const similar = (key: string): boolean => {
    const host = convertToHostname(key).toLowerCase();
    if (registry === dockerHub)
      return /^((index|registry-1|registry\.hub)\.)?docker\.(io|com)$/.test(host);
    return withoutDefaultPort(host) === withoutDefaultPort(registry.toLowerCase());
  };
  // Docker Desktop's sibling keys hold tokens of its own: they were not meant for it.
  const meant = (key: string): boolean => !/\/v1\/(access|refresh)-token$/.test(key);
  for (const file of files) {
    const entry = file.config.auths.find(
      ({ key, secret }) => secret !== undefined && similar(key) && meant(key) && key !== works,
    );
    if (entry !== undefined) return { key: entry.key, place: file.place, works };
  }
  return undefined;
}

function withoutDefaultPort(host: string): string {
  return host.replace(/:443$/, "");
}
