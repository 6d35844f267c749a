// Which code actions are offered where, for whom and as what kind; and which hints belong to a range.

import assert from "node:assert/strict";
import {
  CodeActionTriggerKind,
  type CodeAction,
  type Command,
  type InlayHint,
} from "vscode-languageserver/node";
import { helix, visualStudioCode } from "../support/clientProfiles.ts";
import { eventually } from "../support/deadline.ts";
import { edited, positionOf, withSession, type TestSession } from "../support/session.ts";

const capabilities = visualStudioCode;
const frontend = "/shop/frontend:2.1";
const zero = { line: 0, character: 0 };
const wholeFile = { start: zero, end: { line: 999, character: 0 } };
const onSave = "source.pinImages.knativeDigest";

const isAction = (action: CodeAction | Command): action is CodeAction => "kind" in action;

async function actionsAt(
  { client }: TestSession,
  { uri, text }: { readonly uri: string; readonly text: string },
  { word, only }: { readonly word: string; readonly only?: readonly string[] },
): Promise<readonly CodeAction[]> {
  const start = positionOf(text, word);
  const found = await client.diagnostics(uri);
  const actions = await client.codeActions(uri, { start, end: start }, found, only);
  return actions.filter(isAction);
}

/** Waits until the digest of the image is known. */
async function known({ client }: TestSession, uri: string, digest: string): Promise<void> {
  await eventually("The digest in a hint", async () => {
    const hints = await client.inlayHints(uri, wholeFile);
    return JSON.stringify(hints).includes(digest.slice(7, 19)) ? true : undefined;
  });
}

describe("what is pinned on save", () => {
  for (const only of [onSave, "source.pinImages", "source"]) {
    it(`is what is known, as one action, if ${only} is wanted`, async () => {
      await withSession({ capabilities }, async (session) => {
        const { client, sample, open } = session;
        const { uri, text } = await open("service.yaml");
        await known(session, uri, sample.digests.frontend);
        const actions = await client.codeActions(uri, wholeFile, [], [only]);
        assert.deepEqual(
          actions.filter(isAction).map(({ kind }) => kind),
          [onSave],
        );
        const [action] = actions.filter(isAction);
        const after = edited(text, action?.edit, uri);
        assert.equal(after, text.replace(frontend, `${frontend}@${sample.digests.frontend}`));
      });
    });
  }

  it("is nothing while nothing is known, and nobody is asked for it", async () => {
    const configuration = (): unknown => ({ resolve: "on-demand" });
    await withSession({ capabilities, configuration }, async ({ client, sample, open }) => {
      const { uri } = await open("service.yaml");
      assert.deepEqual(await client.codeActions(uri, wholeFile, [], [onSave]), []);
      assert.deepEqual(sample.registry.requests, []);
    });
  });

  it("is nothing for those who want all mistakes fixed: nobody's images change by surprise", async () => {
    await withSession({ capabilities }, async (session) => {
      const { client, sample, open } = session;
      const { uri } = await open("service.yaml");
      await known(session, uri, sample.digests.frontend);
      for (const only of [
        "source.fixAll",
        "source.fixAll.knativeDigest",
        "source.organizeImports",
      ]) {
        assert.deepEqual(await client.codeActions(uri, wholeFile, [], [only]), [], only);
      }
    });
  });
});

describe("the actions at an image", () => {
  it("are of the kinds that are wanted", async () => {
    await withSession({ capabilities }, async (session) => {
      const { sample, open } = session;
      const file = await open("shop.yaml");
      await known(session, file.uri, sample.digests.checkout);
      const word = "/shop/cart:1.4@";
      const kinds = async (only?: readonly string[]): Promise<readonly (string | undefined)[]> => {
        const actions = await actionsAt(
          session,
          file,
          only === undefined ? { word } : { word, only },
        );
        return [...new Set(actions.map(({ kind }) => kind))].sort();
      };
      assert.deepEqual(await kinds(), ["quickfix", "refactor.rewrite"]);
      assert.deepEqual(await kinds([""]), ["quickfix", "refactor.rewrite"]);
      assert.deepEqual(await kinds(["quickfix"]), ["quickfix"]);
      assert.deepEqual(await kinds(["refactor"]), ["refactor.rewrite"]);
      assert.deepEqual(await kinds(["refactor.extract"]), []);
      // No kind is below another that only begins alike.
      assert.deepEqual(await kinds(["quick"]), []);
    });
  });

  it("name the diagnostics that they fix", async () => {
    await withSession({ capabilities }, async (session) => {
      const { client, open } = session;
      const file = await open("shop.yaml");
      await client.diagnostics(file.uri, (all) => all.some(({ code }) => code === "tag-moved"));
      const actions = await actionsAt(session, file, { word: "/shop/cart:1.4@" });
      const update = actions.find(({ title }) => title.startsWith("Update the pin"));
      assert.deepEqual(
        update?.diagnostics?.map(({ code }) => code),
        ["tag-moved"],
      );
      const unpin = actions.find(({ title }) => title.startsWith("Unpin"));
      assert.ok(unpin);
      assert.equal(unpin.diagnostics, undefined);
    });
  });

  it("prefer one fix of a mistake to a pin: who pins registry/app pins somebody else's image", async () => {
    const configuration = (): unknown => ({ resolve: "on-demand" });
    await withSession({ capabilities, configuration }, async (session) => {
      const service = (image: string): string =>
        `apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  template:\n    spec:\n      containers:\n        - image: ${image}\n`;
      const images = [
        "registry/team/app:1",
        "registry:5000/team/app:1",
        "registry:5001/team/app:1",
      ];
      const file = await session.open("mistake.yaml", images.map(service).join("---\n"));
      const actions = await actionsAt(session, file, { word: "registry/team" });
      const titles = (all: readonly CodeAction[]): string[] => all.map(({ title }) => title);
      assert.deepEqual(titles(actions.filter(({ isPreferred }) => isPreferred === true)), [
        "Change to registry:5000/team/app:1",
      ]);
      assert.ok(titles(actions).includes("Change to registry:5001/team/app:1"));
      assert.ok(titles(actions).includes("Pin the image to its digest"));
    });
  });
});

describe("the fixes of a finding", () => {
  const own = { commandLinks: true };
  const titlesAt = async (
    session: TestSession,
    file: { readonly uri: string; readonly text: string },
    word: string,
    triggerKind: CodeActionTriggerKind = CodeActionTriggerKind.Invoked,
  ): Promise<readonly string[]> => {
    const start = positionOf(file.text, word);
    const { client } = session;
    const actions = await client.connection.sendRequest("textDocument/codeAction", {
      textDocument: { uri: file.uri },
      range: { start, end: start },
      context: { diagnostics: await client.diagnostics(file.uri), triggerKind },
    });
    return (actions as readonly CodeAction[]).map(({ title }) => title);
  };

  it("have the best one first, then how to ignore it, to turn it off, and what it means", async () => {
    await withSession({ capabilities, initializationOptions: own }, async (session) => {
      const { client, open, sample } = session;
      const file = await open("shop.yaml");
      await client.diagnostics(file.uri, (all) => all.some(({ code }) => code === "tag-not-found"));
      const word = "/shop/cart:1.44";
      const asksTags = (): boolean =>
        sample.registry.requests.some((request) => request.includes("/tags/list"));
      // A cursor that moves by is no wish to ask.
      const automatic = await titlesAt(session, file, word, CodeActionTriggerKind.Automatic);
      assert.ok(!automatic.some((title) => title.startsWith("Change")), automatic.join());
      assert.ok(!asksTags());
      const last = [
        "Ignore tag-not-found on this line",
        "Turn tag-not-found off in this workspace",
        "Show documentation of tag-not-found",
      ];
      const titles = await eventually("The nearest tag", async () => {
        const found = await titlesAt(session, file, word);
        return found[0] === "Change “1.44” to “1.4”" ? found : undefined;
      });
      assert.deepEqual(titles.slice(-3), last);
      // Now that the tags are known, everybody is told.
      assert.deepEqual(
        await titlesAt(session, file, word, CodeActionTriggerKind.Automatic),
        titles,
      );
      const { line, character } = positionOf(file.text, word);
      const hover = JSON.stringify(await client.hover(file.uri, line, character));
      assert.match(hover, /Did you mean `1\.4`\?/);
      const start = positionOf(file.text, word);
      const actions = await client.codeActions(file.uri, { start, end: start }, []);
      const [change] = actions.filter(isAction);
      assert.equal(
        edited(file.text, change?.edit, file.uri),
        file.text.replace("cart:1.44", "cart:1.4"),
      );
    });
  });

  it("of a refused sign-in begin with the line that signs in, for our own client alone", async () => {
    for (const isOwn of [true, false]) {
      const env = { DOCKER_CONFIG: "/nonexistent" };
      const initializationOptions = isOwn ? own : {};
      await withSession({ capabilities, initializationOptions, env }, async (session) => {
        const { client, open, sample } = session;
        const file = await open("configuration.yaml");
        await client.diagnostics(file.uri, (all) =>
          all.some(({ code }) => code === "access-denied"),
        );
        const titles = await titlesAt(session, file, "/accounting/invoices:7");
        const signIn = `Run “docker login ${sample.registry.host}” in a terminal`;
        assert.equal(titles[0] === signIn, isOwn, titles.join());
        assert.equal(titles.includes(signIn), isOwn);
      });
    }
  });
});

describe("hints", () => {
  it("are those of the range that is asked for", async () => {
    await withSession({ capabilities: helix }, async (session) => {
      const { client, sample, open } = session;
      const { uri, text } = await open("shop.yaml");
      await known(session, uri, sample.digests.checkout);
      const { line } = positionOf(text, "/shop/checkout:3.0");
      const range = { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
      const lines = (await client.inlayHints(uri, range)).map(({ position }) => position.line);
      assert.deepEqual(lines, [line]);
    });
  });

  it("stand behind the names of pull secrets, which other files hold", async () => {
    await withSession({ capabilities }, async ({ client, sample, open }) => {
      const { host } = sample.registry;
      const name = "registry";
      const text = `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: app }\nspec:\n  template:\n    spec:\n      imagePullSecrets: [{ name: ${name} }]\n      containers: [{ image: ${host}/shop/frontend:2.1 }]\n`;
      const { uri } = await open("app.yaml", text);
      const position = positionOf(text, name);
      const at = { ...position, character: position.character + name.length };
      await eventually("The hint behind the name", async () => {
        const hints = await client.inlayHints(uri, wholeFile);
        const hint = hints.find((each) => each.label === `✓ ${host}`);
        if (hint === undefined) return undefined;
        assert.deepEqual(hint.position, at);
        return true;
      });
      const hover = await client.hover(uri, position.line, position.character);
      assert.match(JSON.stringify(hover?.contents), /signs in with this secret for/);
    });
  });

  it("of an older text are resolved to nothing new", async () => {
    await withSession({ capabilities }, async (session) => {
      const { client, sample, open } = session;
      const { uri, text } = await open("service.yaml");
      await known(session, uri, sample.digests.frontend);
      const resolve = (hint: InlayHint): Promise<InlayHint> =>
        client.connection.sendRequest<InlayHint>("inlayHint/resolve", hint);
      const [hint] = await client.inlayHints(uri, wholeFile);
      assert.ok(hint);
      assert.ok((await resolve(hint)).tooltip);
      await client.change(uri, [{ text: text.replace("frontend", "frontenx") }]);
      assert.equal((await resolve(hint)).tooltip, undefined);
    });
  });
});
