// When a proxy is used: the table of exceptions, and the environment's variables.

import assert from "node:assert/strict";
import {
  matchesException,
  proxyFor,
  proxyRules,
} from "../../../server/src/registry/transport/proxyRules.ts";

const exceptions: readonly (readonly [entry: string, url: string, matches: boolean | undefined])[] =
  [
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
    ["https://example.com/", "https://example.com", true],
    ["10.*", "https://10.1.2.3", true],
    ["10.*", "https://110.1.2.3", false],
    ["192.168.*.7", "https://192.168.3.7", true],
    ["192.168.*.7", "https://192.168.3.17", false],
    ["registry-*.example.com", "https://registry-eu.example.com", true],
    ["registry-*.example.com", "https://registry-eu.example.org", false],
    ["<local>", "https://registry", true],
    ["<local>", "https://registry.example", false],
    ["bücher.example", "https://xn--bcher-kva.example", true],
    // What cannot be understood is neither an exception nor none.
    ["10.0.0.0/33", "https://10.1.2.3", undefined],
    ["fd00::/129", "https://10.1.2.3", undefined],
    ["example.com/8", "https://example.com", undefined],
    ["10.0.0.0/8/8", "https://10.1.2.3", undefined],
    ["example.com:99999", "https://example.com", undefined],
    ["example.com:port", "https://example.com", undefined],
    ["[::1", "https://[::1]:5000", undefined],
    ["me@example.com", "https://example.com", undefined],
    [":5000", "https://example.com:5000", undefined],
  ];

describe("exceptions from the proxy", () => {
  for (const [entry, url, matches] of exceptions) {
    const verb =
      matches === undefined ? "cannot be understood for" : matches ? "covers" : "does not cover";
    it(`${JSON.stringify(entry)} ${verb} ${url}`, () => {
      assert.equal(matchesException(new URL(url), entry), matches);
    });
  }
});

describe("the choice of a proxy", () => {
  const choose = (
    url: string,
    variables: Record<string, string>,
    chosen = "",
  ): string | undefined => {
    const rules = proxyRules(variables, { url: chosen, setting: "knativeDigest.proxy" });
    const choice = proxyFor(new URL(url), rules);
    return choice.kind === "proxy"
      ? choice.url.href
      : choice.kind === "direct"
        ? undefined
        : choice.message;
  };

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

  it("a proxy without a scheme is one over http", () => {
    assert.equal(
      choose("https://example.com", { HTTPS_PROXY: "proxy:3128" }),
      "http://proxy:3128/",
    );
  });

  for (const proxy of [
    "http://[",
    "http://me:canary/1@proxy:3128",
    "http://me:12/canary@proxy:3128",
    "http://me:12#canary@proxy:3128",
    "http://me:12?canary@proxy:3128",
    "me:12#canary@proxy:3128",
    "http://me:canary@proxy:99999",
    "socks5://me:canary@proxy:1080",
    "http://",
  ]) {
    it(`the proxy ${proxy} stops the request, and the sentence names the setting alone`, () => {
      for (const [variables, chosen, setting] of [
        [{ HTTPS_PROXY: proxy }, "", "HTTPS_PROXY"],
        [{ https_proxy: proxy }, "", "https_proxy"],
        [{}, proxy, "knativeDigest.proxy"],
      ] as const) {
        const message = choose("https://example.com", { ...variables }, chosen) ?? "";
        assert.match(message, new RegExp(`^invalid proxy in ${setting}: `));
        assert.doesNotMatch(message, /canary|3128|99999/);
      }
      assert.equal(choose("https://127.0.0.1:5000", { HTTPS_PROXY: proxy }), undefined);
    });
  }

  it("an exception that cannot be understood stops what no other exception covers", () => {
    const variables = { HTTPS_PROXY: "http://a:1", NO_PROXY: "10.0.0.0/33,example.com" };
    assert.equal(choose("https://example.com", variables), undefined);
    assert.match(choose("https://example.org", variables) ?? "", /"10.0.0.0\/33" in NO_PROXY/);
    assert.equal(choose("https://example.org", { NO_PROXY: "10.0.0.0/33" }), undefined);
  });

  it("loopback never goes through a proxy", () => {
    for (const url of ["https://localhost:5000", "http://127.0.0.1", "https://[::1]:1"]) {
      assert.equal(choose(url, {}, "http://set:1"), undefined);
    }
  });
});
