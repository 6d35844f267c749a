// Measures `list` and the server over a repository as real ones are, compared with reading its files and looking for one word.

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { defaultAnalysisOptions } from "../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../server/src/document/documentAnalysis.ts";
import { serverCommands } from "../../server/src/server/handlers/commandNames.ts";
import { startLanguageServer, type LanguageClient } from "../support/lspClient.ts";
import { projectPath } from "../support/projectRoot.ts";
import { measureCommand, type Measured } from "./commandLine.ts";
import { measureFile, ours } from "./languageServers.ts";
import { imageLine, servicesFile } from "./manifests.ts";
import { irrelevantFile, repositoryImages, withRepository } from "./repositoryTree.ts";
import { median, type Row } from "./row.ts";

const rounds = 3;
const megabytes = 200;

/** `list`, and the server until all images are known, each in turn with reading. */
export async function measureRepository(): Promise<readonly Row[]> {
  const reads: number[] = [];
  const lists: Measured[] = [];
  const servers: ServerMeasures[] = [];
  await withRepository("registry.example", async (folder) => {
    for (let round = 0; round < rounds; round++) {
      reads.push(await timeOfReading(folder));
      lists.push(await measureCommand("list", folder, repositoryImages));
      servers.push(await measureServer(folder));
    }
  });
  const read = median(reads);
  const beside = { value: read, unit: "ms", name: "reading and one word" } as const;
  const list = median(lists.map(({ ms }) => ms));
  const listMemory = Math.max(...lists.map((one) => one.megabytes));
  const known = median(servers.map(({ ms }) => ms));
  const hover = Math.max(...servers.map((one) => one.hover));
  const memory = Math.max(...servers.map((one) => one.megabytes));
  return [
    {
      work: "list over a repository of 120 MB",
      ours: { value: list, unit: "ms" },
      beside,
      promise: { words: "≤ 3 × reading", isKept: list <= 3 * read },
    },
    {
      work: "the same: resident memory",
      ours: { value: listMemory, unit: "MB" },
      promise: { words: "≤ 200 MB", isKept: listMemory <= megabytes },
    },
    {
      work: "the server on it: all images known",
      ours: { value: known, unit: "ms" },
      beside,
      promise: { words: "≤ 4 × reading", isKept: known <= 4 * read },
    },
    {
      work: "the same: the slowest hover meanwhile",
      ours: { value: hover, unit: "ms" },
      promise: { words: "≤ 50 ms", isKept: hover <= 50 },
    },
    {
      work: "the same: resident memory at most",
      ours: { value: memory, unit: "MB" },
      promise: { words: "≤ 200 MB", isKept: memory <= megabytes },
    },
    measureIrrelevant(),
  ];
}

/** Documents without a kind of Knative, in one file: beside the parse that they must not cost. */
function measureIrrelevant(): Row {
  const text = irrelevantFile();
  const time = (work: () => unknown): number => {
    const times = Array.from({ length: 5 }, () => {
      const begin = performance.now();
      work();
      return performance.now() - begin;
    });
    return median(times);
  };
  const read = time(() => analyzeFile(text, defaultAnalysisOptions));
  const parsed = time(() => parseAllDocuments(text));
  return {
    work: "documents without a Knative kind",
    ours: { value: read, unit: "ms" },
    beside: { value: parsed, unit: "ms", name: "parsing them" },
    promise: { words: "never a parse: at most a twentieth", isKept: read * 20 <= parsed },
  };
}

/** Reads all files in a process of its own, as ours are: one that has read them before is three times as fast. */
async function timeOfReading(folder: string): Promise<number> {
  const script = projectPath("test/bench/readFolder.cjs");
  const { stdout } = await promisify(execFile)(process.execPath, [script, folder]);
  const { found, ms } = JSON.parse(stdout) as { found: number; ms: number };
  if (found < repositoryImages) throw new Error(`Only ${found} files hold the word.`);
  return ms;
}

interface ServerMeasures extends Measured {
  /** The slowest answer to a hover while files are read. */
  readonly hover: number;
}

async function measureServer(folder: string): Promise<ServerMeasures> {
  const root = pathToFileURL(folder).toString();
  const begin = performance.now();
  const client = await startLanguageServer({
    ...ours,
    configuration: () => ({ resolve: "off" }),
    workspaceFolders: [{ uri: root, name: "bench" }],
  });
  const uri = `${root}/service-0/service-0.yaml`;
  await client.open(uri, await readFile(join(folder, "service-0", "service-0.yaml"), "utf8"));
  await client.hover(uri, imageLine, 24);
  const work = { isDone: false };
  const images = client.connection
    .sendRequest("workspace/executeCommand", { command: serverCommands.images, arguments: [{}] })
    .finally(() => (work.isDone = true));
  const hover = await slowestHover(client, uri, () => work.isDone);
  const known = (await images) as unknown[];
  const ms = performance.now() - begin;
  if (known.length < repositoryImages) throw new Error(`Only ${known.length} images are known.`);
  const megabytes = await highestMemory(client.process.pid ?? 0);
  await client.stop();
  return { ms, hover, megabytes };
}

async function slowestHover(
  client: LanguageClient,
  uri: string,
  isDone: () => boolean,
): Promise<number> {
  let slowest = 0;
  while (!isDone()) {
    const begin = performance.now();
    await client.hover(uri, imageLine, 24);
    slowest = Math.max(slowest, performance.now() - begin);
  }
  return slowest;
}

/** The highest resident memory of a process, where the system tells it (Linux). */
async function highestMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

const small = 10;
const large = 10_000;
const servicesOf10Megabytes = 17_500;

/** A key in a file of 10,000 Services beside one in a file of ten. Nobody is asked: what is known costs the same. */
export async function measureLargeFile(): Promise<readonly Row[]> {
  const candidate = { ...ours, configuration: () => ({ resolve: "off" }), keys: 20 };
  const few = await measureFile(candidate, small, "registry.example");
  const many = await measureFile(candidate, large, "registry.example");
  const hovers = await hoversWhileOpening();
  return [
    {
      work: `${large} Services: one key → diagnostics`,
      ours: { value: many.key, unit: "ms" },
      beside: { value: few.key, unit: "ms", name: `${small} Services` },
      promise: { words: "≤ 8 × that", isKept: many.key <= 8 * few.key },
    },
    {
      work: "a hover in another file while 10 MB are opened: the slowest",
      ours: { value: hovers, unit: "ms" },
    },
  ];
}

/** The slowest hover in a small file from the opening of a large one to its first diagnostics. */
async function hoversWhileOpening(): Promise<number> {
  const client = await startLanguageServer({ ...ours, configuration: () => ({ resolve: "off" }) });
  const [small, large] = ["file:///bench/small.yaml", "file:///bench/large.yaml"];
  await client.open(small, servicesFile(1, "registry.example"));
  await client.hover(small, imageLine, 24);
  const work = { isDone: false };
  await client.open(large, servicesFile(servicesOf10Megabytes, "registry.example"));
  const diagnostics = client
    .diagnostics(large, undefined, 300_000)
    .finally(() => (work.isDone = true));
  const slowest = await slowestHover(client, small, () => work.isDone);
  await diagnostics;
  await client.stop();
  return slowest;
}
