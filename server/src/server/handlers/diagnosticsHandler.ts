// Diagnostics for a client that pulls them.

import type { Diagnostic, DocumentDiagnosticParams } from "vscode-languageserver";
import { diagnosticsOf } from "../convert.ts";
import { openReading, type Session } from "../state/session.ts";
import { waitBriefly } from "../state/waitForAnswers.ts";

/** The diagnostics of a document. For a client that cannot be told of answers it waits for them a moment. */
export async function onDiagnostics(
  session: Session,
  { textDocument: { uri } }: DocumentDiagnosticParams,
  signal: AbortSignal,
): Promise<Diagnostic[]> {
  const { profile } = session;
  const first = await openReading(session, uri);
  if (first === undefined) return [];
  if (profile.refreshesDiagnostics) return diagnosticsOf(first.reading, first.document);
  const states = first.reading.parts.flatMap((part) => part.states);
  await waitBriefly(session, { ...first, states }, signal);
  const found = await openReading(session, uri);
  return found === undefined ? [] : diagnosticsOf(found.reading, found.document);
}
