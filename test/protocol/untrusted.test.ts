// In a workspace that the user does not trust nothing is sent, whatever is asked for.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { startLanguageServer } from "../support/lspClient.ts";
import { withSample } from "../support/sampleEnvironment.ts";

describe("the server in an untrusted workspace", () => {
  it("sends nothing for hovers, hints, actions and commands, and says what is known offline", async () => {
    await withSample(async ({ registry, workspace, env }) => {
      const client = await startLanguageServer({
        capabilities: visualStudioCode,
        env,
        initializationOptions: { trusted: false },
        workspaceFolders: [{ uri: pathToFileURL(workspace).href, name: "sample" }],
      });
      try {
        const path = join(workspace, "shop.yaml");
        const [uri, text] = [pathToFileURL(path).href, await readFile(path, "utf8")];
        await client.open(uri, text);
        await client.diagnostics(uri, (found) =>
          found.some(({ code }) => code === "registry-skipped"),
        );
        const lines = text.split("\n");
        const line = lines.findIndex((each) => each.includes("/shop/checkout:3.0"));
        const character = (lines[line] ?? "").indexOf("/shop/checkout:3.0");
        const position = { line, character };
        await client.hover(uri, line, character);
        const end = { line: lines.length, character: 0 };
        await client.inlayHints(uri, { start: { line: 0, character: 0 }, end });
        for (const action of await client.codeActions(uri, { start: position, end: position })) {
          if ("kind" in action) await client.connection.sendRequest("codeAction/resolve", action);
        }
        for (const command of client.initializeResult.capabilities.executeCommandProvider
          ?.commands ?? []) {
          const params = { command, arguments: [{ uri, position }] };
          // Some refuse, with words for the user; none may send.
          await client.connection.sendRequest("workspace/executeCommand", params).catch(String);
        }
        assert.deepEqual(registry.requests, []);
        assert.equal(await client.stop(), 0);
      } finally {
        client.process.kill();
      }
    });
  });
});
