// The demo's manifests name registries as real ones do, and what is on this machine answers for them.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { demoHosts, demoSettings } from "../demo/sampleWorkspace.ts";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { eventually } from "../support/deadline.ts";
import { startLanguageServer } from "../support/lspClient.ts";
import { withSample, type SampleEnvironment } from "../support/sampleEnvironment.ts";
import { positionOf } from "../support/session.ts";

/** The hovers on the demo's images hold the digests. */
async function assertShown({
  registry,
  digests,
  workspace,
  env,
}: SampleEnvironment): Promise<void> {
  const client = await startLanguageServer({
    capabilities: visualStudioCode,
    initializationOptions: demoSettings(registry.host),
    env,
    workspaceFolders: [{ uri: pathToFileURL(workspace).href, name: "sample" }],
  });
  try {
    for (const [name, image, digest] of [
      ["service.yaml", `${demoHosts.registry}/shop/frontend:2.1`, digests.frontend],
      ["configuration.yaml", `${demoHosts.registry}/accounting/invoices:7`, digests.invoices],
      ["shop.yaml", `${demoHosts.skipped}/shop/preview:nightly`, digests.preview],
    ] as const) {
      const text = await readFile(join(workspace, name), "utf8");
      const uri = pathToFileURL(join(workspace, name)).href;
      await client.open(uri, text);
      const { line, character } = positionOf(text, image);
      const hover = await eventually(`The digest of ${image}`, async () => {
        const shown = JSON.stringify(await client.hover(uri, line, character + 1));
        return shown.includes(digest) ? shown : undefined;
      });
      assert.match(hover, /mirror localhost:\\?\d+/);
    }
  } finally {
    await client.stop();
  }
}

describe("the demo's workspace", () => {
  it("shows the digest behind each tag, under the name that is written", () =>
    withSample(assertShown, () => demoHosts));
});
