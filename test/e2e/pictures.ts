// The pictures of the documents, from the real editor: `node test/setup/pictures.mjs` writes them into docs/images/.
// The registries that the manifests name are not asked: a mirror on this machine answers for them.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDemoRegistry } from "../demo/demoRegistry.ts";
import { multiPlatformImage, singleImage } from "../demo/sampleImages.ts";
import { projectPath } from "../support/projectRoot.ts";
import type { EditorDriver } from "./editorDriver.ts";
import { withEditor } from "./withEditor.ts";

const skipped = "registry.acme.example:5000";

const serving = `apiVersion: operator.knative.dev/v1beta1
kind: KnativeServing
metadata:
  name: knative-serving
  namespace: knative-serving
spec:
  config:
    deployment:
      registries-skipping-tag-resolving: kind.local,ko.local,dev.local,${skipped}
`;

const shop = `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: shop
spec:
  template:
    spec:
      containers:
        - name: web
          image: ghcr.io/acme/shop-web:2.1
          ports:
            - containerPort: 8080
        - name: cart
          image: ${skipped}/shop/cart:1.4
        - name: search
          image: ghcr.io/acme/search:0.9
`;

/** Keeps a part of the window. */
async function picture(editor: EditorDriver, name: string, width: number, height: number) {
  const path = projectPath("docs/images", `${name}.png`);
  await editor.page.screenshot({ path, clip: { x: 0, y: 0, width, height } });
}

const folder = await mkdtemp(join(tmpdir(), "knative-digest-pictures-"));
const registry = await startDemoRegistry("private/");
try {
  await mkdir(projectPath("docs/images"), { recursive: true });
  registry.push("acme/shop-web", "2.1", multiPlatformImage("web"));
  registry.push("shop/cart", "1.4", singleImage("cart"));
  const workspace = join(folder, "shop");
  await mkdir(workspace);
  await writeFile(join(workspace, "shop.yaml"), shop);
  await writeFile(join(workspace, "knative-serving.yaml"), serving);
  const settings = {
    "knativeDigest.registries": {
      "ghcr.io": { mirror: registry.host },
      [skipped]: { mirror: registry.host },
    },
    "workbench.sideBar.location": "right",
    "workbench.activityBar.location": "hidden",
    "editor.minimap.enabled": false,
  };
  const env = { DOCKER_CONFIG: folder, XDG_CACHE_HOME: join(folder, "cache") };
  const openFile = join(workspace, "shop.yaml");
  await withEditor({ workspace, openFile, env, settings }, async (editor) => {
    await editor.lineWith("shop-web:2.1", (line) => line.includes("@sha256"));
    await editor.lineWith("search:0.9", (line) => line.includes("tag not found"));
    await editor.lineWith("shop/cart:1.4", (line) => line.includes("⊘"));
    // A popup would name the mirror.
    await picture(editor, "hints", 760, 400);
  });
} finally {
  await registry.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
