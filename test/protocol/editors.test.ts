// The built server with editors of different abilities: each gets all that it can take, and none is asked what it cannot answer.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type {
  ClientCapabilities,
  CodeAction,
  Command,
  Diagnostic,
  Range,
} from "vscode-languageserver/node";
import { bare, eglot, helix, neovim, visualStudioCode } from "../support/clientProfiles.ts";
import { eventually } from "../support/deadline.ts";
import { startLanguageServer, type LanguageClient } from "../support/lspClient.ts";
import { withSample, type SampleEnvironment } from "../support/sampleEnvironment.ts";

const editors: Readonly<Record<string, ClientCapabilities>> = {
  "VS Code": visualStudioCode,
  Helix: helix,
  Eglot: eglot,
  Neovim: neovim,
  "an editor that says nothing of itself": bare,
};

/** Opens a file of the sample in a server of its own. */
async function inEditor(
  capabilities: ClientCapabilities,
  file: string,
  body: (editor: {
    client: LanguageClient;
    sample: SampleEnvironment;
    uri: string;
    text: string;
  }) => Promise<void>,
): Promise<void> {
  await withSample(async (sample) => {
    const folder = { uri: pathToFileURL(sample.workspace).href, name: "sample" };
    const client = await startLanguageServer({
      capabilities,
      env: sample.env,
      workspaceFolders: [folder],
    });
    try {
      const path = join(sample.workspace, file);
      const [uri, text] = [pathToFileURL(path).href, await readFile(path, "utf8")];
      await client.open(uri, text);
      await body({ client, sample, uri, text });
      assert.deepEqual(client.unanswerable, []);
      assert.equal(await client.stop(), 0);
    } finally {
      client.process.kill();
    }
  });
}

/** The action that pins the image at a place: offered once the registry has answered. */
async function pinAction(
  client: LanguageClient,
  uri: string,
  range: Range,
): Promise<CodeAction | Command> {
  return await eventually("The pin", async () => {
    const actions = await client.codeActions(uri, range);
    return actions.find(({ title }) => title.startsWith("Pin"));
  });
}

function positionOf(text: string, wanted: string): { line: number; character: number } {
  const before = text.slice(0, text.indexOf(wanted)).split("\n");
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

describe("the server in other editors", () => {
  for (const [name, capabilities] of Object.entries(editors)) {
    it(`${name} shows the findings of a file, and those that a registry tells`, async () => {
      await inEditor(capabilities, "shop.yaml", async ({ client, uri }) => {
        const wanted = ["registry-skipped", "tag-not-found"];
        await client.diagnostics(uri, (found) =>
          wanted.every((code) => found.some((each) => each.code === code)),
        );
      });
    });

    it(`${name} is told where a finding is explained, and what else it has to do with`, async () => {
      await inEditor(capabilities, "shop.yaml", async ({ client, uri }) => {
        const isSkipped = ({ code }: Diagnostic): boolean => code === "registry-skipped";
        const found = await client.diagnostics(uri, (all) => all.some(isSkipped));
        const skipped = found.find(isSkipped);
        assert.match(
          skipped?.codeDescription?.href ?? "",
          /\/docs\/diagnostics\/registry-skipped\.md#registry-skipped$/,
        );
        const places = skipped?.relatedInformation?.map(({ location }) => location.uri) ?? [];
        assert.match(places.join(), /config-deployment\.yaml$/);
      });
    });

    it(`${name} shows the digest in a hover and in a hint`, async () => {
      await inEditor(capabilities, "service.yaml", async ({ client, sample, uri, text }) => {
        const { line, character } = positionOf(text, "/shop/frontend:2.1");
        const { frontend } = sample.digests;
        await eventually("The digest in the hover", async () => {
          const hover = JSON.stringify(await client.hover(uri, line, character));
          return hover.includes(frontend) ? true : undefined;
        });
        const range = { start: { line: 0, character: 0 }, end: { line: line + 1, character: 0 } };
        const hints = await client.inlayHints(uri, range);
        assert.ok(JSON.stringify(hints).includes(frontend.slice(7, 19)));
      });
    });

    it(`${name} is offered a pin`, async () => {
      await inEditor(capabilities, "service.yaml", async ({ client, uri, text }) => {
        const start = positionOf(text, "/shop/frontend:2.1");
        const range = { start, end: start };
        await client.hover(uri, start.line, start.character);
        const pin = await pinAction(client, uri, range);
        assert.ok(!isCommand(pin));
      });
    });
  }

  it("an editor that knows commands only pins by one, and is sent the edit", async () => {
    const capabilities = { workspace: { applyEdit: true } };
    await inEditor(capabilities, "service.yaml", async ({ client, sample, uri, text }) => {
      const start = positionOf(text, "/shop/frontend:2.1");
      const pin = await pinAction(client, uri, { start, end: start });
      assert.ok(isCommand(pin));
      const edit = client.next("workspace/applyEdit");
      const { command, arguments: args = [] } = pin;
      await client.connection.sendRequest("workspace/executeCommand", { command, arguments: args });
      assert.ok(JSON.stringify(await edit).includes(`@${sample.digests.frontend}`));
    });
  });
});

function isCommand(action: CodeAction | Command): action is Command {
  return typeof action.command === "string";
}
