// When failed lookups are repeated: by the hand clock, for what is in sight, and never without an end.

import { append } from "../../../server/src/base/append.ts";
import assert from "node:assert/strict";
import { placedStates } from "../../../server/src/findings/reading.ts";
import {
  keyText,
  type Failed,
  type FailureKind,
  type ManifestKey,
  type Resolution,
} from "../../../server/src/resolver/resolution.ts";
import { createRecovery } from "../../../server/src/server/state/recovery.ts";
import { createHandClock } from "../../support/handClock.ts";
import { digestA, failed, readText, resolved, service } from "../../support/reading.ts";

const uri = "file:///work/app.yaml";
const [app, other] = ["registry.test/app:v1", "registry.test/other:v1"];
const second = 1000;

/** One open document whose images are given, and what is asked for it. */
function setUp(known: Record<string, Resolution>, images: readonly string[] = [app]) {
  const clock = createHandClock();
  const [wanted, fresh]: [string[], string[]] = [[], []];
  const open = [{ uri }];
  const world = { network: "10.0.0.1", automatic: true, known };
  const recovery = createRecovery({
    clock,
    answers: {
      prefetch: (keys: readonly ManifestKey[]) => append(wanted, keys.map(keyText)),
      resolve: (key: ManifestKey, options) => {
        assert.equal(options.fresh, true);
        fresh.push(keyText(key));
        return Promise.resolve(world.known[keyText(key)] ?? failed("registry-unreachable"));
      },
    },
    documents: { all: () => open as never },
    inSight: () =>
      images.flatMap((image) =>
        placedStates(readText(service(image), { known: world.known })).map(({ state }) => state),
      ),
    isAutomatic: () => world.automatic,
    networkStamp: () => world.network,
  });
  return { clock, fresh, open, recovery, wanted, world };
}

function failure(kind: FailureKind, at: number, wait: number): Failed {
  return { ...(failed(kind) as Failed), at, retryAt: at + wait };
}

const start = createHandClock().now();

describe("a failed lookup in sight", () => {
  it("is repeated when its wait ends, and not before", () => {
    const { clock, recovery, wanted } = setUp({
      [app]: failure("tag-not-found", start, 120 * second),
    });
    recovery.changed();
    clock.advance(second);
    clock.advance(118 * second);
    assert.deepEqual(wanted, []);
    clock.advance(2 * second);
    assert.deepEqual(wanted, [app]);
  });

  it("is planned again after each try, with the wait that the failure says", () => {
    const { clock, recovery, wanted, world } = setUp({
      [app]: failure("rate-limited", start, 60 * second),
    });
    recovery.changed();
    clock.advance(second);
    clock.advance(60 * second);
    clock.advance(second);
    assert.equal(wanted.length, 1);
    world.known = { [app]: failure("rate-limited", clock.now(), 300 * second) };
    recovery.changed();
    clock.advance(second);
    clock.advance(200 * second);
    assert.equal(wanted.length, 1);
    clock.advance(100 * second);
    assert.equal(wanted.length, 2);
  });

  for (const kind of ["access-denied", "registry-unreachable"] as const) {
    it(`by ${kind} is watched: every five seconds it is looked whether something changed`, () => {
      const { clock, recovery, wanted } = setUp({ [app]: failure(kind, start, 300 * second) });
      recovery.changed();
      for (let passed = 0; passed < 11; passed += 1) clock.advance(second);
      assert.deepEqual(wanted, [app, app]);
    });
  }

  it("of an unreachable registry is repeated when the network changes", () => {
    const { clock, fresh, recovery, world } = setUp({
      [app]: failure("registry-unreachable", start, 300 * second),
    });
    recovery.changed();
    clock.advance(second);
    world.network = "10.0.0.1 192.168.0.2";
    clock.advance(5 * second);
    assert.deepEqual(fresh, [app]);
    clock.advance(5 * second);
    assert.deepEqual(fresh, [app]);
  });

  it("is repeated when its registry has answered another lookup since", () => {
    const answered = { ...resolved(digestA), at: start + 5 } as Resolution;
    const known = {
      [app]: failure("registry-unreachable", start, 300 * second),
      [other]: answered,
    };
    const { clock, fresh, recovery } = setUp(known, [app, other]);
    recovery.changed();
    clock.advance(second);
    assert.deepEqual(fresh, [app]);
  });

  it("is repeated when the user comes back, unless it is recent, limited or forbidden", () => {
    const rows: readonly (readonly [FailureKind, number, boolean])[] = [
      ["registry-unreachable", 10, true],
      ["access-denied", 10, true],
      ["tag-not-found", 10, true],
      ["tag-not-found", 2, false],
      ["rate-limited", 10, false],
      ["blocked", 10, false],
    ];
    for (const [kind, age, isRepeated] of rows) {
      const known = { [app]: failure(kind, start - age * second, 300 * second) };
      const { fresh, recovery } = setUp(known);
      recovery.again();
      assert.deepEqual(fresh, isRepeated ? [app] : [], `${kind} ${age}`);
    }
  });

  it("is left alone where lookups are made on demand", () => {
    const known = { [app]: failure("tag-not-found", start - 10 * second, second) };
    const { clock, fresh, recovery, wanted, world } = setUp(known);
    world.automatic = false;
    recovery.changed();
    recovery.again();
    clock.advance(second);
    clock.advance(60 * second);
    assert.deepEqual([wanted, fresh], [[], []]);
  });

  it("is not repeated once its document is closed, or the server ends", () => {
    for (const end of ["closed", "dispose"] as const) {
      const { clock, open, recovery, wanted } = setUp({
        [app]: failure("tag-not-found", start, 60 * second),
      });
      recovery.changed();
      clock.advance(second);
      open.splice(0);
      if (end === "closed") recovery.closed(uri);
      else recovery.dispose();
      clock.advance(120 * second);
      assert.deepEqual(wanted, [], end);
    }
  });
});

describe("answers without a failure", () => {
  it("start no timer", () => {
    const { clock, recovery, wanted } = setUp({ [app]: resolved(digestA) });
    recovery.changed();
    clock.advance(second);
    clock.advance(3600 * second);
    assert.deepEqual(wanted, []);
  });
});
