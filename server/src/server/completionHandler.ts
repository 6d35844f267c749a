// Answers completion inside an image reference: tags behind a colon, repositories of the workspace before it.

import {
  CompletionItemKind,
  type CompletionItem,
  type CompletionList,
  type CompletionParams,
} from "vscode-languageserver";
import { completions } from "../features/completion.ts";
import { configCompletions } from "../features/configCompletion.ts";
import { keyBlocks } from "../features/configHover.ts";
import { parseImageReference } from "../image/imageReference.ts";
import { imageTextBefore } from "../features/imageTextBefore.ts";
import type { TagList } from "../resolver/resolution.ts";
import { markup } from "./hoverHandler.ts";
import { openReading, type Session } from "./session.ts";

export async function onCompletion(
  session: Session,
  params: CompletionParams,
  signal: AbortSignal,
): Promise<CompletionList | null> {
  const found = await openReading(session, params.textDocument.uri);
  if (found === undefined) return null;
  const { document } = found;
  const offset = document.offsetAt(params.position);
  const lineStart = document.offsetAt({ line: params.position.line, character: 0 });
  const settings = configItems(session, found, offset);
  if (settings.length > 0) return { isIncomplete: false, items: settings };
  const typed = imageTextBefore(document.getText().slice(lineStart, offset));
  if (typed === undefined) return null;
  const range = (length: number) => ({
    start: document.positionAt(offset - length),
    end: params.position,
  });
  const tags = await tagsBefore(session, typed, signal);
  const items = completions({ typed, tags, images: seenImages(session) });
  return {
    isIncomplete: tags?.truncated ?? false,
    items: items.map(({ replaces, ...item }) => ({
      ...item,
      textEdit: { range: range(replaces), newText: item.label },
    })),
  };
}

/** The keys and values of a `config-deployment`. */
function configItems(
  session: Session,
  { document, reading, settings }: NonNullable<Awaited<ReturnType<typeof openReading>>>,
  offset: number,
): CompletionItem[] {
  const proposals = configCompletions({
    reading,
    offset,
    registries: session.index.facts().registries,
    version: settings.knativeVersion,
  });
  return proposals.map((proposal) => {
    const range = {
      start: document.positionAt(offset - proposal.replaces),
      end: document.positionAt(offset),
    };
    if (proposal.kind === "value") {
      return {
        label: proposal.text,
        kind: CompletionItemKind.Value,
        filterText: proposal.text,
        textEdit: { range, newText: proposal.written },
      };
    }
    const { name, defaultValue } = proposal.key;
    return {
      label: name,
      kind: CompletionItemKind.Property,
      ...(defaultValue === undefined ? {} : { detail: defaultValue }),
      documentation: markup(session, keyBlocks(proposal.key)),
      textEdit: { range, newText: `${name}: ` },
    };
  });
}

/** The tags of the repository before the last colon; undefined if there is none or it does not answer. */
async function tagsBefore(
  session: Session,
  typed: string,
  signal: AbortSignal,
): Promise<TagList | undefined> {
  const colon = typed.lastIndexOf(":");
  if (colon < 0 || typed.includes("/", colon) || typed.includes("@")) return undefined;
  const reference = parseImageReference(typed.slice(0, colon));
  if (reference.kind !== "tag") return undefined;
  const { registry, repository } = reference;
  const answer = await session.outside.answers.tags(registry, repository, { signal });
  return "status" in answer ? undefined : answer;
}

function seenImages(session: Session): string[] {
  const references = session.index
    .files()
    .flatMap(({ analysis }) => analysis.parts)
    .flatMap(({ document }) => document.images.map((use) => use.reference));
  const names = references.map((reference) =>
    reference.kind === "tag" || reference.kind === "digest"
      ? reference.text.slice(0, reference.tagStart)
      : "",
  );
  return [...new Set(names)].filter((name) => name !== "").sort();
}
