// What the server needs of the world outside, given to it at the start.

import type { Clock, Log } from "../environment.ts";
import type { Resolver } from "../resolver/resolver.ts";
import type { Settings } from "../settings.ts";
import type { FileAccess } from "./workspaceFiles.ts";

/** What decides beside the settings whether registries may be asked. */
export interface AskPolicy {
  readonly trusted: boolean;
  /** Folders of the workspace, as paths: nothing inside them is run or read for credentials. */
  readonly workspaceFolders: readonly string[];
  /** Where digests may be kept for the next session; empty keeps them in memory. Stays as it was told first. */
  readonly cacheFolder: string;
}

/** The resolver with the settings and the policy of this session. */
export interface Answers extends Pick<
  Resolver,
  | "peek"
  | "want"
  | "resolve"
  | "details"
  | "tags"
  | "refresh"
  | "clear"
  | "onDidChange"
  | "generation"
> {
  /** Takes the settings of the machine and what the client said of the workspace. */
  configure(settings: Settings, policy: AskPolicy): void;
  /** Ends all questions, and writes what the next session can use. */
  dispose(): Promise<void>;
}

export interface Outside {
  readonly clock: Clock;
  readonly log: Log;
  readonly files: FileAccess;
  readonly answers: Answers;
  readonly version: string;
}
