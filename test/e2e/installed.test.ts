// The extension as its users get it: packaged, installed, and used on the screen.

import assert from "node:assert/strict";
import { join } from "node:path";
import { installExtension, packageExtension } from "../support/packagedExtension.ts";
import { findEditorPieces } from "./installed.ts";
import { withSample } from "../support/sampleEnvironment.ts";
import { shows } from "./editorDriver.ts";
import { withEditor } from "./withEditor.ts";

describe("the packaged extension", () => {
  it("shows and pins a digest once it is installed", async () => {
    await withSample(async ({ digests, workspace, scratch, env }) => {
      const vsix = await packageExtension(scratch);
      const extensionsFolder = await installExtension(vsix, scratch, await findEditorPieces());
      const openFile = join(workspace, "service.yaml");
      await withEditor({ workspace, openFile, extensionsFolder, env }, async (editor) => {
        const tag = "/shop/frontend:2.1";
        const popup = await editor.hoverText(tag, (text) => text.includes(digests.frontend));
        assert.ok(popup.includes(digests.frontend));
        await editor.applyQuickFix(tag, /^Pin\b/, shows(`${tag}@${digests.frontend}`));
        await editor.screenshot("installed");
      });
    });
  });
});
