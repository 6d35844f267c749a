// What can be typed next in an image reference: tags of its repository, repositories of the workspace.

import * as l10n from "@vscode/l10n";
import { CompletionItemKind } from "vscode-languageserver-types";
import { accidentalDockerHub } from "../knative/accidentalDockerHub.ts";
import { parseImageReference, type TagReference } from "../image/imageReference.ts";
import { hasPlaceholder } from "../image/placeholder.ts";
import type { Resolution, TagList } from "../resolver/resolution.ts";
import { ageWords } from "./amountWords.ts";
import { seenWords } from "./answerWords.ts";
import { code, paragraph, text, type Block } from "./markdown.ts";
import { versionOrder } from "./tagOrder.ts";

export interface CompletionProposal {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly sortText: string;
  readonly filterText: string;
  /** How many characters before the cursor it replaces. */
  readonly replaces: number;
  /** The reference that it makes: what its documentation is about. */
  readonly reference: string;
}

/** Tags offered at once: more are not read by anybody, and typing narrows them. */
const maxTags = 200;

/**
 * The repository whose tags belong behind the colon that is typed; undefined if there is none, or if what stands
 * before the colon is rather a host whose port is being typed: its name would be sent to Docker Hub.
 * @param typed the reference up to the cursor.
 * @param seenRegistries the registries that the workspace names.
 */
export function repositoryBefore(
  typed: string,
  seenRegistries: readonly string[],
): TagReference | undefined {
  const colon = typed.lastIndexOf(":");
  if (colon < 0 || typed.includes("/", colon) || typed.includes("@")) return undefined;
  if (hasPlaceholder(typed)) return undefined;
  const reference = parseImageReference(typed.slice(0, colon));
  if (reference.kind !== "tag") return undefined;
  const isName = accidentalDockerHub(reference, seenRegistries) === undefined;
  const isHost =
    !reference.text.includes("/") &&
    (reference.text === "localhost" ||
      seenRegistries.some((registry) => registry.startsWith(`${reference.text}:`)));
  return isName && !isHost ? reference : undefined;
}

/** The tags that match what is typed behind the colon, versions newest first. */
export function tagProposals(
  typed: string,
  { tags }: TagList,
): { readonly proposals: CompletionProposal[]; readonly isComplete: boolean } {
  const start = typed.lastIndexOf(":") + 1;
  const part = typed.slice(start);
  const matching = tags.filter((tag) => tag.includes(part)).sort(versionOrder());
  const proposals = matching.slice(0, maxTags).map((label, index) => ({
    label,
    kind: CompletionItemKind.Value,
    sortText: String(index).padStart(6, "0"),
    filterText: label,
    replaces: part.length,
    reference: typed.slice(0, start) + label,
  }));
  return { proposals, isComplete: matching.length <= maxTags };
}

/** The repositories of the workspace, those that begin with what is typed first. */
export function repositoryProposals(
  typed: string,
  repositories: readonly string[],
): CompletionProposal[] {
  return repositories
    .filter((repository) => repository !== typed)
    .map((label) => ({
      label,
      kind: CompletionItemKind.Reference,
      sortText: `${label.startsWith(typed) ? "0" : "1"}${label}`,
      filterText: label,
      replaces: typed.length,
      reference: label,
    }));
}

/** What is known of a proposed tag, for the details box of the list; empty if nothing is known. */
export function tagDocumentation(resolution: Resolution, now: number, created?: number): Block[] {
  if (resolution.status !== "resolved") return [];
  const built = created === undefined ? [] : [l10n.t("built {0}", ageWords(now - created))];
  return [
    paragraph(code(resolution.digest)),
    paragraph(text([seenWords(resolution, now), ...built].join(" · "))),
  ];
}
