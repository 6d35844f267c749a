// Tells our own client how things stand, once for many changes: for its status item, its view and its menus.

import type { Connection, TextDocuments } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { clusterFailureWords } from "../../cluster/clusterFailure.ts";
import type { Clock } from "../../environment.ts";
import { editorPolicy } from "../../features/pinActions.ts";
import { resolvedDigest, type ImageState } from "../../findings/imageState.ts";
import { decidePin, type EditVerb, type PinDecision } from "../../findings/pinDecision.ts";
import { placedStates, type FileReading } from "../../findings/reading.ts";
import type { FileStatus, ServerStatus } from "../../protocol.ts";
import type { WorkspaceIndex } from "../../workspace/workspaceIndex.ts";
import type { ClientProfile } from "../clientProfile.ts";
import type { ClusterStore } from "./clusterStore.ts";
import type { DocumentStore } from "./documentStore.ts";
import { hasAnsweredSince } from "./failedLookups.ts";
import type { Guard } from "../requests.ts";

export interface StatusReporter {
  /** Something changed that the status may show. */
  changed(): void;
  dispose(): void;
}

/** Changes within this time are reported together, in milliseconds. */
const coalesceMs = 150;

export function createStatusReporter(options: {
  readonly connection: Connection;
  readonly profile: ClientProfile;
  readonly clock: Clock;
  readonly guard: Guard;
  readonly documents: TextDocuments<TextDocument>;
  readonly store: DocumentStore;
  readonly index: WorkspaceIndex;
  readonly cluster: Pick<ClusterStore, "failure">;
  /** Is called with the open documents that have images, each time they are reported to the client. */
  readonly onReported: (uris: readonly string[]) => void;
}): StatusReporter {
  const { connection, clock, guard, documents, store, index } = options;
  let cancel: (() => void) | undefined;
  let generation = 0;
  const tell = (): void => {
    cancel = undefined;
    generation += 1;
    const files = documents.all().flatMap((document) => {
      const reading = store.readingIfReady(document);
      return reading === undefined ? [] : [{ uri: document.uri, reading }];
    });
    const hasImages = index
      .files()
      .some(({ analysis }) => analysis.parts.some((part) => part.document.images.length > 0));
    const failure = options.cluster.failure();
    const cluster = failure === undefined ? null : clusterFailureWords(failure);
    const status: ServerStatus = { generation, hasImages, ...countOpen(files), cluster };
    guard.background("status", () => connection.sendNotification("knativeDigest/status", status));
    options.onReported(status.imageFiles);
  };
  return {
    changed() {
      if (options.profile.isOwnClient) cancel ??= clock.schedule(coalesceMs, tell);
    },
    dispose() {
      cancel?.();
    },
  };
}

interface OpenFile {
  readonly uri: string;
  readonly reading: FileReading;
}

/** What is known of an open document; undefined if it has no images. */
function fileStatus({ uri, reading }: OpenFile): FileStatus[] {
  const placed = placedStates(reading);
  if (placed.length === 0) return [];
  const states = placed.map(({ state }) => state);
  const can = (verb: EditVerb, ...kinds: readonly PinDecision["kind"][]): boolean =>
    placed.some((each) => kinds.includes(decidePin(each, verb, editorPolicy).kind));
  return [
    {
      uri,
      images: states.length,
      resolving: states.filter(isPending).length,
      problems: problemsIn(reading),
      canPin: can("pin", "write", "ask"),
      canUpdate: can("update", "write"),
      canUnpin: can("unpin", "clear"),
      hasDigest: states.some(
        ({ tag, use }) => use.reference.kind === "digest" || resolvedDigest(tag) !== undefined,
      ),
    },
  ];
}

function countOpen(
  files: readonly OpenFile[],
): Omit<ServerStatus, "generation" | "hasImages" | "cluster"> {
  const known = files.flatMap(fileStatus);
  const states = files.flatMap(({ reading }) => reading.parts.flatMap((part) => part.states));
  const answers = states.flatMap(({ tag, pin }) =>
    [tag, pin].filter((answer) => answer !== undefined),
  );
  const unreachable = answers.flatMap((answer) =>
    answer.resolution.status === "failed" &&
    answer.resolution.error.kind === "registry-unreachable" &&
    !hasAnsweredSince(answer, answers)
      ? [answer.key.registry]
      : [],
  );
  const reasons = answers.flatMap(({ resolution }) =>
    resolution.status === "not-asked" ? [resolution.reason] : [],
  );
  return {
    imageFiles: known.map(({ uri }) => uri),
    files: known,
    images: states.length,
    resolving: states.filter(isPending).length,
    problems: files.reduce((sum, { reading }) => sum + problemsIn(reading), 0),
    unreachable: [...new Set(unreachable)].sort(),
    notAsked: reasons.find((reason) => reason !== "not-yet") ?? null,
  };
}

function isPending({ tag, pin }: ImageState): boolean {
  return tag?.resolution.status === "pending" || pin?.resolution.status === "pending";
}

function problemsIn({ parts }: FileReading): number {
  return parts
    .flatMap(({ findings }) => findings)
    .filter(({ severity }) => severity === "error" || severity === "warning").length;
}
