// Completion in an editor: tags of the registry, repositories of the workspace, and no question that nobody meant.

import assert from "node:assert/strict";
import {
  CompletionTriggerKind,
  type CompletionItem,
  type CompletionList,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { helix, visualStudioCode } from "../support/clientProfiles.ts";
import { singleImage } from "../demo/sampleImages.ts";
import { eventually } from "../support/deadline.ts";
import { readMarks } from "../support/markedText.ts";
import { withSession, type TestSession } from "../support/session.ts";

const capabilities = visualStudioCode;

/** The items at the mark `<|>`, where VS Code asks after a `:`. */
async function complete(
  { client }: TestSession,
  uri: string,
  marked: string,
  triggerKind: CompletionTriggerKind = CompletionTriggerKind.TriggerCharacter,
): Promise<readonly CompletionItem[]> {
  const { text, cursor } = readMarks(marked);
  await client.change(uri, [{ text }]);
  const position = TextDocument.create(uri, "yaml", 0, text).positionAt(cursor);
  const list = await client.connection.sendRequest("textDocument/completion", {
    textDocument: { uri },
    position,
    context: { triggerKind, triggerCharacter: ":" },
  });
  return (list as CompletionList | null)?.items ?? [];
}

function manifest(image: string): string {
  return `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: a }\nspec:\n  template:\n    spec:\n      containers:\n        - image: ${image}\n`;
}

describe("completion", () => {
  it("offers the registry's tags behind the colon", async () => {
    await withSession({ capabilities }, async (session) => {
      const { sample, open } = session;
      const { host } = sample.registry;
      const { uri } = await open("service.yaml");
      const items = await complete(session, uri, manifest(`${host}/shop/cart:<|>`));
      assert.deepEqual(
        items.map(({ label }) => label),
        ["1.4"],
      );
      const edit = items[0]?.textEdit;
      assert.ok(edit && "range" in edit);
      assert.deepEqual(edit.range.start, edit.range.end);
    });
  });

  it("replaces a tag to its end, and the digest behind it with the new tag's", async () => {
    const own = { commandLinks: true };
    await withSession({ capabilities, initializationOptions: own }, async (session) => {
      const { digests, registry } = session.sample;
      const next = registry.push("shop/cart", "1.5", singleImage("cart 1.5"));
      const { uri } = await session.open("service.yaml");
      const written = (item: CompletionItem | undefined, marked: string): string => {
        const edit = item?.textEdit;
        assert.ok(edit && "range" in edit);
        const document = TextDocument.create(uri, "yaml", 0, readMarks(marked).text);
        return TextDocument.applyEdits(document, [edit]);
      };
      const image = `${registry.host}/shop/cart`;
      const itemAt = async (marked: string): Promise<CompletionItem | undefined> =>
        (await complete(session, uri, marked)).find(({ label }) => label === "1.5");
      const open = manifest(`${image}:1<|>.4`);
      assert.equal(written(await itemAt(open), open), manifest(`${image}:1.5`));
      const pinned = manifest(`${image}:1<|>.4@${digests.cart}`);
      // Nobody knows the new digest yet: our client brings it once the tag is written.
      const first = await itemAt(pinned);
      assert.equal(written(first, pinned), manifest(`${image}:1.5@${digests.cart}`));
      assert.equal(first?.command?.command, "knativeDigest.updateImage");
      // A hover has it looked up; then both are written at once.
      const bare = manifest(`${image}:1.5`);
      await session.client.change(uri, [{ text: bare }]);
      const at = TextDocument.create(uri, "yaml", 0, bare).positionAt(bare.indexOf("shop/cart"));
      await eventually("The digest", async () => {
        const hover = await session.client.hover(uri, at.line, at.character);
        return JSON.stringify(hover).includes(next) ? true : undefined;
      });
      assert.equal(written(await itemAt(pinned), pinned), manifest(`${image}:1.5@${next}`));
    });
  });

  it("writes no second colon behind a key, and offers nothing where a digest stands", async () => {
    await withSession({ capabilities }, async (session) => {
      const { uri } = await session.open("service.yaml");
      const config =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\ndata:\n";
      const [key] = await complete(session, uri, `${config}  prog<|>ress: 600s\n`);
      assert.ok(key?.textEdit && "range" in key.textEdit);
      assert.equal(key.textEdit.newText, key.label);
      assert.equal(key.textEdit.range.end.character, "  progress".length);
      const digest = await complete(session, uri, manifest("ghcr.io/team/app@sha256:<|>"));
      assert.deepEqual(digest, []);
    });
  });

  it("documents a tag with the digest that is known, and asks nothing for it", async () => {
    await withSession({ capabilities: helix }, async (session) => {
      const { client, sample, open } = session;
      const { host, requests } = sample.registry;
      const { uri, text } = await open("service.yaml");
      const word = text.split("\n").findIndex((line) => line.includes("frontend:2.1"));
      await eventually("The digest", async () => {
        const hover = await client.hover(uri, word, 40);
        return JSON.stringify(hover).includes(sample.digests.frontend) ? true : undefined;
      });
      const [item] = await complete(session, uri, manifest(`${host}/shop/frontend:<|>`));
      const before = requests.length;
      const resolved = await client.connection.sendRequest("completionItem/resolve", item);
      assert.ok(JSON.stringify(resolved).includes(sample.digests.frontend));
      assert.equal(requests.length, before);
    });
  });

  it("offers the workspace's repositories before there is a colon", async () => {
    await withSession({ capabilities }, async (session) => {
      const { sample, open } = session;
      const { host } = sample.registry;
      const { uri } = await open("service.yaml");
      await eventually("The repositories", async () => {
        const items = await complete(session, uri, manifest("<|>"));
        return items.some(({ label }) => label === `${host}/shop/checkout`) ? true : undefined;
      });
    });
  });

  it("asks nothing without trust, offline, in other tools' files, and for a port", async () => {
    for (const [marked, options] of [
      [manifest("HOST/shop/cart:<|>"), { initializationOptions: { trusted: false } }],
      [manifest("HOST/shop/cart:<|>"), { configuration: () => ({ resolve: "off" }) }],
      ["jobs:\n  a:\n    container:\n      image: HOST/shop/cart:<|>\n", {}],
      [manifest("localhost:<|>"), {}],
    ] as const) {
      await withSession({ capabilities, ...options, folder: false }, async (session) => {
        const { sample, open } = session;
        const { uri } = await open("service.yaml", "");
        const items = await complete(session, uri, marked.replace("HOST", sample.registry.host));
        assert.deepEqual(
          items.filter(({ label }) => label === "1.4"),
          [],
          marked,
        );
        assert.deepEqual(sample.registry.requests, [], marked);
      });
    }
  });

  it("asks only a registry that may be asked, where requests go out on demand alone", async () => {
    const configuration = (): unknown => ({ resolve: "on-demand" });
    await withSession({ capabilities, configuration, folder: false }, async (session) => {
      const { sample, open } = session;
      const { uri } = await open("service.yaml", "");
      const text = manifest(`${sample.registry.host}/shop/cart:<|>`);
      await complete(session, uri, text);
      assert.deepEqual(sample.registry.requests, []);
      const items = await complete(session, uri, text, CompletionTriggerKind.Invoked);
      assert.equal(items.length, 1);
    });
  });
});
