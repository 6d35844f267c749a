// The resolver over a client that the test answers for.

import assert from "node:assert/strict";
import type { ManifestAnswer } from "../../../server/src/registry/manifestLookup.ts";
import { createHostTraits } from "../../../server/src/registry/hostTraits.ts";
import type {
  AskOptions,
  ManifestName,
  RegistryClient,
} from "../../../server/src/registry/registryClient.ts";
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
  readonly name: ManifestName;
  readonly answer: (digest?: string) => void;
  readonly fail: (error: Error) => void;
}

interface Fixture {
  readonly resolver: Resolver;
  readonly questions: Question[];
  readonly clock: HandClock;
  readonly settings: { current: Settings };
  readonly credentials: { stamp: string };
}

function start(): Fixture {
  const questions: Question[] = [];
  const clock = createHandClock();
  const settings = { current: defaultSettings };
  const credentials = { stamp: "1" };
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
          });
        options.signal.addEventListener("abort", () => reject(options.signal.reason as Error));
        questions.push({ ...options, name, answer, fail: reject });
      }),
    readDetails: unused,
    listTags: unused,
    keychain: {
      credentialFor: unused,
      explain: unused,
      placeOf: () => Promise.resolve(""),
      stamp: () => Promise.resolve(credentials.stamp),
      clear: unused,
    },
    traits: createHostTraits(),
    countsPulls: () => false,
    routeOf: () => "",
    closedUntil: () => 0,
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
  return { resolver, questions, clock, settings, credentials };
}

function missing(): RegistryError {
  return new RegistryError(
    { kind: "not-found", error: undefined, url: "https://ghcr.io/x" },
    "ghcr.io",
  );
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
    resolver.want([latest, latest], "rest");
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
    resolver.want([latest], "visible");
    await settled();
    questions[0]?.answer();
    await settled();
    clock.advance(4 * 60_000);
    resolver.want([latest], "visible");
    await settled();
    assert.equal(questions.length, 1);
    clock.advance(2 * 60_000);
    const stale = resolver.peek(latest);
    assert.ok(stale.status === "resolved" && stale.stale);
    resolver.want([latest], "visible");
    await settled();
    assert.equal(questions.length, 2);
    const meanwhile = resolver.peek(latest);
    assert.ok(meanwhile.status === "resolved" && meanwhile.digest === digest);
    questions[1]?.answer(`sha256:${"b".repeat(64)}`);
    await settled();
    const fresh = resolver.peek(latest);
    assert.ok(fresh.status === "resolved" && fresh.digest.includes("bbb") && !fresh.stale);
  });

  it("P16 a tag that is missing is not asked for again for two minutes", async () => {
    const { resolver, questions, clock } = start();
    resolver.want([latest], "visible");
    await settled();
    questions[0]?.fail(missing());
    await settled();
    clock.advance(119_000);
    resolver.want([latest], "visible");
    await settled();
    assert.equal(questions.length, 1);
    clock.advance(2_000);
    resolver.want([latest], "visible");
    await settled();
    assert.equal(questions.length, 2);
  });

  it("access that was denied is asked for again when a credential file has changed", async () => {
    const { resolver, questions, credentials } = start();
    resolver.want([latest], "visible");
    await settled();
    questions[0]?.fail(denied());
    await settled();
    resolver.want([latest], "visible");
    await settled();
    assert.equal(questions.length, 1);
    credentials.stamp = "2";
    resolver.want([latest], "visible");
    await settled();
    assert.equal(questions.length, 2);
  });

  it("refresh asks again by a person's wish, and fresh does without waiting for staleness", async () => {
    const { resolver, questions } = start();
    resolver.want([latest], "visible");
    await settled();
    assert.equal(questions[0]?.byPerson, false);
    questions[0].answer();
    await settled();
    resolver.refresh([latest]);
    const peeked = resolver.peek(latest);
    assert.ok(peeked.status === "resolved" && peeked.stale);
    resolver.want([latest], "visible");
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

  it("when nothing may be asked any more, whoever waits gets what is known", async () => {
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
    resolver.want([latest, other], "visible");
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
    resolver.want(keys, "rest");
    await settled();
    assert.equal(questions.length, 200);
    assert.deepEqual(
      questions.map(({ name }) => keyText(name)),
      keys.slice(0, 200).map(keyText),
    );
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
    resolver.want([latest], "visible");
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
