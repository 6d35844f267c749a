// Links from images to their registries' pages.

import * as l10n from "@vscode/l10n";
import type { DocumentLink, DocumentLinkParams } from "vscode-languageserver";
import { registryPage } from "../../features/registryPages.ts";
import { placedStates } from "../../findings/reading.ts";
import { repositoryName } from "../../image/imageReference.ts";
import { shownText } from "../../shownText.ts";
import { rangeOf } from "../convert.ts";
import { openReading, type Session } from "../state/session.ts";

/** The links of a document; none for an image that certainly fails. */
export async function onDocumentLinks(
  session: Session,
  { textDocument: { uri } }: DocumentLinkParams,
): Promise<DocumentLink[]> {
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
