// Answers "Go to Definition": from a template's image to the values that it is made of, from a model to its runtime.

import type { DefinitionParams, Location } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { FileOffset, FileSpan } from "../../document/span.ts";
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
    ?.find(({ span }) => span.start <= offset && offset <= span.end);
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
    const named = fieldAt(reading.text, offset);
    return valuesNamed(template.values, named).flatMap(({ uri: target, span }) =>
      locationIn(session, target, span),
    );
  }
  const runtime = runtimeAt(reading.text, offset);
  return runtime === undefined ? [] : runtimeLocations(session, runtime);
}

/** The values of the field under the cursor; all that make the image where it stands on no field. */
function valuesNamed(values: readonly TemplateValue[], named: string | undefined): TemplateValue[] {
  const own = values.filter(({ path }) => path === named);
  return own.length > 0 ? own : [...values];
}

/** `image.tag` of `.Values.image.tag` at an offset. */
function fieldAt(text: string, offset: FileOffset): string | undefined {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const lineEnd = text.indexOf("\n", offset);
  const line = text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd);
  for (const match of line.matchAll(/\.Values((?:\.\w+)+)/g)) {
    const start = lineStart + match.index;
    if (start <= offset && offset <= start + match[0].length) return match[1]?.slice(1);
  }
  return undefined;
}

/** The name of the ServingRuntime on a line `runtime: name` at an offset. */
function runtimeAt(text: string, offset: FileOffset): string | undefined {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const lineEnd = text.indexOf("\n", offset);
  const line = text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd);
  if (line.length > maxLine) return undefined;
  return /^\s*runtime:\s*["']?([\w.-]+)["']?\s*(?:#.*)?$/.exec(line)?.[1];
}

/** A longer line names no runtime. */
const maxLine = 500;

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
