// When a proxy is used: N21's table of exceptions, and the environment's variables.

import assert from "node:assert/strict";
import { matchesException, proxyFor, proxyRules } from "../../../server/src/registry/proxyRules.ts";

const exceptions: readonly (readonly [entry: string, url: string, matches: boolean])[] = [
  ["example.com", "https://example.com", true],
  ["example.com", "https://EXAMPLE.com", true],
  ["example.com", "https://registry.example.com", true],
  ["example.com", "https://notexample.com", false],
  [".example.com", "https://registry.example.com", true],
  [".example.com", "https://example.com", true],
  ["*.example.com", "https://registry.example.com", true],
  ["*.example.com", "https://other.com", false],
  ["example.com:5000", "https://example.com:5000", true],
  ["example.com:5000", "https://example.com", false],
  ["example.com:443", "https://example.com", true],
  ["example.com:80", "http://example.com", true],
  ["*", "https://anything", true],
  ["10.0.0.0/8", "https://10.1.2.3:5000", true],
  ["10.0.0.0/8", "https://11.1.2.3", false],
  ["10.0.0.0/8", "https://example.com", false],
  ["fd00::/8", "https://[fd12::1]", true],
  ["fd00::/8", "https://[2001:db8::1]", false],
  ["10.1.2.3", "https://10.1.2.3:5000", true],
  ["10.1.2.3:5000", "https://10.1.2.3:5000", true],
  ["0.3", "https://10.0.0.3", false],
  ["::1", "https://[::1]:5000", true],
  ["[::1]", "https://[::1]:5000", true],
  ["[::1]:5000", "https://[::1]:5000", true],
  ["[::1]:5001", "https://[::1]:5000", false],
  ["2001:db8::1", "https://[2001:0db8:0::1]", true],
  ["", "https://example.com", false],
];

describe("exceptions from the proxy", () => {
  for (const [entry, url, matches] of exceptions) {
    it(`N21 ${JSON.stringify(entry)} ${matches ? "covers" : "does not cover"} ${url}`, () => {
      assert.equal(matchesException(new URL(url), entry), matches);
    });
  }
});

describe("the choice of a proxy", () => {
  const choose = (
    url: string,
    variables: Record<string, string>,
    chosen = "",
  ): string | undefined => proxyFor(new URL(url), proxyRules(variables, chosen))?.href;

  it("https goes through HTTPS_PROXY alone, and lower case counts first", () => {
    const variables = {
      HTTP_PROXY: "http://a:1",
      HTTPS_PROXY: "http://b:2",
      https_proxy: "http://c:3",
    };
    assert.equal(choose("https://example.com", variables), "http://c:3/");
    assert.equal(choose("http://example.com", variables), "http://a:1/");
    assert.equal(choose("https://example.com", { HTTP_PROXY: "http://a:1" }), undefined);
  });

  it("a proxy that was set goes before the environment's, whose exceptions still count", () => {
    const variables = { HTTPS_PROXY: "http://b:2", no_proxy: "internal.example, 10.0.0.0/8" };
    assert.equal(choose("https://example.com", variables, "http://set:1"), "http://set:1/");
    assert.equal(choose("https://internal.example", variables, "http://set:1"), undefined);
  });

  it("a proxy without a scheme is one over http, and nonsense is none", () => {
    assert.equal(
      choose("https://example.com", { HTTPS_PROXY: "proxy:3128" }),
      "http://proxy:3128/",
    );
    assert.equal(choose("https://example.com", { HTTPS_PROXY: "http://[" }), undefined);
  });

  it("loopback never goes through a proxy", () => {
    for (const url of ["https://localhost:5000", "http://127.0.0.1", "https://[::1]:1"]) {
      assert.equal(choose(url, {}, "http://set:1"), undefined);
    }
  });
});
