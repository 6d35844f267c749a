// The hover on a setting of `config-deployment`, and on an entry of the skip list.

import * as l10n from "@vscode/l10n";
import type { ConfigEntry } from "../document/analysis.ts";
import { placeInScalar } from "../document/yaml/scalarPlaces.ts";
import {
  inDocument,
  spanInFile,
  touches,
  type DocumentOffset,
  type FileOffset,
  type FileSpan,
  type Span,
} from "../document/span.ts";
import { partAt, type FileReading, type ReadPart } from "../findings/reading.ts";
import { findConfigKey, type ConfigKey } from "../knative/config/configKeys.ts";
import { configKeyMeaning, configTypeWords } from "../knative/config/configKeyWords.ts";
import { registryClass } from "../knative/skipList/registryClass.ts";
import { parseSkipList } from "../knative/skipList/skipList.ts";
import { code, heading, paragraph, strong, text, type Block } from "./markdown.ts";

export interface PlacedHover {
  readonly blocks: readonly Block[];
  readonly span: FileSpan;
}

/**
 * What stands at an offset of a configuration; undefined if no setting does.
 * @param options.showsFindings whether the editor shows the findings of the place in the same popup.
 */
export function configHover(
  reading: FileReading,
  offset: FileOffset,
  { showsFindings }: { readonly showsFindings: boolean },
): PlacedHover | undefined {
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
      return entryHover(entry, part, { at, showsFindings });
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
  { start, document, findings }: ReadPart,
  { at, showsFindings }: { readonly at: DocumentOffset; readonly showsFindings: boolean },
): PlacedHover | undefined {
  if (value === undefined || document.text === undefined) return undefined;
  for (const entry of parseSkipList(value.text)) {
    const { span } = placeInScalar(value, entry, document.text);
    if (entry.registry === "" || !contains(span, at)) continue;
    const { registry } = entry;
    const useless = findings.find(
      (finding) => finding.code === "skip-entry-never-matches" && touches(finding.span, span),
    );
    const blocks =
      useless === undefined
        ? effectBlocks(registry)
        : uselessBlocks(showsFindings ? [] : [useless.message]);
    return { span: spanInFile(span, start), blocks: [heading(code(registry)), ...blocks] };
  }
  return undefined;
}

function effectBlocks(registry: string): Block[] {
  const effect = l10n.t(
    "Tags from exactly this registry (case and port must match) are not resolved.",
  );
  return [paragraph(strong(effect)), paragraph(text(classWords(registry)))];
}

/** An entry that matches no registry. */
function uselessBlocks(reasons: readonly string[]): Block[] {
  return [
    paragraph(strong(l10n.t("No image matches this entry: it skips nothing."))),
    ...reasons.map((reason) => paragraph(text(reason))),
  ];
}

/** What kind of place a registry's name is, in a sentence. */
export function classWords(registry: string): string {
  switch (registryClass(registry)) {
    case "side-loaded":
      return l10n.t("Not a registry: used for images loaded directly onto nodes.");
    case "development":
    case "private-network":
      return l10n.t("A development registry: skipping it is usual.");
    case "cluster":
      return l10n.t("A registry inside the cluster.");
    case "public":
      return l10n.t("A public registry: skipping it is a risk in production.");
    case "other":
      return l10n.t(
        "In production, give the controller the registry’s CA or pin the images instead.",
      );
  }
}

function contains(span: Span, at: DocumentOffset): boolean {
  return at >= span.start && at <= span.end;
}
