// What `list` and `check` report: the values behind every output, in the shape that is printed as JSON.

import { append } from "../../base/append.ts";
import { clusterTarget } from "../../cluster/clusterImage.ts";
import { spanInFile, type Span } from "../../document/span.ts";
import type { ImageOwner } from "../../document/analysis.ts";
import { placeOf, spanOf, standsAt } from "../../document/writtenImage.ts";
import type { Finding } from "../../findings/finding.ts";
import type { FindingCode } from "../../findings/findingCodes.ts";
import { clusterSummary, type ClusterSummary } from "../../findings/clusterComparison.ts";
import type { ImageState } from "../../findings/imageState.ts";
import { fileFindings, placedStates, type FileReading } from "../../findings/reading.ts";
import type { Severity } from "../../settings.ts";
import type { Reach, Replacement } from "../../workspace/kustomize/fate.ts";
import type { SkipList, SkipListOrigin } from "../../workspace/effectiveSkipList.ts";
import { shownPath } from "../input/inputFiles.ts";
import type { ManifestReading } from "../input/manifests.ts";
import { createPlaces, type PlaceRange, type Places } from "./places.ts";

export interface ReportedImage {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly image: string;
  readonly apiVersion: string | null;
  readonly kind: string | null;
  readonly name: string | null;
  readonly namespace: string | null;
  readonly container: string | null;
  readonly path: string;
  readonly outcome: ImageState["outcome"]["kind"];
  /** How Knative reads the reference; null for what is none, and for templates. */
  readonly knative: KnativeRow | null;
  /** The tool that writes this image itself; absent where that is the user. */
  readonly managedBy?: ImageOwner["tool"];
  /** The images that kustomizations put in its place, wherever it is included. */
  readonly replacedBy?: readonly ReplacementRow[];
  /** For an entry of a kustomization and a JSON patch: what its image ends in. */
  readonly reaches?: Reach["kind"];
  /** Absent where no registry was to be contacted. */
  readonly resolution?: ResolutionRow;
  /** What the cluster runs; null where it could not be asked, absent where it was not to be. */
  readonly cluster?: ClusterSummary | null;
  /** Where it is not the first image's. */
  readonly skipList?: SkipListRow;
}

interface ReplacementRow {
  readonly image: string;
  readonly file: string;
  readonly line: number;
}

interface KnativeRow {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

export type ResolutionRow =
  | { readonly status: "resolved"; readonly digest: string; readonly runs?: string }
  | {
      readonly status: "failed";
      readonly error: { readonly kind: string; readonly message: string };
    }
  | { readonly status: "not-asked" };

export interface SkipListRow {
  readonly registries: readonly string[];
  readonly source: SkipListOrigin;
  readonly file: string | null;
  readonly line: number | null;
  /** Whether a list of the workspace is filled in by a template, so that this one is assumed (or not whole). */
  readonly unknown?: true;
}

export interface FindingRow extends PlaceRange {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
}

export interface Report {
  readonly version: 1;
  readonly images: readonly ReportedImage[];
  readonly skipList: SkipListRow;
  readonly findings: readonly FindingRow[];
}

/** A finding with its row: what it relates to and how it is fixed is not printed as JSON. */
export interface PlacedFinding {
  readonly row: FindingRow;
  readonly finding: Finding;
  /** The image that it stands on; undefined if it is about something else. */
  readonly state: ImageState | undefined;
}

export interface ReportOptions {
  /** The current folder. */
  readonly folder: string;
  /** The list that applies where there is no image. */
  readonly fallback: SkipList;
  /** Whether lookups were made: only then are there resolutions to report. */
  readonly asked: boolean;
  /** Whether a cluster was asked. */
  readonly cluster?: boolean;
}

/** The report of some manifests, and its findings with all that belongs to them. */
export function createReport(
  readings: readonly ManifestReading[],
  { folder, fallback, asked, cluster = false }: ReportOptions,
): { report: Report; findings: readonly PlacedFinding[] } {
  const first = decidingLists(readings)[0]?.skipList ?? fallback;
  const images: ReportedImage[] = [];
  const findings: PlacedFinding[] = [];
  for (const { manifest, reading, skipList } of readings) {
    const places = createPlaces(reading.text);
    const own = sameList(skipList, first) ? undefined : skipListRow(skipList, folder);
    for (const { state, place } of placedStates(reading)) {
      images.push({
        ...imageRow(state, places.at(place.start), { file: manifest.name, folder }),
        ...(asked ? { resolution: resolutionRow(state) } : {}),
        ...(cluster ? clusterRow(state) : {}),
        ...(own === undefined ? {} : { skipList: own }),
      });
    }
    append(findings, placedFindings(reading, places, manifest.name));
  }
  const rows = findings.map(({ row }) => row);
  const report = { version: 1, images, skipList: skipListRow(first, folder), findings: rows };
  return { report: { ...report, version: 1 }, findings };
}

/** Files with images on which a skip list bears, one for each list; files with any images where there are none. */
export function decidingLists(readings: readonly ManifestReading[]): readonly ManifestReading[] {
  const withImages = (bears: (state: ImageState) => boolean): readonly ManifestReading[] =>
    readings.filter(({ reading }) => reading.parts.some(({ states }) => states.some(bears)));
  const decided = withImages(({ outcome }) => outcome.kind !== "unresolved-kind");
  const all = decided.length > 0 ? decided : withImages(() => true);
  return all.filter(
    ({ skipList }, index) => all.findIndex((other) => sameList(other.skipList, skipList)) === index,
  );
}

const replacementRow =
  (folder: string) =>
  ({ image, uri, line }: Replacement): ReplacementRow => ({
    ...{ image, file: shownUri(uri, folder), line },
  });

function imageRow(
  { use, outcome, fate }: ImageState,
  { line, column }: { readonly line: number; readonly column: number },
  { file, folder }: { readonly file: string; readonly folder: string },
): ReportedImage {
  const { reference, resource, container, path } = use;
  const { apiVersion, kind, name, namespace } = resource;
  const identity = { apiVersion, kind, name, namespace, container, path };
  const place = { file, line, column, image: reference.text };
  const row = { ...place, ...identity, outcome: outcome.kind, knative: knativeRow(reference) };
  return {
    ...row,
    ...(use.owner === undefined ? {} : { managedBy: use.owner.tool }),
    ...(fate?.kind === "replaced" ? { replacedBy: fate.by.map(replacementRow(folder)) } : {}),
    ...(fate?.kind === "reaches" ? { reaches: fate.reach.kind } : {}),
  };
}

function knativeRow(reference: ImageState["use"]["reference"]): KnativeRow | null {
  if (reference.kind === "placeholder" || reference.kind === "invalid") return null;
  const { registry, repository } = reference;
  return reference.kind === "tag"
    ? { registry, repository, tag: reference.tag, digest: null }
    : { registry, repository, tag: null, digest: reference.digest };
}

/** Nothing for what no cluster is asked about. */
function clusterRow({ use, cluster }: ImageState): Pick<ReportedImage, "cluster"> {
  if (cluster !== undefined) return { cluster: clusterSummary(cluster) };
  return clusterTarget(use) === undefined ? {} : { cluster: null };
}

/** For a digest: whether it exists; for a tag: what it points at. */
function resolutionRow({ pin, tag, runs }: ImageState): ResolutionRow {
  const resolution = (pin ?? tag)?.resolution;
  switch (resolution?.status) {
    case "resolved":
      return {
        status: "resolved",
        digest: resolution.digest,
        ...(runs === undefined ? {} : { runs }),
      };
    case "failed": {
      const { kind, message } = resolution.error;
      return { status: "failed", error: { kind, message } };
    }
    case "pending":
    case "not-asked":
    case undefined:
      return { status: "not-asked" };
  }
}

function skipListRow(list: SkipList, folder: string): SkipListRow {
  const { registries, origin, location, unknown } = list;
  return {
    registries: [...registries].sort(),
    source: origin,
    file: location === undefined ? null : shownUri(location.uri, folder),
    line: location === undefined ? null : createPlaces(location.text).at(location.value.start).line,
    ...(unknown === undefined ? {} : { unknown: true }),
  };
}

/** The file of a place elsewhere, as it is printed. */
export function shownUri(uri: string, folder: string): string {
  return uri === `${folder}/-` ? "-" : shownPath(uri, folder, true);
}

function sameList(a: SkipList, b: SkipList): boolean {
  return (
    a === b ||
    (a.origin === b.origin &&
      a.unknown?.uri === b.unknown?.uri &&
      a.location?.uri === b.location?.uri &&
      a.location?.value.start === b.location?.value.start &&
      a.registries.size === b.registries.size &&
      [...a.registries].every((registry) => b.registries.has(registry)))
  );
}

function placedFindings(reading: FileReading, places: Places, file: string): PlacedFinding[] {
  return fileFindings(reading).map(({ finding, part }) => {
    const { code, severity, message, span } = finding;
    const range = places.of(spanInFile(withQuotes(span, part.states), part.start));
    const state = part.states.find(({ use }) => standsAt(use, span));
    return { row: { code, severity, message, file, ...range }, finding, state };
  });
}

/** A finding on a whole reference has the place that its image is listed with: its quotes included. */
function withQuotes(span: Span, states: readonly ImageState[]): Span {
  for (const { use } of states) {
    const part = use.parts.find((each) => sameSpan(spanOf(use, each), span));
    if (part !== undefined) return placeOf(use, part);
  }
  return span;
}

function sameSpan(a: Span, b: Span): boolean {
  return a.start === b.start && a.end === b.end;
}
