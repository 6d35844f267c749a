// The resolver over a client that the test answers for.

import assert from "node:assert/strict";
import { TransportError } from "../../../server/src/environment.ts";
import type { ManifestAnswer } from "../../../server/src/registry/manifestLookup.ts";
import { createHostTraits } from "../../../server/src/registry/transport/hostTraits.ts";
import type { AskOptions, RegistryClient } from "../../../server/src/registry/registryClient.ts";
import { RegistryError } from "../../../server/src/registry/registryError.ts";
import { keyText, type ManifestKey } from "../../../server/src/resolver/resolution.ts";
import { createResolver, type Resolver } from "../../../server/src/resolver/resolver.ts";
import { defaultSettings, type Settings } from "../../../server/src/settings.ts";
import { createHandClock, type HandClock } from "../../support/handClock.ts";
import { settled } from "../../support/settled.ts";

const digest = `sha256:${"a".repeat(64)}`;
const latest: ManifestKey = { registry: "ghcr.io", repository: "team/app", reference: "latest" };
const { signal } = new AbortController();

interface Question extends AskOptions {
  readonly name: ManifestKey;
  readonly answer: (digest?: string) => void;
  readonly fail: (error: Error) => void;
}

interface Fixture {
  readonly resolver: Resolver;
  readonly questions: Question[];
  readonly clock: HandClock;
  readonly settings: { current: Settings };
  readonly credentials: { stamp: string };
  /** Registries that may be asked although they could not be reached. */
  readonly forgiven: string[];
  /** References whose manifest was read. */
  readonly read: string[];
}

function start(): Fixture {
  const questions: Question[] = [];
  const clock = createHandClock();
  const settings = { current: defaultSettings };
  const credentials = { stamp: "1" };
  const forgiven: string[] = [];
  const read: string[] = [];
  const unused = (): never => assert.fail("not asked here");
  const client: RegistryClient = {
    findManifest: (name, options) =>
      new Promise<ManifestAnswer>((resolve, reject) => {
        const answer = (found = digest): void =>
          resolve({
            digest: found,
            mediaType: undefined,
            size: undefined,
            host: name.registry,
            notices: [],
            credentialPlace: "",
            route: "",
            byToken: false,
          });
        options.signal.addEventListener("abort", () => reject(options.signal.reason as Error));
        questions.push({ ...options, name, answer, fail: reject });
      }),
    readDetails: (key) => {
      read.push(key.reference);
      const nothing = { created: undefined, source: undefined, layersSize: undefined };
      return Promise.resolve({ digest, mediaType: "", platforms: [], ...nothing });
    },
    listTags: unused,
    keychain: {
      credentialFor: unused,
      explain: unused,
      placeOf: () => Promise.resolve(""),
      stamp: () => Promise.resolve(credentials.stamp),
      clear: unused,
      remember: unused,
    },
    traits: createHostTraits(),
    controllerTraits: () => undefined,
    pinged: () => undefined,
    routeOf: () => "",
    closedFor: () => 0,
    forgive: (registry) => void forgiven.push(registry),
    reset: () => undefined,
    close: () => Promise.resolve(),
  };
  const resolver = createResolver({
    client,
    clock,
    log: () => undefined,
    settings: () => settings.current,
    policy: { trusted: true, offline: false },
  });
  return { resolver, questions, clock, settings, credentials, forgiven, read };
}

function missing(): RegistryError {
  return new RegistryError(
    { kind: "not-found", error: undefined, url: "https://ghcr.io/x" },
    "ghcr.io",
  );
}

function silence(): RegistryError {
  const errors = [new TransportError("refused", "ECONNREFUSED")];
  return new RegistryError({ kind: "transport", errors, url: "https://ghcr.io/x" }, "ghcr.io");
}

function limited(retryAt: number): RegistryError {
  return new RegistryError({ kind: "rate-limited", retryAt }, "ghcr.io");
}

function denied(): RegistryError {
  const url = "https://ghcr.io/x";
  return new RegistryError(
    { kind: "denied", status: 401, at: "registry", error: undefined, url },
    "ghcr.io",
  );
}

describe("the resolver", () => {
  it("asks once for all who want the same, as urgently as the most urgent of them", async () => {
    const { resolver, questions } = start();
    resolver.prefetch([latest, latest], "rest");
    await settled();
    assert.equal(questions.length, 1);
    assert.equal(questions[0]?.priority(), "rest");
    const waiting = resolver.resolve(latest, { signal, priority: "hover" });
    await settled();
    assert.equal(questions.length, 1);
    assert.equal(questions[0].priority(), "hover");
    questions[0].answer();
    const answer = await waiting;
    assert.ok(answer.status === "resolved" && !answer.stale);
  });

  it("an answer grows stale, is shown with its age, and is asked for again", async () => {
    const { resolver, questions, clock } = start();
    resolver.prefetch([latest], "visible");
    await settled();
    questions[0]?.answer();
    await settled();
    clock.advance(4 * 60_000);
    resolver.prefetch([latest], "visible");
    await settled();
    assert.equal(questions.length, 1);
    clock.advance(2 * 60_000);
    const stale = resolver.peek(latest);
    assert.ok(stale.status === "resolved" && stale.stale);
    resolver.prefetch([latest], "visible");
    await settled();
    assert.equal(questions.length, 2);
    const meanwhile = resolver.peek(latest);
    assert.ok(meanwhile.status === "resolved" && meanwhile.digest === digest);
    questions[1]?.answer(`sha256:${"b".repeat(64)}`);
    await settled();
    const fresh = resolver.peek(latest);
    assert.ok(fresh.status === "resolved" && fresh.digest.includes("bbb") && !fresh.stale);
  });

  it("a tag that is missing is not asked for again for two minutes", async () => {
    const { resolver, questions, clock } = start();
    resolver.prefetch([latest], "visible");
    await settled();
    questions[0]?.fail(missing());
    await settled();
    clock.advance(119_000);
    resolver.prefetch([latest], "visible");
    await settled();
    assert.equal(questions.length, 1);
    clock.advance(2_000);
    resolver.prefetch([latest], "visible");
    await settled();
    assert.equal(questions.length, 2);
  });

  it("access that was denied is asked for again when a credential file has changed", async () => {
    const { resolver, questions, credentials } = start();
    resolver.prefetch([latest], "visible");
    await settled();
    questions[0]?.fail(denied());
    await settled();
    resolver.prefetch([latest], "visible");
    await settled();
    assert.equal(questions.length, 1);
    credentials.stamp = "2";
    resolver.prefetch([latest], "visible");
    await settled();
    assert.equal(questions.length, 2);
  });

  describe("after a failure", () => {
    /** Asks once, fails, and lets the views settle. */
    async function failed(error: (fixture: Fixture) => RegistryError): Promise<Fixture> {
      const fixture = start();
      fixture.resolver.prefetch([latest], "visible");
      await settled();
      fixture.questions[0]?.fail(error(fixture));
      await settled();
      return fixture;
    }
    const timesOf = ({ resolver }: Fixture): { at: number; retryAt: number } => {
      const peeked = resolver.peek(latest);
      return peeked.status === "failed" ? peeked : assert.fail(peeked.status);
    };

    it("says when it was tried and when next, and waits longer each time", async () => {
      const fixture = await failed(silence);
      const { resolver, questions, clock } = fixture;
      for (const [index, seconds] of [30, 60, 120, 240, 300, 300].entries()) {
        const { at, retryAt } = timesOf(fixture);
        assert.equal(at, clock.now());
        assert.equal(retryAt - at, seconds * 1000);
        clock.advance(seconds * 1000 - 1);
        resolver.prefetch([latest], "visible");
        await settled();
        assert.equal(questions.length, index + 1);
        clock.advance(1);
        resolver.prefetch([latest], "visible");
        await settled();
        questions[index + 1]?.fail(silence());
        await settled();
      }
    });

    it("a reason to try again ends the wait, and the failure is shown until the answer is there", async () => {
      const fixture = await failed(silence);
      const { resolver, questions, clock, forgiven } = fixture;
      clock.advance(5000);
      assert.deepEqual(resolver.retryFailed("focus"), [latest]);
      assert.deepEqual(forgiven, ["ghcr.io"]);
      assert.equal(timesOf(fixture).retryAt, clock.now());
      resolver.prefetch([latest], "visible");
      await settled();
      assert.equal(questions.length, 2);
      assert.equal(resolver.peek(latest).status, "failed");
      questions[1]?.answer();
      await settled();
      assert.equal(resolver.peek(latest).status, "resolved");
    });

    it("however often somebody looks, it is not tried again within five seconds", async () => {
      const { resolver, clock } = await failed(silence);
      clock.advance(4999);
      assert.deepEqual(resolver.retryFailed("looked-at", [latest]), []);
      clock.advance(1);
      assert.deepEqual(resolver.retryFailed("looked-at", [latest]), [latest]);
    });

    const undone: readonly (readonly [string, (fixture: Fixture) => RegistryError, string])[] = [
      ["silence", silence, "looked-at focus network"],
      ["a missing tag", missing, "looked-at focus"],
      ["a refusal", denied, "credentials"],
      ["a limit", ({ clock }) => limited(clock.now() + 60_000), ""],
    ];
    for (const [what, error, reasons] of undone) {
      it(`${what} is looked up again after: ${reasons}`, async () => {
        const { resolver, clock } = await failed(error);
        clock.advance(10_000);
        const all = ["looked-at", "focus", "network", "credentials"] as const;
        const ending = all.filter((reason) => resolver.retryFailed(reason).length > 0);
        assert.equal(ending.join(" "), reasons);
      });
    }

    it("an answer of the same registry takes back that it does not answer, and nothing else", async () => {
      const { resolver, questions, clock } = start();
      const keys = ["silent", "missing", "elsewhere", "good"].map((reference) => ({
        ...latest,
        ...(reference === "elsewhere" ? { registry: "quay.io" } : {}),
        reference,
      }));
      resolver.prefetch(keys, "visible");
      await settled();
      for (const index of [0, 2]) questions[index]?.fail(silence());
      questions[1]?.fail(missing());
      await settled();
      clock.advance(6000);
      questions[3]?.answer();
      await settled();
      assert.deepEqual(
        keys.map((key) => resolver.peek(key).status),
        ["not-asked", "failed", "failed", "resolved"],
      );
    });

    it("a clock that stood ahead and was corrected makes nobody wait for as long as it was wrong", async () => {
      const fixture = start();
      const { resolver, questions, clock } = fixture;
      clock.set(3_600_000);
      resolver.prefetch([latest], "visible");
      await settled();
      questions[0]?.fail(silence());
      await settled();
      clock.set(-3_600_000);
      assert.ok(timesOf(fixture).at <= clock.now());
      assert.equal(timesOf(fixture).retryAt - clock.now(), 30_000);
      clock.advance(30_000);
      resolver.prefetch([latest], "visible");
      await settled();
      assert.equal(questions.length, 2);
      questions[1]?.answer();
      await settled();
      // The same for how fresh an answer is.
      clock.set(-3_600_000);
      const answer = resolver.peek(latest);
      assert.ok(answer.status === "resolved" && answer.at <= clock.now() && !answer.stale);
      clock.advance(5 * 60_000);
      const later = resolver.peek(latest);
      assert.ok(later.status === "resolved" && later.stale);
    });
  });

  it("refresh asks again by a person's wish, and fresh does without waiting for staleness", async () => {
    const { resolver, questions } = start();
    resolver.prefetch([latest], "visible");
    await settled();
    assert.equal(questions[0]?.byPerson, false);
    questions[0].answer();
    await settled();
    resolver.refresh([latest]);
    const peeked = resolver.peek(latest);
    assert.ok(peeked.status === "resolved" && peeked.stale);
    resolver.prefetch([latest], "visible");
    await settled();
    assert.equal(questions[1]?.byPerson, true);
    questions[1].answer();
    await settled();
    const again = resolver.resolve(latest, { signal, priority: "hover", fresh: true });
    await settled();
    assert.equal(questions[2]?.byPerson, true);
    questions[2].answer();
    await again;
  });

  it("when nothing may be asked any more, waiting callers get what is known", async () => {
    const { resolver, questions } = start();
    const waiting = resolver.resolve(latest, { signal, priority: "hover" });
    await settled();
    resolver.setPolicy({ trusted: false, offline: false });
    assert.deepEqual(await waiting, { status: "not-asked", reason: "untrusted" });
    assert.ok(questions[0]?.signal.aborted);
  });

  it("settings that change forget failures and keep answers", async () => {
    const { resolver, questions } = start();
    const other = { ...latest, reference: "other" };
    resolver.prefetch([latest, other], "visible");
    await settled();
    questions[0]?.answer();
    questions[1]?.fail(missing());
    await settled();
    resolver.settingsChanged();
    assert.equal(resolver.peek(latest).status, "resolved");
    assert.deepEqual(resolver.peek(other), { status: "not-asked", reason: "not-yet" });
  });

  it("one document reaches at most twenty registries and two hundred manifests", async () => {
    const { resolver, questions } = start();
    const keys = Array.from({ length: 300 }, (_, index) => ({ ...latest, reference: `t${index}` }));
    resolver.prefetch(keys, "rest");
    await settled();
    assert.equal(questions.length, 200);
    assert.deepEqual(
      questions.map(({ name }) => keyText(name)),
      keys.slice(0, 200).map(keyText),
    );
  });

  it("details of a tag are those of the digest that it has, and outlive a refresh", async () => {
    const { resolver, questions, read } = start();
    await resolver.prefetchDetails(latest);
    assert.deepEqual(read, [], "its digest is not known");
    resolver.prefetch([latest], "visible");
    await settled();
    questions[0]?.answer();
    await settled();
    await resolver.prefetchDetails(latest);
    assert.deepEqual(read, [digest]);
    assert.equal(resolver.peekDetails(latest)?.digest, digest);
    assert.equal(resolver.peekDetails({ ...latest, reference: digest })?.digest, digest);
    resolver.refresh();
    await resolver.prefetchDetails({ ...latest, reference: digest });
    assert.deepEqual(read, [digest]);
  });

  it("details are not read while nothing may be looked up, and at once when it may again", async () => {
    const { resolver, read } = start();
    const pinned = { ...latest, reference: digest };
    resolver.setPolicy({ trusted: false, offline: false });
    await resolver.prefetchDetails(pinned);
    assert.deepEqual(read, []);
    resolver.setPolicy({ trusted: true, offline: false });
    await resolver.prefetchDetails(pinned);
    assert.deepEqual(read, [digest]);
  });

  it("an error that nobody foresaw is not hidden", async () => {
    const { resolver, questions } = start();
    const waiting = resolver.resolve(latest, { signal, priority: "hover" });
    await settled();
    questions[0]?.fail(new TypeError("a bug"));
    await assert.rejects(waiting, /a bug/);
  });

  it("generation grows with each change, and listeners can leave", async () => {
    const { resolver, questions } = start();
    let calls = 0;
    const leave = resolver.onDidChange(() => (calls += 1));
    const before = resolver.generation;
    resolver.prefetch([latest], "visible");
    await settled();
    questions[0]?.answer();
    await settled();
    assert.ok(resolver.generation > before && calls > 0);
    leave();
    const heard = calls;
    resolver.refresh();
    assert.equal(calls, heard);
  });
});
