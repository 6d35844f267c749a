// The hover on a pull secret: which of the workspace's images Knative signs in for with it. Shows no credential.

import * as l10n from "@vscode/l10n";
import type { PullSecretSource } from "../document/analysis.ts";
import { inDocument, spanInFile, type FileOffset } from "../document/span.ts";
import { readableSecret } from "../findings/pullSecretFindings.ts";
import { partAt, type FileReading } from "../findings/reading.ts";
import { repositoryName, type TagReference } from "../image/imageReference.ts";
import { pullCredential } from "../knative/pullSecret/pullSecret.ts";
import { shownText } from "../shownText.ts";
import type { PlacedHover } from "./configHover.ts";
import { code, paragraph, strong, text, type Block } from "./markdown.ts";

/** An image whose tag Knative resolves, and the namespace of its resource, if one is written. */
export interface SecretUser {
  readonly reference: TagReference;
  readonly namespace: string | null;
}

/** Images that are named. */
const maxNamed = 8;

/** What stands at an offset of a pull secret's text; undefined if none does, or it is still to be filled in. */
export function pullSecretHover(
  reading: FileReading,
  offset: FileOffset,
  images: () => readonly SecretUser[],
): PlacedHover | undefined {
  const part = partAt(reading, offset);
  if (part === undefined) return undefined;
  const at = inDocument(offset, part.start);
  const secret = part.document.pullSecrets.find(
    ({ value }) => at >= value.span.start && at <= value.span.end,
  );
  const decoded = secret === undefined ? undefined : readableSecret(secret);
  if (secret === undefined || decoded === undefined) return undefined;
  return {
    blocks: secretBlocks(secret, decoded, images()),
    span: spanInFile(secret.value.span, part.start),
  };
}

function secretBlocks(
  { resource, type }: PullSecretSource,
  decoded: string,
  images: readonly SecretUser[],
): Block[] {
  const near = images.filter(({ namespace }) => isSameNamespace(namespace, resource.namespace));
  const byName = new Map(near.map(({ reference }) => [repositoryName(reference), reference]));
  const served = [...byName].flatMap(([name, reference]) => {
    const credential = pullCredential([{ type, text: decoded }], reference);
    return credential.kind === "credential" ? [{ name, key: credential.key }] : [];
  });
  if (served.length === 0) {
    return [
      paragraph(
        strong(l10n.t("Knative uses this secret for none of the images in the workspace.")),
      ),
    ];
  }
  const more = served.length - maxNamed;
  return [
    paragraph(
      strong(
        l10n.t(
          "Knative uses this secret for {0} of {1} repositories of the workspace, where a Service or its service account names it:",
          served.length,
          byName.size,
        ),
      ),
    ),
    ...served
      .slice(0, maxNamed)
      .map(({ name, key }) => paragraph(code(shownText(name)), text(" ← "), code(shownText(key)))),
    ...(more > 0 ? [paragraph(text(l10n.t("and {0} more", more)))] : []),
  ];
}

/** A resource without a namespace is applied to any. */
export function isSameNamespace(one: string | null, other: string | null): boolean {
  return one === null || other === null || one === other;
}
