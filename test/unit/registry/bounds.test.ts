// What a session remembers of registries has a bound: of more hosts, tokens or passwords the oldest are forgotten.

import assert from "node:assert/strict";
import { createCredentialTrials } from "../../../server/src/registry/authentication/credentialTrials.ts";
import { keptTokens } from "../../../server/src/registry/authentication/keptTokens.ts";
import { sharedTokens } from "../../../server/src/registry/authentication/sharedTokens.ts";
import { tokenUrl } from "../../../server/src/registry/authentication/tokenRequest.ts";
import type { TokenWish } from "../../../server/src/registry/authentication/tokenWish.ts";
import { RegistryError, type DeniedProblem } from "../../../server/src/registry/registryError.ts";
import type { Lookup } from "../../../server/src/registry/transport/exchange.ts";
import { createHostHealth } from "../../../server/src/registry/transport/hostHealth.ts";
import { createHostTraits } from "../../../server/src/registry/transport/hostTraits.ts";
import { createHandClock } from "../../support/handClock.ts";
import { settled } from "../../support/settled.ts";

function wish(host: string, scope: string): TokenWish {
  return {
    ...{ host, endpoint: new URL(`https://${host}/token`), service: undefined, reach: "public" },
    ...{ mayIdentify: false, scopes: [scope], credential: undefined, alone: false, quiet: false },
  };
}

const scopeOf = (name: string): string => `repository:team/${name}:pull`;
const lookup = (): Lookup =>
  ({ signal: new AbortController().signal, priority: () => "hover" }) as Lookup;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

describe("what is remembered of registries", () => {
  it("is known of 256 hosts", () => {
    const traits = createHostTraits();
    for (const at of numbers(257)) traits.update(`h${at}`, { scheme: "https" });
    assert.deepEqual([traits.get("h0").scheme, traits.get("h1").scheme], [undefined, "https"]);
  });

  it("says of 512 hosts that they limit requests, do not answer, or have answered", () => {
    const health = createHostHealth(createHandClock());
    const error = new RegistryError({ kind: "transport", errors: [], url: "https://h/" }, "h");
    const hosts = numbers(513).map((at) => `h${at}`);
    for (const host of hosts) health.limited(host, "", 60_000);
    assert.doesNotThrow(() => health.check("h0", ""));
    assert.throws(() => health.check("h1", ""));
    for (const host of hosts) health.failed(host, error);
    assert.deepEqual([health.closedFor("h0"), health.closedFor("h1") > 0], [0, true]);
    for (const host of hosts) health.answered(host);
    for (const host of hosts) health.failed(host, error);
    // One that has answered is closed after three failures only.
    assert.deepEqual([health.closedFor("h1"), health.closedFor("h2")], [0, 0]);
    health.forgive("h0");
    health.failed("h0", error);
    assert.ok(health.closedFor("h0") > 0);
  });

  it("closes a host for five minutes at most", () => {
    const health = createHostHealth(createHandClock());
    const error = new RegistryError({ kind: "transport", errors: [], url: "https://h/" }, "h");
    numbers(30).forEach(() => health.failed("h", error));
    assert.equal(health.closedFor("h"), 300_000);
  });

  it("is which of 512 passwords were accepted, and which refused", () => {
    const trials = createCredentialTrials(createHandClock());
    const origin = { source: "docker-config", place: "p", key: "h", username: "u" } as const;
    const secret = { kind: "password", username: "u", password: "p" } as const;
    const trial = (name: string) => ({
      ...{ host: "h", scope: scopeOf("app"), credential: { origin, secret, id: name } },
    });
    const refusal: DeniedProblem = {
      ...{ kind: "denied", status: 401, at: "registry", error: undefined, url: "https://h/" },
    };
    for (const at of numbers(513)) trials.accept(trial(`a${at}`));
    for (const name of ["a0", "a1"]) trials.refuse(trial(name), refusal);
    assert.deepEqual([trials.isWrong(trial("a0")), trials.isWrong(trial("a1"))], [true, false]);
    for (const at of numbers(513)) trials.refuse(trial(`r${at}`), refusal);
    assert.deepEqual([trials.isWrong(trial("r0")), trials.isWrong(trial("r1"))], [false, true]);
  });

  it("are the tokens of 256 places, and 512 of each", async () => {
    let requests = 0;
    const tokens = keptTokens(
      ({ scopes }) => {
        requests += 1;
        return Promise.resolve({ token: `t${requests}`, scopes, lifeMs: 60_000 });
      },
      { clock: createHandClock(), traits: createHostTraits() },
    );
    const isKept = async (host: string, name: string): Promise<boolean> =>
      (await tokens.get(wish(host, scopeOf(name)), lookup())).kept;
    for (const at of numbers(257)) await isKept(`h${at}`, "app");
    assert.deepEqual([await isKept("h256", "app"), await isKept("h0", "app")], [true, false]);
    for (const at of numbers(513)) await isKept("one", `app${at}`);
    assert.deepEqual([await isKept("one", "app512"), await isKept("one", "app0")], [true, false]);
  });

  it("is asked for twenty repositories at once, as far as a URL of 4 KiB holds them", async () => {
    const sizes = async (name: string): Promise<readonly [count: number, length: number][]> => {
      const clock = createHandClock();
      const asked: [number, number][] = [];
      const { get } = sharedTokens(
        (each) => {
          asked.push([each.scopes.length, tokenUrl(each).href.length]);
          return Promise.resolve({ token: "t", scopes: each.scopes, lifeMs: 60_000 });
        },
        { clock, traits: createHostTraits(), timeoutMs: () => 10_000 },
      );
      const all = Promise.all(
        numbers(30).map((at) => get(wish("h", scopeOf(`${name}${at}`)), lookup())),
      );
      clock.advance(15);
      await settled();
      await all;
      return asked;
    };
    const counts = (await sizes("app")).map(([count]) => count);
    assert.deepEqual(counts, [20, 10]);
    const long = await sizes("x".repeat(300));
    assert.ok(long.length > 2);
    for (const [, length] of long) assert.ok(length <= 4096, String(length));
  });
});
