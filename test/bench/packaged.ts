// Measures the extension as its users get it: the size of the package, and the time that VS Code says its activation took.

import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withSample } from "../support/sampleEnvironment.ts";
import { findEditorPieces } from "../e2e/installed.ts";
import { withEditor } from "../e2e/withEditor.ts";
import { installExtension, packageExtension } from "../support/packagedExtension.ts";
import { median, type Row } from "./row.ts";

/** The size of the .vsix file. */
export async function measurePackage(): Promise<Row> {
  const folder = await mkdtemp(join(tmpdir(), "knative-digest-bench-"));
  try {
    const { size } = await stat(await packageExtension(folder));
    const value = size / 1024;
    return {
      work: "extension package",
      ours: { value, unit: "KB" },
      promise: { words: "≤ 600 KB", isKept: value <= 600 },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the page of running extensions says, of several starts. */
export async function measureActivation(): Promise<Row> {
  const times: number[] = [];
  for (let round = 0; round < 3; round++) times.push(await activationOnce());
  const value = median(times);
  return {
    work: "activation in VS Code",
    ours: { value, unit: "ms" },
    promise: { words: "≤ 50 ms", isKept: value <= 50 },
  };
}

async function activationOnce(): Promise<number> {
  return await withSample(async ({ workspace, scratch, env }) => {
    const vsix = await packageExtension(scratch);
    const extensionsFolder = await installExtension(vsix, scratch, await findEditorPieces());
    const page = { workspace, extensionsFolder, env };
    return await withEditor(page, async (editor) => {
      // With a file open from the start, VS Code would count how long its own extensions are loaded before ours.
      await editor.openFile("service.yaml");
      await editor.hoverText("/shop/frontend:2.1", (text) => text.includes("sha256:"));
      await editor.runCommand("Developer: Show Running Extensions");
      const row = editor.page.locator(".runtime-extensions-editor .extension", {
        hasText: "Knative Digest",
      });
      const text = await row.locator(".activation-time").innerText();
      return Number(/(\d+)\s*ms/.exec(text)?.[1] ?? Number.NaN);
    });
  });
}
