// How often a client is asked to draw again, and that only those are asked who know the request.

import assert from "node:assert/strict";
import { createRefresher } from "../../../server/src/server/state/refresher.ts";
import { createHandClock } from "../../support/handClock.ts";

interface Abilities {
  readonly pullsDiagnostics: boolean;
  readonly refreshesDiagnostics: boolean;
  readonly refreshesHints: boolean;
}

function setUp(profile: Abilities) {
  const clock = createHandClock();
  const sent: string[] = [];
  const send = (name: string) => () => {
    sent.push(name);
    return Promise.resolve();
  };
  const refresher = createRefresher({
    clock,
    profile: profile as never,
    connection: {
      languages: {
        diagnostics: { refresh: send("diagnostics") },
        inlayHint: { refresh: send("hints") },
      },
    } as never,
    guard: { background: (_: string, work: () => Promise<unknown>) => void work() } as never,
    push: () => void sent.push("push"),
  });
  return { clock, refresher, sent };
}

const all: Abilities = { pullsDiagnostics: true, refreshesDiagnostics: true, refreshesHints: true };

describe("a client", () => {
  it("is asked once for many answers", () => {
    const { clock, refresher, sent } = setUp(all);
    for (let answer = 0; answer < 20; answer += 1) {
      refresher.changed();
      clock.advance(2);
    }
    assert.deepEqual(sent, []);
    clock.advance(60);
    assert.deepEqual(sent, ["diagnostics", "hints"]);
    clock.advance(1000);
    assert.equal(sent.length, 2);
    refresher.changed();
    clock.advance(60);
    assert.equal(sent.length, 4);
  });

  const rows: readonly (readonly [Partial<Abilities>, readonly string[]])[] = [
    [{ pullsDiagnostics: false }, ["push", "hints"]],
    [{ refreshesDiagnostics: false }, ["hints"]],
    [{ refreshesHints: false }, ["diagnostics"]],
    [{ pullsDiagnostics: false, refreshesDiagnostics: false, refreshesHints: false }, ["push"]],
  ];
  for (const [less, expected] of rows) {
    it(`with ${JSON.stringify(less)} gets ${expected.join(" and ")}`, () => {
      const { clock, refresher, sent } = setUp({ ...all, ...less });
      refresher.changed();
      clock.advance(60);
      assert.deepEqual(sent, expected);
    });
  }

  it("is asked nothing once the server ends", () => {
    const { clock, refresher, sent } = setUp(all);
    refresher.changed();
    refresher.dispose();
    clock.advance(1000);
    assert.deepEqual(sent, []);
  });
});
