// Files that hold credentials: docker's `config.json`, podman's `auth.json`, `DOCKER_AUTH_CONFIG`, `.dockercfg`.

import { isRecord, parseJson } from "./serverText.ts";
import type { Secret } from "./credential.ts";

/** Whose rules a file follows. */
export type ConfigFormat = "docker" | "docker-environment" | "podman" | "dockercfg";

/** One entry of `auths`. */
export interface AuthEntry {
  readonly key: string;
  /** Undefined for an empty entry (its secret is in a helper), and for one that cannot be read. */
  readonly secret: Secret | undefined;
  readonly username: string | undefined;
  /** Why docker refuses the entry, and with it the whole file; undefined if it does not. */
  readonly problem: string | undefined;
}

export interface ConfigFile {
  readonly auths: readonly AuthEntry[];
  readonly credentialStore: string | undefined;
  readonly credentialHelpers: ReadonlyMap<string, string>;
  /** Why docker refuses the file as a whole; the entries hold what can be read nevertheless. */
  readonly problem: string | undefined;
}

/**
 * Reads a credential file. Never throws: what cannot be read becomes `problem`, in words for people
 * that hold nothing of the file's values.
 */
export function parseConfigFile(text: string, format: ConfigFormat): ConfigFile {
  const root = text.trim() === "" ? {} : parseJson(text);
  if (!isRecord(root)) return emptyFile("it is not a JSON object");
  const auths = format === "dockercfg" ? root : field(root, "auths");
  if (auths !== undefined && auths !== null && !isRecord(auths)) {
    return emptyFile("auths is not a JSON object");
  }
  const entries = Object.entries(auths ?? {}).map(([key, entry]) => parseEntry(key, entry));
  const store = field(root, "credsStore");
  const unknown = format === "docker-environment" ? unknownField(root, auths ?? {}) : undefined;
  return {
    auths: entries,
    credentialStore: typeof store === "string" && store !== "" ? store : undefined,
    credentialHelpers: helpersOf(field(root, "credHelpers")),
    problem: entries.find(({ problem }) => problem !== undefined)?.problem ?? unknown,
  };
}

function helpersOf(value: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(isRecord(value) ? value : {});
  return new Map(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function emptyFile(problem: string): ConfigFile {
  return { auths: [], credentialStore: undefined, credentialHelpers: new Map(), problem };
}

/** Go's JSON decoder matches names without regard to case; an exact match is preferred. */
function field(record: Record<string, unknown>, name: string): unknown {
  if (Object.hasOwn(record, name)) return record[name];
  const key = Object.keys(record).find((one) => one.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : record[key];
}

function parseEntry(key: string, entry: unknown): AuthEntry {
  const refused = (problem: string): AuthEntry => ({
    key,
    secret: undefined,
    username: undefined,
    problem: `the entry ${key} ${problem}`,
  });
  if (entry === null) return { key, secret: undefined, username: undefined, problem: undefined };
  if (!isRecord(entry)) return refused("is not a JSON object");
  const names = ["auth", "username", "password", "identitytoken", "registrytoken"];
  const values = names.map((name) => field(entry, name) ?? "");
  if (!values.every((value) => typeof value === "string"))
    return refused("has a value of a wrong type");
  const [auth = "", username = "", password = "", identityToken = "", registryToken = ""] = values;
  const decoded = auth === "" ? { username, password } : decodeAuth(auth);
  if (decoded === undefined)
    return refused("has an auth value that is not base64 of user:password");
  return {
    key,
    secret: secretOf(decoded, identityToken, registryToken),
    username: decoded.username === "" ? undefined : decoded.username,
    problem: auth === "" || isPadded(auth) ? undefined : `the entry ${key} lacks base64 padding`,
  };
}

function secretOf(
  pair: { readonly username: string; readonly password: string },
  identityToken: string,
  registryToken: string,
): Secret | undefined {
  if (registryToken !== "") return { kind: "registry-token", token: registryToken };
  if (identityToken !== "") return { kind: "identity-token", token: identityToken, ...pair };
  if (pair.username === "" && pair.password === "") return undefined;
  return { kind: "password", ...pair };
}

/** Splits at the first colon, since passwords hold colons; padding NULs at the end are docker's. */
function decodeAuth(auth: string): { username: string; password: string } | undefined {
  const text = auth.replace(/[\r\n]/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.replace(/=+$/, "").length % 4 === 1) {
    return undefined;
  }
  const pair = Buffer.from(text, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  if (colon < 0) return undefined;
  return { username: pair.slice(0, colon), password: pair.slice(colon + 1).replace(/\0+$/, "") };
}

/** docker reads padded base64 only; go-containerregistry and we read both. */
function isPadded(auth: string): boolean {
  return auth.replace(/[\r\n]/g, "").length % 4 === 0;
}

/** docker refuses `DOCKER_AUTH_CONFIG` with anything but `auths.*.auth` in it. */
function unknownField(
  root: Record<string, unknown>,
  auths: Record<string, unknown>,
): string | undefined {
  const unknown = [
    ...Object.keys(root).filter((name) => name.toLowerCase() !== "auths"),
    ...Object.values(auths).flatMap((entry) =>
      isRecord(entry) ? Object.keys(entry).filter((name) => name.toLowerCase() !== "auth") : [],
    ),
  ];
  return unknown.length === 0 ? undefined : "it holds fields other than auths and auth";
}
