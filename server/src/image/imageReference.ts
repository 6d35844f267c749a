// Image references as Knative reads them: go-containerregistry `pkg/name` with weak validation.

import { currentGrammar, type GrammarProfile } from "./grammarProfile.ts";

interface NamedReference {
  /** The reference as written. */
  readonly text: string;
  /** Host and port as Knative compares and contacts them; Docker Hub is `index.docker.io`. */
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
  /** Why it is not a tag, as go-containerregistry says it: what Knative's resolver would log. */
  readonly problem: string;
  /** Why it is not a digest, in the same form. */
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
/** How short a repository may be depends on the grammar. */
const repositoryRule: Omit<ElementRule, "min"> = {
  name: "repository",
  characters: "abcdefghijklmnopqrstuvwxyz0123456789_-./",
  max: 255,
};

/** Why something is not a reference, as go-containerregistry says it. */
interface Refusal {
  readonly kind: "refusal";
  readonly problem: string;
}

/**
 * Reads one image reference exactly as Knative does: first as a digest, then as a tag.
 * The text is taken as it is: nothing is trimmed (go-containerregistry `name.ParseReference`).
 */
export function parseImageReference(
  text: string,
  grammar: GrammarProfile = currentGrammar,
): ImageReference {
  const digest = parseDigestReference(text, grammar);
  if (digest.kind !== "refusal") return digest;
  const tag = parseTagReference(text, grammar);
  if (tag.kind !== "refusal") return tag;
  return { kind: "invalid", text, problem: tag.problem, digestProblem: digest.problem };
}

/** `registry/repository` as Knative writes it before `@` (`Repository.String()`). */
export function repositoryName({
  registry,
  repository,
}: Pick<NamedReference, "registry" | "repository">): string {
  return `${registry}/${repository}`;
}

function refusal(problem: string): Refusal {
  return { kind: "refusal", problem };
}

/** `NewTag` (pkg/name/tag.go). */
function parseTagReference(text: string, grammar: GrammarProfile): TagReference | Refusal {
  const { base, tag, tagStart } = splitTag(text);
  if (tag === "" && grammar.emptyTagRefused) {
    return refusal(`${text} must specify a tag name after the colon`);
  }
  const problem = tag === undefined || tag === "" ? undefined : elementProblem(tagRule, tag);
  if (problem !== undefined) return refusal(problem);
  const named = parseRepository(base, grammar);
  if (named.kind === "refusal") return named;
  return {
    kind: "tag",
    text,
    registry: named.registry,
    repository: named.repository,
    tag: tag === undefined || tag === "" ? defaultTag : tag,
    tagStart,
  };
}

/** `NewDigest` (pkg/name/digest.go). */
function parseDigestReference(text: string, grammar: GrammarProfile): DigestReference | Refusal {
  const at = text.indexOf("@");
  if (at < 0 || text.includes("@", at + 1)) {
    return refusal(
      `a digest must contain exactly one '@' separator (e.g. registry/repository@digest) saw: ${text}`,
    );
  }
  const digest = text.slice(at + 1);
  const problem = digestProblem(digest);
  if (problem !== undefined) return refusal(problem);
  const written = text.slice(0, at);
  const tagged = parseTagReference(written, grammar);
  // The canonical name is read once more: `library/` can make a name too long that is not as a tag.
  const base = tagged.kind === "refusal" ? written : repositoryName(tagged);
  const named = parseRepository(base, grammar);
  if (named.kind === "refusal") return named;
  const tagStart = tagged.kind === "refusal" ? at : tagged.tagStart;
  const tag = written.slice(tagStart + 1);
  return {
    kind: "digest",
    text,
    registry: named.registry,
    repository: named.repository,
    digest,
    tag: tag === "" ? undefined : tag,
    tagStart,
    digestStart: at,
  };
}

function digestProblem(digest: string): string | undefined {
  if (!digest.startsWith("sha256:")) return `unsupported digest algorithm: ${digest}`;
  const encoded = digest.slice("sha256:".length);
  if (encoded.length !== 64) return "invalid checksum digest length";
  return /^[0-9a-f]{64}$/.test(encoded) ? undefined : "invalid checksum digest format";
}

/** The text after the last colon is a tag, unless it holds a slash. */
function splitTag(text: string): { base: string; tag: string | undefined; tagStart: number } {
  const colon = text.lastIndexOf(":");
  if (colon < 0 || text.includes("/", colon)) {
    return { base: text, tag: undefined, tagStart: text.length };
  }
  return { base: text.slice(0, colon), tag: text.slice(colon + 1), tagStart: colon };
}

interface RepositoryParts {
  readonly kind: "repository";
  readonly registry: string;
  readonly repository: string;
}

/** `NewRepository` (pkg/name/repository.go): the repository is checked before the registry. */
function parseRepository(text: string, grammar: GrammarProfile): RepositoryParts | Refusal {
  if (text === "") return refusal("a repository name must be specified");
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  const named = /[.:]/.test(first) || (grammar.localhostIsRegistry && first === "localhost");
  const repository = named ? text.slice(slash + 1) : text;
  const problem = elementProblem(
    { ...repositoryRule, min: grammar.minRepositoryLength },
    repository,
  );
  if (problem !== undefined) return refusal(problem);
  if (named && !isUriAuthority(first)) {
    return refusal(`registries must be valid RFC 3986 URI authorities: ${first}`);
  }
  const registry = !named || first === "docker.io" ? dockerHub : first;
  const official = registry === dockerHub && !repository.includes("/");
  return {
    kind: "repository",
    registry,
    repository: official ? `library/${repository}` : repository,
  };
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
function elementProblem(rule: ElementRule, element: string): string | undefined {
  const codePoints = Array.from(element);
  if (codePoints.length < rule.min || codePoints.length > rule.max) {
    return `${rule.name} must be between ${rule.min} and ${rule.max} characters in length: ${element}`;
  }
  if (codePoints.every((character) => rule.characters.includes(character))) return undefined;
  return `${rule.name} can only contain the characters \`${rule.characters}\`: ${element}`;
}
