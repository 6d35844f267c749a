// What stands in the log when the protocol's messages are written to it.

import assert from "node:assert/strict";
import { withoutSecrets } from "../../../client/src/traceText.ts";

describe("a message in the log", () => {
  it("holds nothing that signs in to a proxy", () => {
    const proxy = {
      url: "http://me:canary-1@proxy.example:3128",
      authorization: 'Basic "canary-2"',
      strictSsl: true,
    };
    const settings = [
      { proxy: "https://me:canary@3@proxy.example", proxyAuthorization: "Basic canary-4" },
    ];
    for (const indent of [undefined, 4]) {
      const text = withoutSecrets(JSON.stringify({ proxy, settings }, undefined, indent));
      assert.doesNotMatch(text, /canary/);
      assert.match(text, /proxy\.example:3128/);
      assert.deepEqual((JSON.parse(text) as { proxy: unknown }).proxy, {
        url: "http://…@proxy.example:3128",
        authorization: "…",
        strictSsl: true,
      });
    }
  });

  it("is otherwise as it was", () => {
    const text =
      '{"image":"ghcr.io/a/b:1@sha256:0","uri":"file:///a@b/c.yaml","href":"https://a/b@c"}';
    assert.equal(withoutSecrets(text), text);
  });
});
