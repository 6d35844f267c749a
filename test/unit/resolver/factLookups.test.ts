// Lookups of tags and details: what is given from memory, what is sent, and what a failure holds back.

import assert from "node:assert/strict";
import type { Keychain } from "../../../server/src/registry/credentials/keychain.ts";
import { RegistryError, type RegistryProblem } from "../../../server/src/registry/registryError.ts";
import { createFactKinds, type FactOptions } from "../../../server/src/resolver/factKinds.ts";
import { createFactLookups, type FactLookups } from "../../../server/src/resolver/factLookups.ts";
import type {
  ManifestDetails,
  ManifestKey,
  TagList,
} from "../../../server/src/resolver/resolution.ts";
import { defaultSettings } from "../../../server/src/settings.ts";
import { createHandClock, type HandClock } from "../../support/handClock.ts";
import { settled } from "../../support/settled.ts";

const minute = 60_000;
const { signal } = new AbortController();
const options = { signal, mayPull: false };
const repository: ManifestKey = { registry: "ghcr.io", repository: "team/app", reference: "" };
const digest = `sha256:${"a".repeat(64)}`;

const denied: RegistryProblem = {
  kind: "denied",
  status: 403,
  at: "registry",
  error: undefined,
  url: "https://ghcr.io/v2/team/app/tags/list",
};
const silent: RegistryProblem = { kind: "transport", errors: [], url: "https://ghcr.io/" };

interface Fixture {
  readonly clock: HandClock;
  readonly tags: FactLookups<TagList>;
  readonly details: FactLookups<ManifestDetails>;
  readonly sent: string[];
  /** What the registry does next; a list of tags where nothing is set. */
  next: RegistryProblem | undefined;
  stamp: string;
  /** How often a change of what is known was reported. */
  changes: number;
}

function start(): Fixture {
  const clock = createHandClock();
  const note = (
    what: string,
    { reference }: ManifestKey,
    { byPerson, mayPull }: FactOptions,
  ): void => {
    fixture.sent.push(
      [what, reference, byPerson ? "person" : "", mayPull ? "pull" : ""].join(" ").trim(),
    );
    if (fixture.next !== undefined) throw new RegistryError(fixture.next, "ghcr.io");
  };
  const kinds = createFactKinds(
    {
      findManifest: () => assert.fail("not looked up here"),
      listTags: async (key, given) => {
        await Promise.resolve();
        note("tags", { ...key, reference: "" }, { ...given, mayPull: false });
        return { tags: [String(fixture.sent.length)], truncated: false };
      },
      readDetails: async (key, given) => {
        await Promise.resolve();
        note("details", key, given);
        const nothing = { created: undefined, source: undefined, layersSize: undefined };
        return { digest, mediaType: "", platforms: [], ...nothing };
      },
    },
    () => defaultSettings,
  );
  const keychain: Keychain = {
    credentialFor: () => assert.fail("no credential is needed"),
    explain: () => assert.fail("no credential is needed"),
    placeOf: () => assert.fail("no credential is needed"),
    stamp: () => Promise.resolve(fixture.stamp),
    clear: () => undefined,
    remember: () => undefined,
  };
  const parts = { client: { closedFor: () => 0, keychain }, clock };
  const fixture: Fixture = {
    clock,
    tags: createFactLookups(kinds.tags, parts),
    details: createFactLookups(kinds.details, {
      ...parts,
      changed: () => void (fixture.changes += 1),
    }),
    sent: [],
    next: undefined,
    stamp: "1",
    changes: 0,
  };
  return fixture;
}

async function tagsNow(fixture: Fixture): Promise<string> {
  const answer = await fixture.tags.get(repository, options);
  return "status" in answer ? answer.error.kind : answer.tags.join();
}

describe("lookups of facts that people wait for", () => {
  it("one request serves all who wait, and its answer is given for ten minutes", async () => {
    const fixture = start();
    assert.equal(fixture.tags.peek(repository), undefined);
    assert.deepEqual(await Promise.all([tagsNow(fixture), tagsNow(fixture)]), ["1", "1"]);
    fixture.clock.advance(10 * minute - 1);
    assert.equal(await tagsNow(fixture), "1");
    assert.deepEqual(fixture.sent, ["tags"]);
  });

  it("an older list is given at once and looked up again behind the scenes, for a day", async () => {
    const fixture = start();
    await tagsNow(fixture);
    fixture.clock.advance(10 * minute);
    assert.equal(await tagsNow(fixture), "1");
    await settled();
    assert.deepEqual(fixture.tags.peek(repository)?.tags, ["2"]);
    fixture.clock.advance(24 * 60 * minute + 1);
    assert.equal(fixture.tags.peek(repository), undefined);
    assert.equal(await tagsNow(fixture), "3");
  });

  it("a failure behind the scenes loses no list, and is not repeated until its wait ends", async () => {
    const fixture = start();
    await tagsNow(fixture);
    fixture.clock.advance(11 * minute);
    fixture.next = silent;
    for (let count = 0; count < 3; count += 1) {
      assert.equal(await tagsNow(fixture), "1");
      await settled();
    }
    assert.deepEqual(fixture.sent, ["tags", "tags"]);
    fixture.next = undefined;
    fixture.clock.advance(minute);
    assert.equal(await tagsNow(fixture), "1");
    await settled();
    assert.deepEqual(fixture.tags.peek(repository)?.tags, ["3"]);
  });

  it("a refusal holds until the credentials change, and hides what credentials gave before", async () => {
    const fixture = start();
    await tagsNow(fixture);
    fixture.clock.advance(25 * 60 * minute);
    fixture.next = denied;
    assert.equal(await tagsNow(fixture), "access-denied");
    assert.equal(await tagsNow(fixture), "access-denied");
    assert.equal(fixture.sent.length, 2);
    fixture.next = undefined;
    fixture.stamp = "2";
    assert.equal(await tagsNow(fixture), "3");
  });

  it("a list that is refused when it is read again is no longer shown", async () => {
    const fixture = start();
    await tagsNow(fixture);
    fixture.clock.advance(11 * minute);
    fixture.next = denied;
    await tagsNow(fixture);
    await settled();
    assert.equal(fixture.tags.peek(repository), undefined);
    assert.equal(await tagsNow(fixture), "access-denied");
  });

  it("what the registry answers elsewhere, or a new network, ends the wait of its silence", async () => {
    for (const end of [
      ({ tags }: Fixture) => tags.registryAnswered("ghcr.io"),
      ({ tags }: Fixture) => tags.endWaits("network"),
    ]) {
      const fixture = start();
      fixture.next = silent;
      assert.equal(await tagsNow(fixture), "registry-unreachable");
      fixture.next = undefined;
      fixture.clock.advance(6000);
      assert.equal(await tagsNow(fixture), "registry-unreachable");
      end(fixture);
      assert.equal(await tagsNow(fixture), "2");
    }
  });

  it("details are kept by digest: a tag's are read again, and a person's lookup follows a failure", async () => {
    const { details, sent, ...fixture } = start();
    const tag = { ...repository, reference: "v1" };
    const pinned = { ...repository, reference: digest };
    await details.get(tag, options);
    assert.equal(details.peek(tag), undefined);
    assert.equal(details.peek(pinned)?.digest, digest);
    fixture.clock.advance(365 * 24 * 60 * minute);
    await details.get(pinned, options);
    assert.deepEqual(sent, ["details v1 person"]);
    await details.get(tag, { signal, mayPull: true });
    assert.equal(sent.at(-1), "details v1 person pull");
  });

  it("a failed reading of details is repeated whenever a person asks for it", async () => {
    const fixture = start();
    const pinned = { ...repository, reference: digest };
    fixture.next = silent;
    const failed = await fixture.details.get(pinned, options);
    assert.ok("status" in failed && failed.retryAt > fixture.clock.now());
    fixture.next = undefined;
    const answer = await fixture.details.get(pinned, options);
    assert.ok(!("status" in answer));
  });

  it("details are read in the background once, also while they are being read", async () => {
    const fixture = start();
    const pinned = { ...repository, reference: digest };
    await Promise.all([fixture.details.prefetch(pinned), fixture.details.prefetch(pinned)]);
    await fixture.details.prefetch(pinned);
    assert.deepEqual(fixture.sent, [`details ${digest} person`]);
    assert.equal(fixture.details.peek(pinned)?.digest, digest);
    assert.equal(fixture.changes, 1);
  });

  it("details that could not be read are read in the background when the wait ends, and not before", async () => {
    const fixture = start();
    const pinned = { ...repository, reference: digest };
    fixture.next = silent;
    const failed = await fixture.details.get(pinned, options);
    assert.ok("status" in failed);
    fixture.clock.advance(failed.retryAt - fixture.clock.now() - 1);
    await fixture.details.prefetch(pinned);
    assert.equal(fixture.sent.length, 1);
    fixture.clock.advance(1);
    await fixture.details.prefetch(pinned);
    assert.equal(fixture.sent.length, 2);
  });

  it("details that were refused are read in the background at once with other credentials", async () => {
    const fixture = start();
    const pinned = { ...repository, reference: digest };
    fixture.next = denied;
    await fixture.details.prefetch(pinned);
    await fixture.details.prefetch(pinned);
    assert.equal(fixture.sent.length, 1);
    fixture.stamp = "2";
    await fixture.details.prefetch(pinned);
    assert.equal(fixture.sent.length, 2);
  });

  it("details of 500 manifests are kept, the oldest leave first", async () => {
    const fixture = start();
    const keyOf = (number: number): ManifestKey => ({
      ...repository,
      repository: `team/app${String(number)}`,
      reference: digest,
    });
    for (let number = 0; number < 501; number += 1) await fixture.details.prefetch(keyOf(number));
    assert.equal(fixture.details.peek(keyOf(0)), undefined);
    assert.notEqual(fixture.details.peek(keyOf(1)), undefined);
    assert.notEqual(fixture.details.peek(keyOf(500)), undefined);
  });

  it("ends for its caller alone when that one leaves, and for all when nothing may be looked up", async () => {
    const fixture = start();
    const leaving = new AbortController();
    const reason = new Error("left");
    const left = fixture.tags.get(repository, { signal: leaving.signal, mayPull: false });
    const stays = fixture.tags.get(repository, options);
    leaving.abort(reason);
    await assert.rejects(left, reason);
    assert.ok(!("status" in (await stays)));
    fixture.tags.clear();
    const withdrawn = fixture.tags.get(repository, options);
    await Promise.resolve();
    fixture.tags.abortAll(reason);
    await assert.rejects(withdrawn, reason);
  });
});
