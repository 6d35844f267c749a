// Long work that a user has started: it shows how far it is, and can be cancelled.

import type { ExecuteCommandParams, WorkDoneProgressReporter } from "vscode-languageserver";
import type { Session } from "./state/session.ts";

export interface TaskProgress {
  readonly signal: AbortSignal;
  readonly report: (done: number, of: number) => void;
}

/**
 * Shows progress where the client named a place for it, else in one that the server asks for, where the client can.
 * @param signal of the request; the user may cancel the progress as well.
 */
export async function withProgress<Result>(
  session: Session,
  params: ExecuteCommandParams,
  given: { readonly reporter: WorkDoneProgressReporter; readonly signal: AbortSignal },
  task: { readonly title: string; readonly work: (progress: TaskProgress) => Promise<Result> },
): Promise<Result> {
  const { connection, profile } = session;
  const own = params.workDoneToken === undefined && profile.progress;
  const server = own ? await connection.window.createWorkDoneProgress() : undefined;
  const reporter = server ?? given.reporter;
  const cancelled = new AbortController();
  const listener = server?.token.onCancellationRequested(() => {
    cancelled.abort();
  });
  const signal = AbortSignal.any([given.signal, cancelled.signal]);
  reporter.begin(task.title, 0, undefined, true);
  try {
    return await task.work({
      signal,
      report: (done, of) => {
        reporter.report(Math.round((100 * done) / of), `${done} / ${of}`);
      },
    });
  } finally {
    reporter.done();
    listener?.dispose();
  }
}
