// When diagnostics are published again, and when the client has them already.

import assert from "node:assert/strict";
import type { Diagnostic, PublishDiagnosticsParams } from "vscode-languageserver";
import { createPublisher } from "../../../server/src/server/state/publisher.ts";

function setUp() {
  const sent: string[] = [];
  const publisher = createPublisher({
    sendDiagnostics({ uri, version, diagnostics }: PublishDiagnosticsParams) {
      sent.push(`${uri} ${version ?? "-"} ${diagnostics.map(({ code }) => code).join(",")}`);
      return Promise.resolve();
    },
  });
  return { publisher, sent };
}

function finding(code: string, character = 0): Diagnostic {
  const place = { line: 0, character };
  return { code, message: code, range: { start: place, end: place } };
}

describe("published diagnostics", () => {
  it("are sent again only when they or the version change", async () => {
    const { publisher, sent } = setUp();
    const [first, second] = [
      { uri: "a", version: 1 },
      { uri: "a", version: 2 },
    ];
    await publisher.publish(first, []);
    await publisher.publish(first, []);
    await publisher.publish(first, [finding("x")]);
    await publisher.publish(first, [finding("x")]);
    await publisher.publish(first, [finding("x", 1)]);
    await publisher.publish(second, [finding("x", 1)]);
    await publisher.publish({ uri: "b", version: 2 }, [finding("x", 1)]);
    assert.deepEqual(sent, ["a 1 ", "a 1 x", "a 1 x", "a 2 x", "b 2 x"]);
  });

  it("are taken away with their document, and sent when it is opened again", async () => {
    const { publisher, sent } = setUp();
    const document = { uri: "a", version: 1 };
    await publisher.publish(document, [finding("x")]);
    await publisher.close("a");
    await publisher.publish(document, [finding("x")]);
    assert.deepEqual(sent, ["a 1 x", "a - ", "a 1 x"]);
  });
});
