// This machine as the command line sees it: streams, files, signals, registries.

import { setMaxListeners } from "node:events";
import { fstatSync, readFileSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import * as l10n from "@vscode/l10n";
import type { RunKubectl } from "../environment.ts";
import type { CredentialFiles } from "../registry/credentials/keychain.ts";
import type { NamedPullSecrets } from "../resolver/pullSecretKeychain.ts";
import type { Resolver } from "../resolver/resolver.ts";
import type { Settings } from "../settings.ts";
import { homeFolder } from "./files/homeFolder.ts";
import { nodeClock } from "./nodeClock.ts";
import { haveAttributes } from "./files/fileAttributes.ts";
import { writeFileAtomically } from "./files/writeFileAtomically.ts";
import { problemOf } from "./files/regularFile.ts";
import {
  createManifestReader,
  findManifests,
  kindOfPath,
  matchFiles,
  readStream,
  type FileText,
} from "./files/yamlFiles.ts";

/** The standard streams of this process. A reader that has gone away ends the output, not the program. */
export function processStreams() {
  const { stdout, stderr } = process;
  const lost = (error: NodeJS.ErrnoException): void => {
    const problem = error.code ?? error.message;
    stderr.write(`knative-digest: ${l10n.t("Cannot write the output ({0}).", problem)}\n`);
    // By then the run may have named a code of its own: nothing is worse than a result that was lost.
    process.once("exit", () => (process.exitCode = 2));
  };
  return {
    stdin: readStandardInput,
    stdout: outputTo(stdout, lost),
    stderr: outputTo(stderr, () => undefined),
  };
}

async function readStandardInput(signal: AbortSignal): Promise<FileText> {
  try {
    // Without the signal, Ctrl-C would not be heard before the input ends.
    return await readStream(addAbortSignal(signal, process.stdin));
  } catch (error) {
    if (signal.aborted) throw error;
    return { kind: "problem", problem: problemOf(error) };
  }
}

/** @param lost called if writing fails although the reader is there: a full disk. */
function outputTo(
  stream: NodeJS.WriteStream & { readonly fd: number },
  lost: (error: NodeJS.ErrnoException) => void,
) {
  let open = true;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (open && error.code !== "EPIPE") lost(error);
    open = false;
  });
  return {
    write(text: string): void {
      if (open) stream.write(text);
    },
    isTerminal: stream.isTTY,
    isFile: isRegularFile(stream.fd),
  };
}

function isRegularFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}

/**
 * Everything else of this process.
 * @param manifest the path of package.json, which holds the version
 * @throws {Error} if the current folder is gone
 */
export function processEnvironment(manifest: string) {
  const variables = process.env;
  const home = homeFolder(variables);
  return {
    variables,
    folder: process.cwd(),
    version: readVersion(manifest),
    clock: nodeClock,
    signal: interruption(),
    files: {
      find: findManifests,
      match: matchFiles,
      kindOf: kindOfPath,
      realPath: (at: string) => realpath(at).catch(() => at),
      ...createManifestReader({ isAlone: true }),
      haveAttributes,
      replace: writeFileAtomically,
    },
    openRegistries: (settings: Settings, secrets?: NamedPullSecrets) =>
      openRegistries({ settings, secrets, variables, home }),
    runKubectl: kubectlRunner(variables, home),
    async credentialFiles(): Promise<CredentialFiles> {
      const { createCredentialFiles } = await import("./credentialFiles.ts");
      const { platform } = process;
      const places = { variables, home, platform, uid: process.getuid?.() };
      return createCredentialFiles({ ...places, workspaceFolders: () => [] })();
    },
  };
}

/** Loaded at its first use. A user who runs a command trusts its folder. */
function kubectlRunner(variables: NodeJS.ProcessEnv, home: string): RunKubectl {
  let run: Promise<RunKubectl> | undefined;
  const load = async (): Promise<RunKubectl> => {
    const { createKubectlRunner } = await import("./programs/kubectl.ts");
    const { platform } = process;
    return createKubectlRunner({ variables, home, platform, workspaceFolders: () => [] });
  };
  return async (args, signal) => (await (run ??= load()))(args, signal);
}

async function openRegistries(options: {
  readonly settings: Settings;
  readonly secrets: NamedPullSecrets | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}): Promise<Resolver> {
  const { settings, secrets, variables, home } = options;
  const { createRegistryAccess } = await import("./registryAccess.ts");
  const { createResolver } = await import("../resolver/resolver.ts");
  const { createPullSecretKeychain } = await import("../resolver/pullSecretKeychain.ts");
  // What a person should know stands in the answers; the rest would be noise.
  const log = (): void => undefined;
  const access = createRegistryAccess({
    settings: () => settings,
    variables,
    home,
    // A person who runs a command trusts the environment that names the credential files.
    workspaceFolders: () => [],
    log,
    keychain: (usual) => (secrets === undefined ? usual : createPullSecretKeychain(usual, secrets)),
  });
  const policy = { trusted: true, offline: false };
  return createResolver({ ...access, log, settings: () => settings, policy });
}

function readVersion(manifest: string): string {
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return version;
}

/** Aborted at the first Ctrl-C, so that what is under way ends well; the second one ends the process at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  // Each lookup adds a listener: many at once are not a leak.
  setMaxListeners(0, controller.signal);
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => controller.abort(new Error(name)));
  }
  return controller.signal;
}
