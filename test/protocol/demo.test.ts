// The demo's manifests name registries as real ones do, and what is on this machine answers for them.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { startDemoRegistry } from "../demo/demoRegistry.ts";
import {
  demoHosts,
  demoSettings,
  layOutWorkspace,
  privatePrefix,
  pushSampleImages,
  writeDockerConfig,
} from "../demo/sampleWorkspace.ts";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { eventually } from "../support/deadline.ts";
import { startLanguageServer } from "../support/lspClient.ts";
import { positionOf } from "../support/session.ts";

describe("the demo's workspace", () => {
  it("shows the digest behind each tag, under the name that is written", async () => {
    const scratch = await mkdtemp(join(tmpdir(), "knative-digest-demo-"));
    const [folder, docker] = [join(scratch, "sample"), join(scratch, "docker")];
    const registry = await startDemoRegistry(privatePrefix);
    try {
      const digests = pushSampleImages(registry);
      for (const each of [folder, docker]) await mkdir(each);
      await layOutWorkspace(folder, demoHosts, digests);
      await writeDockerConfig(docker, registry);
      const client = await startLanguageServer({
        capabilities: visualStudioCode,
        initializationOptions: demoSettings(registry.host),
        env: { DOCKER_CONFIG: docker, XDG_CACHE_HOME: join(scratch, "cache") },
        workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "sample" }],
      });
      try {
        for (const [name, image, digest] of [
          ["service.yaml", `${demoHosts.registry}/shop/frontend:2.1`, digests.frontend],
          ["configuration.yaml", `${demoHosts.registry}/accounting/invoices:7`, digests.invoices],
          ["shop.yaml", `${demoHosts.skipped}/shop/preview:nightly`, digests.preview],
        ] as const) {
          const text = await readFile(join(folder, name), "utf8");
          const uri = pathToFileURL(join(folder, name)).href;
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
    } finally {
      await registry.stop();
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
