// Long work that a user has started: it shows how far it is, and can be cancelled.

import type {
  ExecuteCommandParams,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from "vscode-languageserver";
import { WorkDoneProgress } from "./lspLibrary.ts";
import type { Session } from "./state/session.ts";

export interface TaskProgress {
  readonly signal: AbortSignal;
  readonly report: (done: number, of: number) => void;
}

/** A request to execute a command, as it came: its parameters name where the client shows its progress. */
export interface CommandRequest {
  readonly params: ExecuteCommandParams;
  readonly signal: AbortSignal;
}

/**
 * Shows progress where the client named a place for it, else in one that the server asks for, where the client can.
 * @param request its signal ends the work; the user may cancel the server's progress as well
 */
export async function withProgress<Result>(
  session: Session,
  request: CommandRequest,
  task: { readonly title: string; readonly work: (progress: TaskProgress) => Promise<Result> },
): Promise<Result> {
  const { title, work } = task;
  const place = await placeOf(session, request);
  place.send({ kind: "begin", title, percentage: 0, cancellable: true });
  try {
    return await work({
      signal: AbortSignal.any([request.signal, place.signal]),
      report: (done, of) => {
        const percentage = Math.round((100 * done) / of);
        place.send({ kind: "report", percentage, message: `${done} / ${of}` });
      },
    });
  } finally {
    place.send({ kind: "end" });
    place.end();
  }
}

/** Where progress is shown. */
interface Place {
  readonly send: (
    value: WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd,
  ) => void;
  /** Aborted when the user cancels there. */
  readonly signal: AbortSignal;
  readonly end: () => void;
}

async function placeOf(session: Session, { params, signal }: CommandRequest): Promise<Place> {
  const { connection, guard, profile } = session;
  const nowhere = { signal, end: () => undefined };
  // The library's own reporter would take the token out of the parameters, and nobody could tell that there was one.
  const { workDoneToken } = params;
  if (workDoneToken !== undefined) {
    const send: Place["send"] = (value) => {
      guard.background("progress", () =>
        connection.sendProgress(WorkDoneProgress.type, workDoneToken, value),
      );
    };
    return { ...nowhere, send };
  }
  if (!profile.progress) return { ...nowhere, send: () => undefined };
  const own = await connection.window.createWorkDoneProgress();
  const cancelled = new AbortController();
  const listener = own.token.onCancellationRequested(() => {
    cancelled.abort();
  });
  return {
    send(value) {
      if (value.kind === "begin") own.begin(value.title, value.percentage, undefined, true);
      else if (value.kind === "report") own.report(value.percentage ?? 0, value.message ?? "");
      else own.done();
    },
    signal: cancelled.signal,
    end: () => listener.dispose(),
  };
}
