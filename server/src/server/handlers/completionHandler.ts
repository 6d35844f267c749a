// Answers completion inside an image reference: tags behind a colon, repositories of the workspace before it.

import * as l10n from "@vscode/l10n";
import type { CompletionItem, CompletionList, CompletionParams } from "vscode-languageserver";
import { Command, CompletionTriggerKind, MarkupKind } from "../lspLibrary.ts";
import type { TextDocument } from "vscode-languageserver-textdocument";
import {
  repositoryBefore,
  repositoryProposals,
  tagDocumentation,
  tagProposals,
  type CompletionProposal,
} from "../../features/completion.ts";
import { imageTextBefore } from "../../features/imageTextBefore.ts";
import { toMarkdown, toPlainText } from "../../features/markdown.ts";
import { buildTime } from "../../findings/buildTime.ts";
import { partAt, type FileReading } from "../../findings/reading.ts";
import { fileOffset, type FileOffset } from "../../document/span.ts";
import { parseImageReference } from "../../image/imageReference.ts";
import type { TagList } from "../../resolver/resolution.ts";
import { offsetOf, positionOf } from "../convert.ts";
import { configItems } from "./configItems.ts";
import { openReading, type Session } from "../state/session.ts";

/** What an item carries to its resolve request: the reference that it makes. */
interface ItemData {
  readonly reference: string;
}

export async function onCompletion(
  session: Session,
  params: CompletionParams,
  signal: AbortSignal,
): Promise<CompletionList | null> {
  const found = await openReading(session, params.textDocument.uri);
  if (found === undefined) return null;
  const { document, settings } = found;
  const offset = offsetOf(document, params.position);
  const keysAndValues = configItems(session, found, offset);
  if (keysAndValues.length > 0) return { isIncomplete: false, items: keysAndValues };
  // Other tools' YAML has images, too: what Knative does not read is none of ours.
  if (!holdsImages(found.reading, offset)) return null;
  const lineStart = offsetOf(document, { line: params.position.line, character: 0 });
  const typed = imageTextBefore(document.getText().slice(lineStart, offset));
  // Behind an `@` a digest stands: nobody types one, and a repository is not meant.
  if (typed === undefined || typed.includes("@")) return null;
  const isAutomatic = params.context?.triggerKind !== CompletionTriggerKind.Invoked;
  const mayAsk = settings.resolve === "automatic" || !isAutomatic;
  const tags = mayAsk ? await tagsBefore(session, typed, signal) : undefined;
  if (tags !== undefined) {
    const { proposals, isComplete } = tagProposals(typed, tags);
    const list = toList(proposals, { document, offset, isComplete });
    return {
      ...list,
      items: list.items.map((item) => wholeTag(session, item, { document, offset })),
    };
  }
  const proposals = repositoryProposals(typed, repositoriesOf(session));
  return toList(proposals, { document, offset, isComplete: true });
}

/** What is known of a tag, as its documentation. Sends no request: moving through the list is not a request for a lookup. */
export function onCompletionResolve(session: Session, item: CompletionItem): CompletionItem {
  const { reference = "" } = (item.data ?? {}) as Partial<ItemData>;
  const parsed = parseImageReference(reference);
  if (parsed.kind !== "tag") return item;
  const { registry, repository, tag } = parsed;
  const { answers, clock } = session.outside;
  const key = { registry, repository, reference: tag };
  const created = buildTime(answers.peekDetails(key)?.created, clock.now());
  const blocks = tagDocumentation(answers.peek(key), clock.now(), created);
  if (blocks.length === 0) return item;
  const documentation = session.profile.completionMarkdown
    ? { kind: MarkupKind.Markdown, value: toMarkdown(blocks) }
    : toPlainText(blocks);
  return { ...item, documentation };
}

/** What stands behind the cursor of the tag that is being typed, and the digest that it is pinned to. */
const restOfTag = /^([\w.-]*)(@sha256:[0-9a-f]{64})?/;

/**
 * An item that replaces the tag to its end. Where the image is pinned the digest changes with it: at once if it is
 * known, else by a command of our own client. Nobody else's client is left with a wrong pin in silence: the finding
 * `tag-digest-mismatch` and its fix follow.
 */
function wholeTag(
  session: Session,
  item: CompletionItem,
  { document, offset }: { readonly document: TextDocument; readonly offset: FileOffset },
): CompletionItem {
  const { textEdit } = item;
  if (textEdit === undefined || !("range" in textEdit)) return item;
  const rest = document.getText({
    start: document.positionAt(offset),
    end: document.positionAt(offset + maxRest),
  });
  const [, tagEnd = "", pin = ""] = restOfTag.exec(rest) ?? [];
  const digest = pin === "" ? undefined : knownDigest(session, item);
  const replaced = digest === undefined ? tagEnd : tagEnd + pin;
  const range = {
    start: textEdit.range.start,
    end: document.positionAt(offset + replaced.length),
  };
  const newText = digest === undefined ? textEdit.newText : `${textEdit.newText}@${digest}`;
  const whole = { ...item, textEdit: { range, newText } };
  if (pin === "" || digest !== undefined || !session.profile.isOwnClient) return whole;
  const target = { uri: document.uri, position: textEdit.range.start };
  const title = l10n.t("Update the digest");
  return { ...whole, command: Command.create(title, "knativeDigest.updateImage", target) };
}

/** A tag and a digest have at most this many characters. */
const maxRest = 128 + 72;

/** The digest of the reference that an item makes, if it is known now. */
function knownDigest(session: Session, item: CompletionItem): string | undefined {
  const { reference = "" } = (item.data ?? {}) as Partial<ItemData>;
  const parsed = parseImageReference(reference);
  if (parsed.kind !== "tag") return undefined;
  const { registry, repository, tag } = parsed;
  const resolution = session.outside.answers.peek({ registry, repository, reference: tag });
  return resolution.status === "resolved" && !resolution.stale ? resolution.digest : undefined;
}

function holdsImages(reading: FileReading, offset: FileOffset): boolean {
  const part = partAt(reading, offset);
  return part !== undefined && part.states.length > 0;
}

function toList(
  proposals: readonly CompletionProposal[],
  at: {
    readonly document: TextDocument;
    readonly offset: FileOffset;
    readonly isComplete: boolean;
  },
): CompletionList {
  const { document, offset, isComplete } = at;
  const end = positionOf(document, offset);
  return {
    isIncomplete: !isComplete,
    items: proposals.map(({ replaces, reference, ...item }) => {
      const data: ItemData = { reference };
      const range = { start: positionOf(document, fileOffset(offset - replaces)), end };
      return { ...item, data, textEdit: { range, newText: item.label } };
    }),
  };
}

/** The tags of the repository before the last colon; undefined if there is none or it does not answer. */
async function tagsBefore(
  session: Session,
  typed: string,
  signal: AbortSignal,
): Promise<TagList | undefined> {
  const repository = repositoryBefore(typed, session.index.facts().registries);
  if (repository === undefined) return undefined;
  const { registry, repository: path } = repository;
  const answer = await session.outside.answers.tags(registry, path, { signal });
  return "status" in answer ? undefined : answer;
}

/** The images of the workspace without tags and digests. */
function repositoriesOf(session: Session): string[] {
  const references = session.index
    .files()
    .flatMap(({ analysis }) => analysis.parts)
    .flatMap(({ document }) => document.images.map((use) => use.reference));
  const { answers } = session.outside;
  const names = references.flatMap((reference) => {
    if (reference.kind !== "tag" && reference.kind !== "digest") return [];
    const { registry, repository } = reference;
    const name = reference.kind === "tag" ? reference.tag : reference.digest;
    const known = answers.peek({ registry, repository, reference: name });
    const isMissing = known.status === "failed" && known.error.kind === "tag-not-found";
    // A URL is not a reference, and an empty text names nothing to look up.
    return isMissing || /^[a-z]+:\/\//.test(reference.text)
      ? []
      : [reference.text.slice(0, reference.tagStart)];
  });
  return [...new Set(names)].filter((name) => name !== "").sort();
}
