// In the extension host: each command does what its title says.

import assert from "node:assert/strict";
import {
  commands,
  env,
  extensions,
  languages,
  lm,
  window,
  workspace,
  type LanguageModelTextPart,
  type Terminal,
  type TextEditor,
} from "vscode";
import {
  diagnosticAt,
  eventually,
  hoverAt,
  open,
  openNew,
  putCursor,
  removeNew,
  service,
  subject,
  textBecomes,
  writeNew,
} from "./workbench.ts";

const run = async (name: string, argument?: unknown): Promise<unknown> =>
  await commands.executeCommand(`knativeDigest.${name}`, argument);

const isSignIn = ({ name }: Terminal): boolean => name === "docker login";

describe("a command", () => {
  const { host, digests } = subject();
  const tag = `${host}/shop/frontend:2.1`;
  const pinned = `${tag}@${digests.frontend}`;

  afterEach(async () => {
    await removeNew();
  });

  it("pins the image at the cursor, and renames its revision as Knative wants it", async () => {
    const document = await openNew(service(tag, "app-00001"));
    await putCursor(document, "/shop/frontend:2.1");
    await run("pinImage");
    await textBecomes(document, service(pinned, "app-00002"));
  });

  it("pins all images in the file", async () => {
    const both = `${service(tag)}---\n${service(`${host}/shop/checkout:3.0`)}`;
    const document = await openNew(both);
    await run("pinFile");
    await textBecomes(
      document,
      `${service(pinned)}---\n${service(`${host}/shop/checkout:3.0@${digests.checkout}`)}`,
    );
  });

  it("updates the pin at the cursor, and those of the file", async () => {
    for (const name of ["updateImage", "updateFile"]) {
      const old = `${host}/shop/cart:1.4@${digests.cartBefore}`;
      const document = await openNew(service(old));
      await putCursor(document, "/shop/cart:1.4");
      await run(name);
      await textBecomes(document, service(`${host}/shop/cart:1.4@${digests.cart}`));
      await removeNew();
    }
  });

  it("unpins the image at the cursor, and those of the file", async () => {
    for (const name of ["unpinImage", "unpinFile"]) {
      const document = await openNew(service(pinned));
      await putCursor(document, "/shop/frontend:2.1");
      await run(name);
      await textBecomes(document, service(tag));
      await removeNew();
    }
  });

  it("takes what a hover's link or the tree names, wherever the cursor is", async () => {
    const document = await openNew(service(tag));
    const uri = document.uri.toString();
    const line = document
      .getText()
      .split("\n")
      .findIndex((text) => text.includes("image:"));
    await run("pinImage", { uri, position: { line, character: 20 } });
    await textBecomes(document, service(pinned));
  });

  it("is undone in one step", async () => {
    const both = `${service(tag)}---\n${service(`${host}/shop/checkout:3.0`)}`;
    const document = await openNew(both);
    await run("pinFile");
    await eventually("The pins", () => (document.getText() === both ? undefined : true));
    await commands.executeCommand("undo");
    await textBecomes(document, both);
  });

  it("copies the digest at the cursor, and one that a link names", async () => {
    const document = await openNew(service(tag));
    await hoverAt(document, "/shop/frontend:2.1", (text) => text.includes(digests.frontend));
    await putCursor(document, "/shop/frontend:2.1");
    await run("copyDigest");
    assert.equal(await env.clipboard.readText(), digests.frontend);
    await run("copyDigest", { digest: digests.cart });
    assert.equal(await env.clipboard.readText(), digests.cart);
  });

  it("shows the platforms of the image at the cursor", async () => {
    const document = await openNew(service(tag));
    await hoverAt(document, "/shop/frontend:2.1", (text) => text.includes(digests.frontend));
    await putCursor(document, "/shop/frontend:2.1");
    await run("showPlatforms");
    await hoverAt(document, "/shop/frontend:2.1", (text) => text.includes("linux/arm64"));
  });

  it("asks again for what a registry has changed, and forgets what was known", async () => {
    const document = await openNew(service(tag));
    for (const name of ["refresh", "clearCache"]) {
      await run(name);
      await hoverAt(document, "/shop/frontend:2.1", (text) => text.includes(digests.frontend));
    }
  });

  it("writes the inventory into a new document", async () => {
    for (const [format, start] of [
      ["markdown", "| Image |"],
      ["csv", '"Image",'],
    ] as const) {
      await run("exportInventory", { format });
      const document = await eventually(`The inventory as ${format}`, () => {
        const shown = window.activeTextEditor?.document;
        return shown?.getText().startsWith(start) === true ? shown : undefined;
      });
      assert.ok(document.isUntitled);
      assert.ok(document.getText().includes("/shop/cart:1.44"));
    }
    // A document that is closed at once and one that is opened at once would share a name, and their text.
    await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });

  it("shows what is wrong in files that are not open", async () => {
    const uri = await writeNew(service(`${host}/shop/frontend:no-such-tag`));
    const codes = (): readonly unknown[] =>
      languages
        .getDiagnostics(uri)
        .map(({ code }) => (typeof code === "object" ? code.value : code));
    assert.deepEqual(codes(), []);
    // The command is run again until the editor has told the server of the new file.
    await eventually("The problem of the file", async () => {
      await run("checkWorkspace");
      return codes().length > 0 || undefined;
    });
    assert.deepEqual(codes(), ["tag-not-found"]);
    // An open file has its own problems, and not the same ones twice.
    const { document } = await window.showTextDocument(uri);
    await diagnosticAt(document, "/shop/frontend:no-such-tag", "tag-not-found");
    await eventually("One of each", () => (codes().length === 1 ? true : undefined));
    await commands.executeCommand("workbench.action.closePanel");
  });

  it("writes the line that signs in into a terminal, and nothing else that is called one", async () => {
    for (const line of [
      ...["docker login a.example; id", "docker login $(id)", "docker login 'a' b", "id"],
      ...["docker login a.example\nid", "docker logout", 7],
    ]) {
      await run("dockerLogin", { line });
      assert.deepEqual(window.terminals.filter(isSignIn), [], String(line));
    }
    await run("dockerLogin", { line: `docker login ${host}` });
    const terminals = window.terminals.filter(isSignIn);
    assert.equal(terminals.length, 1);
    for (const terminal of terminals) terminal.dispose();
    await commands.executeCommand("workbench.action.closePanel");
  });

  it("opens the log", async () => {
    const isLog = ({ document }: TextEditor): boolean =>
      document.uri.scheme === "output" && document.uri.path.includes("Knative Digest");
    await eventually("The log in sight", async () => {
      await run("showLog");
      return window.visibleTextEditors.some(isLog) || undefined;
    });
    await commands.executeCommand("workbench.action.closePanel");
  });

  it("restarts the server, which then answers as before", async () => {
    const document = await open("service.yaml");
    await run("restartServer");
    await hoverAt(document, "/shop/frontend:2.1", (text) => text.includes(digests.frontend));
  });
});

describe("the language-model tool", () => {
  const { host, digests } = subject();
  const name = "knativeDigest_resolve_image_digest";

  const ask = async (image: string): Promise<string> => {
    const result = await lm.invokeTool(name, { input: { image }, toolInvocationToken: undefined });
    return result.content.map((part) => (part as LanguageModelTextPart).value).join("");
  };

  it("answers with the digest and the exact reference that runs", async function () {
    await extensions.getExtension("knative-digest.knative-digest")?.activate();
    const isThere = (): true | undefined =>
      lm.tools.some((tool) => tool.name === name) || undefined;
    await eventually(`The tool ${name}`, isThere);
    const answer = await ask(`${host}/shop/checkout:3.0`);
    assert.ok(answer.includes(`"runs":"${host}/shop/checkout@${digests.checkout}"`), answer);
  });

  it("says what is wrong with an image that Knative refuses", async () => {
    assert.match(await ask("Nginx:1"), /Repository names must be lower case/);
  });
});

describe("YAML itself", () => {
  it("keeps its language, its settings, and its formatter: nothing of ours is set for it", async () => {
    const manifest = extensions.getExtension("knative-digest.knative-digest")?.packageJSON as {
      contributes: Record<string, unknown>;
    };
    for (const point of ["languages", "configurationDefaults", "snippets", "yamlValidation"]) {
      assert.equal(manifest.contributes[point], undefined, point);
    }
    const document = await open("service.yaml");
    assert.equal(document.languageId, "yaml");
    const settings = workspace.getConfiguration("editor", { languageId: "yaml" });
    assert.equal(settings.inspect("codeActionsOnSave")?.defaultLanguageValue, undefined);
  });
});
