// The hover on a setting of `config-deployment`, and on an entry of the skip list.

import * as l10n from "@vscode/l10n";
import type { ConfigEntry } from "../document/analysis.ts";
import { placeInScalar } from "../document/scalarPlaces.ts";
import {
  inDocument,
  spanInFile,
  type DocumentOffset,
  type FileOffset,
  type FileSpan,
  type Span,
} from "../document/span.ts";
import { partAt, type FileReading, type ReadPart } from "../findings/reading.ts";
import { findConfigKey, type ConfigKey } from "../knative/configKeys.ts";
import { configKeyMeaning, configTypeWords } from "../knative/configKeyWords.ts";
import { registryClass } from "../knative/registryClass.ts";
import { parseSkipList } from "../knative/skipList.ts";
import { code, heading, paragraph, text, type Block } from "./markdown.ts";

export interface PlacedHover {
  readonly blocks: readonly Block[];
  readonly span: FileSpan;
}

/** What stands at an offset of a configuration; undefined if no setting does. */
export function configHover(reading: FileReading, offset: FileOffset): PlacedHover | undefined {
  const part = partAt(reading, offset);
  if (part === undefined) return undefined;
  const at = inDocument(offset, part.start);
  for (const entry of part.document.configs.flatMap((config) => config.entries)) {
    const known = findConfigKey(entry.key.text);
    if (known === undefined) continue;
    if (contains(entry.key.span, at)) {
      return { blocks: keyBlocks(known), span: spanInFile(entry.key.span, part.start) };
    }
    if (known.type === "registries" && contains(entry.place, at)) {
      return entryHover(entry, part, at);
    }
  }
  return undefined;
}

/** A setting's type, default and meaning. */
export function keyBlocks(known: ConfigKey): Block[] {
  return [
    heading(code(known.name)),
    paragraph(text(configKeyMeaning(known.name))),
    paragraph(
      text(l10n.t("Type")),
      text(": "),
      text(configTypeWords(known.type)),
      text(" · "),
      text(l10n.t("Default")),
      text(": "),
      known.defaultValue === undefined ? text(l10n.t("none")) : code(known.defaultValue),
      text(" · "),
      text(l10n.t("since Knative {0}", known.since)),
    ),
  ];
}

function entryHover(
  { value }: ConfigEntry,
  { start, document }: ReadPart,
  at: DocumentOffset,
): PlacedHover | undefined {
  if (value === undefined || document.text === undefined) return undefined;
  for (const entry of parseSkipList(value.text)) {
    const { span } = placeInScalar(value, entry, document.text);
    if (entry.registry === "" || !contains(span, at)) continue;
    const { registry } = entry;
    return {
      span: spanInFile(span, start),
      blocks: [
        heading(code(registry)),
        paragraph(
          text(
            l10n.t(
              "Knative leaves a tag as written if its registry is exactly this, letter for letter and port for port.",
            ),
          ),
        ),
        paragraph(text(classWords(registry))),
      ],
    };
  }
  return undefined;
}

function classWords(registry: string): string {
  switch (registryClass(registry)) {
    case "side-loaded":
      return l10n.t("No registry: images of this name are loaded onto the nodes.");
    case "development":
    case "private-network":
      return l10n.t("A development registry: skipping it is usual.");
    case "cluster":
      return l10n.t("A registry inside the cluster.");
    case "public":
      return l10n.t("A public registry: skipping it is a risk in production.");
    case "other":
      return l10n.t(
        "In production rather give the controller this registry’s CA, or pin the images.",
      );
  }
}

function contains(span: Span, at: DocumentOffset): boolean {
  return at >= span.start && at <= span.end;
}
