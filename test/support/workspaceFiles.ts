// Files of a workspace by their paths, read as the product reads them and joined.

import type { FileAnalysis } from "../../server/src/document/analysis.ts";
import { defaultAnalysisOptions } from "../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../server/src/document/documentAnalysis.ts";
import { chartFile } from "../../server/src/document/helm/chartParts.ts";
import type { ChartSource } from "../../server/src/workspace/charts.ts";
import {
  createKustomizeIndex,
  type KustomizeIndex,
} from "../../server/src/workspace/kustomize/kustomizeIndex.ts";

/** Texts by path. */
export type Files = Readonly<Record<string, string>>;

/** What a file says, its path included: a few names mean something. */
export function analyzeNamed(path: string, text: string): FileAnalysis {
  const fileName = path.slice(path.lastIndexOf("/") + 1);
  return analyzeFile(text, { ...defaultAnalysisOptions, fileName, chartFile: chartFile(path) });
}

/** The kustomizations of some files, and what they name. */
export function kustomizeIndexOf(files: Files): KustomizeIndex {
  const index = createKustomizeIndex();
  for (const [path, text] of Object.entries(files)) setFile(index, path, text);
  return index;
}

/** Puts a file in as the scan of the workspace does: one without images and kustomizations as a text. */
export function setFile(index: KustomizeIndex, path: string, text: string): void {
  const analysis = analyzeNamed(path, text);
  const isKnown = analysis.parts.some(
    ({ document }) => document.images.length > 0 || document.kustomization !== undefined,
  );
  index.set(path, isKnown ? analysis : undefined);
  if (!isKnown) index.setOther(path, text);
}

/** What the files of charts say. */
export function chartSourcesOf(files: Files): readonly ChartSource[] {
  return Object.entries(files).flatMap(([uri, text]) =>
    analyzeNamed(uri, text).parts.flatMap(({ start, document: { chart } }) =>
      chart === undefined ? [] : [{ uri, start, text, ...chart }],
    ),
  );
}

/** A Service `web` of one container with this image. */
export function webService(image: string): string {
  return `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - image: ${image}\n`;
}

/** What kustomizations make of all images of some files, as `file path: what`, sorted. */
export function fatesOf(files: Files, index = kustomizeIndexOf(files)): string[] {
  return [...index.fates()]
    .flatMap(([uri, byKey]) =>
      [...byKey].flatMap(([key, fate]) => {
        if (fate.kind === "included") return [];
        const path = (JSON.parse(key) as string[]).at(-1) ?? "";
        const short = path.replace(/^.*\.template\.spec\./, "");
        if (fate.kind === "replaced") {
          const by = fate.by.map(({ image, uri: at, line }) => `${image} (${at}:${line})`).sort();
          return `${uri} ${short}: by ${by.join(", ")}`;
        }
        return `${uri} ${short}: ${fate.kind === "brought" ? "brought" : fate.reach.kind}`;
      }),
    )
    .sort();
}
