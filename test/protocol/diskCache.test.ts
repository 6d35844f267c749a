// What an earlier session learned, shown by the next one.

import assert from "node:assert/strict";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { eventually } from "../support/deadline.ts";
import { startLanguageServer } from "../support/lspClient.ts";
import { createCleanUp } from "../support/registry/cleanUp.ts";
import { answerHead, startFaultServer, testDigest } from "../support/registry/faultServer.ts";
import { temporaryFolder } from "../support/registry/programs.ts";

describe("the server's disk cache", () => {
  const { use, run } = createCleanUp();
  afterEach(run);

  it("shows what a sign-in showed, however late the settings come", async () => {
    const registry = use(await startFaultServer(() => undefined));
    registry.handle = ({ authorization }, response) => {
      if (authorization !== undefined) answerHead(response);
      else response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
    };
    const folder = use(await temporaryFolder());
    const auth = Buffer.from("me:canary-pw").toString("base64");
    const env = {
      DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [registry.host]: { auth } } }),
      HOME: "/nonexistent",
    };
    const image = `${registry.host}/team/app:1.2.3`;
    const text = `apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: app }
spec: { template: { spec: { containers: [{ image: ${image} }] } } }
`;
    const column = (text.split("\n")[3] ?? "").indexOf(image);
    for (const session of [1, 2]) {
      const client = await startLanguageServer({
        capabilities: visualStudioCode,
        env,
        initializationOptions: { trusted: true, cacheFolder: folder.path },
        // Holds the answer back, and with it everything else that this client says.
        configuration: () => (
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200),
          null
        ),
      });
      try {
        await client.open("file:///app.yaml", text);
        await eventually("The digest in the hover", async () => {
          const hover = await client.hover("file:///app.yaml", 3, column);
          return JSON.stringify(hover).includes(testDigest("a")) || undefined;
        });
        // The popup also reads the manifest, by GET.
        const heads = registry.requests.filter(({ method }) => method === "HEAD");
        assert.equal(heads.length, 2, `in session ${session}`);
        assert.equal(await client.stop(), 0);
      } finally {
        client.process.kill();
      }
    }
  });
});
