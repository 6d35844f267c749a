// How clients tell settings and folders: in many shapes, and not all of them as they said they would.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ClientCapabilities, Diagnostic } from "vscode-languageserver/node";
import { bare, visualStudioCode } from "../support/clientProfiles.ts";
import { startLanguageServer } from "../support/lspClient.ts";
import { withSample } from "../support/sampleEnvironment.ts";
import { withSession, type TestSession } from "../support/session.ts";

const asError = { diagnostics: { "registry-skipped": "error" } };
const offline = { resolve: "off" };

function isError(found: readonly Diagnostic[]): boolean {
  return found.some(({ code, severity }) => code === "registry-skipped" && severity === 1);
}

async function configure({ client }: TestSession, settings: unknown): Promise<void> {
  await client.connection.sendNotification("workspace/didChangeConfiguration", { settings });
}

describe("settings that a client gave at the start", () => {
  for (const settings of [null, {}, { yaml: { validate: true } }, { knativeDigest: offline }]) {
    it(`still hold when it sends ${JSON.stringify(settings)} later`, async () => {
      const initializationOptions = { knativeDigest: { ...offline, ...asError } };
      await withSession({ capabilities: bare, initializationOptions }, async (session) => {
        const { uri, text } = await session.open("shop.yaml");
        await session.client.diagnostics(uri, isError);
        await configure(session, settings);
        // What is opened now is read with the settings that hold now.
        const later = await session.open("later.yaml", text);
        assert.ok(isError(await session.client.diagnostics(later.uri)));
        assert.deepEqual(session.sample.registry.requests, []);
      });
    });
  }
});

describe("settings that a client sends of its own accord", () => {
  for (const settings of [asError, { knativeDigest: asError }]) {
    it(`hold as ${JSON.stringify(settings)}`, async () => {
      await withSession({ capabilities: bare }, async (session) => {
        const { uri } = await session.open("shop.yaml");
        await configure(session, settings);
        await session.client.diagnostics(uri, isError);
      });
    });
  }

  it("hold, too, if it may be asked and then answers nothing", async () => {
    const capabilities = { workspace: { configuration: true } };
    await withSession({ capabilities }, async (session) => {
      const { uri } = await session.open("shop.yaml");
      await configure(session, { knativeDigest: asError });
      await session.client.diagnostics(uri, isError);
    });
  });
});

describe("a client that refuses to register what it said it would", () => {
  it("has its workspace looked at all the same", async () => {
    const refuses = ["client/registerCapability"];
    await withSession({ capabilities: visualStudioCode, refuses }, async ({ client, open }) => {
      const { uri } = await open("shop.yaml");
      await client.diagnostics(uri, (found) =>
        found.some(({ relatedInformation = [] }) => relatedInformation.length > 0),
      );
    });
  });
});

describe("a client that writes null for what it cannot do", () => {
  it("is pushed its diagnostics", async () => {
    const capabilities = {
      workspace: { configuration: null, workspaceEdit: null },
      textDocument: { diagnostic: null, codeAction: { codeActionLiteralSupport: null } },
    } as unknown as ClientCapabilities;
    await withSession({ capabilities }, async ({ client, open }) => {
      assert.equal(client.initializeResult.capabilities.diagnosticProvider, undefined);
      const { uri } = await open("shop.yaml");
      const published = client.next("textDocument/publishDiagnostics");
      assert.equal(((await published) as { uri: string }).uri, uri);
    });
  });
});

describe("a client that says what diagnostics may hold where it says that it pulls them", () => {
  it("is told the places that belong to a finding", async () => {
    const diagnostic = { relatedInformation: true };
    const capabilities = {
      workspace: { diagnostics: { refreshSupport: true } },
      textDocument: { diagnostic },
    };
    await withSession({ capabilities }, async ({ client, open }) => {
      const { uri } = await open("shop.yaml");
      await client.diagnostics(uri, (found) =>
        found.some(({ relatedInformation = [] }) => relatedInformation.length > 0),
      );
    });
  });
});

describe("a workspace's folder", () => {
  const spellings: Readonly<Record<string, (uri: string) => string>> = {
    "with a slash at its end": (uri) => `${uri}/`,
    "with other letters escaped": (uri) => uri.replace("/sample", "/%73ample"),
  };
  for (const [name, spell] of Object.entries(spellings)) {
    it(`${name} still holds its configuration when that is closed`, async () => {
      await withSample(async ({ workspace, env }) => {
        const folder = { uri: spell(pathToFileURL(workspace).href), name: "sample" };
        const capabilities = visualStudioCode;
        const client = await startLanguageServer({ capabilities, env, workspaceFolders: [folder] });
        try {
          const open = async (file: string): Promise<string> => {
            const path = join(workspace, file);
            const uri = pathToFileURL(path).href;
            await client.open(uri, await readFile(path, "utf8"));
            return uri;
          };
          const isSkipped = (found: readonly Diagnostic[]): boolean =>
            found.some(
              ({ code, relatedInformation = [] }) =>
                code === "registry-skipped" && relatedInformation.length > 0,
            );
          const [shop, config] = [
            await open("shop.yaml"),
            await open("cluster/config-deployment.yaml"),
          ];
          await client.diagnostics(shop, isSkipped);
          const refreshed = client.next("workspace/diagnostic/refresh");
          await client.close(config);
          await refreshed;
          assert.ok(isSkipped(await client.diagnostics(shop)));
          const argument = { format: "csv" };
          const command = "knativeDigest.server.inventory";
          const params = { command, arguments: [argument] };
          const csv = await client.connection.sendRequest("workspace/executeCommand", params);
          assert.match(String(csv), /"shop\.yaml"/);
        } finally {
          client.process.kill();
        }
      });
    });
  }
});

describe("what changes for other documents", () => {
  const isSkipped = ({ code }: Diagnostic): boolean => code === "registry-skipped";

  it("is shown in them: settings that are asked for again", async () => {
    let answer: unknown = {};
    const options = { capabilities: visualStudioCode, configuration: () => answer };
    await withSession(options, async (session) => {
      const { uri } = await session.open("shop.yaml");
      await session.client.diagnostics(uri, (found) => found.some(isSkipped));
      answer = asError;
      await configure(session, null);
      await session.client.diagnostics(uri, isError);
    });
  });

  it("is shown in them: a configuration that is typed and not saved", async () => {
    // No answer of a registry is to have the documents asked for again.
    const options = { capabilities: visualStudioCode, configuration: () => offline };
    await withSession(options, async ({ client, open }) => {
      const { uri } = await open("shop.yaml");
      const config = await open("cluster/config-deployment.yaml");
      await client.diagnostics(uri, (found) => found.some(isSkipped));
      const told = async (text: string): Promise<void> => {
        const refreshed = client.next("workspace/diagnostic/refresh");
        await client.change(config.uri, [{ text }]);
        await refreshed;
      };
      await told(config.text.replace("registries-skipping-tag-resolving", "something-else"));
      assert.ok(!(await client.diagnostics(uri)).some(isSkipped));
      // And back: the editor may have been told just then that the workspace was looked at.
      await told(config.text);
      assert.ok((await client.diagnostics(uri)).some(isSkipped));
    });
  });
});
