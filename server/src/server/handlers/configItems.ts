// Completion inside a `config-deployment`: its keys and their values, as LSP has them.

import { fileOffset, type FileOffset } from "../../document/span.ts";
import { positionOf, rangeOf } from "../convert.ts";
import type { CompletionItem } from "vscode-languageserver";
import { CompletionItemKind } from "../lspLibrary.ts";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { configCompletions } from "../../features/configCompletion.ts";
import { keyBlocks } from "../../features/configHover.ts";
import type { FileReading } from "../../findings/reading.ts";
import type { Settings } from "../../settings.ts";
import { markup } from "./hoverFacts.ts";
import type { Session } from "../state/session.ts";

interface Found {
  readonly document: TextDocument;
  readonly reading: FileReading;
  readonly settings: Settings;
}

/** The keys and values of a `config-deployment`; empty where the cursor is in none. */
export function configItems(
  session: Session,
  { document, reading, settings }: Found,
  offset: FileOffset,
): CompletionItem[] {
  const proposals = configCompletions({
    reading,
    offset,
    registries: session.index.facts().registries,
    version: settings.knativeVersion,
  });
  return proposals.map((proposal) => {
    const range = rangeOf(document, { start: fileOffset(offset - proposal.replaces), end: offset });
    if (proposal.kind === "value") {
      return {
        label: proposal.text,
        kind: CompletionItemKind.Value,
        filterText: proposal.text,
        textEdit: { range, newText: proposal.written },
      };
    }
    const { name, defaultValue } = proposal.key;
    const { upToColon } = proposal;
    const end = positionOf(document, fileOffset(offset + (upToColon ?? 0)));
    return {
      label: name,
      kind: CompletionItemKind.Property,
      ...(defaultValue === undefined ? {} : { detail: defaultValue }),
      documentation: markup(session, keyBlocks(proposal.key)),
      textEdit: {
        range: { start: range.start, end },
        newText: upToColon === undefined ? `${name}: ` : name,
      },
    };
  });
}
