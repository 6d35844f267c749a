// What the server needs of the world outside, given to it at the start.

import type { Clock, Log } from "../environment.ts";
import type {
  Failed,
  ManifestDetails,
  ManifestKey,
  Resolution,
  TagList,
} from "../resolver/resolution.ts";
import type { Settings } from "../settings.ts";
import type { FileAccess } from "./workspaceFiles.ts";

/** How soon an answer is wanted: what a person waits for comes first. */
export type Priority = "hover" | "visible" | "rest";

/** Whether and when registries may be asked. */
export interface AskPolicy {
  readonly mode: Settings["resolve"];
  readonly trusted: boolean;
  /** Folders of the workspace, as paths: nothing inside them is run or read for credentials. */
  readonly workspaceFolders: readonly string[];
}

/** The resolver as the server sees it. */
export interface Answers {
  peek(key: ManifestKey): Resolution;
  want(keys: readonly ManifestKey[], priority: Priority): void;
  resolve(
    key: ManifestKey,
    options: {
      readonly signal: AbortSignal;
      readonly priority: Priority;
      readonly fresh?: boolean;
    },
  ): Promise<Resolution>;
  details(
    key: ManifestKey,
    options: { readonly signal: AbortSignal },
  ): Promise<ManifestDetails | Failed>;
  tags(
    registry: string,
    repository: string,
    options: { readonly signal: AbortSignal },
  ): Promise<TagList | Failed>;
  refresh(keys?: readonly ManifestKey[]): void;
  clear(): Promise<void>;
  onDidChange(listener: () => void): () => void;
  readonly generation: number;
  configure(settings: Settings, policy: AskPolicy): void;
  dispose(): void | Promise<void>;
}

export interface Outside {
  readonly clock: Clock;
  readonly log: Log;
  readonly files: FileAccess;
  readonly answers: Answers;
  readonly version: string;
}
