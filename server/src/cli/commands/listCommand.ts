// `knative-digest list`: every image use, its place and its outcome. Asks no registry unless it compares with a cluster.

import * as l10n from "@vscode/l10n";
import { shortDigest } from "../../image/digest.ts";
import { originWords } from "../../findings/skipWords.ts";
import { escaped, shownText } from "../../shownText.ts";
import { nothingKnown } from "../asking.ts";
import { noCluster } from "../clusterRun.ts";
import { tellUnread, warnOf, type CommandContext } from "../commandContext.ts";
import { cleanVerdict, type Verdict } from "../output/exitCode.ts";
import { readManifests, readReadings, skipListFor } from "../input/manifests.ts";
import { readOnline } from "../onlineReadings.ts";
import { printableJson } from "../output/printable.ts";
import { createReport, decidingLists, type ReportedImage } from "../output/report.ts";
import { grouped, nothingFound, plural, table } from "../output/textParts.ts";

export async function listCommand(context: CommandContext): Promise<Verdict> {
  const { call, settings, io, environment, format } = context;
  const manifests = await readManifests(call.operands, settings, context);
  warnOf(context, manifests.problems);
  tellUnread(context, manifests.unread);
  const isCompared = call.options.cluster === true || call.options.context !== undefined;
  // Its place in three digests is worth a request; the list alone asks nobody.
  const { readings, cluster } = isCompared
    ? await readOnline(manifests, context)
    : { readings: readReadings(manifests, settings, nothingKnown), cluster: noCluster };
  const { folder } = environment;
  const config = cluster.known?.config;
  const fallback = skipListFor(`${folder}/`, manifests.facts, settings, config);
  const asked = isCompared && !context.offline;
  const { report } = createReport(readings, { folder, fallback, asked, cluster: isCompared });
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
  return {
    ...cleanVerdict,
    failed: manifests.problems.length > 0,
    unasked: cluster.unasked,
  };
}

function imageTable(images: readonly ReportedImage[], { paint }: CommandContext): string {
  const blocks = grouped(images).map(([file, rows]) => {
    const cells = rows.map((row) => [...usualCells(row), ...clusterCells(row)]);
    return `${paint("bold", escaped(file))}\n${table(cells)}\n`;
  });
  return blocks.join("\n");
}

function usualCells(row: ReportedImage): string[] {
  const { line, column, outcome, image, kind, name, container, managedBy } = row;
  const tool = managedBy === undefined ? null : managedWords(managedBy);
  const owner = [kind, name, container, tool].filter((part) => part !== null).join(" ");
  return [`${line}:${column}`, outcome, shownText(image), shownText(owner)];
}

/** The tag's digest now and the cluster's, where they were asked for. */
function clusterCells({ cluster, resolution }: ReportedImage): string[] {
  if (cluster === undefined) return [];
  const now =
    resolution === undefined
      ? []
      : [
          resolution.status === "resolved"
            ? l10n.t("tag: {0}", shortDigest(resolution.digest, 12))
            : l10n.t("tag: unknown"),
        ];
  return [...now, clusterWords(cluster)];
}

function clusterWords(cluster: ReportedImage["cluster"]): string {
  if (cluster === null || cluster === undefined) return l10n.t("cluster: not looked up");
  const { revision, digest, reason } = cluster;
  if (revision === null) return l10n.t("cluster: not found");
  const runs =
    digest === null
      ? l10n.t("cluster: unknown digest ({0})", revision)
      : l10n.t("cluster: {0} ({1})", shortDigest(digest, 12), revision);
  return reason === null ? runs : `${runs} ${shownText(reason)}`;
}

function managedWords(tool: NonNullable<ReportedImage["managedBy"]>): string {
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

function summary(images: readonly ReportedImage[]): string {
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
