// Image references as Knative reads them: go-containerregistry `pkg/name` with weak validation.

import { currentGrammar, type GrammarProfile } from "./grammarProfile.ts";

interface NamedReference {
  /** The reference as written. */
  readonly text: string;
  /** Host and port as Knative compares and asks them; Docker Hub is `index.docker.io`. */
  readonly registry: string;
  /** Path inside the registry, `library/` added for Docker Hub's official images. */
  readonly repository: string;
}

export interface TagReference extends NamedReference {
  readonly kind: "tag";
  /** The tag, `latest` where none is written. */
  readonly tag: string;
  /** Where the written tag begins in `text`, counted from its colon; `text.length` if none is written. */
  readonly tagStart: number;
}

export interface DigestReference extends NamedReference {
  readonly kind: "digest";
  /** `sha256:` and 64 lower-case hexadecimal digits. */
  readonly digest: string;
  /** The tag written before `@`, which Knative ignores; undefined if none is written. */
  readonly tag: string | undefined;
  /** Where the written tag begins in `text`, counted from its colon; the place of `@` if none is written. */
  readonly tagStart: number;
  /** Where `@` stands in `text`. */
  readonly digestStart: number;
}

export interface InvalidReference {
  readonly kind: "invalid";
  readonly text: string;
  /** Why it is no tag, in go-containerregistry's words: what Knative's resolver would log. */
  readonly problem: string;
  /** Why it is no digest, in the same words. */
  readonly digestProblem: string;
}

export type ValidReference = TagReference | DigestReference;
export type ImageReference = ValidReference | InvalidReference;

export const dockerHub = "index.docker.io";
const defaultTag = "latest";

/** What a tag or a repository may be made of; the texts of go-containerregistry name the characters in this order. */
interface ElementRule {
  readonly name: string;
  readonly characters: string;
  readonly min: number;
  readonly max: number;
}

const tagRule: ElementRule = {
  name: "tag",
  characters: "abcdefghijklmnopqrstuvwxyz0123456789_-.ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  min: 1,
  max: 128,
};
const repositoryCharacters = "abcdefghijklmnopqrstuvwxyz0123456789_-./";

/** Thrown and caught inside this file only: parsing yields a value. */
class Refusal extends Error {}

/**
 * Reads one image reference exactly as Knative does: first as a digest, then as a tag.
 * The text is taken as it is: nothing is trimmed (go-containerregistry `name.ParseReference`).
 */
export function parseImageReference(
  text: string,
  grammar: GrammarProfile = currentGrammar,
): ImageReference {
  let digestProblem: string;
  try {
    return parseDigestReference(text, grammar);
  } catch (error) {
    digestProblem = refusalMessage(error);
  }
  try {
    return parseTagReference(text, grammar);
  } catch (error) {
    return { kind: "invalid", text, problem: refusalMessage(error), digestProblem };
  }
}

/** `registry/repository` as Knative writes it before `@` (`Repository.String()`). */
export function repositoryName(reference: ValidReference): string {
  return `${reference.registry}/${reference.repository}`;
}

/** The tag a reference names, also where Knative ignores it; undefined if a digest stands without one. */
export function tagOf(reference: ValidReference): string | undefined {
  return reference.tag;
}

function refusalMessage(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  throw error;
}

/** `NewTag` (pkg/name/tag.go). */
function parseTagReference(text: string, grammar: GrammarProfile): TagReference {
  const { base, tag, tagStart } = splitTag(text);
  if (tag === "" && grammar.emptyTagRefused) {
    throw new Refusal(`${text} must specify a tag name after the colon`);
  }
  if (tag !== undefined && tag !== "") checkElement(tagRule, tag);
  const { registry, repository } = parseRepository(base, grammar);
  return {
    kind: "tag",
    text,
    registry,
    repository,
    tag: tag === undefined || tag === "" ? defaultTag : tag,
    tagStart,
  };
}

/** `NewDigest` (pkg/name/digest.go). */
function parseDigestReference(text: string, grammar: GrammarProfile): DigestReference {
  const at = text.indexOf("@");
  if (at < 0 || text.includes("@", at + 1)) {
    throw new Refusal(
      `a digest must contain exactly one '@' separator (e.g. registry/repository@digest) saw: ${text}`,
    );
  }
  const digest = text.slice(at + 1);
  checkDigest(digest);
  const written = text.slice(0, at);
  try {
    const { registry, repository, tagStart } = parseTagReference(written, grammar);
    const tag = written.slice(tagStart + 1);
    return {
      kind: "digest",
      text,
      registry,
      repository,
      digest,
      tag: tag === "" ? undefined : tag,
      tagStart,
      digestStart: at,
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { registry, repository } = parseRepository(written, grammar);
    return {
      kind: "digest",
      text,
      registry,
      repository,
      digest,
      tag: undefined,
      tagStart: at,
      digestStart: at,
    };
  }
}

function checkDigest(digest: string): void {
  if (!digest.startsWith("sha256:")) {
    throw new Refusal(`unsupported digest algorithm: ${digest}`);
  }
  const encoded = digest.slice("sha256:".length);
  if (encoded.length !== 64) throw new Refusal("invalid checksum digest length");
  if (!/^[0-9a-f]{64}$/.test(encoded)) throw new Refusal("invalid checksum digest format");
}

/** The text after the last colon is a tag, unless it holds a slash. */
function splitTag(text: string): { base: string; tag: string | undefined; tagStart: number } {
  const colon = text.lastIndexOf(":");
  if (colon < 0 || text.includes("/", colon)) {
    return { base: text, tag: undefined, tagStart: text.length };
  }
  return { base: text.slice(0, colon), tag: text.slice(colon + 1), tagStart: colon };
}

/** `NewRepository` (pkg/name/repository.go). */
function parseRepository(
  text: string,
  grammar: GrammarProfile,
): { registry: string; repository: string } {
  if (text === "") throw new Refusal("a repository name must be specified");
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  const named = /[.:]/.test(first) || (grammar.localhostIsRegistry && first === "localhost");
  const repository = named ? text.slice(slash + 1) : text;
  checkElement(
    {
      name: "repository",
      characters: repositoryCharacters,
      min: grammar.minRepositoryLength,
      max: 255,
    },
    repository,
  );
  const registry = parseRegistry(named ? first : "");
  const official = registry === dockerHub && !repository.includes("/");
  return { registry, repository: official ? `library/${repository}` : repository };
}

/** `NewRegistry` (pkg/name/registry.go). */
function parseRegistry(text: string): string {
  if (text === "" || text === "docker.io") return dockerHub;
  if (!isUriAuthority(text)) {
    throw new Refusal(`registries must be valid RFC 3986 URI authorities: ${text}`);
  }
  return text;
}

/** Whether Go's `url.Parse("//" + text)` succeeds with `Host === text` (pkg/name/registry.go `checkRegistry`). */
export function isUriAuthority(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what Go refuses here.
  if (/[@?#/%\u0000-\u0020\u007f\\^`{|}]/.test(text)) return false;
  if (text.startsWith("[")) {
    const close = text.lastIndexOf("]");
    return close > 0 && /^(:\d*)?$/.test(text.slice(close + 1));
  }
  const colon = text.lastIndexOf(":");
  return colon < 0 || /^\d*$/.test(text.slice(colon + 1));
}

/** `checkElement` (pkg/name/check.go): the length, in code points, is checked before the characters. */
function checkElement(rule: ElementRule, element: string): void {
  const codePoints = Array.from(element);
  if (codePoints.length < rule.min || codePoints.length > rule.max) {
    throw new Refusal(
      `${rule.name} must be between ${rule.min} and ${rule.max} characters in length: ${element}`,
    );
  }
  if (codePoints.some((character) => !rule.characters.includes(character))) {
    throw new Refusal(
      `${rule.name} can only contain the characters \`${rule.characters}\`: ${element}`,
    );
  }
}
