// What is known of a fact: fresh, stale, forgotten or failed, and how long a failure keeps from another try.

import assert from "node:assert/strict";
import { momentNow } from "../../../server/src/base/moment.ts";
import { createFactCache, type FactCache } from "../../../server/src/resolver/factCache.ts";
import type { FailureKind, ManifestKey } from "../../../server/src/resolver/resolution.ts";
import { createHandClock, type HandClock } from "../../support/handClock.ts";

const minute = 60_000;
const key: ManifestKey = { registry: "r.io", repository: "a", reference: "v1" };
const other: ManifestKey = { ...key, reference: "v2" };
const rules = { freshMs: () => 5 * minute, usableMs: 60 * minute, most: 10 };

interface Subject {
  readonly cache: FactCache<string>;
  readonly clock: HandClock;
  readonly fail: (kind: FailureKind, waitMs?: number, closedMs?: number, of?: ManifestKey) => void;
  /** How long it is until the next try, in milliseconds. */
  readonly wait: () => number | undefined;
}

function subject(): Subject {
  const clock = createHandClock();
  const cache = createFactCache<string>(clock, rules);
  return {
    ...{ cache, clock },
    fail(kind, waitMs = minute, closedMs = 0, of = key) {
      const error = { kind, message: "m", host: "h", knative: undefined, credential: undefined };
      cache.fail(of, { error, waitMs, closedMs, credentialStamp: "stamp" });
    },
    wait() {
      const failure = cache.find(key)?.failure;
      return failure && failure.retryAt - clock.now();
    },
  };
}

describe("an answer", () => {
  it("is fresh, then stale, then forgotten", () => {
    const { cache, clock } = subject();
    assert.equal(cache.find(key), undefined);
    assert.equal(cache.isSettled(key), false);
    const at = clock.now();
    cache.succeed(key, "x");
    const answer = { value: "x", at, isStale: false };
    assert.deepEqual(cache.find(key), { answer, failure: undefined });
    assert.equal(cache.isSettled(key), true);
    clock.advance(5 * minute - 1);
    assert.equal(cache.find(key)?.answer?.isStale, false);
    clock.advance(1);
    assert.deepEqual(cache.find(key)?.answer, { ...answer, isStale: true });
    assert.equal(cache.isSettled(key), false);
    clock.advance(55 * minute);
    assert.equal(cache.find(key)?.answer?.value, "x");
    clock.advance(1);
    assert.equal(cache.find(key), undefined);
  });

  it("is stale once a person wants another one, until that comes or fails", () => {
    const { cache, fail } = subject();
    cache.succeed(key, "x");
    cache.invalidate(key);
    assert.equal(cache.find(key)?.answer?.isStale, true);
    assert.deepEqual([cache.isInvalidated(key), cache.isSettled(key)], [true, false]);
    cache.succeed(key, "y");
    assert.deepEqual([cache.isInvalidated(key), cache.isSettled(key)], [false, true]);
    cache.invalidate(key);
    fail("access-denied");
    assert.deepEqual([cache.isInvalidated(key), cache.isSettled(key)], [false, true]);
    assert.equal(cache.isInvalidated(other), false);
    cache.invalidate(other);
    assert.deepEqual([cache.isInvalidated(other), cache.find(other)], [true, undefined]);
  });

  it("stays next to a failure, unless the registry says that it is gone", () => {
    for (const [kind, stays] of [
      ["registry-unreachable", true],
      ["access-denied", true],
      ["tag-not-found", false],
      ["digest-not-found", false],
    ] as const) {
      const { cache, fail } = subject();
      cache.succeed(key, "x");
      fail(kind);
      assert.equal(cache.find(key)?.answer?.value, stays ? "x" : undefined, kind);
      assert.equal(cache.find(key)?.failure?.error.kind, kind);
    }
  });

  it("of another session is taken where nothing newer is known", () => {
    const { cache, clock, fail } = subject();
    const learned = momentNow(clock);
    cache.adopt(key, { value: "old", learned });
    assert.equal(cache.find(key)?.answer?.value, "old");
    clock.advance(1);
    cache.succeed(key, "new");
    cache.adopt(key, { value: "old", learned });
    assert.equal(cache.find(key)?.answer?.value, "new");
    fail("access-denied", minute, 0, other);
    cache.adopt(other, { value: "old", learned });
    assert.equal(cache.find(other)?.answer, undefined);
  });
});

describe("a failure", () => {
  it("keeps from another try for longer each time, up to a bound", () => {
    for (const [kind, waits] of [
      ["access-denied", [1, 2, 4, 8, 10, 10]],
      ["registry-unreachable", [1, 2, 4, 5, 5]],
      ["rate-limited", [1, 1, 1]],
    ] as const) {
      const { fail, wait, clock } = subject();
      for (const expected of waits) {
        fail(kind);
        assert.equal(wait(), expected * minute, kind);
        clock.advance(expected * minute);
      }
    }
  });

  it("begins again with one of another kind, and after an answer", () => {
    const { cache, fail, wait } = subject();
    fail("access-denied");
    fail("access-denied");
    assert.equal(wait(), 2 * minute);
    fail("registry-unreachable");
    assert.equal(wait(), minute);
    fail("registry-unreachable");
    cache.succeed(key, "x");
    fail("registry-unreachable");
    assert.equal(wait(), minute);
  });

  it("keeps from it as long as the host is not contacted, and as long as it says", () => {
    const { fail, wait } = subject();
    fail("access-denied", minute, 30 * minute);
    assert.equal(wait(), 30 * minute);
    fail("access-denied", 45 * minute);
    assert.equal(wait(), 45 * minute);
  });

  it("is settled until its time is over", () => {
    const { cache, clock, fail } = subject();
    fail("access-denied");
    clock.advance(minute - 1);
    assert.equal(cache.isSettled(key), true);
    clock.advance(1);
    assert.equal(cache.isSettled(key), false);
  });

  it("remembers which credentials were refused, and nothing else does", () => {
    const { cache, fail } = subject();
    assert.equal(cache.deniedWith(key), undefined);
    fail("registry-unreachable");
    assert.equal(cache.deniedWith(key), undefined);
    fail("access-denied");
    assert.equal(cache.deniedWith(key), "stamp");
  });

  it("by silence ends when the registry answers, unless it is young", () => {
    const { cache, clock, fail } = subject();
    fail("registry-unreachable");
    fail("access-denied", minute, 0, other);
    clock.advance(4_999);
    cache.registryAnswered("r.io");
    assert.ok(cache.find(key)?.failure);
    fail("registry-unreachable");
    clock.advance(5_000);
    cache.registryAnswered("s.io");
    assert.ok(cache.find(key)?.failure);
    cache.registryAnswered("r.io");
    assert.equal(cache.find(key), undefined);
    assert.ok(cache.find(other)?.failure);
  });

  it("ends where the reason may have undone it", () => {
    const { cache, clock, fail } = subject();
    fail("tag-not-found");
    fail("rate-limited", minute, 0, other);
    clock.advance(10_000);
    assert.deepEqual(cache.endWaits("looked-at", [other]), []);
    assert.deepEqual(cache.endWaits("looked-at"), [key]);
    assert.equal(cache.isSettled(key), false);
    assert.equal(cache.find(key)?.failure?.retryAt, clock.now());
    assert.equal(cache.isSettled(other), true);
    assert.deepEqual(cache.endWaits("looked-at", [{ ...key, reference: "none" }]), []);
  });
});

describe("what is known", () => {
  it("is forgotten one by one, or all of it", () => {
    const { cache } = subject();
    cache.succeed(key, "x");
    cache.succeed(other, "y");
    assert.deepEqual(
      cache.entries().map((entry) => entry.answer?.value),
      ["x", "y"],
    );
    cache.forget(key);
    assert.equal(cache.find(key), undefined);
    cache.clear();
    assert.deepEqual(cache.entries(), []);
  });
});
