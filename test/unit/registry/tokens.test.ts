// What token endpoints answer, and for how long a token is good.

import assert from "node:assert/strict";
import { parseTokenAnswer } from "../../../server/src/registry/authentication/bearerToken.ts";
import { parseTime, retryAfter } from "../../../server/src/registry/transport/retryAfter.ts";
import {
  tokenGroup,
  type TokenWish,
} from "../../../server/src/registry/authentication/tokenWish.ts";

const now = Date.parse("2026-01-02T03:04:05Z");

function lifeSeconds(answer: Record<string, unknown>): number | undefined {
  const body = Buffer.from(JSON.stringify({ token: "t", ...answer }));
  const life = parseTokenAnswer(body, now)?.lifeMs;
  return life === undefined ? undefined : life / 1000;
}

describe("the life of tokens", () => {
  it("it is at least a minute and at most an hour, less a tenth or ten seconds", () => {
    assert.equal(lifeSeconds({}), 54);
    for (const expires of [0, -5, 10, "nonsense", null]) {
      assert.equal(lifeSeconds({ expires_in: expires }), 54, String(expires));
    }
    assert.equal(lifeSeconds({ expires_in: 300 }), 290);
    assert.equal(lifeSeconds({ expires_in: "300" }), 290);
    assert.equal(lifeSeconds({ expires_in: 1e9 }), 3590);
  });

  it("it begins when the server says, unless its clock is wrong", () => {
    const issued = (seconds: number): string => new Date(now - seconds * 1000).toISOString();
    assert.equal(lifeSeconds({ expires_in: 300, issued_at: issued(100) }), 190);
    assert.equal(lifeSeconds({ expires_in: 300, issued_at: issued(86_400) }), 290);
    assert.equal(lifeSeconds({ expires_in: 300, issued_at: issued(-86_400) }), 290);
    assert.equal(lifeSeconds({ expires_in: 300, issued_at: "yesterday" }), 290);
  });

  it("what no header may hold is not a token", () => {
    for (const token of ["", "a b", "a\nb", "ü", "x".repeat(17_000), 7, null, ["a"]]) {
      assert.equal(lifeSeconds({ token }), undefined, String(token));
    }
    assert.equal(parseTokenAnswer(Buffer.from("[]"), now), undefined);
    assert.equal(parseTokenAnswer(Buffer.from("["), now), undefined);
    assert.equal(parseTokenAnswer(Buffer.from("[".repeat(100_000)), now), undefined);
  });

  it("access_token goes before token, if it is usable", () => {
    const token = (answer: unknown): string | undefined =>
      parseTokenAnswer(Buffer.from(JSON.stringify(answer)), now)?.token;
    assert.equal(token({ token: "a", access_token: "b" }), "b");
    assert.equal(token({ token: "a", access_token: "" }), "a");
  });
});

describe("Retry-After", () => {
  it("is seconds or a date, at most an hour, and else what is usual", () => {
    assert.equal(retryAfter("30", now, 1), 30_000);
    assert.equal(retryAfter("999999", now, 1), 3_600_000);
    assert.equal(retryAfter("Fri, 02 Jan 2026 03:05:05 GMT", now, 1), 60_000);
    assert.equal(retryAfter("Fri, 02 Jan 2026 03:03:05 GMT", now, 1), 0);
    for (const value of [undefined, "", "soon", "-1", "1.5"]) {
      assert.equal(retryAfter(value, now, 7), 7, String(value));
    }
  });

  it("times are those of HTTP and RFC 3339", () => {
    assert.equal(parseTime("2026-01-02T03:04:05+01:00"), now - 3_600_000);
    assert.equal(parseTime("2026"), undefined);
  });
});

describe("requests that may have one token", () => {
  it("are of one host, endpoint and service, with one credential, and identify alike", () => {
    const origin = { source: "docker-config", place: "p", key: "h", username: "u" } as const;
    const secret = { kind: "password", username: "u", password: "p" } as const;
    const usual: TokenWish = {
      ...{ host: "h", endpoint: new URL("https://a/token"), service: "s", reach: "public" },
      ...{ mayIdentify: false, scopes: [], credential: { origin, secret, id: "1" } },
      ...{ alone: false, quiet: false },
    };
    const others: readonly Partial<TokenWish>[] = [
      { host: "i" },
      { endpoint: new URL("https://b/token") },
      { service: undefined },
      { mayIdentify: true },
      { credential: { origin, secret, id: "2" } },
      { credential: undefined },
    ];
    const groups = [usual, ...others.map((other) => ({ ...usual, ...other }))].map(tokenGroup);
    assert.equal(new Set(groups).size, groups.length);
    assert.equal(tokenGroup({ ...usual, scopes: ["x"] }), tokenGroup(usual));
  });
});
