// What can be typed next in an image reference.

import { CompletionItemKind } from "vscode-languageserver-types";
import type { TagList } from "../resolver/resolution.ts";
import { byVersion } from "./tagOrder.ts";

export interface CompletionProposal {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly sortText: string;
  readonly filterText: string;
  /** How many characters before the cursor it replaces. */
  readonly replaces: number;
}

export interface CompletionQuestion {
  /** The reference up to the cursor. */
  readonly typed: string;
  /** The tags of its repository, if a colon is typed and the registry answered. */
  readonly tags: TagList | undefined;
  /** The images of the workspace without tags and digests. */
  readonly images: readonly string[];
}

/** Tags offered at once: more are not read by anybody, and typing narrows them. */
const maxTags = 200;

export function completions({ typed, tags, images }: CompletionQuestion): CompletionProposal[] {
  if (tags !== undefined) {
    const part = typed.slice(typed.lastIndexOf(":") + 1);
    return [...tags.tags]
      .sort(byVersion)
      .slice(0, maxTags)
      .map((label, index) => ({
        label,
        kind: CompletionItemKind.Value,
        sortText: String(index).padStart(6, "0"),
        filterText: label,
        replaces: part.length,
      }));
  }
  return images
    .filter((image) => image !== typed)
    .map((label) => ({
      label,
      kind: CompletionItemKind.Reference,
      sortText: label,
      filterText: label,
      replaces: typed.length,
    }));
}
