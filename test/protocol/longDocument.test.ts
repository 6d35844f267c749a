// A document that takes long is read in another thread: meanwhile the others are answered.

import assert from "node:assert/strict";
import type { ReadElsewhere } from "../../server/src/document/documentAnalysis.ts";
import { analyzeDocument } from "../../server/src/document/oneDocument.ts";
import { neovim, visualStudioCode } from "../support/clientProfiles.ts";
import {
  withOpened,
  type InProcessOptions,
  type InProcessServer,
} from "../support/inProcessServer.ts";
import { service } from "../support/reading.ts";
import { positionOf, withSession } from "../support/session.ts";

// Knative skips its registry: nothing is looked up, so that reading alone decides when the answer comes.
const image = "dev.local/team/app:v1";
const item = `- ${service(image).trimEnd().replace(/\n/g, "\n  ")}\n  extra: { a: b }\n`;
const head = "apiVersion: v1\nkind: List\nitems:\n";
const long = head + item.repeat(1500);

describe("a document that takes long", () => {
  it("is answered as if it were short, and after what was asked later", async () => {
    await withSession({ capabilities: visualStudioCode, folder: false }, async ({ client }) => {
      const answered: string[] = [];
      const ask = async (name: string, text: string): Promise<unknown> => {
        const { line, character } = positionOf(text, image);
        const answer = await client.hover(`file:///w/${name}.yaml`, line, character + 1);
        answered.push(name);
        return answer;
      };
      await client.open("file:///w/short.yaml", head + item);
      const expected = await ask("short", head + item);
      assert.ok(expected !== null);
      // Its settings are known once it was answered: what is typed is read before the next request is looked at.
      await client.open("file:///w/long.yaml", head + item);
      assert.deepEqual(await ask("long", head + item), expected);
      await client.change("file:///w/long.yaml", [{ text: long }]);
      const asked = [ask("long", long), ask("short", head + item)];
      assert.deepEqual(await Promise.all(asked), [expected, expected]);
      assert.deepEqual(answered.slice(-2), ["short", "long"]);
    });
  });
});

describe("a document that is still being read elsewhere", () => {
  const uri = "file:///w/long.yaml";
  const wrong = head + item.replace(image, "Nginx:1").repeat(200);

  /** Runs `body` with a server that has opened the document, and with what lets its reading end. */
  async function whileReading(
    options: InProcessOptions,
    body: (server: InProcessServer, end: () => void) => Promise<void>,
  ): Promise<void> {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const readElsewhere: ReadElsewhere = async (text, how) => {
      await ended;
      return analyzeDocument(text, how);
    };
    await withOpened({ uri, text: wrong }, { ...options, readElsewhere }, (server) =>
      body(server, end),
    );
  }

  /** Lets the server go on after its pauses. */
  async function turn(server: InProcessServer): Promise<void> {
    for (let pause = 0; pause < 9; pause += 1) {
      await server.idle();
      server.clock.advance(1000);
    }
  }

  it("has its diagnostics pushed once it was read, and not read again for that", async () => {
    await whileReading({ capabilities: neovim }, async (server, end) => {
      const pushed = () =>
        server.told
          .filter(({ method }) => method === "textDocument/publishDiagnostics")
          .map(({ params }) => params as { uri: string; diagnostics: unknown[] })
          .filter((each) => each.uri === uri);
      await server.connection.sendNotification("workspace/didChangeConfiguration", {});
      await turn(server);
      assert.deepEqual(pushed(), []);
      end();
      await turn(server);
      assert.equal(pushed().at(-1)?.diagnostics.length, 200);
    });
  });

  it("is waited for by a comparison with the cluster", async () => {
    const options = { initializationOptions: { commandLinks: true } };
    await whileReading(options, async (server, end) => {
      let isAnswered = false;
      const answer = server.execute("compareCluster").then(() => (isAnswered = true));
      await server.idle();
      assert.equal(isAnswered, false);
      end();
      await turn(server);
      assert.equal(await answer, true);
    });
  });
});
