// A second real client beside VS Code: Neovim's own, which registers nothing, refreshes nothing and is pushed its diagnostics.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { skippedHost } from "../demo/sampleWorkspace.ts";
import { projectPath } from "../support/projectRoot.ts";
import { withSample } from "../support/sampleEnvironment.ts";

interface Session {
  readonly error?: string;
  readonly hover: string;
  readonly diagnostics: readonly { code: string; source: string; text: string }[];
  readonly titles: readonly string[];
}

describe("in Neovim", () => {
  it("a user sees the digest and the warnings, and pins an image", async () => {
    await withSample(async ({ registry, digests, workspace, scratch, env }) => {
      const file = join(workspace, "shop.yaml");
      const image = `${registry.host}/shop/checkout:3.0`;
      const before = await readFile(file, "utf8");
      const results = join(scratch, "results.json");
      const session = projectPath("test/e2e/neovimSession.lua");
      const args = ["--headless", "-u", "NONE", "-i", "NONE", "-n", "-S", session];
      await promisify(execFile)("nvim", args, {
        timeout: 600_000,
        env: {
          ...process.env,
          ...env,
          SERVER_COMMAND: JSON.stringify([
            process.execPath,
            projectPath("dist/server.cjs"),
            "--stdio",
          ]),
          WORKSPACE: workspace,
          FILE: file,
          IMAGE: image,
          DIGEST: digests.checkout,
          CODE: "registry-skipped",
          RESULTS: results,
        },
      });
      const seen = JSON.parse(await readFile(results, "utf8")) as Session;
      assert.equal(seen.error, undefined);
      const skipped = seen.diagnostics.find(({ code }) => code === "registry-skipped");
      assert.equal(skipped?.text, `${skippedHost(registry.host)}/shop/preview:nightly`);
      assert.equal(skipped.source, "knative-digest");
      const pinned = before.replace(image, `${image}@${digests.checkout}`);
      assert.equal(await readFile(file, "utf8"), pinned);
    });
  });
});
