// Reads a text as the product does, with answers made up by the test.

import type { ClusterKnown } from "../../server/src/cluster/clusterKnown.ts";
import { defaultAnalysisOptions } from "../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../server/src/document/documentAnalysis.ts";
import { chartFile } from "../../server/src/document/helm/chartParts.ts";
import { readDocument, readFile, type FileReading } from "../../server/src/findings/reading.ts";
import {
  keyText,
  type FailureKind,
  type ManifestDetails,
  type Resolution,
} from "../../server/src/resolver/resolution.ts";
import { defaultSettings, type Settings } from "../../server/src/settings.ts";
import { effectiveSkipList } from "../../server/src/workspace/effectiveSkipList.ts";
import { locateIntentions } from "../../server/src/workspace/intentions.ts";
import { createKustomizeIndex } from "../../server/src/workspace/kustomize/kustomizeIndex.ts";
import { fileFacts, mergeFacts } from "../../server/src/workspace/workspaceFacts.ts";

export const digestA = `sha256:${"a".repeat(64)}`;
export const digestB = `sha256:${"b".repeat(64)}`;

/** What registries would say, by `registry/repository:tag` or `…@digest`. */
export type KnownAnswers = Readonly<Record<string, Resolution>>;

export interface World {
  readonly known?: KnownAnswers;
  readonly details?: Readonly<Record<string, ManifestDetails>>;
  readonly settings?: Partial<Settings>;
  /** What a cluster says. */
  readonly cluster?: ClusterKnown;
  /** Other files of the workspace, by path. */
  readonly others?: Readonly<Record<string, string>>;
  readonly uri?: string;
}

export function resolved(digest: string, mediaType?: string): Resolution {
  return {
    status: "resolved",
    digest,
    mediaType,
    size: 1,
    host: "registry.test",
    at: 0,
    stale: false,
    notices: [],
  };
}

export function failed(kind: FailureKind, message = `it failed: ${kind}`): Resolution {
  const error = { kind, message, host: "registry.test", knative: "boom", credential: undefined };
  return { status: "failed", error, at: 0, retryAt: 1, last: undefined };
}

/** The reading of one file in a workspace. */
export function readText(text: string, world: World = {}): FileReading {
  const uri = world.uri ?? "file:///work/app.yaml";
  const settings: Settings = { ...defaultSettings, ...world.settings };
  const options = {
    ...defaultAnalysisOptions,
    fileName: uri.slice(uri.lastIndexOf("/") + 1),
    chartFile: chartFile(uri),
    kubernetesWorkloads: settings.kubernetesWorkloads,
  };
  const analysis = analyzeFile(text, options);
  const others = Object.entries(world.others ?? {}).map(([other, content]) => ({
    uri: other,
    analysis: analyzeFile(content, {
      ...defaultAnalysisOptions,
      fileName: other.slice(other.lastIndexOf("/") + 1),
      chartFile: chartFile(other),
    }),
  }));
  const all = [{ uri, analysis }, ...others];
  const kustomize = createKustomizeIndex();
  for (const each of all) kustomize.set(each.uri, each.analysis);
  const facts = mergeFacts(all.map(fileFacts), kustomize.fates());
  const skipList = effectiveSkipList({
    uri,
    facts,
    setting: settings.skipRegistries,
    cluster: undefined,
  });
  const known = {
    resolutions: (key: Parameters<typeof keyText>[0]): Resolution =>
      world.known?.[keyText(key)] ?? { status: "not-asked", reason: "not-yet" },
    details: (key: Parameters<typeof keyText>[0]) => world.details?.[keyText(key)],
    cluster: world.cluster,
  };
  return readFile(analysis, (document, textOf) =>
    readDocument(
      document,
      {
        settings,
        skipList,
        facts,
        intentions: locateIntentions(facts, settings.knativeVersion),
        known,
        joined: facts.charts.images.get(uri) ?? [],
        fates: facts.kustomize.get(uri),
      },
      textOf,
    ),
  );
}

/** A Service with one container that has this image, written as it is given. */
export function service(image: string): string {
  return [
    "apiVersion: serving.knative.dev/v1",
    "kind: Service",
    "metadata:",
    "  name: app",
    "spec:",
    "  template:",
    "    spec:",
    "      containers:",
    "        - name: user",
    `          image: ${image}`,
    "",
  ].join("\n");
}

/** How many images a file has, and what was left out of it because it was too much. */
export function readLimits(text: string): {
  readonly images: number;
  readonly limits: readonly string[];
} {
  const { parts } = analyzeFile(text, defaultAnalysisOptions);
  return {
    images: parts.reduce((sum, { document }) => sum + document.images.length, 0),
    limits: parts.flatMap(({ document }) =>
      document.syntaxProblems.flatMap(({ isLimit, message }) => (isLimit === true ? message : [])),
    ),
  };
}
