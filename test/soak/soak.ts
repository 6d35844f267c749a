// Simulated editing over registries that fail, recover, limit and lie: what the server holds must not grow.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { eventually } from "../support/deadline.ts";
import { startLanguageServer, type LanguageClient } from "../support/lspClient.ts";
import { projectPath } from "../support/projectRoot.ts";
import { service } from "../support/reading.ts";
import { createRandom, type Random } from "../fuzz/random.ts";
import { moods, startMoodyRegistry, type MoodyRegistry } from "./moodyRegistry.ts";

/** What the server holds while nothing is open and nothing asked. */
export interface Sample {
  readonly steps: number;
  /** Megabytes of the heap that are in use after a collection. */
  readonly heap: number;
  readonly resident: number;
  /** Open handles and timers by kind. */
  readonly counts: Readonly<Record<string, number>>;
  readonly handles: number;
}

export interface SoakReport {
  readonly samples: readonly Sample[];
  readonly requests: number;
  /** How many of the requests registries answered wrongly, late or not at all. */
  readonly faults: number;
  /** Those after which the server was found well. */
  readonly survived: number;
  readonly steps: number;
}

export interface SoakOptions {
  readonly seed: number;
  /** Images that are looked up before the first step, so that what is kept of answers is full; default: none. */
  readonly fill?: number;
  readonly samples: number;
  readonly stepsPerSample: number;
  /** Ends the run early once this returns true. */
  readonly isOver?: () => boolean;
  readonly onSample?: (sample: Sample) => void;
}

/** Edits for as long as it is told to, and looks at the server now and then. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const folder = await mkdtemp(join(tmpdir(), "knative-digest-soak-"));
  const registries = await Promise.all([startMoodyRegistry(), startMoodyRegistry()]);
  const auths = { [registries[1].host]: { auth: Buffer.from("u:p").toString("base64") } };
  await writeFile(join(folder, "config.json"), JSON.stringify({ auths }));
  const patience = { timeoutSeconds: 30 };
  const client = await startLanguageServer({
    command: [
      ...[process.execPath, "--expose-gc", "--require", projectPath("test/soak/probe.cjs")],
      ...[projectPath("dist/server.cjs"), "--stdio"],
    ],
    capabilities: visualStudioCode,
    env: { DOCKER_CONFIG: folder, XDG_CACHE_HOME: join(folder, "cache") },
    configuration: () => patience,
  });
  try {
    await lookUp({ client, registries }, options.fill ?? 0);
    // A registry that falls silent is not waited for: that would take most of the time.
    patience.timeoutSeconds = 1;
    await client.connection.sendNotification("workspace/didChangeConfiguration", { settings: {} });
    return await edit({ client, registries }, options);
  } finally {
    client.process.kill();
    await Promise.all(registries.map(({ stop }) => stop()));
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Stage {
  readonly client: LanguageClient;
  readonly registries: readonly MoodyRegistry[];
}

async function edit(stage: Stage, options: SoakOptions): Promise<SoakReport> {
  const { client, registries } = stage;
  const samples: Sample[] = [];
  const { handles: atRest } = await probe(client);
  const faults = (): number => registries.reduce((sum, registry) => sum + registry.faults(), 0);
  let [steps, survived] = [0, 0];
  while (samples.length < options.samples && options.isOver?.() !== true) {
    const open = new Map<string, number>();
    for (let left = options.stepsPerSample; left > 0; left -= 1) {
      steps += 1;
      await step(stage, createRandom(options.seed, steps), open);
    }
    for (const uri of open.keys()) await client.close(uri);
    for (const registry of registries) registry.mood = "well";
    const tried = faults();
    const sample = { steps, ...(await probeAtRest(client, atRest + handleSlack)) };
    survived = tried;
    samples.push(sample);
    options.onSample?.(sample);
    // What the played editor has received is no concern of this test, and would grow here.
    (client.received as unknown[]).length = 0;
  }
  assert.equal(await client.stop(), 0);
  const requests = registries.reduce((sum, registry) => sum + registry.requests(), 0);
  return { samples, requests, faults: faults(), survived, steps };
}

/** Images in one file that are looked up at the same time. */
const imagesPerFile = 500;

/** Has the server look up so many images, each of a tag that no other has. */
async function lookUp({ client, registries }: Stage, count: number): Promise<void> {
  for (let from = 0; from < count; from += imagesPerFile) {
    const uri = `file:///soak/filling-${from}.yaml`;
    const images = Array.from({ length: Math.min(imagesPerFile, count - from) }, (_, at) =>
      service(`${registries[at % 2]?.host ?? ""}/team/filling:v${from + at}`),
    );
    await client.open(uri, images.join("---\n"));
    const [command, problems] = ["knativeDigest.server.problems", { uri, ask: true }];
    await client.connection.sendRequest("workspace/executeCommand", {
      ...{ command, arguments: [problems] },
    });
    await client.close(uri);
  }
  const asked = registries.reduce((sum, registry) => sum + registry.requests(), 0);
  assert.ok(asked >= count, `only ${asked} requests for ${count} images`);
}

const maxOpen = 12;
/** Handles and timers that may stay for a while beside those of the start: kept connections. */
const handleSlack = 4;

/** One thing that a user does, or that an editor asks. */
async function step(
  { client, registries }: Stage,
  random: Random,
  open: Map<string, number>,
): Promise<void> {
  if (random.oneIn(15)) random.pick(registries).mood = random.pick(moods);
  const uris = [...open.keys()];
  if (uris.length < 3 || (random.oneIn(6) && uris.length < maxOpen)) {
    const uri = `file:///soak/${random.below(1e9)}.yaml`;
    open.set(uri, 1);
    return client.open(uri, manifest(random, registries));
  }
  const uri = random.pick(uris);
  const at = { line: 9, character: 12 + random.below(30) };
  const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
  const actions: (() => Promise<unknown>)[] = [
    () =>
      client.change(uri, [{ range: { start: at, end: at }, text: random.pick(["x", "1", "\n"]) }]),
    () => client.change(uri, [{ text: manifest(random, registries) }]),
    () => client.hover(uri, at.line, at.character),
    () => client.inlayHints(uri, range),
    () => client.codeActions(uri, { start: at, end: at }),
    () => client.diagnostics(uri),
    () => ask(client, "textDocument/completion", { textDocument: { uri }, position: at }),
    () => client.close(uri).then(() => open.delete(uri)),
    () => ask(client, "workspace/executeCommand", { command: "knativeDigest.server.refresh" }),
    () => client.connection.sendNotification("workspace/didChangeConfiguration", { settings: {} }),
  ];
  // Settings change seldom, and forget much.
  await random.pick(random.oneIn(20) ? actions : actions.slice(0, 8))();
}

async function ask(client: LanguageClient, method: string, params: unknown): Promise<unknown> {
  return await client.connection.sendRequest(method, params).catch(() => undefined);
}

function manifest(random: Random, registries: readonly MoodyRegistry[]): string {
  const image = (): string =>
    `${random.pick(registries).host}/team/app${random.below(40)}:v${random.below(50)}`;
  return Array.from({ length: 1 + random.below(4) }, () => service(image())).join("---\n");
}

interface Probe {
  readonly heapUsed: number;
  readonly rss: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** How long the server may take to end its requests and pauses once nothing is open. */
const patienceMs = 60_000;

/**
 * Asks the probe until what was under way has ended.
 * @param most how many handles and timers may stay
 * @throws {assert.AssertionError} with the figures, if the server keeps more
 */
async function probeAtRest(client: LanguageClient, most: number): Promise<Omit<Sample, "steps">> {
  const end = performance.now() + patienceMs;
  return await eventually("An answer of the probe", async () => {
    const held = await probe(client);
    if (held.handles <= most) return held;
    const kinds = JSON.stringify(held.counts);
    assert.ok(performance.now() < end, `${held.handles} handles and timers stay: ${kinds}`);
    return undefined;
  });
}

/** Asks the probe inside of the server. */
async function probe(client: LanguageClient): Promise<Omit<Sample, "steps">> {
  const lines = (): string[] => client.standardError().match(/^PROBE .*$/gm) ?? [];
  const before = lines().length;
  client.process.kill("SIGUSR2");
  const line = await eventually("The server's answer to the probe", () => lines()[before]);
  const { heapUsed, rss, counts } = JSON.parse(line.slice("PROBE ".length)) as Probe;
  const handles = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 18) / 4;
  return { heap: megabytes(heapUsed), resident: megabytes(rss), counts, handles };
}

/** Most megabytes that the heap may be larger at the end, caches being full: they have bounds of their own. */
const heapSlack = 4;

/**
 * Compares the last third of a run with its middle third; in the first one caches fill.
 * @throws {assert.AssertionError} with the figures, if the heap grows
 */
export function assertFlat(samples: readonly Sample[]): void {
  const third = Math.floor(samples.length / 3);
  const least = (part: readonly Sample[]): number => Math.min(...part.map(({ heap }) => heap));
  const [middle, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)];
  const figures = samples.map(sampleText).join("\n");
  const grown = least(last) - least(middle);
  assert.ok(grown <= heapSlack, `the heap grew by ${grown} MB:\n${figures}`);
}

/** A sample in one line. */
export function sampleText({ steps, heap, resident, handles, counts }: Sample): string {
  const kinds = Object.entries(counts).map(([kind, count]) => `${kind} ${count}`);
  return `${steps} steps: heap ${heap} MB, resident ${resident} MB, handles ${handles} (${kinds.join(", ")})`;
}
