// Makes what views of an open document need: little at once, much in slices, so that requests get their turn.

import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Pause } from "../../document/steps.ts";
import type { Clock } from "../../environment.ts";
import { createSlices, inSlices } from "../slices.ts";

export interface Preparation {
  /** @returns undefined if everything is made; of a document whose turn it is already, the same promise */
  prepare(document: TextDocument): Promise<void> | undefined;
  isUnderWay(uri: string): boolean;
  /** The document was closed: nothing more is made for it. */
  end(uri: string): void;
}

/** A document that is prepared in slices, and the work. */
interface UnderWay {
  readonly document: TextDocument;
  work: Promise<void>;
}

/** @param options.ready is called when a document is ready that was prepared in slices. */
export function createPreparation(options: {
  readonly clock: Pick<Clock, "monotonic" | "schedule">;
  readonly stepsOf: (document: TextDocument, isWanted: () => boolean) => Generator<Pause, void>;
  readonly ready: () => void;
}): Preparation {
  /** Until they are ready or closed. */
  const underWay = new Map<string, UnderWay>();

  async function finish(
    task: UnderWay,
    work: () => Promise<void>,
    isWanted: () => boolean,
  ): Promise<void> {
    try {
      await work();
    } finally {
      if (isWanted()) underWay.delete(task.document.uri);
    }
    options.ready();
  }
  return {
    prepare(document) {
      const { uri } = document;
      const before = underWay.get(uri);
      if (before?.document === document) return before.work;
      const task: UnderWay = { document, work: Promise.resolve() };
      const isWanted = (): boolean => underWay.get(uri) === task;
      const steps = options.stepsOf(document, isWanted);
      const slices = createSlices(options.clock);
      underWay.set(uri, task);
      let step: IteratorResult<Pause, void>;
      try {
        do step = steps.next();
        while (step.done !== true && step.value === undefined && !slices.isOver());
      } catch (error) {
        underWay.delete(uri);
        throw error;
      }
      if (step.done === true) {
        underWay.delete(uri);
        return undefined;
      }
      task.work = finish(task, () => inSlices(steps, slices, step), isWanted);
      return task.work;
    },
    isUnderWay: (uri) => underWay.has(uri),
    end: (uri) => void underWay.delete(uri),
  };
}
