// Places count as the protocol counts: UTF-16 units, whatever stands before them on the line and however lines end.

import assert from "node:assert/strict";
import type { CodeAction } from "vscode-languageserver/node";
import type { EditReport } from "../../server/src/protocol.ts";
import { helix, neovim, visualStudioCode } from "../support/clientProfiles.ts";
import { eventually } from "../support/deadline.ts";
import { edited, positionOf, withSession, type TestSession } from "../support/session.ts";

/** A Service in flow style, its image behind whatever `before` is. */
function manifest(host: string, before: string, lineBreak: string): string {
  return [
    "apiVersion: serving.knative.dev/v1",
    "kind: Service",
    "metadata: { name: 私の😀 }",
    "spec:",
    "  template:",
    "    spec:",
    `      containers: [{ name: "${before}", image: ${host}/shop/frontend:2.1 }] # ${before}`,
    "# no final line break",
  ].join(lineBreak);
}

async function pinAction({ client }: TestSession, uri: string, text: string): Promise<CodeAction> {
  const start = positionOf(text, "/shop/frontend:2.1");
  return await eventually("The pin", async () => {
    const actions = await client.codeActions(uri, { start, end: start });
    return actions.find((each): each is CodeAction => "edit" in each);
  });
}

describe("the place of an image", () => {
  for (const [name, before, lineBreak] of [
    ["emoji and CJK before it", "👩‍👩‍👧 私は", "\n"],
    ["CRLF at every line's end", "plain", "\r\n"],
  ] as const) {
    it(`with ${name} is found by hover and hint, and pinned byte for byte`, async () => {
      await withSession({ capabilities: helix }, async (session) => {
        const { client, sample, open } = session;
        const { host } = sample.registry;
        const { uri, text } = await open("service.yaml", manifest(host, before, lineBreak));
        assert.equal(client.initializeResult.capabilities.positionEncoding, "utf-16");
        const image = `${host}/shop/frontend:2.1`;
        const start = positionOf(text, image);
        const end = { line: start.line, character: start.character + image.length };
        const hover = await eventually("A hover", () =>
          client.hover(uri, start.line, start.character + 3).then((found) => found ?? undefined),
        );
        assert.deepEqual(hover.range, { start, end });
        const hints = await eventually("A hint", async () => {
          const found = await client.inlayHints(uri, { start: { line: 0, character: 0 }, end });
          return found.length > 0 ? found : undefined;
        });
        assert.deepEqual(hints[0]?.position, end);
        const action = await pinAction(session, uri, text);
        const pinned = `${image}@${sample.digests.frontend}`;
        assert.equal(edited(text, action.edit, uri), text.replace(image, pinned));
      });
    });
  }

  it("moves with the text that is typed before it", async () => {
    await withSession({ capabilities: visualStudioCode }, async (session) => {
      const { client, sample, open } = session;
      const { uri, text } = await open("service.yaml", manifest(sample.registry.host, "x", "\n"));
      const at = positionOf(text, '"x"');
      await client.change(uri, [{ range: { start: at, end: at }, text: "😀私" }]);
      await client.change(uri, [{ range: { start: at, end: at }, text: "# y\n          " }]);
      const changed = text.replace('"x"', '# y\n          😀私"x"');
      const wanted = positionOf(changed, "/shop/frontend");
      const hover = await client.hover(uri, wanted.line, wanted.character);
      assert.equal(hover?.range?.start.line, wanted.line);
    });
  });
});

describe("the image of an aliased mapping", () => {
  it("is shown, offered and told of once, since it stands in one place", async () => {
    await withSession({ capabilities: visualStudioCode }, async ({ client, sample, open }) => {
      const image = `${sample.registry.host}/shop/frontend`;
      const { uri, text } = await open(
        "service.yaml",
        [
          "apiVersion: serving.knative.dev/v1",
          "kind: Service",
          "metadata: { name: twins }",
          "spec:",
          "  template:",
          "    spec:",
          "      containers:",
          `        - &web { image: "${image}:2.1" }`,
          "        - *web",
          `        - &gone { image: "${image}:2.44" }`,
          "        - *gone",
          "",
        ].join("\n"),
      );
      await client.diagnostics(uri, (all) => all.some(({ code }) => code === "tag-not-found"));
      const range = { start: { line: 0, character: 0 }, end: { line: 12, character: 0 } };
      const hints = await eventually("The hints", async () => {
        const found = await client.inlayHints(uri, range);
        return found.length > 1 ? found : undefined;
      });
      assert.deepEqual(
        hints.map(({ position }) => position.line),
        [7, 9],
      );
      const start = positionOf(text, `${image}:2.1`);
      const titles = (await client.codeActions(uri, { start, end: start })).map((a) => a.title);
      assert.equal(new Set(titles).size, titles.length, titles.join("; "));
      const pin = { command: "knativeDigest.server.pin", arguments: [{ uri }] };
      const report = await client.connection.sendRequest<EditReport>(
        "workspace/executeCommand",
        pin,
      );
      assert.equal(report.changed, 1);
      assert.equal(report.failed.length, 1);
    });
  });
});

describe("an edit", () => {
  it("names the version of the text that it is for, where the client looks at versions", async () => {
    await withSession({ capabilities: helix }, async (session) => {
      const { client, open } = session;
      const { uri, text } = await open("service.yaml");
      const start = { line: 0, character: 0 };
      await client.change(uri, [{ range: { start, end: start }, text: "# new\n" }]);
      const { edit } = await pinAction(session, uri, `# new\n${text}`);
      const [change] = edit?.documentChanges ?? [];
      assert.ok(change !== undefined && "textDocument" in change);
      assert.equal(change.textDocument.version, 2);
    });
  });

  it("comes in the older form to clients that know no other", async () => {
    await withSession({ capabilities: neovim }, async (session) => {
      const { uri, text } = await session.open("service.yaml");
      const { edit } = await pinAction(session, uri, text);
      assert.equal(edit?.documentChanges, undefined);
      assert.equal(edit?.changes?.[uri]?.length, 1);
    });
  });
});
