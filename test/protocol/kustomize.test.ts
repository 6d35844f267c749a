// Kustomizations in an editor: unsaved text counts, and a change of an overlay judges its base again.

import assert from "node:assert/strict";
import type { Hover } from "vscode-languageserver/node";
import type { ImageReport } from "../../server/src/protocol.ts";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { positionOf, withSession, type TestSession } from "../support/session.ts";

const capabilities = visualStudioCode;
const configuration = (): unknown => ({ resolve: "on-demand" });

const service =
  "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: web }\nspec:\n  template:\n    spec:\n      containers:\n        - image: placeholder/web\n";
const deployment =
  "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  template:\n    spec:\n      containers:\n        - image: placeholder/web\n";
const overlay = "resources:\n  - ../base\n";
const entry = "images:\n  - name: placeholder/web\n    newName: ghcr.io/acme/web\n    newTag: v1\n";

async function outcomes({ client }: TestSession): Promise<Record<string, string>> {
  const params = { command: "knativeDigest.server.images", arguments: [{}] };
  const images = await client.connection.sendRequest<readonly ImageReport[]>(
    "workspace/executeCommand",
    params,
  );
  const own = images.filter(({ uri }) => /\/(?:base|prod)\//.test(uri));
  return Object.fromEntries(own.map(({ image, outcome }) => [image, outcome]));
}

describe("kustomizations in an editor", () => {
  it("are joined as they are typed", async () => {
    await withSession({ capabilities, configuration }, async (session) => {
      const { client, open } = session;
      const base = await open("base/service.yaml", service);
      await open("base/kustomization.yaml", "resources:\n  - service.yaml\n");
      const prod = await open("prod/kustomization.yaml", overlay + entry);
      assert.deepEqual(await outcomes(session), {
        "placeholder/web": "template",
        "ghcr.io/acme/web:v1": "resolve",
      });
      const { line, character } = positionOf(service, "placeholder/web");
      const hover: Hover | null = await client.hover(base.uri, line, character);
      assert.match(JSON.stringify(hover?.contents), /kustomization\.yaml:6\]/);

      // The entry goes: the base runs what it says.
      await client.change(prod.uri, [{ text: overlay }]);
      assert.deepEqual(await outcomes(session), { "placeholder/web": "resolve" });

      // The base becomes a Deployment: the entry is none of Knative's.
      await client.change(prod.uri, [{ text: overlay + entry }]);
      await client.change(base.uri, [{ text: deployment }]);
      assert.deepEqual(await outcomes(session), {});
    });
  });

  it("leave an entry whose resources nobody sees unless the user names its file", async () => {
    await withSession({ capabilities, configuration }, async (session) => {
      const { client, open } = session;
      const remote = "resources:\n  - https://example.com/base.yaml\n";
      const { uri } = await open("prod/kustomization.yaml", remote + entry);
      assert.deepEqual(await outcomes(session), { "ghcr.io/acme/web:v1": "resolve" });
      assert.deepEqual(await client.diagnostics(uri), []);
      const at = positionOf(remote + entry, "v1");
      const actions = await client.codeActions(uri, { start: at, end: at });
      assert.ok(actions.some(({ title }) => title === "Pin the image to its digest"));
    });
  });
});
