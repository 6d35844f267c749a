// A failed lookup recovers by itself: when the registry is back, and when somebody has signed in.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MarkupContent } from "vscode-languageserver/node";
import type { ServerStatus } from "../../server/src/protocol.ts";
import { startDemoRegistry } from "../demo/demoRegistry.ts";
import { privatePrefix, pushSampleImages, writeDockerConfig } from "../demo/sampleWorkspace.ts";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { eventually } from "../support/deadline.ts";
import { positionOf, withSession, type TestSession } from "../support/session.ts";

const capabilities = visualStudioCode;
const initializationOptions = { commandLinks: true };

/** The last status that the server told. */
function lastStatus({ client }: TestSession): ServerStatus | undefined {
  const all = client.received.filter(({ method }) => method === "knativeDigest/status");
  return all.at(-1)?.params as ServerStatus | undefined;
}

async function hover({ client }: TestSession, uri: string, text: string, word: string) {
  const { line, character } = positionOf(text, word);
  const found = await client.hover(uri, line, character);
  return (found?.contents as MarkupContent | undefined)?.value ?? "";
}

/** The label of the first hint of the file. */
async function hints({ client }: TestSession, uri: string): Promise<string> {
  const range = { start: { line: 0, character: 0 }, end: { line: 200, character: 0 } };
  const params = { textDocument: { uri }, range };
  return JSON.stringify(await client.connection.sendRequest("textDocument/inlayHint", params));
}

/** Starts the sample's registry again, at the same place. */
async function restart({ sample }: TestSession) {
  const port = Number(sample.registry.host.split(":")[1]);
  const registry = await startDemoRegistry(privatePrefix, port);
  pushSampleImages(registry);
  return registry;
}

const image = "/shop/frontend:2.1";

describe("a registry that is back", () => {
  it("is asked when the window gets the focus, and the status names it no more", async () => {
    await withSession({ capabilities, initializationOptions }, async (session) => {
      const { client, sample, open } = session;
      const { host } = sample.registry;
      await sample.registry.stop();
      const { uri } = await open("service.yaml");
      await eventually("The failure", () => lastStatus(session)?.unreachable.includes(host));
      const registry = await restart(session);
      try {
        const short = sample.digests.frontend.slice("sha256:".length, "sha256:".length + 8);
        await eventually("The digest", async () => {
          await client.connection.sendNotification("knativeDigest/focused");
          return (await hints(session, uri)).includes(short) || undefined;
        });
        await eventually("A status without it", () =>
          lastStatus(session)?.unreachable.length === 0 ? true : undefined,
        );
      } finally {
        await registry.stop();
      }
    });
  });

  it("is asked when somebody points at an image of it", async () => {
    await withSession({ capabilities, initializationOptions }, async (session) => {
      const { sample, open } = session;
      await sample.registry.stop();
      const { uri, text } = await open("service.yaml");
      await eventually("The failure", async () =>
        /next try/.test(await hover(session, uri, text, image)) ? true : undefined,
      );
      const registry = await restart(session);
      try {
        await eventually("The digest", async () =>
          (await hover(session, uri, text, image)).includes(sample.digests.frontend)
            ? true
            : undefined,
        );
      } finally {
        await registry.stop();
      }
    });
  });
});

describe("a registry that denies access", () => {
  it("is asked once somebody has signed in, without a word from the editor", async () => {
    await withSession({ capabilities, initializationOptions }, async (session) => {
      const { sample, open } = session;
      const folder = join(sample.scratch, "docker");
      await writeFile(join(folder, "config.json"), "{}");
      const { uri } = await open("service.yaml", privateService(sample.registry.host));
      await eventually("The failure", async () =>
        (await hints(session, uri)).includes("no access") ? true : undefined,
      );
      await writeDockerConfig(folder, sample.registry);
      await eventually("The digest", async () =>
        (await hints(session, uri)).includes("@") ? true : undefined,
      );
    });
  });
});

function privateService(host: string): string {
  return `apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: a }
spec:
  template:
    spec:
      containers:
        - image: ${host}/${privatePrefix}invoices:7
`;
}
