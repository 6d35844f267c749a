// Runs the command line in this process, over files in memory and registries made up by the test.

import path from "node:path";
import type {
  Answers,
  CommandEnvironment,
  CommandFiles,
} from "../../server/src/cli/commandEnvironment.ts";
import type { RunKubectl } from "../../server/src/environment.ts";
import { run } from "../../server/src/cli/run.ts";
import type { WriteAnswer } from "../../server/src/node/files/writeFileAtomically.ts";
import { isLeftOut, type Exclusions } from "../../server/src/node/files/findFiles.ts";
import type { FileProblem } from "../../server/src/node/files/regularFile.ts";
import {
  decode,
  decodeIf,
  type FileText,
  type Interest,
  type UnwantedFile,
} from "../../server/src/node/files/yamlFiles.ts";
import type { CredentialFile } from "../../server/src/registry/credentials/findCredential.ts";
import {
  keyText,
  type ManifestDetails,
  type ManifestKey,
} from "../../server/src/resolver/resolution.ts";
import type { NamedPullSecrets } from "../../server/src/resolver/pullSecretKeychain.ts";
import type { Settings } from "../../server/src/settings.ts";
import { failed, type KnownAnswers } from "./reading.ts";

export interface CommandWorld {
  /** Files by their path from the current folder; a problem for one that cannot be read. */
  readonly files?: Readonly<
    Record<string, string | Uint8Array | { problem: FileProblem; matters?: boolean }>
  >;
  /** Where files really are, by their path from the current folder. */
  readonly links?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  readonly variables?: Readonly<Record<string, string>>;
  /** What registries say; what is not here cannot be reached. */
  readonly known?: KnownAnswers;
  readonly details?: Readonly<Record<string, ManifestDetails>>;
  readonly credentialFiles?: readonly CredentialFile[];
  /** How a cluster is asked; there is no kubectl if it is left out. */
  readonly runKubectl?: RunKubectl;
  readonly isTerminal?: boolean;
  /** Whether standard output is a file. */
  readonly isFile?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: number;
  /** What writing a file answers, by its path from the current folder. */
  readonly writes?: Readonly<Record<string, WriteAnswer>>;
  /** Called before each question to a registry. */
  readonly onQuestion?: (key: ManifestKey, interrupt: () => void) => void;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** All files afterwards. */
  readonly files: Readonly<Record<string, string>>;
  /** What registries were asked, in order. */
  readonly questions: readonly string[];
  /** What registries were opened with. */
  readonly settings?: Settings;
  readonly secrets?: NamedPullSecrets | undefined;
}

type Opened = Pick<CommandResult, "secrets"> & { readonly settings: Settings };

/** The current folder of all runs; what stands above it is named with `../`. */
const currentFolder = "/work/project";

/** Runs `knative-digest` with arguments as a shell without quotes divides them. */
export function runCommand(args: string, world: CommandWorld = {}): Promise<CommandResult> {
  return runArguments(
    args.split(" ").filter((argument) => argument !== ""),
    world,
  );
}

/** The same with the arguments as they are. */
export async function runArguments(
  args: readonly string[],
  world: CommandWorld = {},
): Promise<CommandResult> {
  const output = { stdout: "", stderr: "" };
  const isTerminal = world.isTerminal ?? false;
  const questions: string[] = [];
  const opened: Opened[] = [];
  const controller = new AbortController();
  const { files, texts } = filesInMemory(world);
  const environment: CommandEnvironment = {
    variables: world.variables ?? {},
    folder: currentFolder,
    version: "1.2.3",
    clock: { now: () => world.now ?? 0, monotonic: () => 0, schedule: () => () => undefined },
    signal: controller.signal,
    files,
    openRegistries(settings, secrets) {
      opened.push({ settings, secrets });
      const ask = (key: ManifestKey): void => {
        world.onQuestion?.(key, () => controller.abort());
        questions.push(keyText(key));
      };
      return Promise.resolve(answersOf(world, ask));
    },
    runKubectl: world.runKubectl ?? (() => Promise.resolve("not-found")),
    credentialFiles: () =>
      Promise.resolve({ files: world.credentialFiles ?? [], lookedIn: [], notices: [] }),
  };
  const code = await run(
    args,
    {
      stdin: () => Promise.resolve(decode(Buffer.from(world.stdin ?? ""))),
      stdout: {
        write: (text) => void (output.stdout += text),
        isTerminal,
        isFile: world.isFile ?? false,
      },
      stderr: { write: (text) => void (output.stderr += text), isTerminal },
    },
    environment,
  );
  return { code, ...output, files: texts(), questions, ...opened[0] };
}

function answersOf(world: CommandWorld, ask: (key: ManifestKey) => void): Answers {
  return {
    resolve(key, { signal }) {
      ask(key);
      if (signal.aborted) return Promise.reject(new Error("aborted"));
      const missing = failed("registry-unreachable", `${key.registry} does not answer.`);
      return Promise.resolve(world.known?.[keyText(key)] ?? missing);
    },
    details(key) {
      ask(key);
      const known = world.details?.[keyText(key)];
      return Promise.resolve(known ?? { status: "not-asked", reason: "off" });
    },
    dispose: () => Promise.resolve(),
  };
}

function filesInMemory(world: CommandWorld): {
  files: CommandFiles;
  texts: () => Record<string, string>;
} {
  const contents = new Map(
    Object.entries(world.files ?? {}).map(([name, content]) => [
      path.join(currentFolder, name),
      content,
    ]),
  );
  const readIf = (file: string, interest: Interest): FileText | UnwantedFile => {
    const content = contents.get(file);
    if (content === undefined) return { kind: "problem", problem: "missing" };
    if (typeof content === "string") return decodeIf(Buffer.from(content), interest);
    if (content instanceof Uint8Array) return decodeIf(Buffer.from(content), interest);
    return { kind: "problem", ...content };
  };
  type Listed = Promise<{ files: string[]; unreadable: [] }>;
  const list = (exclude: readonly Exclusions[], matches: (file: string) => boolean): Listed => {
    const found = [...contents.keys()].filter((file) => matches(file) && !isLeftOut(file, exclude));
    return Promise.resolve({ files: found.sort(), unreadable: [] });
  };
  const files: CommandFiles = {
    find: (folder, { exclude }) =>
      list(
        exclude,
        (file) => file.startsWith(`${folder}/`) && /\/[^./][^/]*\.(?:ya?ml|json|tpl)$/.test(file),
      ),
    // Of the patterns only `*` is needed here: the real ones have tests of their own.
    match: (pattern, folder, { exclude }) => {
      const [before = "", after = ""] = path.join(folder, pattern).split("*");
      return list(exclude, (file) => file.startsWith(before) && file.endsWith(after));
    },
    kindOf(at) {
      if (contents.has(at)) return Promise.resolve("file");
      const isFolder =
        at === currentFolder || [...contents.keys()].some((one) => one.startsWith(`${at}/`));
      return Promise.resolve(isFolder ? "folder" : "missing");
    },
    realPath: (at) => Promise.resolve(world.links?.[path.relative(currentFolder, at)] ?? at),
    async read(file) {
      const read = await files.readIf(file, { isWanted: () => true, matters: () => false });
      return read.kind === "unwanted" ? { kind: "text", text: "" } : read;
    },
    readIf: (file, interest) => Promise.resolve(readIf(file, interest)),
    haveAttributes: () => Promise.resolve(false),
    replace(file, before, after) {
      const answer = world.writes?.[path.relative(currentFolder, file)];
      if (answer !== undefined) return Promise.resolve(answer);
      if (contents.get(file) !== before) return Promise.resolve("changed-meanwhile");
      contents.set(file, after);
      return Promise.resolve("written");
    },
  };
  const texts = (): Record<string, string> =>
    Object.fromEntries(
      [...contents].flatMap(([file, content]) =>
        typeof content === "string" ? [[path.relative(currentFolder, file), content]] : [],
      ),
    );
  return { files, texts };
}
