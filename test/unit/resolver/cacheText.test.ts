// The text of the disk cache: what it keeps, and what it is made of when sessions write in turn.

import assert from "node:assert/strict";
import fc from "fast-check";
import type { HostTraits } from "../../../server/src/registry/transport/hostTraits.ts";
import {
  mergeCache,
  parseCache,
  type CacheContent,
  type CachedAnswer,
} from "../../../server/src/resolver/cacheText.ts";

const now = Date.parse("2026-01-02T03:04:05Z");
const day = 24 * 60 * 60_000;

function answer(reference: string, at: number, digit = "a"): CachedAnswer {
  return {
    key: { registry: "ghcr.io", repository: "team/app", reference },
    answer: {
      digest: `sha256:${digit.repeat(64)}`,
      mediaType: undefined,
      size: 7,
      host: "ghcr.io",
      notices: [],
      credentialPlace: "",
      route: "",
      byToken: true,
    },
    at,
  };
}

const nothing: CacheContent = { answers: [], hosts: [], gone: [] };
const traits: HostTraits = {
  scheme: "https",
  authentication: { scheme: "bearer", realm: "https://ghcr.io/token", service: "ghcr.io" },
  servesAnonymously: false,
  addressClass: "public",
  usesHelper: false,
  scopes: "multi",
  tlsVersion: "TLSv1.2",
  goRefusal: "tls: a reason",
  ping: {
    status: 404,
    error: { code: undefined, message: "not here" },
    bearer: false,
    badRealm: undefined,
  },
};

describe("the disk cache's text", () => {
  it("gives back what was put in, without what depends on the network of now", () => {
    const learned = {
      answers: [answer("1", now)],
      hosts: [{ host: "ghcr.io", traits, at: now }],
      gone: [],
    };
    const read = parseCache(mergeCache(undefined, learned, now), now);
    assert.deepEqual(read.answers, learned.answers);
    assert.deepEqual(read.hosts, [
      {
        host: "ghcr.io",
        at: now,
        traits: { ...traits, addressClass: undefined },
      },
    ]);
  });

  it("of two sessions the newer answer of each key stays", () => {
    const first = mergeCache(
      undefined,
      { ...nothing, answers: [answer("1", now - 5, "a"), answer("2", now)] },
      now,
    );
    const learned = {
      ...nothing,
      answers: [answer("1", now, "b"), answer("2", now - 5, "b"), answer("3", now)],
    };
    const read = parseCache(mergeCache(first, learned, now), now);
    const digits = read.answers.map(
      ({ key, answer: one }) => `${key.reference}${one.digest.charAt(7)}`,
    );
    assert.deepEqual(digits.sort(), ["1b", "2a", "3a"]);
  });

  it("what is gone stays gone, unless another session has seen it since", () => {
    const before = mergeCache(
      undefined,
      { ...nothing, answers: [answer("1", now - 10), answer("2", now)] },
      now,
    );
    const gone = ["1", "2"].map((reference) => ({ key: answer(reference, 0).key, at: now - 5 }));
    const read = parseCache(mergeCache(before, { ...nothing, gone }, now), now);
    assert.deepEqual(
      read.answers.map(({ key }) => key.reference),
      ["2"],
    );
  });

  it("answers older than a week and from the future are left out", () => {
    const answers = [
      answer("old", now - 8 * day),
      answer("future", now + day),
      answer("good", now),
    ];
    const text = mergeCache(undefined, { ...nothing, answers }, now);
    const kept = parseCache(text, now).answers;
    assert.deepEqual(
      kept.map(({ key }) => key.reference),
      ["good"],
    );
  });

  it("what is not a digest, of another version, too long, or of another network is not taken over", () => {
    const good = JSON.parse(
      mergeCache(
        undefined,
        { ...nothing, answers: [answer("1", now)], hosts: [{ host: "ghcr.io", traits, at: now }] },
        now,
      ),
    ) as { version: number; answers: unknown[][]; hosts: Record<string, unknown>[] };
    const read = (change: (text: typeof good) => void): CacheContent => {
      const changed = structuredClone(good);
      change(changed);
      return parseCache(JSON.stringify(changed), now);
    };
    const withItem = (index: number, value: unknown): number =>
      read(({ answers }) => {
        for (const one of answers) one[index] = value;
      }).answers.length;
    assert.equal(withItem(3, `sha256:${"b".repeat(64)}`), 1);
    for (const digest of [`sha256:${"b".repeat(63)}`, `sha256:${"G".repeat(64)}`, "latest", 5]) {
      assert.equal(withItem(3, digest), 0, String(digest));
    }
    assert.equal(withItem(1, "x".repeat(2048)), 1);
    assert.equal(withItem(1, "x".repeat(2049)), 0);
    assert.deepEqual(read((text) => (text.version += 1)).answers, []);
    const [host] = read(({ hosts }) => {
      for (const one of hosts) one["addressClass"] = "loopback";
    }).hosts;
    assert.ok(host !== undefined);
    assert.equal(host.traits.addressClass, undefined);
    assert.equal(
      parseCache(`${JSON.stringify(good)}${" ".repeat(4 * 1024 * 1024)}`, now).answers.length,
      0,
    );
  });

  it("it is never longer than what is read: the newest stay", () => {
    const wide = "ü".repeat(2000);
    const answers = Array.from({ length: 2000 }, (_, index) => {
      const one = answer(`t${index}`, now - index);
      return { ...one, key: { ...one.key, repository: wide } };
    });
    const hosts = Array.from({ length: 200 }, (_, index) => ({
      ...{ host: `${index}.${wide}`, at: now - index },
      traits: { ...traits, goRefusal: wide },
    }));
    const text = mergeCache(undefined, { ...nothing, answers, hosts }, now);
    assert.ok(Buffer.byteLength(text) <= 4 * 1024 * 1024);
    const read = parseCache(text, now);
    assert.ok(read.answers.length > 500 && read.hosts.length > 100);
    assert.equal(read.answers[0]?.key.reference, "t0");
  });

  it("it is bounded, where it is written and where it is read: the newest stay", () => {
    const answers = Array.from({ length: 6000 }, (_, index) => answer(`t${index}`, now - index));
    const hosts = Array.from({ length: 300 }, (_, index) => ({
      ...{ host: `${index}.example`, traits, at: now - index },
    }));
    type Lists = Readonly<Record<"answers" | "hosts", readonly unknown[]>>;
    const text = mergeCache(undefined, { ...nothing, answers, hosts }, now);
    const written = JSON.parse(text) as Lists;
    assert.deepEqual([written.answers.length, written.hosts.length], [5000, 200]);
    const twice = (list: readonly unknown[]): readonly unknown[] => [...list, ...list];
    const longer = { ...written, answers: twice(written.answers), hosts: twice(written.hosts) };
    const read = parseCache(JSON.stringify(longer), now);
    assert.deepEqual([read.answers.length, read.hosts.length], [5000, 200]);
    assert.deepEqual([read.answers[0]?.key.reference, read.hosts[0]?.host], ["t0", "0.example"]);
  });

  it("says nothing of the network in which it was written", () => {
    const hosts = [{ host: "ghcr.io", traits: { ...traits, addressClass: "private" }, at: now }];
    const text = mergeCache(undefined, { ...nothing, hosts: hosts as never }, now);
    assert.doesNotMatch(text, /addressClass|private/);
  });

  it("whatever stands in the file, it is read without an error", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        assert.ok(Array.isArray(parseCache(text, now).answers));
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (answers, hosts) => {
        parseCache(JSON.stringify({ version: 1, answers, hosts }), now);
      }),
    );
  });
});
