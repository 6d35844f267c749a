// A pull secret's text as Knative's controller decodes it. Holds credentials: for `pullSecret.ts` and its validation only.

import { decodeGoBase64 } from "../go/goBase64.ts";
import { isGoField, parseGoJson, type JsonMember, type JsonNode } from "../go/goJson.ts";
import { quote, trimSpace } from "../go/goText.ts";
import { parseGoUrl, withoutUserInfo } from "../go/goUrl.ts";

/** A Secret that may hold registry credentials, its `data` decoded. */
export interface PullSecret {
  /** `kubernetes.io/dockerconfigjson` holds `{"auths": {…}}`, `kubernetes.io/dockercfg` the map alone. */
  readonly type: "kubernetes.io/dockerconfigjson" | "kubernetes.io/dockercfg";
  /** The text of `.dockerconfigjson` or `.dockercfg`; an empty one is ignored. */
  readonly text: string;
}

/** What Knative would send. Every field may be empty. */
export interface EntryCredential {
  readonly username: string;
  readonly password: string;
  readonly identityToken: string;
  readonly registryToken: string;
}

/** One registry's entry. Offsets are UTF-16 units of the secret's text. */
export interface PullSecretEntry {
  /** The key as it is written. */
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  /** The key as Knative matches it (`host[:port][/path]`), or its words for why the key breaks everything. */
  readonly pattern: { readonly kind: "pattern"; readonly text: string } | EntryError;
  readonly credential:
    { readonly kind: "credential"; readonly value: EntryCredential } | EntryError;
}

export interface EntryError {
  readonly kind: "error";
  /** Knative's words, behind `failed to initialize authentication: `. They hold no secret. */
  readonly message: string;
}

export type PullSecretEntries =
  | {
      readonly kind: "entries";
      readonly entries: readonly PullSecretEntry[];
      /** Whether there is a map of registries at all: `auths`, which people forget. */
      readonly hasMap: boolean;
    }
  /** The text as a whole cannot be used; `at` is where, as far as one place is wrong. */
  | { readonly kind: "error"; readonly message: string; readonly at: number };

const entryType = "authn.authConfig";
const mapType = "map[string]authn.AuthConfig";
const fields = ["username", "password", "auth", "identitytoken", "registrytoken"] as const;

/** Decodes a secret's text (go-containerregistry pkg/authn/kubernetes `NewFromPullSecrets`). */
export function readPullSecret({ type, text }: PullSecret): PullSecretEntries {
  if (text === "") return { kind: "entries", entries: [], hasMap: true };
  const parsed = parseGoJson(text);
  if (parsed.kind === "error")
    return { ...parsed, message: masked(parsed.message, text, parsed.at) };
  const root = parsed.value;
  if (root.kind === "null") return { kind: "entries", entries: [], hasMap: false };
  if (type === "kubernetes.io/dockercfg") {
    if (root.kind !== "object") return wrongType(root, `value of type ${mapType}`);
    const entries = withoutOverwritten(entriesOf(root.members, undefined));
    return { kind: "entries", entries, hasMap: true };
  }
  if (root.kind !== "object") return wrongType(root, "value of type kubernetes.dockerConfigJSON");
  return readAuths(root.members.filter((member) => isGoField(member.key, "auths")));
}

/**
 * Go lays a map that is written several times over itself, and null empties it. It stops at the first entry that it
 * cannot read; a map of a wrong type counts only where there is none.
 */
function readAuths(maps: readonly JsonMember[]): PullSecretEntries {
  const parent = "dockerConfigJSON.Auths";
  // Those that null leaves, and those behind the last one: a list that is copied for each map takes the square of it.
  const left: (readonly PullSecretEntry[])[] = [];
  let since: (readonly PullSecretEntry[])[] = [];
  for (const { value } of maps) {
    if (value.kind === "object") since.push(entriesOf(value.members, parent));
    else if (value.kind === "null") {
      left.push(since.flat().filter(isRefused));
      since = [];
    }
  }
  const entries = [...left, ...since].flat();
  const wrong = maps.find(({ value }) => value.kind !== "object" && value.kind !== "null");
  if (wrong !== undefined && !entries.some(isRefused)) {
    return wrongType(wrong.value, `struct field ${parent} of type ${mapType}`, wrong.keyStart);
  }
  return { kind: "entries", entries: withoutOverwritten(entries), hasMap: maps.length > 0 };
}

/** Go's words without the character in them where that may be one of a password: behind the first value. */
function masked(message: string, text: string, at: number): string {
  if (!/:\s*"/.test(text.slice(0, at))) return message;
  return message.replace(/^invalid character '(?:\\'|[^'])+'/, "invalid character '…'");
}

/**
 * The first error that makes Knative give up all images of a revision, in its order: entries first, then keys.
 * Undefined if the entries can be used.
 */
export function firstEntryError(entries: readonly PullSecretEntry[]): EntryError | undefined {
  const errors = [
    ...entries.map((entry) => entry.credential),
    ...entries.map((entry) => entry.pattern),
  ];
  return errors.find((error) => error.kind === "error");
}

function typeProblem(node: JsonNode, expected: string): string {
  return `json: cannot unmarshal ${node.kind} into Go ${expected}`;
}

function wrongType(node: JsonNode, expected: string, at = 0): PullSecretEntries {
  return { kind: "error", message: typeProblem(node, expected), at };
}

/** @param parent where the map stands in Go's structure, undefined if it is the whole text. */
function entriesOf(
  members: readonly JsonMember[],
  parent: string | undefined,
): readonly PullSecretEntry[] {
  return members.map(({ key, keyStart, keyEnd, value }) => ({
    key,
    keyStart,
    keyEnd,
    pattern: patternOf(key),
    credential: credentialOf(value, parent),
  }));
}

/** A key that is repeated keeps its last value, but Go stops at each value that it cannot read. */
function withoutOverwritten(entries: readonly PullSecretEntry[]): readonly PullSecretEntry[] {
  const last = new Map(entries.map((entry) => [entry.key, entry]));
  return entries.filter((entry) => isRefused(entry) || last.get(entry.key) === entry);
}

function isRefused({ credential }: PullSecretEntry): boolean {
  return credential.kind === "error";
}

/** The key without scheme, version and final slash. */
function patternOf(key: string): PullSecretEntry["pattern"] {
  const url = /^https?:\/\//.test(key) ? key : `https://${key}`;
  const parsed = parseGoUrl(url);
  if (parsed.kind === "error") {
    const message = `Entry ${quote(withoutUserInfo(url))} in dockercfg invalid (${parsed.message})`;
    return { kind: "error", message };
  }
  const path = /^\/v[12]\//.test(parsed.path) ? parsed.path.slice(3) : parsed.path;
  return { kind: "pattern", text: path === "/" ? parsed.host : parsed.host + path };
}

/** go-containerregistry pkg/authn `AuthConfig.UnmarshalJSON`: `auth` overrules `username` and `password`. */
function credentialOf(node: JsonNode, parent: string | undefined): PullSecretEntry["credential"] {
  const found = fieldsOf(node, parent);
  if (found.kind === "error") return found;
  const field = (name: (typeof fields)[number]): string => found.values.get(name) ?? "";
  const value = {
    username: field("username"),
    password: field("password"),
    identityToken: field("identitytoken"),
    registryToken: field("registrytoken"),
  };
  if (field("auth") === "") return { kind: "credential", value };
  const decoded = decodeAuth(field("auth"));
  if (decoded.kind === "error") return decoded;
  const { username, password } = decoded;
  return { kind: "credential", value: { ...value, username, password } };
}

/** The texts of an entry's fields; the last one of a repeated field. */
function fieldsOf(
  node: JsonNode,
  parent: string | undefined,
): EntryError | { readonly kind: "fields"; readonly values: ReadonlyMap<string, string> } {
  const values = new Map<string, string>();
  if (node.kind === "null") return { kind: "fields", values };
  if (node.kind !== "object") {
    const expected = parent === undefined ? "value" : `struct field ${parent}`;
    return { kind: "error", message: typeProblem(node, `${expected} of type ${entryType}`) };
  }
  for (const { key, value } of node.members) {
    const field = fields.find((name) => isGoField(key, name));
    if (field === undefined || value.kind === "null") continue;
    if (value.kind !== "string") {
      const expected = `struct field ${parent ?? "authConfig"}.${field} of type string`;
      return { kind: "error", message: typeProblem(value, expected) };
    }
    values.set(field, value.value);
  }
  return { kind: "fields", values };
}

/** `auth`: Base64, padded or not, of user name and password with a colon between them. */
function decodeAuth(
  auth: string,
): EntryError | { readonly kind: "pair"; readonly username: string; readonly password: string } {
  const decoded = decodeGoBase64(auth, trimSpace(auth).endsWith("="));
  if (decoded.kind === "error") {
    return { kind: "error", message: `unable to decode auth field: ${decoded.message}` };
  }
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(decoded.bytes);
  const colon = text.indexOf(":");
  if (colon < 0) {
    const message = "unable to decode auth field: must be formatted as base64(username:password)";
    return { kind: "error", message };
  }
  return { kind: "pair", username: text.slice(0, colon), password: text.slice(colon + 1) };
}
