// A user in front of the browser-hosted VS Code: what is seen, pointed at, clicked and read on the screen.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { withSample } from "../support/sampleEnvironment.ts";
import { shows } from "./editorDriver.ts";
import { inSample, withEditor } from "./withEditor.ts";

function short(digest: string): string {
  return digest.slice("sha256:".length, "sha256:".length + 12);
}

describe("on the screen", () => {
  it("the popup over an image shows its digest, and a double-click on the hint pins it", async () => {
    await inSample("service.yaml", async (editor, { digests }) => {
      const tag = "/shop/frontend:2.1";
      await editor.lineWith(tag, (line) => line.includes(short(digests.frontend)));
      const popup = await editor.hoverText(tag, (text) => text.includes(digests.frontend));
      assert.ok(popup.includes(digests.frontend));
      await editor.screenshot("hover");
      const before = await editor.editorText();
      await editor.doubleClick(short(digests.frontend), shows(`${tag}@${digests.frontend}`));
      await editor.screenshot("pinned");
      assert.equal(await editor.editorText(), before.replace(tag, `${tag}@${digests.frontend}`));
    });
  });

  it("Problems lists what is wrong, and a quick fix pins an image in flow style", async () => {
    await inSample("shop.yaml", async (editor, { digests }) => {
      const rows = await editor.problems((all) =>
        ["registry-skipped", "tag-not-found"].every((code) => all.join("\n").includes(code)),
      );
      assert.ok(rows.some((row) => row.includes("knative-digest")));
      await editor.screenshot("problems");
      const tag = "/shop/checkout:3.0";
      await editor.applyQuickFix(tag, /^Pin\b/, shows(`${tag}@${digests.checkout} }`));
      await editor.screenshot("quick-fix");
    });
  });

  it("a restricted workspace shows what needs no registry, and asks none", async () => {
    await inSample(
      "shop.yaml",
      async (editor, { registry }) => {
        await editor.problems((all) => all.join("\n").includes("registry-skipped"));
        await editor.hoverText("/shop/checkout:3.0");
        await editor.screenshot("restricted");
        assert.deepEqual(registry.requests, []);
      },
      { trusted: false },
    );
  });

  it("each folder of a workspace has its own skip list, and its own settings", async () => {
    await withSample(async ({ scratch, env, digests, registry }) => {
      const image = `${registry.host}/shop/frontend:2.1`;
      const skipList = (value: string): string =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config-deployment}\ndata:\n  queue-sidecar-image: example.com/queue@${digests.worker}\n  registries-skipping-tag-resolving: ${value}\n`;
      const service = (name: string): string =>
        `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {template: {spec: {containers: [{image: ${image}}]}}}\n`;
      const files = {
        "laptop/config.yaml": skipList(`kind.local,ko.local,dev.local,${registry.host}`),
        "laptop/laptop.yaml": service("laptop"),
        "production/config.yaml": skipList("kind.local,ko.local,dev.local"),
        "production/production.yaml": service("production"),
        "production/.vscode/settings.json": '{"knativeDigest.inlayHints.digestLength": 7}',
        "both.code-workspace": '{"folders": [{"path": "laptop"}, {"path": "production"}]}',
      };
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(scratch, name)), { recursive: true });
        await writeFile(join(scratch, name), text);
      }
      const workspace = join(scratch, "both.code-workspace");
      const openFile = join(scratch, "laptop/laptop.yaml");
      const folders = ["laptop", "production"];
      await withEditor({ workspace, folders, openFile, env }, async (editor) => {
        await editor.hoverText(image, (text) => /on the skip list.*config\.yaml/s.test(text));
        await editor.lineWith(image, (line) => line.includes("⊘"));
        await editor.screenshot("folders-skipped");
        await editor.openFile("production.yaml");
        const shown = `@${digests.frontend.slice(0, "sha256:".length + 7)}…`;
        await editor.lineWith(image, (line) => line.includes(shown));
        await editor.hoverText(image, (text) => /Knative resolves this tag and runs:/.test(text));
        await editor.screenshot("folders-resolved");
      });
    });
  });

  it("an empty folder does not start the extension", async () => {
    await withSample(async ({ scratch, env }) => {
      const workspace = join(scratch, "empty");
      await mkdir(workspace);
      await withEditor({ workspace, env }, async (editor) => {
        await editor.runCommand("Developer: Show Running Extensions");
        const list = editor.page.locator(".runtime-extensions-editor");
        await list.waitFor();
        assert.equal(await list.locator(".extension", { hasText: "Knative Digest" }).count(), 0);
      });
    });
  });
});
