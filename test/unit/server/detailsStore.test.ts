// Details read in the background: once, again after a failure, and the oldest forgotten first; by the hand clock.

import assert from "node:assert/strict";
import type {
  Failed,
  ManifestDetails,
  ManifestKey,
  NotAsked,
} from "../../../server/src/resolver/resolution.ts";
import { createDetailsStore } from "../../../server/src/server/state/detailsStore.ts";
import { createHandClock } from "../../support/handClock.ts";
import { failed } from "../../support/reading.ts";

type Answer = ManifestDetails | Failed | NotAsked;

const minute = 60_000;

function keyOf(number: number): ManifestKey {
  const digest = `sha256:${number.toString(16).padStart(64, "0")}`;
  return { registry: "registry.test", repository: "app", reference: digest };
}

/** A store before a registry that answers as `answer` says; `settled` waits for all reads. */
function setUp(answer: (key: ManifestKey, now: number) => Answer) {
  const clock = createHandClock();
  const [sent, running]: [string[], Promise<unknown>[]] = [[], []];
  const store = createDetailsStore({
    clock,
    changed: () => undefined,
    answers: {
      peek: () => ({ status: "pending", last: undefined }) as never,
      details(key) {
        sent.push(key.reference);
        return Promise.resolve(answer(key, clock.now()));
      },
    },
    guard: {
      run: () => assert.fail("not used"),
      shutDown: () => undefined,
      background: (_, work) => void running.push(work()),
    },
  });
  const settled = (): Promise<unknown> => Promise.all(running);
  return { clock, sent, settled, store };
}

function detailsOf({ reference }: ManifestKey): ManifestDetails {
  return { digest: reference, platforms: [] } as unknown as ManifestDetails;
}

function failedUntil(at: number, wait: number): Failed {
  return { ...(failed("registry-unreachable") as Failed), at, retryAt: at + wait };
}

describe("details in the background", () => {
  it("are read once, also while they are being read", async () => {
    const { sent, settled, store } = setUp(detailsOf);
    void store.prefetch(keyOf(1));
    void store.prefetch(keyOf(1));
    await settled();
    void store.prefetch(keyOf(1));
    await settled();
    assert.equal(sent.length, 1);
    assert.equal(store.peek(keyOf(1))?.digest, keyOf(1).reference);
  });

  it("are read again when the wait of a failure ends, and not before", async () => {
    const { clock, sent, settled, store } = setUp((_, now) => failedUntil(now, minute));
    void store.prefetch(keyOf(1));
    await settled();
    clock.advance(minute - 1);
    void store.prefetch(keyOf(1));
    await settled();
    assert.equal(sent.length, 1);
    clock.advance(1);
    void store.prefetch(keyOf(1));
    await settled();
    assert.equal(sent.length, 2);
  });

  it("are read again after ten minutes, however long the failure says to wait", async () => {
    const { clock, sent, settled, store } = setUp((_, now) => failedUntil(now, 24 * 60 * minute));
    void store.prefetch(keyOf(1));
    await settled();
    clock.advance(10 * minute);
    void store.prefetch(keyOf(1));
    await settled();
    assert.equal(sent.length, 2);
  });

  it("are looked for again at once where the policy did not allow it", async () => {
    const { sent, settled, store } = setUp(() => ({ status: "not-asked", reason: "offline" }));
    for (let round = 0; round < 2; round += 1) {
      void store.prefetch(keyOf(1));
      await settled();
    }
    assert.equal(sent.length, 2);
  });

  it("leave one by one, the oldest first, when there are too many", async () => {
    const { settled, store } = setUp(detailsOf);
    for (let number = 0; number < 501; number += 1) {
      void store.prefetch(keyOf(number));
      await settled();
    }
    assert.equal(store.peek(keyOf(0)), undefined);
    assert.notEqual(store.peek(keyOf(1)), undefined);
    assert.notEqual(store.peek(keyOf(500)), undefined);
  });
});
