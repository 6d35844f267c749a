// `npm run bench`: every promise about speed and size, measured in one run.

import { append } from "../../server/src/base/append.ts";
import { startDemoRegistry } from "../demo/demoRegistry.ts";
import { singleImage } from "../demo/sampleImages.ts";
import { measureCommands } from "./commandLine.ts";
import {
  measureFile,
  bareServer,
  measureStarts,
  ours,
  yamlLanguageServer,
  type FileMeasures,
} from "./languageServers.ts";
import { measureActivation, measurePackage } from "./packaged.ts";
import { repositoryOf, tagOf } from "./manifests.ts";
import { measureRegistry } from "./registry.ts";
import { measureLargeFile, measureRepository } from "./repository.ts";
import { renderTable, type Row } from "./row.ts";

/** The parts of the benchmark by the names that select them. */
export const sectionNames = [
  "start",
  "file",
  "large",
  "registry",
  "list",
  "repository",
  "package",
] as const;

type Section = (typeof sectionNames)[number];

const largest = 1_000;

/**
 * Measures what each section is about. A section that fails loses only its own rows.
 * @returns a table to print with what failed below it, and whether all promises are kept and nothing failed
 */
export async function bench(
  sections: readonly Section[],
): Promise<{ table: string; isKept: boolean }> {
  const measure: Readonly<Record<Section, () => Promise<readonly Row[]>>> = {
    start: startRows,
    file: fileRows,
    large: measureLargeFile,
    registry: registryRows,
    list: measureCommands,
    repository: measureRepository,
    package: async () => [await measurePackage(), await measureActivation()],
  };
  const rows: Row[] = [];
  const failures: string[] = [];
  for (const section of sections) {
    try {
      append(rows, await measure[section]());
    } catch (error) {
      failures.push(`"${section}" was not measured: ${String(error)}`);
    }
  }
  const isKept = failures.length === 0 && rows.every(({ promise }) => promise?.isKept !== false);
  const note = `${yamlLanguageServer.name} waits 200 ms after a change before it looks at it.`;
  return { table: [renderTable(rows), note, ...failures].join("\n\n"), isKept };
}

async function startRows(): Promise<readonly Row[]> {
  const candidates = [ours, yamlLanguageServer, bareServer];
  const [mine = Number.NaN, other = Number.NaN, bare = Number.NaN] =
    await measureStarts(candidates);
  return [
    {
      work: "start → initialize answered",
      ours: { value: mine, unit: "ms" },
      beside: { value: other, unit: "ms", name: yamlLanguageServer.name },
      promise: { words: "at most half", isKept: mine * 2 <= other },
    },
    {
      work: "the same, and what the library takes of it",
      ours: { value: mine, unit: "ms" },
      beside: { value: bare, unit: "ms", name: bareServer.name },
    },
  ];
}

async function registryRows(): Promise<readonly Row[]> {
  const { requests, coldMs, warmMs, warmRequests, skopeoMs, skopeoRequests } =
    await measureRegistry();
  const name = "skopeo inspect, 16 at a time";
  return [
    {
      work: "200 tags in 50 repositories, cold: time",
      ours: { value: coldMs, unit: "ms" },
      beside: { value: skopeoMs, unit: "ms", name },
      promise: { words: "at most a third", isKept: coldMs * 3 <= skopeoMs },
    },
    {
      work: "200 tags in 50 repositories, cold: requests",
      ours: { value: requests, unit: "requests" },
      beside: { value: skopeoRequests, unit: "requests", name },
      promise: { words: "≤ 206 requests", isKept: requests <= 206 },
    },
    {
      work: "the same once more, from the disk: time",
      ours: { value: warmMs, unit: "ms" },
    },
    {
      work: "the same once more, from the disk: requests",
      ours: { value: warmRequests, unit: "requests" },
    },
  ];
}

async function fileRows(): Promise<readonly Row[]> {
  const [bareMs = Number.NaN] = await measureStarts([bareServer]);
  const registry = await startDemoRegistry("private/");
  try {
    const digests = Array.from({ length: largest }, (_, index) =>
      registry.push(repositoryOf(index), tagOf(index), singleImage(`image ${index}`)),
    );
    const digestOf = (index: number): string => digests[index] ?? "";
    const sizes = [10, 100, largest];
    const all: { count: number; mine: FileMeasures; other: FileMeasures }[] = [];
    for (const count of sizes) {
      const mine = await measureFile(ours, count, registry.host, digestOf);
      const other = await measureFile(yamlLanguageServer, count, registry.host);
      all.push({ count, mine, other });
    }
    const smallKey = all[0]?.mine.key ?? Number.NaN;
    return all.flatMap((measured) => rowsOf({ ...measured, smallKey, bareMs }));
  } finally {
    await registry.stop();
  }
}

/** What the bare server's start took, in milliseconds, on the machine that the promise about opening was made on. */
const bareStartMs = 85;

/** The promises are about the largest file; the smaller ones show how the time grows. */
function rowsOf(measured: {
  readonly count: number;
  readonly mine: FileMeasures;
  readonly other: FileMeasures;
  /** The time of a key in the smallest file. */
  readonly smallKey: number;
  /** The start of the bare server on this machine. */
  readonly bareMs: number;
}): readonly Row[] {
  const { count, mine, other, smallKey, bareMs } = measured;
  const openMs = Math.round((300 * bareMs) / bareStartMs);
  const name = yamlLanguageServer.name;
  const megabytes = (bytes: number): number => bytes / 1024 / 1024;
  const promised = (words: string, isKept: boolean): Pick<Row, "promise"> =>
    count === largest ? { promise: { words, isKept } } : {};
  return [
    {
      work: `${count} Services: open → first diagnostics`,
      ours: { value: mine.open, unit: "ms" },
      beside: { value: other.open, unit: "ms", name },
      ...promised(
        `≤ 300 ms where a bare server starts in ${bareStartMs} (here ${Math.round(bareMs)}: ≤ ${openMs}), and less`,
        mine.open <= openMs && mine.open < other.open,
      ),
    },
    {
      work: `${count} Services: one key → diagnostics`,
      ours: { value: mine.key, unit: "ms" },
      beside: { value: other.key, unit: "ms", name },
      ...promised(
        "≤ 10 ms, ≤ 2 × that of 10 Services, 20 × faster",
        mine.key <= 10 && mine.key <= 2 * smallKey && mine.key * 20 <= other.key,
      ),
    },
    {
      work: `${count} Services: hover on a known image`,
      ours: { value: mine.hover, unit: "ms" },
      beside: { value: other.hover, unit: "ms", name },
      ...promised("≤ 1 ms", mine.hover <= 1),
    },
    {
      work: `${count} Services: resident memory`,
      ours: { value: megabytes(mine.memory), unit: "MB" },
      beside: { value: megabytes(other.memory), unit: "MB", name },
      ...promised("≤ 120 MB", megabytes(mine.memory) <= 120),
    },
  ];
}
