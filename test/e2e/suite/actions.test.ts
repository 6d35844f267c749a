// In the extension host: each code action makes exactly the edit that its title promises.

import assert from "node:assert/strict";
import { basename } from "node:path";
import {
  CodeActionKind,
  commands,
  ConfigurationTarget,
  workspace,
  type CodeAction,
  type TextDocument,
} from "vscode";
import { skippedHost } from "../../demo/sampleWorkspace.ts";
import {
  actionAt,
  diagnosticAt,
  eventually,
  hoverAt,
  open,
  openNew,
  rangeOf,
  removeNew,
  service,
  subject,
  textBecomes,
} from "./workbench.ts";

/** Applies the action with this title at a text. */
async function apply(
  document: TextDocument,
  text: string,
  title: RegExp,
  kind?: string,
): Promise<void> {
  const { edit } = await actionAt(document, text, title, kind);
  assert.ok(edit);
  await workspace.applyEdit(edit);
}

/** All actions of ours at a text. */
async function actionsAt(
  document: TextDocument,
  text: string,
  kind?: string,
): Promise<CodeAction[]> {
  return await commands.executeCommand<CodeAction[]>(
    "vscode.executeCodeActionProvider",
    document.uri,
    rangeOf(document, text),
    kind,
  );
}

describe("a code action", () => {
  const { host, digests } = subject();
  const tag = `${host}/shop/frontend:2.1`;
  const pinned = `${tag}@${digests.frontend}`;

  afterEach(async () => {
    await removeNew();
  });

  it("pins an image, and renames its revision in the same step", async () => {
    const document = await openNew(service(`"${tag}" # web`, "app-v1"));
    await apply(document, tag, /^Pin the image to sha256:.* and rename the revision$/, "quickfix");
    await textBecomes(document, service(`"${pinned}" # web`, "app-v2"));
  });

  it("pins an image and leaves the revision's name to the user", async () => {
    const document = await openNew(service(tag, "app-v1"));
    await apply(document, tag, /^Pin the image to sha256:[0-9a-f]+…$/, "quickfix");
    await textBecomes(document, service(pinned, "app-v1"));
  });

  it("pins every image in the file", async () => {
    const other = `${host}/shop/checkout:3.0`;
    const document = await openNew(`${service(tag)}---\n${service(other)}`);
    await apply(document, tag, /^Pin every image in this file \(2\)$/, "quickfix");
    await textBecomes(
      document,
      `${service(pinned)}---\n${service(`${other}@${digests.checkout}`)}`,
    );
  });

  it("updates a pin whose tag has moved", async () => {
    const cart = `${host}/shop/cart:1.4`;
    const document = await openNew(service(`${cart}@${digests.cartBefore}`));
    await apply(document, cart, /^Update the pin/, "quickfix");
    await textBecomes(document, service(`${cart}@${digests.cart}`));
  });

  it("unpins, and writes a pin in another style", async () => {
    const rewrite = CodeActionKind.RefactorRewrite.value;
    const document = await openNew(service(pinned));
    await apply(document, tag, /^Rewrite as digest # tag$/, rewrite);
    const commented = service(`${host}/shop/frontend@${digests.frontend} # 2.1`);
    await textBecomes(document, commented);
    await apply(document, "/shop/frontend", /^Rewrite as tag@digest$/, rewrite);
    await textBecomes(document, service(pinned));
    await apply(document, tag, /^Unpin \(keep tag 2\.1\)$/, rewrite);
    await textBecomes(document, service(tag));
    await apply(document, tag, /^Pin the image/, "quickfix");
    await apply(document, tag, /^Rewrite as digest only$/, rewrite);
    await textBecomes(document, service(`${host}/shop/frontend@${digests.frontend}`));
  });

  it("silences the findings of a line", async () => {
    const document = await openNew(service("Nginx:1"));
    await diagnosticAt(document, "Nginx:1", "invalid-reference");
    await apply(document, "Nginx:1", /^Ignore .* on this line$/, "quickfix");
    await textBecomes(
      document,
      service("Nginx:1").replace(/^( *- image)/m, "        # knative-digest: ignore\n$1"),
    );
  });

  it("writes what was meant where the registry's name is wrong", async () => {
    const document = await openNew(service("https://example.com/app:1"));
    await apply(document, "https://", /^Change to example\.com\/app:1$/, "quickfix");
    await textBecomes(document, service("example.com/app:1"));
  });

  it("of a skipped registry takes it off the list, in the other file", async () => {
    const document = await open("shop.yaml");
    const image = `${skippedHost(host)}/shop/preview:nightly`;
    const { edit } = await actionAt(document, image, /^Remove .* from the skip list$/, "quickfix");
    assert.ok(edit);
    const [[uri, edits] = []] = edit.entries();
    assert.equal(basename(uri?.path ?? ""), "config-deployment.yaml");
    assert.deepEqual(
      edits?.map(({ newText }) => newText),
      [""],
    );
  });
});

describe("saving", () => {
  const { host, digests } = subject();
  const tag = `${host}/shop/frontend:2.1`;

  afterEach(async () => {
    const settings = workspace.getConfiguration("editor");
    await settings.update("codeActionsOnSave", undefined, ConfigurationTarget.Workspace);
    await removeNew();
  });

  async function save(kind: string, wait: boolean): Promise<TextDocument> {
    const settings = workspace.getConfiguration("editor");
    const value = { [kind]: "explicit" };
    await settings.update("codeActionsOnSave", value, ConfigurationTarget.Workspace);
    const document = await openNew(service(tag));
    if (wait) await hoverAt(document, "/shop/frontend", (text) => text.includes(digests.frontend));
    await commands.executeCommand("workbench.action.files.save");
    return document;
  }

  it("pins all images where the user wants that", async () => {
    const document = await save("source.pinImages.knativeDigest", true);
    // The settings, and the part of VS Code that runs the actions of a save, may come later than the first save.
    await eventually("The pin", async () => {
      // VS Code runs the actions of a save only if there is something to save.
      await commands.executeCommand("type", { text: "# typed\n" });
      await commands.executeCommand("workbench.action.files.save");
      return document.getText().includes(`${tag}@${digests.frontend}`) || undefined;
    });
  });

  it("changes no image under source.fixAll: “changing images on save by surprise” is what users feared", async () => {
    const document = await save("source.fixAll", true);
    await commands.executeCommand("type", { text: "# typed\n" });
    await commands.executeCommand("workbench.action.files.save");
    await eventually(
      "The save",
      () => (document.getText().startsWith("# typed\n") && !document.isDirty) || undefined,
    );
    assert.ok(!document.getText().includes("@sha256"));
    const fixes = await actionsAt(document, "/shop/frontend", "source.fixAll");
    assert.deepEqual(fixes, []);
  });
});
