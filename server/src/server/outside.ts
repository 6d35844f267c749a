// What the server needs of the world outside, given to it at the start.

import type { ReadElsewhere } from "../document/documentAnalysis.ts";
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
export interface WorkspaceTrust {
  readonly trusted: boolean;
  /** Folders of the workspace, as paths: nothing inside them is run or read for credentials. */
  readonly workspaceFolders: readonly string[];
}

/** What is known and looked up. Settings and trust reach the resolver through `Outside.configure` alone. */
export type Answers = Omit<Resolver, "setPolicy" | "settingsChanged">;

export interface Outside {
  readonly clock: Clock;
  readonly log: Log;
  readonly files: FileAccess;
  readonly answers: Answers;
  /** Reads long documents; absent where everything is read in one thread. */
  readonly readElsewhere?: ReadElsewhere | undefined;
  /** Takes the settings of the machine and what the client said of the workspace. */
  readonly configure: (settings: Settings, trust: WorkspaceTrust) => void;
  /** Takes the editor's proxy, which applies where the settings name none. */
  readonly setProxy: (proxy: EditorProxy) => void;
  readonly runKubectl: RunKubectl;
  /** Another string means that this machine joined or left a network. */
  readonly networkStamp: () => string;
  readonly version: string;
}
