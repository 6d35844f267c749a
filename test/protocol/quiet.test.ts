// Typing asks no registry and waits for none; what others hated elsewhere stays away.

import assert from "node:assert/strict";
import type { Diagnostic } from "vscode-languageserver/node";
import { eglot, helix, visualStudioCode } from "../support/clientProfiles.ts";
import { eventually } from "../support/deadline.ts";
import { positionOf, withSession } from "../support/session.ts";

const wholeFile = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };

describe("a keystroke", () => {
  it("sends no request to a registry and is answered at once (docker-language-server#467: hints blocked the server)", async function () {
    // A machine that is busy elsewhere may pause the typing for us.
    this.retries(2);
    await withSession({ capabilities: visualStudioCode }, async ({ client, sample, open }) => {
      const { uri, text } = await open("service.yaml");
      const { registry, digests } = sample;
      const tag = positionOf(text, "/shop/frontend:2.1");
      const end = { line: tag.line, character: tag.character + "/shop/frontend:2.1".length };
      await eventually("The digest in a hint", async () => {
        const hints = await client.inlayHints(uri, wholeFile);
        return JSON.stringify(hints).includes(digests.frontend.slice(7, 19)) ? true : undefined;
      });
      const before = registry.requests.length;
      const started = performance.now();
      // Somebody types `.10`: each key is followed by what VS Code asks then.
      for (const [index, key] of [".", "1", "0"].entries()) {
        const at = { line: end.line, character: end.character + index };
        await client.change(uri, [{ range: { start: at, end: at }, text: key }]);
        await client.diagnostics(uri);
        await client.inlayHints(uri, wholeFile);
        await client.codeActions(uri, { start: at, end: at });
      }
      assert.equal(registry.requests.length, before);
      // No half second of quiet has passed, so nothing can have been asked behind the scenes either.
      assert.ok(performance.now() - started < 400, "typing was not answered at once");
      // Only when the typing has paused is the new tag asked for.
      await eventually("The request after the pause", () =>
        registry.requests.slice(before).some((request) => request.includes("2.1.10"))
          ? true
          : undefined,
      );
    });
  });

  it("in an editor that cannot be told of changes waits for no registry either", async () => {
    await withSession({ capabilities: helix }, async ({ client, sample, open }) => {
      const { uri, text } = await open("service.yaml");
      const at = positionOf(text, "/shop/frontend");
      await client.inlayHints(uri, wholeFile);
      sample.registry.pause();
      await client.change(uri, [{ range: { start: at, end: at }, text: "/x" }]);
      const started = performance.now();
      await client.inlayHints(uri, wholeFile);
      assert.ok(performance.now() - started < 200);
      sample.registry.resume();
    });
  });
});

describe("an editor that cannot be told of changes", () => {
  it("is shown hints at its first question, within a moment", async () => {
    await withSession({ capabilities: helix }, async ({ client, sample, open }) => {
      const { uri } = await open("service.yaml");
      const hints = await eventually("A hint", async () => {
        const found = await client.inlayHints(uri, wholeFile);
        return found.length > 0 ? found : undefined;
      });
      assert.ok(JSON.stringify(hints).includes(sample.digests.frontend.slice(7, 19)));
      assert.ok(hints[0]?.textEdits?.[0]?.newText.endsWith(sample.digests.frontend) === true);
      assert.ok(hints[0].tooltip);
    });
  });

  it("is given a moment for its first diagnostics, and none while somebody types", async function () {
    // A machine that is busy elsewhere may pause the typing for us.
    this.retries(2);
    await withSession({ capabilities: eglot }, async ({ client, sample, open }) => {
      sample.registry.pause();
      const { uri } = await open("shop.yaml");
      const took = async (): Promise<number> => {
        const started = performance.now();
        await client.diagnostics(uri);
        return performance.now() - started;
      };
      const first = await took();
      assert.ok(first > 250 && first < 1500, `${first} ms`);
      const start = { line: 0, character: 0 };
      await client.change(uri, [{ range: { start, end: start }, text: "# x\n" }]);
      const typing = await took();
      assert.ok(typing < 200, `${typing} ms`);
      sample.registry.resume();
      await client.diagnostics(uri, (found) => found.some(({ code }) => code === "tag-not-found"));
    });
  });

  it("is not kept waiting by a registry that does not answer", async () => {
    await withSession({ capabilities: helix }, async ({ client, sample, open }) => {
      sample.registry.pause();
      const { uri } = await open("service.yaml");
      const started = performance.now();
      await client.inlayHints(uri, wholeFile);
      assert.ok(performance.now() - started < 1500);
      sample.registry.resume();
    });
  });
});

describe("a merely unpinned tag", () => {
  it("gets no squiggle (vscode-docker#4571: “stop showing tag recommendations”, “do less”)", async () => {
    await withSession({ capabilities: visualStudioCode }, async ({ client, open }) => {
      const { uri } = await open("service.yaml");
      assert.deepEqual(await client.diagnostics(uri), []);
    });
  });
});

describe("network trouble", () => {
  it("never paints a document red (yaml-language-server's schema errors did)", async () => {
    await withSession({ capabilities: visualStudioCode }, async ({ client, sample, open }) => {
      await sample.registry.stop();
      const { uri } = await open("shop.yaml");
      const isUnreachable = ({ code }: Diagnostic): boolean => code === "registry-unreachable";
      const found = await client.diagnostics(uri, (all) => all.some(isUnreachable));
      assert.ok(found.filter(isUnreachable).every(({ severity }) => severity === 3));
    });
  });
});
