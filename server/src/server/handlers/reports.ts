// What the server tells about the workspace as a whole: its images, and the skip list that applies.

import * as l10n from "@vscode/l10n";
import { TextDocument } from "vscode-languageserver-textdocument";
import { clusterFailureWords } from "../../cluster/clusterFailure.ts";
import type { FileOffset } from "../../document/span.ts";
import { classWords } from "../../features/configHover.ts";
import { imageGroups, imageRow } from "../../features/imageRows.ts";
import {
  groupWords,
  inventoryCsv,
  inventoryMarkdown,
  type InventoryRow,
} from "../../features/inventory.ts";
import { originWords } from "../../findings/skipWords.ts";
import { placedStates } from "../../findings/reading.ts";
import type {
  CommandTarget,
  FileProblems,
  ImageReport,
  InventoryFormat,
  OtherSkipList,
  SkipListPlace,
  SkipListReport,
} from "../../protocol.ts";
import { escaped, shownText } from "../../shownText.ts";
import { candidates, type SkipListLocation } from "../../workspace/effectiveSkipList.ts";
import { diagnosticsOf, positionOf } from "../convert.ts";
import { canonicalUri } from "../state/openAnalyses.ts";
import type { Session } from "../state/session.ts";
import { targetFiles } from "./targets.ts";
import { isInFolder } from "../folderUris.ts";

/** All images, in the order of their groups, files and lines. */
export function imagesReport(session: Session): ImageReport[] {
  const reports = targetFiles(session, {}).flatMap(({ document, reading }) =>
    placedStates(reading).map(({ state, place, isIgnored }): ImageReport => {
      const row = imageRow(state);
      return {
        ...row,
        uri: document.uri,
        position: positionOf(document, place.start),
        groupTitle: groupWords(row.group),
        isIgnored,
      };
    }),
  );
  const order = (report: ImageReport): number => imageGroups.indexOf(report.group);
  // Files keep their order, and images theirs in the file.
  const byFile = (a: ImageReport, b: ImageReport): number =>
    Number(a.uri > b.uri) - Number(a.uri < b.uri);
  return reports.sort((a, b) => order(a) - order(b) || byFile(a, b));
}

/** All images as the text of a document. */
export function inventoryReport(session: Session, format: InventoryFormat): string {
  const folders = session.folders();
  const rows = imagesReport(session).map((report): InventoryRow => ({
    ...report,
    file: escaped(relativeName(report.uri, folders)),
    line: report.position.line + 1,
  }));
  return format === "csv" ? inventoryCsv(rows) : inventoryMarkdown(rows);
}

/** The diagnostics of the files that are not open: those of open ones the editor has already. */
export function problemsReport(session: Session, target: CommandTarget): FileProblems[] {
  return targetFiles(session, target)
    .filter(({ version }) => version === null)
    .map(({ document, reading }) => ({
      uri: document.uri,
      diagnostics: diagnosticsOf(reading, document),
    }));
}

/** A file's path inside its workspace folder, with the folder's own name where there are several. */
function relativeName(written: string, folders: readonly string[]): string {
  const uri = canonicalUri(written);
  const folder = folders.find((each) => isInFolder(each, uri));
  const from = folder === undefined ? uri.lastIndexOf("/") : folder.length;
  const parent = folders.length < 2 ? from : (folder ?? "").lastIndexOf("/");
  const path = uri.slice(parent + 1);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The skip list for a manifest, why it is that one, and where all of it stands. */
export function skipListReport(session: Session, uri: string): SkipListReport {
  const list = session.store.skipList(uri);
  const { location } = list;
  const folders = session.folders();
  const place = (at: SkipListLocation, offset: FileOffset = at.value.start): SkipListPlace => {
    const position = positionOf(TextDocument.create(at.uri, "yaml", 0, at.text), offset);
    const name = `${relativeName(at.uri, folders)}:${position.line + 1}`;
    return { uri: at.uri, position, name };
  };
  const others = candidates(canonicalUri(uri), session.index.facts())
    .filter((candidate) => candidate.list.location.uri !== location?.uri)
    .map(({ list: other }): OtherSkipList => ({
      registries: [...other.registries].map(shownText),
      place: place(other.location),
    }));
  const clusterFailure = session.cluster.failure();
  const registries = [...list.registries].sort();
  return {
    registries: registries.map(shownText),
    origin: list.origin,
    explanation: [
      l10n.t("Source: {0}.", originWords(list)),
      ...clusterWords(session),
      ...(clusterFailure === undefined ? [] : [clusterFailureWords(clusterFailure)]),
      ...others.map((other) =>
        l10n.t(
          "Also in this workspace, but not used here: {0} ({1}).",
          other.place.name,
          other.registries.join(", "),
        ),
      ),
    ].map(shownText),
    location: location === undefined ? null : place(location),
    entries: registries
      .filter((registry) => registry !== "")
      .map((registry) => ({
        registry: shownText(registry),
        meaning: classWords(registry),
        place:
          location === undefined ? null : place(location, location.entries.get(registry)?.start),
      })),
    others,
  };
}

/** What the cluster says of itself, where it is known. */
function clusterWords({ cluster }: Session): string[] {
  const config = cluster.known()?.config;
  if (config === undefined) return [];
  const { settings, version } = config;
  const timeout = settings.get("digest-resolution-timeout") ?? "10s";
  return [
    version === undefined
      ? l10n.t("The cluster’s lookups time out after {0}.", timeout)
      : l10n.t("The cluster runs Knative {0}; its lookups time out after {1}.", version, timeout),
  ];
}
