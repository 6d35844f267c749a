// Which tags the digests of one open document were first written with: what tells a changed version from a moved tag.

import type { DocumentAnalysis, FileAnalysis } from "../../document/analysis.ts";
import { rememberedTag } from "../../document/writtenImage.ts";
import type { ManifestKey } from "../../resolver/resolution.ts";

export interface PinnedTags {
  /** Takes the pins of a text. A digest that is known already keeps the tags that it had at first. */
  note(analysis: FileAnalysis): void;
  /** A tag that the digest was first written with, if it was not this one. */
  otherTag(key: ManifestKey, digest: string): string | undefined;
}

/** Made when a document is opened, ended with it. It holds a tag for each pin that the document ever had. */
export function createPinnedTags(): PinnedTags {
  const byDigest = new Map<string, Set<string>>();
  /** What stands unchanged was noted before. */
  let noted = new WeakSet<DocumentAnalysis>();

  function notePart(document: DocumentAnalysis, added: Set<string>): void {
    for (const use of document.images) {
      const { reference } = use;
      const tag = rememberedTag(use);
      if (reference.kind !== "digest" || tag === undefined) continue;
      const key = `${reference.registry}/${reference.repository}@${reference.digest}`;
      if (byDigest.has(key) && !added.has(key)) continue;
      added.add(key);
      byDigest.set(key, (byDigest.get(key) ?? new Set()).add(tag));
    }
  }
  return {
    note({ parts }) {
      if (byDigest.size > maxDigests) {
        byDigest.clear();
        noted = new WeakSet();
      }
      const added = new Set<string>();
      for (const { document } of parts) {
        if (noted.has(document)) continue;
        noted.add(document);
        notePart(document, added);
      }
    },
    otherTag({ registry, repository, reference }, digest) {
      const tags = byDigest.get(`${registry}/${repository}@${digest}`);
      return tags === undefined || tags.has(reference) ? undefined : [...tags][0];
    },
  };
}

/** More pins than any document has; with more, all are forgotten. */
const maxDigests = 20_000;
