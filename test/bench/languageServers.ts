// Measures a language server as an editor feels it: start, open, one key, hover, memory.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ClientCapabilities } from "vscode-languageserver/node";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { eventually } from "../support/deadline.ts";
import { startLanguageServer, type LanguageClient } from "../support/lspClient.ts";
import { projectPath } from "../support/projectRoot.ts";
import { imageLine, linesPerService, servicesFile, typingColumn, typingLine } from "./manifests.ts";
import { median } from "./row.ts";

/** A server to measure. */
export interface Candidate {
  readonly name: string;
  readonly command: readonly string[];
  readonly capabilities: ClientCapabilities;
  readonly configuration: (section: string | undefined) => unknown;
  /** How often a key is typed into a large file: less often where each takes seconds. */
  readonly keys: number;
}

/** What a server took for a file, in milliseconds, and bytes in memory then. */
export interface FileMeasures {
  readonly open: number;
  readonly key: number;
  readonly hover: number;
  readonly memory: number;
}

/** Our server as VS Code starts it. */
export const ours: Candidate = {
  name: "knative-digest",
  command: [process.execPath, projectPath("dist/server.cjs"), "--stdio"],
  capabilities: visualStudioCode,
  configuration: () => null,
  keys: 60,
};

/** The server that reads the same files in most editors, kept from downloading schemas. */
export const yamlLanguageServer: Candidate = {
  name: "yaml-language-server",
  command: [
    process.execPath,
    projectPath("node_modules/yaml-language-server/bin/yaml-language-server"),
    "--stdio",
  ],
  capabilities: visualStudioCode,
  configuration: (section) =>
    section === "yaml"
      ? { validate: true, schemaStore: { enable: false }, kubernetesCRDStore: { enable: false } }
      : null,
  keys: 5,
};

/** A server of the same library that can do nothing: how fast the machine is. */
export const bareServer: Candidate = {
  ...ours,
  name: "a bare vscode-languageserver",
  command: [process.execPath, projectPath("test/bench/bareServer.cjs"), "--stdio"],
};

/** Starts each server several times, in turn, so that a busy moment hits all of them. */
export async function measureStarts(
  candidates: readonly Candidate[],
  rounds = 7,
): Promise<readonly number[]> {
  const times: number[][] = candidates.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, candidate] of candidates.entries()) {
      const begin = performance.now();
      const client = await start(candidate);
      times[index]?.push(performance.now() - begin);
      await client.stop();
    }
  }
  return times.map(median);
}

/**
 * Opens a file of `count` Services and works in it.
 * @param host the registry that the images name
 * @param digestOf the digest that a hover on each Service's image must show before keys are timed, so
 *   that all resolutions are known by then
 */
export async function measureFile(
  candidate: Candidate,
  count: number,
  host: string,
  digestOf?: (index: number) => string,
): Promise<FileMeasures> {
  const client = await start(candidate);
  const uri = "file:///bench/services.yaml";
  // The first answers of a process pay for compiling its code: an editor's second file is the usual one.
  const other = "file:///bench/other.yaml";
  await client.open(other, servicesFile(1, host));
  await client.diagnostics(other, undefined, 60_000);
  // What its lookup loads is loaded before: the file that is timed needs no registry for its first diagnostics.
  if (digestOf !== undefined) await hoverShows(client, other, 0, digestOf(0));
  const text = servicesFile(count, host);
  const begin = performance.now();
  await client.open(uri, text);
  await client.diagnostics(uri, undefined, 300_000);
  const open = performance.now() - begin;
  const places = [0, Math.floor(count / 2), count - 1];
  if (digestOf !== undefined) {
    for (let index = 0; index < count; index++) {
      await hoverShows(client, uri, index, digestOf(index));
    }
  }
  const key = await measureKeys(client, uri, count, candidate.keys);
  const hover = await measureHovers(client, uri, places);
  const memory = await residentBytes(client.process.pid ?? 0);
  await client.stop();
  return { open, key, hover, memory };
}

async function measureKeys(
  client: LanguageClient,
  uri: string,
  count: number,
  keys: number,
): Promise<number> {
  const times: number[] = [];
  for (let each = 0; each < keys; each++) {
    // All over the file, and every other key takes the one before back.
    const index = Math.floor((count * ((each >> 1) + 0.5)) / Math.ceil(keys / 2));
    const start = { line: index * linesPerService + typingLine, character: typingColumn };
    const isBack = each % 2 === 1;
    const end = { ...start, character: start.character + (isBack ? 1 : 0) };
    const begin = performance.now();
    await client.change(uri, [{ range: { start, end }, text: isBack ? "" : "x" }]);
    await client.diagnostics(uri, undefined, 120_000);
    times.push(performance.now() - begin);
  }
  return median(times);
}

async function measureHovers(
  client: LanguageClient,
  uri: string,
  places: readonly number[],
): Promise<number> {
  const times: number[] = [];
  for (let each = 0; each < 60; each++) {
    const index = places[each % places.length] ?? 0;
    const begin = performance.now();
    await client.hover(uri, index * linesPerService + imageLine, 24);
    times.push(performance.now() - begin);
  }
  return median(times);
}

async function hoverShows(
  client: LanguageClient,
  uri: string,
  index: number,
  digest: string,
): Promise<void> {
  await eventually(
    `The digest of Service ${index} in its hover`,
    async () => {
      const hover = await client.hover(uri, index * linesPerService + imageLine, 24);
      return JSON.stringify(hover).includes(digest) ? true : undefined;
    },
    120_000,
  );
}

async function start({ command, capabilities, configuration }: Candidate): Promise<LanguageClient> {
  return await startLanguageServer({
    command,
    capabilities,
    configuration,
    workspaceFolders: [{ uri: "file:///bench", name: "bench" }],
  });
}

async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
  return Number(stdout.trim()) * 1024;
}
