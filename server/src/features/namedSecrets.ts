// What `imagePullSecrets` of a resource means: which of the named secrets Knative signs in with, as hint and hover.

import * as l10n from "@vscode/l10n";
import type { NamedPullSecrets, PullSecretSource, ResourceId } from "../document/analysis.ts";
import { inDocument, inFile, spanInFile, type FileOffset } from "../document/span.ts";
import type { ImageState } from "../findings/imageState.ts";
import { readableSecret } from "../findings/pullSecretFindings.ts";
import { partAt, type FileReading, type ReadPart } from "../findings/reading.ts";
import { repositoryName, type TagReference } from "../image/imageReference.ts";
import { countingSecret } from "../knative/pullSecret/pullSecret.ts";
import { shownText } from "../shownText.ts";
import type { PlacedHover } from "./configHover.ts";
import type { Hint } from "./hints.ts";
import { code, paragraph, strong, text, type Block } from "./markdown.ts";
import { isSameNamespace } from "./pullSecretHover.ts";

/** An image that Knative looks up with a secret, and the entry that it signs in with. */
interface Served {
  readonly reference: TagReference;
  readonly key: string;
}

/** What one name in `imagePullSecrets` is to Knative. */
type Meaning =
  /** The workspace has no such secret, or its text cannot be read. */
  | { readonly kind: "unknown" }
  /** No image of the resource is looked up, so no secret is. */
  | { readonly kind: "no-lookup" }
  /** @property isSure whether all the secrets that the resource names are known. */
  | { readonly kind: "known"; readonly served: readonly Served[]; readonly isSure: boolean };

/** Images and registries that are named. */
const maxNamed = 8;

/** A hint behind each name in `imagePullSecrets` of a document whose meaning is known for certain. */
export function namedSecretHints(
  part: ReadPart,
  secrets: () => readonly PullSecretSource[],
): Hint[] {
  return part.document.namedPullSecrets.flatMap((named) => {
    const meanings = meaningsOf(named, part.states, secrets());
    return named.names.flatMap(({ span }, index): Hint[] => {
      const label = hintLabel(meanings[index]);
      if (label === undefined) return [];
      return [{ label, at: inFile(span.end, part.start), isApart: true }];
    });
  });
}

function hintLabel(meaning: Meaning | undefined): string | undefined {
  if (meaning?.kind !== "known" || !meaning.isSure) return undefined;
  const [first, ...more] = new Set(meaning.served.map(({ reference }) => reference.registry));
  if (first === undefined) return `○ ${l10n.t("not used by Knative")}`;
  return more.length === 0 ? `✓ ${shownText(first)}` : `✓ ${shownText(first)} +${more.length}`;
}

/** The hover on a name in `imagePullSecrets`; undefined if none stands at the offset. */
export function namedSecretHover(
  reading: FileReading,
  offset: FileOffset,
  secrets: () => readonly PullSecretSource[],
): PlacedHover | undefined {
  const part = partAt(reading, offset);
  if (part === undefined) return undefined;
  const at = inDocument(offset, part.start);
  for (const named of part.document.namedPullSecrets) {
    const index = named.names.findIndex(({ span }) => at >= span.start && at <= span.end);
    const name = named.names[index];
    if (name === undefined) continue;
    const meaning = meaningsOf(named, part.states, secrets())[index];
    const blocks = meaning === undefined ? [] : meaningBlocks(meaning);
    return blocks.length === 0 ? undefined : { blocks, span: spanInFile(name.span, part.start) };
  }
  return undefined;
}

function meaningBlocks(meaning: Meaning): Block[] {
  switch (meaning.kind) {
    case "unknown":
      return [
        paragraph(strong(l10n.t("This secret is not in the workspace."))),
        paragraph(text(l10n.t("Which images Knative signs in for with it is not known."))),
      ];
    case "no-lookup":
      return [
        paragraph(
          strong(l10n.t("Knative looks up no tag of this resource, so it needs no secret.")),
        ),
      ];
    case "known":
      return [...servedBlocks(meaning.served), ...unsureBlocks(meaning.isSure)];
  }
}

function servedBlocks(served: readonly Served[]): Block[] {
  if (served.length === 0) {
    return [
      paragraph(strong(l10n.t("Knative uses this secret for no image of this resource."))),
      paragraph(text(l10n.t("Nodes may still pull with it."))),
    ];
  }
  const more = served.length - maxNamed;
  return [
    paragraph(strong(l10n.t("Knative signs in with this secret for:"))),
    ...served
      .slice(0, maxNamed)
      .map(({ reference, key }) =>
        paragraph(code(shownText(repositoryName(reference))), text(" ← "), code(shownText(key))),
      ),
    ...(more > 0 ? [paragraph(text(l10n.t("and {0} more", more)))] : []),
  ];
}

function unsureBlocks(isSure: boolean): Block[] {
  if (isSure) return [];
  const words = l10n.t("Another secret named here is not in the workspace, and may count instead.");
  return [paragraph(text(words))];
}

/** What each name means, in their order. */
function meaningsOf(
  { names, resource }: NamedPullSecrets,
  states: readonly ImageState[],
  secrets: readonly PullSecretSource[],
): Meaning[] {
  const references = states.flatMap(({ outcome, use }) =>
    isSameResource(use.resource, resource) &&
    use.reference.kind === "tag" &&
    (outcome.kind === "resolve" || outcome.kind === "status-only")
      ? [use.reference]
      : [],
  );
  const found = names.map((name) => {
    const source = secrets.find(
      (secret) =>
        secret.resource.name === name.text &&
        isSameNamespace(secret.resource.namespace, resource.namespace),
    );
    const decoded = source === undefined ? undefined : readableSecret(source);
    return source === undefined || decoded === undefined
      ? undefined
      : { type: source.type, text: decoded };
  });
  const known = found.filter((secret) => secret !== undefined);
  const isSure = known.length === found.length;
  const byName = new Map(references.map((each) => [repositoryName(each), each]));
  const counting = [...byName.values()].flatMap((reference) => {
    const counts = countingSecret(known, reference);
    return counts === undefined ? [] : [{ reference, ...counts }];
  });
  return found.map((secret): Meaning => {
    if (secret === undefined) return { kind: "unknown" };
    if (references.length === 0) return { kind: "no-lookup" };
    const served = counting.filter(({ index }) => known[index] === secret);
    return { kind: "known", served, isSure };
  });
}

function isSameResource(one: ResourceId, other: ResourceId): boolean {
  return one.kind === other.kind && one.name === other.name && one.namespace === other.namespace;
}
