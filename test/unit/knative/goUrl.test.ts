// URLs are read and refused as Go does, without ever showing a password.

import assert from "node:assert/strict";
import { parseGoUrl, withoutUserInfo } from "../../../server/src/knative/go/goUrl.ts";

describe("parseGoUrl", () => {
  for (const [text, host, path] of [
    ["https://GCR.io:443/v1/", "GCR.io:443", "/v1/"],
    ["http://[::1]:5000/a", "[::1]:5000", "/a"],
    ["https://user:pw@gcr.io/a?b#c", "gcr.io", "/a"],
    ["https://r?.example.com", "r", ""],
    ["https://r.io/%74eam/%e4%b8%ad", "r.io", "/team/中"],
    ["https://r.io/%ef%bb%bfa", "r.io", "/\ufeffa"],
    ["https://%e9.io", "\ufffd.io", ""],
    ["https://", "", ""],
    ["https://gcr.io:", "gcr.io:", ""],
  ] as const) {
    it(`reads ${text}`, () => {
      assert.deepEqual(parseGoUrl(text), { kind: "url", host, path });
    });
  }
  for (const [text, problem] of [
    ["https://%zz", 'invalid URL escape "%zz"'],
    ["https://%41.io", 'invalid URL escape "%41"'],
    ["https://a.io/%4", 'invalid URL escape "%4"'],
    ["https://a.io/%aé", String.raw`invalid URL escape "%a\xc3"`],
    ["https://a.io/%é", 'invalid URL escape "%é"'],
    ["https://a b", 'invalid character " " in host name'],
    ["https://a^b", 'invalid character "^" in host name'],
    ["https://a.io:x", 'invalid port ":x" after host'],
    ["https://[a].io", 'invalid port ".io" after host'],
    ["https://[a", "missing ']' in host"],
    ["https://a.io\n", "net/url: invalid control character in URL"],
  ] as const) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseGoUrl(text), {
        kind: "error",
        message: `parse ${JSON.stringify(text)}: ${problem}`,
      });
    });
  }
  it("shows the fragment only where the fragment is wrong", () => {
    assert.deepEqual(parseGoUrl("https://a b#c"), {
      kind: "error",
      message: 'parse "https://a b": invalid character " " in host name',
    });
    assert.deepEqual(parseGoUrl("https://a#%zz"), {
      kind: "error",
      message: 'parse "https://a#%zz": invalid URL escape "%zz"',
    });
  });
  it("shows no user name and no password", () => {
    assert.deepEqual(parseGoUrl("https://bob:secret@a b"), {
      kind: "error",
      message: 'parse "https://***@a b": invalid character " " in host name',
    });
    assert.deepEqual(parseGoUrl("https://bob secret@a.io"), {
      kind: "error",
      message: 'parse "https://***@a.io": net/url: invalid userinfo',
    });
  });
});

describe("withoutUserInfo", () => {
  it("leaves a URL without any alone", () => {
    assert.equal(withoutUserInfo("https://a.io/b@c"), "https://a.io/b@c");
    assert.equal(withoutUserInfo("a.io"), "a.io");
  });
});
