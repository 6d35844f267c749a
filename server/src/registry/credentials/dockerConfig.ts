// Files that hold credentials: docker's `config.json`, podman's `auth.json`, `DOCKER_AUTH_CONFIG`, `.dockercfg`.

import { withoutEnd } from "../../image/trim.ts";
import { decodeGoJson, isGoField, type JsonMember } from "../../knative/go/goJson.ts";
import { withoutUserInfo } from "../../knative/go/goUrl.ts";
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

/** The fields that docker reads as a text (docker/cli `configfile.ConfigFile`): a wrong one breaks the whole file. */
const textFields: readonly string[] = [
  ...["credsStore", "currentContext", "detachKeys", "experimental", "psFormat", "imagesFormat"],
  ...["networksFormat", "pluginsFormat", "volumesFormat", "statsFormat", "serviceInspectFormat"],
  ...["servicesFormat", "tasksFormat", "secretFormat", "configFormat", "nodesFormat"],
];
const textMaps: readonly string[] = ["credHelpers", "HttpHeaders", "aliases", "features"];
const entryFields = ["auth", "username", "password", "identitytoken", "registrytoken"] as const;
/** Read by docker, and of no use to us. */
const otherEntryFields: readonly string[] = ["email", "serveraddress"];

/**
 * Reads a credential file as Go's JSON decoder does: repeated names are laid over each other, and what stands behind
 * the object is not looked at. Never throws: what cannot be read becomes `problem`, in words for people that hold
 * nothing of the file's values.
 */
export function parseConfigFile(text: string, format: ConfigFormat): ConfigFile {
  const json = text.replace(/^\ufeff/, "");
  const read = decodeGoJson(json.trim() === "" ? "{}" : json);
  if (read.kind === "error") return emptyFile("it is not a JSON object");
  const root = read.value;
  if (root.kind !== "object") {
    return emptyFile(root.kind === "null" ? undefined : "it is not a JSON object");
  }
  const auths = format === "dockercfg" ? root.members : mapOf(root.members, "auths");
  if (auths === undefined) return emptyFile("auths is not a JSON object");
  const entries = lastOfEach(auths).map(parseEntry);
  const problems = [...auths.map(typeProblem), ...entries.map(({ problem }) => problem)];
  const rootProblem =
    format === "docker-environment"
      ? unknownField(root.members, auths)
      : format === "docker"
        ? wrongField(root.members)
        : undefined;
  const store = textOf(root.members, "credsStore") ?? "";
  return {
    auths: entries,
    credentialStore: store === "" ? undefined : store,
    credentialHelpers: helpersOf(root.members),
    problem: problems.find((problem) => problem !== undefined) ?? rootProblem,
  };
}

function emptyFile(problem: string | undefined): ConfigFile {
  return { auths: [], credentialStore: undefined, credentialHelpers: new Map(), problem };
}

function helpersOf(root: readonly JsonMember[]): ReadonlyMap<string, string> {
  return new Map(
    (mapOf(root, "credHelpers") ?? []).flatMap(({ key, value }) => {
      if (value.kind === "null") return [[key, ""]];
      return value.kind === "string" ? [[key, value.value]] : [];
    }),
  );
}

/** The members of a map, repeated ones too; undefined if it is something else. */
function mapOf(root: readonly JsonMember[], name: string): readonly JsonMember[] | undefined {
  const maps: (readonly JsonMember[])[] = [];
  for (const { value } of root.filter(({ key }) => isGoField(key, name))) {
    if (value.kind === "object") maps.push(value.members);
    else if (value.kind === "null") maps.length = 0;
    else return undefined;
  }
  return maps.flat();
}

/** A key that is repeated keeps its last value. */
function lastOfEach(members: readonly JsonMember[]): readonly JsonMember[] {
  return [...new Map(members.map((member) => [member.key, member])).values()];
}

/** The text of a field, of a repeated one the last; undefined if there is none. */
function textOf(members: readonly JsonMember[], name: string): string | undefined {
  const texts = members.flatMap(({ key, value }) =>
    value.kind === "string" && isGoField(key, name) ? [value.value] : [],
  );
  return texts.at(-1);
}

/** docker refuses a file for every value of a wrong type, one that is overwritten, too. */
function typeProblem({ key, value }: JsonMember): string | undefined {
  if (value.kind === "null") return undefined;
  if (value.kind !== "object") return `the entry ${withoutUserInfo(key)} is not a JSON object`;
  const wrong = wrongText(value.members, [...entryFields, ...otherEntryFields]);
  return wrong === undefined
    ? undefined
    : `the entry ${withoutUserInfo(key)} has a value of a wrong type`;
}

function parseEntry(member: JsonMember): AuthEntry {
  const { key, value } = member;
  const problem = typeProblem(member);
  const nothing = { key, secret: undefined, username: undefined, problem };
  if (problem !== undefined || value.kind !== "object") return nothing;
  const [auth = "", username = "", password = "", identityToken = "", registryToken = ""] =
    entryFields.map((name) => textOf(value.members, name) ?? "");
  const decoded = auth === "" ? { username, password } : decodeAuth(auth);
  if (decoded === undefined) {
    const junk = `the entry ${withoutUserInfo(key)} has an auth value that is not base64 of user:password`;
    return { ...nothing, problem: junk };
  }
  return {
    key,
    secret: secretOf(decoded, identityToken, registryToken),
    username: decoded.username === "" ? undefined : decoded.username,
    problem:
      auth === "" || isPadded(auth)
        ? undefined
        : `the entry ${withoutUserInfo(key)} lacks base64 padding`,
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
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || withoutEnd(text, "=").length % 4 === 1) {
    return undefined;
  }
  const pair = Buffer.from(text, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  if (colon < 0) return undefined;
  return { username: pair.slice(0, colon), password: withoutEnd(pair.slice(colon + 1), "\0") };
}

/** docker reads padded base64 only; go-containerregistry and we read both. */
function isPadded(auth: string): boolean {
  return auth.replace(/[\r\n]/g, "").length % 4 === 0;
}

/** docker refuses `DOCKER_AUTH_CONFIG` with anything but `auths.*.auth` in it. */
function unknownField(
  root: readonly JsonMember[],
  auths: readonly JsonMember[],
): string | undefined {
  const unknown = [
    ...root.filter(({ key }) => !isGoField(key, "auths")),
    ...auths.flatMap(({ value }) =>
      value.kind === "object" ? value.members.filter(({ key }) => !isGoField(key, "auth")) : [],
    ),
  ];
  return unknown.length === 0 ? undefined : "it holds fields other than auths and auth";
}

/** What docker says of a field that is not of the type it expects. */
function wrongField(root: readonly JsonMember[]): string | undefined {
  const wrong = wrongText(root, textFields) ?? wrongMap(root);
  return wrong === undefined ? undefined : `${wrong} has a value of a wrong type`;
}

function wrongMap(root: readonly JsonMember[]): string | undefined {
  return textMaps.find((name) =>
    root.some(({ key, value }) => {
      if (!isGoField(key, name) || value.kind === "null") return false;
      return value.kind !== "object" || value.members.some((member) => !isText(member));
    }),
  );
}

/** The first of the names whose value is not a text; null does not count and does no harm. */
function wrongText(members: readonly JsonMember[], names: readonly string[]): string | undefined {
  return names.find((name) =>
    members.some((member) => isGoField(member.key, name) && !isText(member)),
  );
}

function isText({ value }: JsonMember): boolean {
  return value.kind === "string" || value.kind === "null";
}
