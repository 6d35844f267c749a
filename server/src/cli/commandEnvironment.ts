// What the command line needs of the world outside, given to it at the start.

import type { Clock, RunKubectl } from "../environment.ts";
import type { WriteAnswer } from "../node/files/writeFileAtomically.ts";
import type { Exclusions, FoundFiles } from "../node/files/findFiles.ts";
import type { FileText, ManifestReader } from "../node/files/yamlFiles.ts";
import type { CredentialFiles } from "../registry/credentials/keychain.ts";
import type { NamedPullSecrets } from "../resolver/pullSecretKeychain.ts";
import type { Resolver } from "../resolver/resolver.ts";
import type { Settings } from "../settings.ts";

/** Where text goes. */
export interface Output {
  write(text: string): void;
  /** Whether a person looks at it. */
  readonly isTerminal: boolean;
  /** Whether it is a file, which no pipeline reads for commands. */
  readonly isFile?: boolean;
}

/** The standard streams. */
export interface CommandIo {
  /** All of standard input, unchanged, as files are read. Rejects when the signal is aborted. */
  readonly stdin: (signal: AbortSignal) => Promise<FileText>;
  readonly stdout: Output;
  readonly stderr: Output;
}

export interface CommandFiles extends ManifestReader {
  /** Finds the manifests under a folder that git does not ignore and nothing leaves out. */
  find(folder: string, options: { readonly exclude: readonly Exclusions[] }): Promise<FoundFiles>;
  /** Finds the files that a pattern names, counted from a folder; undefined if it cannot be understood. */
  match(
    pattern: string,
    folder: string,
    options: { readonly exclude: readonly Exclusions[] },
  ): Promise<FoundFiles | undefined>;
  kindOf(path: string): Promise<"file" | "folder" | "missing" | "denied">;
  /** The path with all links followed; the path itself if there is nothing. */
  realPath(path: string): Promise<string>;
  /** Whether one of the files has attributes that must be copied when it is replaced. */
  haveAttributes(paths: readonly string[]): Promise<boolean>;
  /** Replaces a file as a whole, unless it no longer holds `before`. */
  replace(
    path: string,
    before: string,
    after: string,
    keepsAttributes: boolean,
  ): Promise<WriteAnswer>;
}

/** What registries answer. Has to be disposed of, or the process waits for idle connections. */
export type Answers = Pick<Resolver, "resolve" | "details" | "dispose">;

export interface CommandEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The current folder, absolute. */
  readonly folder: string;
  readonly version: string;
  readonly clock: Clock;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  readonly files: CommandFiles;
  /**
   * Creates the resolver; nothing is sent before the first lookup.
   * @param secrets what to sign in with, instead of with what this machine is signed in with
   */
  openRegistries(settings: Settings, secrets?: NamedPullSecrets): Promise<Answers>;
  /** The files of docker and podman that hold credentials. */
  credentialFiles(): Promise<CredentialFiles>;
  /** Called only where the user asked for the cluster. */
  readonly runKubectl: RunKubectl;
}
