// Cases as JSON lines: the files of a folder, calls of the built command line, and what must come of them.

import { readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { exampleChecksum } from "../../server/src/knative/config/exampleChecksum.ts";
import { runBuilt } from "./builtCommand.ts";
import { projectPath } from "./projectRoot.ts";
import { caseDigest, startCaseRegistry, type CaseFault } from "./registry/caseRegistry.ts";
import type { FaultServer } from "./registry/faultServer.ts";
import { temporaryFolder } from "./registry/programs.ts";

type Row = Readonly<Record<string, unknown>>;

/**
 * One case. In all of its texts `REG` stands for the registry, `PORT` for its port, and `DIGEST(team/app:v1)` for
 * the digest that it gives for that tag.
 */
export interface Case {
  readonly id: string;
  /** What it is about. */
  readonly why: string;
  /** The files of the folder by their path. A text that begins with `utf16:` is written as UTF-16 with a byte order mark. */
  readonly files: Readonly<Record<string, string>>;
  /** Symbolic links by their path, with where they lead. */
  readonly links?: Readonly<Record<string, string>>;
  /** `CHECKSUM` stands for Knative's checksum of the value of this key. */
  readonly checksum?: string;
  readonly fault?: CaseFault;
  /** Whether the name `registry.test.internal` must lead to 127.0.0.1. */
  readonly needsHost?: boolean;
  readonly steps: readonly Step[];
}

/** One call, in a fresh copy of the files. */
interface Step {
  /** The arguments. */
  readonly run: readonly string[];
  readonly stdin?: string;
  /** The exit codes that are right; any if absent. */
  readonly exit?: readonly number[];
  /** Regular expressions over all that is printed. */
  readonly says?: readonly string[];
  readonly saysNot?: readonly string[];
  /** Rows that `--output json` must (not) have: each by some of its members. */
  readonly images?: readonly Row[];
  readonly imagesNot?: readonly Row[];
  /** The number of all rows. */
  readonly count?: number;
  /** What a file must hold then; `same`: every byte as before. */
  readonly after?: Readonly<Record<string, string>>;
  /** Regular expressions over a file. */
  readonly afterSays?: Readonly<Record<string, readonly string[]>>;
}

/** The cases of every `*.jsonl` in a folder of the project, by the name of their file. */
export function readCases(folder: string): ReadonlyMap<string, readonly Case[]> {
  const names = readdirSync(projectPath(folder)).filter((name) => name.endsWith(".jsonl"));
  const read = (name: string): Case[] =>
    readFileSync(projectPath(`${folder}/${name}`), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Case);
  return new Map(names.sort().map((name) => [name, read(name)]));
}

/** Runs a case. @returns what was not as it must be; empty if all was */
export async function runCase(one: Case): Promise<readonly string[]> {
  const wrong = await Promise.all(one.steps.map((step) => runStep(one, step)));
  return wrong.flat();
}

async function runStep(one: Case, step: Step): Promise<readonly string[]> {
  const registry = await startCaseRegistry(one.fault);
  const folder = await temporaryFolder();
  try {
    const fill = filler(registry);
    const before = await writeFiles(folder.path, one, fill);
    const result = await runBuilt(step.run.map(fill), {
      cwd: folder.path,
      ...(step.stdin === undefined ? {} : { stdin: fill(step.stdin) }),
      variables: one.needsHost === true ? { NODE_OPTIONS: leadToLoopback } : {},
    });
    const wrong = [
      ...wrongOutput(result, step, fill),
      ...wrongRows(result.stdout, step, fill),
      ...(await wrongFiles({ folder: folder.path, before }, step, fill)),
    ];
    if (wrong.length === 0) return [];
    const printed = `${result.stdout}${result.stderr}`.slice(0, 2_000);
    return [`knative-digest ${step.run.join(" ")}:`, ...wrong, `It printed:\n${printed}`];
  } finally {
    await folder.remove();
    await registry.stop();
  }
}

type Fill = (text: string) => string;

function filler({ host, port }: FaultServer): Fill {
  return (text) =>
    text
      .replace(/\bREG\b/g, host)
      .replace(/\bPORT\b/g, String(port))
      .replace(/DIGEST\\?\(([^()\\]+)\\?\)/g, (_, image: string) => caseDigest(image));
}

/** Lets the started program find 127.0.0.1 under the name that cases use. */
const leadToLoopback = `--import=data:text/javascript,${encodeURIComponent(`
  import dns from "node:dns";
  const { lookup } = dns;
  dns.lookup = (name, ...rest) =>
    lookup(name === "registry.test.internal" ? "127.0.0.1" : name, ...rest);
`)}`;

const settingsFile = ".knative-digest.yaml";
/** The registry of the cases is on loopback, which is not what they are about. */
const loopbackIsFine = "diagnostics: { loopback-registry: off }\n";

/** @returns the bytes of each file */
async function writeFiles(
  folder: string,
  { files, links = {}, checksum }: Case,
  fill: Fill,
): Promise<ReadonlyMap<string, Buffer>> {
  const written = new Map<string, Buffer>();
  const all = { ...files, [settingsFile]: `${files[settingsFile] ?? ""}${loopbackIsFine}` };
  for (const [name, text] of Object.entries(all)) {
    const filled = fill(text).replaceAll("CHECKSUM", () => checksumOf(text, checksum ?? ""));
    const bytes = filled.startsWith("utf16:")
      ? Buffer.from(`\ufeff${filled.slice("utf16:".length)}`, "utf16le")
      : Buffer.from(filled);
    written.set(name, bytes);
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
  for (const [name, target] of Object.entries(links)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await symlink(target, file);
  }
  return written;
}

/** Knative's checksum of a block scalar at the end of a text. */
function checksumOf(text: string, key: string): string {
  const [, block = ""] = text.split(`${key}: |\n`);
  return exampleChecksum(block.replace(/^ {4}/gm, ""));
}

function wrongOutput(
  result: { readonly code: number | null; readonly stdout: string; readonly stderr: string },
  { exit, says = [], saysNot = [] }: Step,
  fill: Fill,
): string[] {
  const printed = `${result.stdout}\n${result.stderr}`;
  const isRight = exit === undefined || exit.includes(result.code ?? -1);
  return [
    ...(isRight ? [] : [`It ended with ${String(result.code)}, not ${exit.join(" or ")}.`]),
    ...says
      .filter((expression) => !matches(printed, expression, fill))
      .map((expression) => `It does not say /${expression}/.`),
    ...saysNot
      .filter((expression) => matches(printed, expression, fill))
      .map((expression) => `It says /${expression}/.`),
  ];
}

function matches(text: string, expression: string, fill: Fill): boolean {
  return new RegExp(fill(expression)).test(text);
}

function wrongRows(
  stdout: string,
  { images = [], imagesNot = [], count }: Step,
  fill: Fill,
): string[] {
  if (images.length + imagesNot.length === 0 && count === undefined) return [];
  let rows: readonly Row[];
  try {
    rows = (JSON.parse(stdout) as { readonly images: readonly Row[] }).images;
  } catch (error) {
    return [`Its output is not JSON: ${String(error)}`];
  }
  const has = (wanted: Row): boolean =>
    rows.some((row) =>
      Object.entries(wanted).every(([name, value]) => {
        const right = typeof value === "string" ? fill(value) : value;
        return JSON.stringify(row[name]) === JSON.stringify(right);
      }),
    );
  return [
    ...images.filter((row) => !has(row)).map((row) => `No row is ${JSON.stringify(row)}.`),
    ...imagesNot.filter(has).map((row) => `A row is ${JSON.stringify(row)}.`),
    ...(count === undefined || rows.length === count
      ? []
      : [`It has ${rows.length} rows, not ${count}.`]),
  ];
}

async function wrongFiles(
  { folder, before }: { readonly folder: string; readonly before: ReadonlyMap<string, Buffer> },
  { after = {}, afterSays = {} }: Step,
  fill: Fill,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const [name, text] of Object.entries(after)) {
    const bytes = await readFile(path.join(folder, name));
    const wanted = text === "same" ? before.get(name) : Buffer.from(fill(text));
    if (wanted?.equals(bytes) !== true) wrong.push(`${name} holds:\n${bytes.toString()}`);
  }
  for (const [name, expressions] of Object.entries(afterSays)) {
    const text = await readFile(path.join(folder, name), "utf8");
    const missing = expressions.filter((expression) => !matches(text, expression, fill));
    if (missing.length > 0) wrong.push(`${name} does not say /${missing.join("/, /")}/:\n${text}`);
  }
  return wrong;
}
