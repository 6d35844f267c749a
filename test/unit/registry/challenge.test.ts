// `WWW-Authenticate` as registries really send it.

import assert from "node:assert/strict";
import {
  challengeScopes,
  chooseChallenge,
  parseChallenges,
} from "../../../server/src/registry/authentication/challenge.ts";
import { challengeOf } from "../../../server/src/registry/transport/hostRequest.ts";
import { cpuTimed } from "../../support/cpuTime.ts";

function parse(...lines: string[]): unknown {
  return parseChallenges(lines).map(({ scheme, parameters }) => [
    scheme,
    Object.fromEntries(parameters),
  ]);
}

describe("challenges", () => {
  it("several challenges in one line are told apart, and Bearer is chosen", () => {
    const line =
      'Bearer realm="https://codeberg.org/v2/token",service="container_registry",scope="*",Basic realm="https://codeberg.org/v2",service="container_registry",scope="*"';
    assert.deepEqual(parse(line), [
      [
        "bearer",
        { realm: "https://codeberg.org/v2/token", service: "container_registry", scope: "*" },
      ],
      ["basic", { realm: "https://codeberg.org/v2", service: "container_registry", scope: "*" }],
    ]);
    const basicFirst = 'Basic realm="x", Bearer realm="https://y/token"';
    assert.equal(chooseChallenge(parseChallenges([basicFirst]))?.scheme, "bearer");
  });

  it("several lines are read, and what cannot be answered is passed over", () => {
    const lines = ["Negotiate", 'Bearer realm="https://y/token"'];
    assert.deepEqual(parse(...lines), [
      ["negotiate", {}],
      ["bearer", { realm: "https://y/token" }],
    ]);
    assert.equal(chooseChallenge(parseChallenges(lines))?.scheme, "bearer");
    assert.equal(chooseChallenge(parseChallenges(["Negotiate", "NTLM"])), undefined);
  });

  it("quotes, commas, spaces and cases are read as they are meant", () => {
    assert.deepEqual(parse('BASIC Realm = "Registry, with \\"comma\\""'), [
      ["basic", { realm: 'Registry, with "comma"' }],
    ]);
    assert.deepEqual(
      parse('bearer REALM="https://a/t" , Scope="repository:a:pull,push repository:b:pull"'),
      [["bearer", { realm: "https://a/t", scope: "repository:a:pull,push repository:b:pull" }]],
    );
    assert.deepEqual(parse("Bearer realm=https, x=y"), [["bearer", { realm: "https", x: "y" }]]);
  });

  it("a Bearer challenge without a realm cannot be answered, and Basic is taken", () => {
    const lines = ['Bearer service="x"', 'Basic realm="y"'];
    assert.equal(chooseChallenge(parseChallenges(lines))?.scheme, "basic");
  });

  it("an unclosed quote ends its challenge alone", () => {
    assert.deepEqual(parse('Basic realm="a", Bearer realm="https://x', 'Basic realm="b"'), [
      ["basic", { realm: "a" }],
      ["basic", { realm: "b" }],
    ]);
  });

  it("the token of Negotiate is not a parameter", () => {
    assert.deepEqual(parse('Negotiate YIIabc+/==, Bearer realm="https://y/t"'), [
      ["negotiate", {}],
      ["bearer", { realm: "https://y/t" }],
    ]);
  });

  it("headers made to hurt are refused or cut, quickly", () => {
    const { milliseconds } = cpuTimed(parseHurtful);
    assert.ok(milliseconds < 500, `${milliseconds} ms`);
  });

  function parseHurtful(): void {
    assert.deepEqual(parse(`Bearer realm="${"x".repeat(1_000_000)}"`), []);
    const many = Array.from({ length: 10_000 }, (_, index) => `p${index}="v"`);
    assert.deepEqual(parse(`Bearer ${many.join(",")}`), []);
    const some = `Bearer ${many.slice(0, 500).join(",")}`;
    assert.equal(parseChallenges([some])[0]?.parameters.size, 16);
    parse(`Bearer ${"=".repeat(8000)}`, "a ".repeat(4000), `"${"\\".repeat(8000)}`);
    const schemes = Array.from({ length: 100 }, (_, index) => `s${index}`).join(", ");
    assert.ok(parseChallenges([schemes]).length <= 8);
  }

  it("a line of more than 8 KiB is not read, nor a challenge behind the eighth, nor a realm of more than 2 KiB", () => {
    const good = 'Bearer realm="https://y/token"';
    const filled = (length: number): string => `${good},${"x".repeat(length - good.length - 1)}`;
    assert.equal(chooseChallenge(parseChallenges([filled(8192)]))?.scheme, "bearer");
    assert.equal(chooseChallenge(parseChallenges([filled(8193)])), undefined);
    const others = (count: number): string[] => Array.from({ length: count }, (_, at) => `s${at}`);
    const inLines = (count: number): unknown =>
      chooseChallenge(parseChallenges([...others(count), good]));
    assert.notEqual(inLines(7), undefined);
    assert.equal(inLines(8), undefined);
    const inOne = (count: number): unknown =>
      chooseChallenge(parseChallenges([[...others(count), good].join(", ")]));
    assert.notEqual(inOne(7), undefined);
    assert.equal(inOne(8), undefined);
    const ofRealm = (length: number): unknown =>
      chooseChallenge(parseChallenges([`Bearer realm="${"r".repeat(length)}"`]));
    assert.notEqual(ofRealm(2048), undefined);
    assert.equal(ofRealm(2049), undefined);
  });

  it("the first of two values of one name stands", () => {
    assert.deepEqual(parse('Bearer realm="https://a", realm="https://b"'), [
      ["bearer", { realm: "https://a" }],
    ]);
  });

  it("scopes are taken as they are, unless they hold what no header may", () => {
    const challenge = (scope: string): readonly string[] =>
      parseChallenges([`Bearer realm="r", scope="${scope}"`]).flatMap(challengeScopes);
    assert.deepEqual(challenge("aws"), ["aws"]);
    assert.deepEqual(challenge("repository:a/b:pull repository:c:pull,push"), [
      "repository:a/b:pull",
      "repository:c:pull,push",
    ]);
    assert.deepEqual(challenge(""), []);
    assert.deepEqual(challenge("ü"), []);
    assert.deepEqual(challenge("a b c d e"), ["a", "b", "c", "d"]);
    assert.deepEqual(challenge(`${"s".repeat(513)} ok`), ["ok"]);
  });
});

describe("the challenge of an answer", () => {
  for (const [status, scheme] of [
    [200, undefined],
    [401, "bearer"],
    [403, "bearer"],
    [404, undefined],
  ] as const) {
    it(`of ${status} is ${scheme ?? "none"}`, () => {
      const headers = { "www-authenticate": ['Bearer realm="https://y/token"'] };
      const response = { status, headers } as unknown as Parameters<typeof challengeOf>[0];
      assert.equal(challengeOf(response)?.scheme, scheme);
    });
  }
});
