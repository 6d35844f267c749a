// What the server needs of the world outside, given to it at the start.

import type { Clock, Log, RunKubectl } from "../environment.ts";
import type { EditorProxy } from "../node/registryAccess.ts";
import type { Resolver } from "../resolver/resolver.ts";
import type { Settings } from "../settings.ts";
import type { OwnOptions } from "./ownOptions.ts";
import type { FileAccess } from "./state/workspaceFiles.ts";

/** What a client says of itself before anything else is made. */
export interface ClientStart {
  readonly own: OwnOptions;
  /** The editor's language, `zh-cn`; undefined if it does not say. */
  readonly locale: string | undefined;
}

/** In addition to the settings, what decides whether registries may be contacted. */
export interface AskPolicy {
  readonly trusted: boolean;
  /** Folders of the workspace, as paths: nothing inside them is run or read for credentials. */
  readonly workspaceFolders: readonly string[];
}

/** The resolver with the settings and the policy of this session. */
export interface Answers extends Pick<
  Resolver,
  | "peek"
  | "prefetch"
  | "resolve"
  | "details"
  | "peekDetails"
  | "prefetchDetails"
  | "tags"
  | "peekTags"
  | "tagsOf"
  | "retryFailed"
  | "refresh"
  | "clear"
  | "onDidChange"
  | "generation"
  | "dispose"
> {
  /** Takes the settings of the machine and what the client said of the workspace. */
  configure(settings: Settings, policy: AskPolicy): void;
  /** Takes the editor's proxy, which applies where the settings name none. */
  setProxy(proxy: EditorProxy): void;
}

export interface Outside {
  readonly clock: Clock;
  readonly log: Log;
  readonly files: FileAccess;
  readonly answers: Answers;
  readonly runKubectl: RunKubectl;
  /** Another string means that this machine joined or left a network. */
  readonly networkStamp: () => string;
  readonly version: string;
}
