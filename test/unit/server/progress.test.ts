// Long work shows how far it is: where the client named a place, else in one of the server's own, else nowhere.

import assert from "node:assert/strict";
import { withProgress, type CommandRequest } from "../../../server/src/server/progress.ts";

interface World {
  /** Where the client wants to see it. */
  readonly token?: string;
  /** Whether the client shows progress that the server begins. */
  readonly canShow: boolean;
}

/** What a client sees of some work, and the means to cancel it in both ways. */
function subject({ token, canShow }: World) {
  const seen: unknown[] = [];
  const request = new AbortController();
  let cancel = (): void => undefined;
  let isListening = false;
  const own = {
    begin: (...args: unknown[]) => seen.push(["begin", ...args]),
    report: (...args: unknown[]) => seen.push(["report", ...args]),
    done: () => seen.push(["done"]),
    token: {
      onCancellationRequested(listener: () => void) {
        [cancel, isListening] = [listener, true];
        return { dispose: () => (isListening = false) };
      },
    },
  };
  const session = {
    connection: {
      sendProgress: (_type: unknown, place: unknown, value: unknown) => {
        seen.push([place, value]);
        return Promise.resolve();
      },
      window: { createWorkDoneProgress: () => Promise.resolve(own) },
    },
    guard: { background: (_name: string, work: () => unknown) => void work() },
    profile: { progress: canShow },
  };
  const params = { command: "c", ...(token === undefined ? {} : { workDoneToken: token }) };
  const asked: CommandRequest = { params, signal: request.signal };
  const run = <Result>(work: Parameters<typeof withProgress<Result>>[2]["work"]): Promise<Result> =>
    withProgress(session as never, asked, { title: "t", work });
  return { seen, run, request, cancel: () => cancel(), isListening: () => isListening };
}

describe("long work", () => {
  const begin = { kind: "begin", title: "t", percentage: 0, cancellable: true };
  const report = { kind: "report", percentage: 33, message: "1 / 3" };
  const rows: readonly [string, World, readonly unknown[]][] = [
    [
      "where the client named a place",
      { token: "p", canShow: true },
      [
        ["p", begin],
        ["p", report],
        ["p", { kind: "end" }],
      ],
    ],
    [
      "in a place of the server's own",
      { canShow: true },
      [["begin", "t", 0, undefined, true], ["report", 33, "1 / 3"], ["done"]],
    ],
    ["nowhere", { canShow: false }, []],
  ];
  for (const [name, world, expected] of rows) {
    it(`is shown ${name}`, async () => {
      const { seen, run, isListening } = subject(world);
      const result = await run((progress) => {
        progress.report(1, 3);
        return Promise.resolve("x");
      });
      assert.equal(result, "x");
      assert.deepEqual(seen, expected);
      assert.equal(isListening(), false);
    });

    it(`is no longer shown after it failed, ${name}`, async () => {
      const { seen, run } = subject(world);
      await assert.rejects(run(() => Promise.reject(new Error("no"))));
      assert.deepEqual(seen.at(-1), expected.at(-1));
    });
  }

  it("ends with the request, and when the user cancels it", async () => {
    for (const ends of ["request", "user"] as const) {
      const { run, request, cancel } = subject({ canShow: true });
      const aborted = await run(({ signal }) => {
        const before = signal.aborted;
        if (ends === "request") request.abort();
        else cancel();
        return Promise.resolve([before, signal.aborted]);
      });
      assert.deepEqual(aborted, [false, true], ends);
    }
  });
});
