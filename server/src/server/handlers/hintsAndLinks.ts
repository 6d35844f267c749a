// Registers the views that lie over the text: inlay hints, definitions, and links to registries' pages.

import * as l10n from "@vscode/l10n";
import type { DocumentLink } from "vscode-languageserver";
import { placedStates } from "../../findings/reading.ts";
import { registryPage } from "../../features/registryPages.ts";
import { repositoryName } from "../../image/imageReference.ts";
import { shownText } from "../../shownText.ts";
import { rangeOf } from "../convert.ts";
import { onDefinition } from "./definitionHandler.ts";
import { onInlayHintResolve, onInlayHints } from "./hintHandler.ts";
import { openReading, type Session } from "../state/session.ts";

export function onHintsAndLinks(session: Session): void {
  const { connection, guard } = session;
  connection.languages.inlayHint.on((params, token) =>
    guard.run("inlay hints", token, {
      fallback: [],
      handle: (signal) => onInlayHints(session, params, signal),
    }),
  );
  connection.languages.inlayHint.resolve((hint, token) =>
    guard.run("inlay hint resolve", token, {
      fallback: hint,
      handle: () => onInlayHintResolve(session, hint),
    }),
  );
  connection.onDefinition((params, token) =>
    guard.run("definition", token, {
      fallback: [],
      handle: () => onDefinition(session, params),
    }),
  );
  connection.onDocumentLinks((params, token) =>
    guard.run("document links", token, {
      fallback: [],
      handle: () => documentLinks(session, params.textDocument.uri),
    }),
  );
}

async function documentLinks(session: Session, uri: string): Promise<DocumentLink[]> {
  const found = await openReading(session, uri);
  if (found === undefined) return [];
  return placedStates(found.reading).flatMap(({ state, span }) => {
    const { reference } = state.use;
    if (reference.kind !== "tag" && reference.kind !== "digest") return [];
    const target = registryPage(reference);
    if (target === undefined || state.outcome.kind === "doomed") return [];
    const range = rangeOf(found.document, span);
    const tooltip = l10n.t("Open the page of {0}", shownText(repositoryName(reference)));
    return [{ range, target, tooltip }];
  });
}
