// Answers "Go to Definition": from a template's image to the values that it is made of, from a model to its runtime.

import type { DefinitionParams, Location } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { touches, type FileOffset, type FileSpan } from "../../document/span.ts";
import { namedRuntimeAt, namedValueAt } from "../../features/definitionTarget.ts";
import { placedStates } from "../../findings/reading.ts";
import type { TemplateImage, TemplateValue } from "../../workspace/chartImages.ts";
import type { WorkspaceFacts } from "../../workspace/workspaceFacts.ts";
import { offsetOf, rangeOf } from "../convert.ts";
import { canonicalUri } from "../state/openAnalyses.ts";
import { openReading, type Session } from "../state/session.ts";

/** The image of a template at an offset of its file; undefined if none stands there. */
export function templateAt(
  facts: WorkspaceFacts,
  uri: string,
  offset: FileOffset,
): TemplateImage | undefined {
  return facts.charts.templates
    .get(canonicalUri(uri))
    ?.find(({ span }) => touches(span, { start: offset, end: offset }));
}

export async function onDefinition(
  session: Session,
  { textDocument: { uri }, position }: DefinitionParams,
): Promise<Location[]> {
  const found = await openReading(session, uri);
  if (found === undefined) return [];
  const { document, reading } = found;
  const offset = offsetOf(document, position);
  const template = templateAt(session.index.facts(), uri, offset);
  if (template !== undefined) {
    const named = namedValueAt(reading.text, offset);
    return valuesNamed(template.values, named).flatMap(({ uri: target, span }) =>
      locationIn(session, target, span),
    );
  }
  const runtime = namedRuntimeAt(reading.text, offset);
  return runtime === undefined ? [] : runtimeLocations(session, runtime);
}

/** The values of the field under the cursor; all that make the image where it stands on no field. */
function valuesNamed(values: readonly TemplateValue[], named: string | undefined): TemplateValue[] {
  const own = values.filter(({ path }) => path === named);
  return own.length > 0 ? own : [...values];
}

const runtimeKinds: readonly (string | null)[] = ["ServingRuntime", "ClusterServingRuntime"];

/** The images of the runtimes of that name in the workspace. */
function runtimeLocations(session: Session, name: string): Location[] {
  return session.index.files().flatMap(({ uri, analysis }) => {
    const isNamed = analysis.parts.some(({ document }) =>
      document.resources.some(
        (resource) => resource.name === name && runtimeKinds.includes(resource.kind),
      ),
    );
    if (!isNamed) return [];
    return placedStates(session.store.readingOf(uri, analysis))
      .filter(
        ({ state: { use } }) =>
          use.resource.name === name && runtimeKinds.includes(use.resource.kind),
      )
      .flatMap(({ place }) => locationIn(session, uri, place));
  });
}

function locationIn(session: Session, uri: string, span: FileSpan): Location[] {
  const text = session.documents.get(uri)?.getText() ?? session.index.get(uri)?.text;
  if (text === undefined) return [];
  const document = session.documents.get(uri) ?? TextDocument.create(uri, "yaml", 0, text);
  return [{ uri, range: rangeOf(document, span) }];
}
