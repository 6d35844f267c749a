// Keeps what each file of the workspace says, and what they say together. The owner of that state.

import type { FileAnalysis } from "../document/analysis.ts";
import { createKustomizeIndex, type KustomizeIndex } from "./kustomize/kustomizeIndex.ts";
import {
  fileFacts,
  keepsFacts,
  mergeFacts,
  noFacts,
  sameFacts,
  type AnalyzedFile,
  type WorkspaceFacts,
} from "./workspaceFacts.ts";

export interface WorkspaceIndex {
  /** Takes a file's newest analysis; undefined when the file is gone. */
  set(uri: string, analysis: FileAnalysis | undefined): void;
  /** The files that kustomizations name: including files without Knative. */
  readonly kustomize: Pick<KustomizeIndex, "setOther" | "isNamed" | "wanted">;
  /** The same object as long as nothing changed that others depend on. */
  facts(): WorkspaceFacts;
  get(uri: string): FileAnalysis | undefined;
  files(): readonly AnalyzedFile[];
}

export function createWorkspaceIndex(): WorkspaceIndex {
  const files = new Map<string, { analysis: FileAnalysis; facts: WorkspaceFacts }>();
  const kustomize = createKustomizeIndex();
  let merged: WorkspaceFacts | undefined = noFacts;
  return {
    kustomize,
    set(uri, analysis) {
      kustomize.set(uri, analysis);
      const before = files.get(uri);
      if (analysis === undefined) {
        files.delete(uri);
        if (before !== undefined) merged = undefined;
        return;
      }
      if (before?.facts.configs.length === 0 && keepsFacts(before.analysis, analysis)) {
        before.analysis = analysis;
        return;
      }
      const facts = fileFacts({ uri, analysis });
      const same = before !== undefined && sameFacts(before.facts, facts);
      files.set(uri, { analysis, facts: same ? before.facts : facts });
      if (!same) merged = undefined;
    },
    facts() {
      merged ??= mergeFacts([...files.values()].map((file) => file.facts));
      const fates = kustomize.fates();
      if (merged.kustomize !== fates) merged = { ...merged, kustomize: fates };
      return merged;
    },
    get: (uri) => files.get(uri)?.analysis,
    files: () => [...files].map(([uri, { analysis }]) => ({ uri, analysis })),
  };
}
