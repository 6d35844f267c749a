// How kustomize takes an image apart, matches it and puts it together (api/image/image.go, api/filters/imagetag/updater.go).

import type { ImageRule } from "../../document/kustomize/kustomizationSource.ts";

export interface SplitImage {
  readonly name: string;
  readonly tag: string;
  readonly digest: string;
}

/** Splits as kustomize does: a port before the first slash is none of the tag. */
export function splitImage(image: string): SplitImage {
  const from = Math.max(0, image.indexOf("/"));
  const at = image.indexOf("@", from);
  const colon = image.indexOf(":", from);
  const nameEnd = Math.min(...[at, colon, image.length].filter((index) => index >= 0));
  const tagEnd = at < 0 ? image.length : at;
  return {
    name: image.slice(0, nameEnd),
    tag: colon >= 0 && colon < tagEnd ? image.slice(colon + 1, tagEnd) : "",
    digest: at < 0 ? "" : image.slice(at + 1),
  };
}

/** The image after an entry of `images:` that matches it; a tag or a digest of the entry replaces both. */
export function applyRule(image: string, rule: ImageRule): string {
  const before = splitImage(image);
  const isVersioned = rule.newTag !== undefined || rule.digest !== undefined;
  const suffixed =
    rule.tagSuffix === undefined
      ? before
      : { ...before, tag: before.tag + rule.tagSuffix, digest: "" };
  const { tag, digest } = isVersioned
    ? { tag: rule.newTag ?? "", digest: rule.digest ?? "" }
    : suffixed;
  const name = rule.newName ?? before.name;
  return `${name}${tag === "" ? "" : `:${tag}`}${digest === "" ? "" : `@${digest}`}`;
}

/**
 * Whether an entry's name is a plain one. kustomize takes it for a regular expression, in which a dot matches itself,
 * too; one with other signs is not followed.
 */
export function isPlainName(name: string): boolean {
  return /^[\w./:@-]+$/.test(name);
}
