// What the pictures of the documents show: a workspace of one shop, its cluster, and its registries under names that readers know.
// Nobody outside this machine is contacted: a proxy leads the names to a registry on loopback.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startDemoRegistry } from "../demo/demoRegistry.ts";
import { multiPlatformImage, singleImage } from "../demo/sampleImages.ts";
import type { ClusterContents } from "../support/kubernetes/apiServer.ts";
import { configDeployment, resource, revision } from "../support/kubernetes/knativeResources.ts";
import { withCluster } from "../support/kubernetes/withCluster.ts";
import { createAuthority } from "../support/registry/certificates.ts";
import { startConnectProxy } from "../support/registry/connectProxy.ts";
import { startFrontServer } from "../support/registry/frontServer.ts";

/** The registry that the shop's KnativeServing skips. */
const skipped = "registry.acme.example:5000";

/** A folder to open, and what an editor needs so that the registries answer. */
export interface PictureWorkspace {
  readonly workspace: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
}

/** Lays out the workspace, starts its registries, and ends all of it after `body`. */
export async function withPictureWorkspace(
  body: (shop: PictureWorkspace) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "knative-digest-pictures-"));
  const registry = await startDemoRegistry("private/");
  const authority = await createAuthority();
  const tls = authority.issue(["ghcr.io", skipped.replace(/:\d+$/, "")]);
  const front = await startFrontServer(registry.host, { tls });
  const map = { "ghcr.io:443": front.host, [skipped]: front.host };
  const proxy = await startConnectProxy({ map });
  try {
    registry.push("acme/shop-web", "2.1", multiPlatformImage("web"));
    registry.push("acme/checkout", "3.0", multiPlatformImage("checkout"));
    const before = registry.push("acme/search", "1.8", multiPlatformImage("search, before"));
    registry.push("acme/search", "1.8", multiPlatformImage("search"));
    registry.push("shop/cart", "1.4", singleImage("cart"));
    const running = registry.push("acme/catalog", "1.2", multiPlatformImage("catalog, before"));
    registry.push("acme/catalog", "1.2", multiPlatformImage("catalog"));
    const workspace = join(folder, "shop");
    for (const [name, text] of Object.entries(files(before))) {
      await mkdir(dirname(join(workspace, name)), { recursive: true });
      await writeFile(join(workspace, name), text);
    }
    const settings = { "knativeDigest.proxy": proxy.url, "knativeDigest.caFile": authority.file };
    await withCluster({ resources: clusterOf(running) }, async ({ kubeconfig }) => {
      const cache = join(folder, "cache");
      // The cluster's double is on loopback, and is not asked through the proxy.
      const env = {
        DOCKER_CONFIG: folder,
        XDG_CACHE_HOME: cache,
        NO_PROXY: "",
        KUBECONFIG: kubeconfig,
      };
      await body({ workspace, settings, env });
    });
  } finally {
    await proxy.stop();
    await front.stop();
    await authority.remove();
    await registry.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What runs there: the image that the catalog's tag named three days ago. */
function clusterOf(digest: string): ClusterContents["resources"] {
  const containers = [
    { image: "ghcr.io/acme/catalog:1.2", digest: `ghcr.io/acme/catalog@${digest}` },
  ];
  const name = "catalog-00007";
  const created = new Date(Date.now() - 3 * 24 * 3_600_000).toISOString();
  return {
    configmaps: [configDeployment({})],
    services: [resource({ name: "catalog", containers, latestCreated: name, latestReady: name })],
    revisions: [revision({ name, service: "catalog", containers, created })],
  };
}

function files(searchBefore: string): Readonly<Record<string, string>> {
  return {
    "shop.yaml": service("shop", {
      web: "ghcr.io/acme/shop-web:2.1",
      cart: `${skipped}/shop/cart:1.4`,
      orders: "ghcr.io/acme/orders:0.9",
    }),
    "catalog.yaml": service("catalog", { "user-container": "ghcr.io/acme/catalog:1.2" }),
    "search.yaml": service("search", { search: `ghcr.io/acme/search:1.8@${searchBefore}` }),
    "knative-serving.yaml": `apiVersion: operator.knative.dev/v1beta1
kind: KnativeServing
metadata:
  name: knative-serving
  namespace: knative-serving
spec:
  config:
    deployment:
      registries-skipping-tag-resolving: kind.local,ko.local,dev.local,${skipped}
`,
    "chart/Chart.yaml": "apiVersion: v2\nname: checkout\nversion: 0.1.0\n",
    "chart/values.yaml": `replicas: 2
image:
  repository: ghcr.io/acme/checkout
  tag: "3.0"
logLevel: info
`,
    "chart/templates/service.yaml": `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  template:
    spec:
      containers:
        - image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
`,
  };
}

function service(name: string, images: Readonly<Record<string, string>>): string {
  const containers = Object.entries(images).map(
    ([container, image]) => `        - name: ${container}\n          image: ${image}\n`,
  );
  return `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: ${name}
spec:
  template:
    spec:
      containers:
${containers.join("")}`;
}
