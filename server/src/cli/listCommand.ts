// `knative-digest list`: every image use, its place and its outcome. Asks no registry.

import * as l10n from "@vscode/l10n";
import { originWords } from "../findings/skipWords.ts";
import { escaped, shownText } from "../shownText.ts";
import { nothingKnown } from "./asking.ts";
import { tellUnread, warnOf, type CommandContext } from "./context.ts";
import { cleanVerdict, type Verdict } from "./exitCode.ts";
import { readManifests, readReadings, skipListFor } from "./manifests.ts";
import { printableJson } from "./printable.ts";
import { createReport, decidingLists, type ImageRow } from "./report.ts";
import { grouped, nothingFound, plural, table } from "./textParts.ts";

export async function listCommand(context: CommandContext): Promise<Verdict> {
  const { call, settings, io, environment, format } = context;
  const manifests = await readManifests(call.operands, settings, context);
  warnOf(context, manifests.problems);
  tellUnread(context, manifests.unread);
  const readings = readReadings(manifests, settings, nothingKnown);
  const fallback = skipListFor(`${environment.folder}/`, manifests.facts, settings);
  const { folder } = environment;
  const { report } = createReport(readings, { folder, fallback, asked: false });
  if (format === "json") {
    io.stdout.write(`${printableJson(report, 2)}\n`);
  } else if (report.images.length === 0) {
    io.stdout.write(nothingFound(manifests, call.operands));
  } else {
    const lists = decidingLists(readings);
    const words = lists.map(({ manifest, skipList }) => {
      const said = skipListWords([...skipList.registries].sort(), originWords(skipList));
      return lists.length === 1 ? said : `${escaped(manifest.name)}: ${said}`;
    });
    const text = [imageTable(report.images, context), summary(report.images), ...words].join("\n");
    io.stdout.write(`${text}\n`);
  }
  return { ...cleanVerdict, failed: manifests.problems.length > 0 };
}

function imageTable(images: readonly ImageRow[], { paint }: CommandContext): string {
  const blocks = grouped(images).map(([file, rows]) => {
    const cells = rows.map(({ line, column, outcome, image, kind, name, container, managedBy }) => [
      `${line}:${column}`,
      outcome,
      shownText(image),
      shownText(
        [kind, name, container, managedBy === undefined ? null : managedWords(managedBy)]
          .filter((part) => part !== null)
          .join(" "),
      ),
    ]);
    return `${paint("bold", escaped(file))}\n${table(cells)}\n`;
  });
  return blocks.join("\n");
}

function managedWords(tool: NonNullable<ImageRow["managedBy"]>): string {
  switch (tool) {
    case "func":
      return l10n.t("(written by func)");
    case "argocd-image-updater":
      return l10n.t("(updated by Argo CD Image Updater)");
    case "flux":
      return l10n.t("(updated by Flux)");
    case "setter":
      return l10n.t("(updated by a setter)");
  }
}

function summary(images: readonly ImageRow[]): string {
  const counts = new Map<string, number>();
  for (const { outcome } of images) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const outcomes = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(", ");
  return l10n.t("{0}: {1}.", plural(images.length, "image"), outcomes);
}

function skipListWords(registries: readonly string[], origin: string): string {
  const named = registries.filter((registry) => registry !== "").map(shownText);
  return named.length === 0
    ? l10n.t("No registry is skipped ({0}).", origin)
    : l10n.t("Skipped registries: {0} ({1}).", named.join(", "), origin);
}
