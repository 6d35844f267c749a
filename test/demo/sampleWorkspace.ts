// What the demo shows: images in a registry, and manifests that use them well and badly.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DemoRegistry } from "./demoRegistry.ts";
import { multiPlatformImage, singleImage } from "./sampleImages.ts";

/** Repositories below this prefix want the demo's password. */
export const privatePrefix = "accounting/";

/** The demo's registry by a name that the sample's skip list holds: to Knative it is another one. */
export function skippedHost(host: string): string {
  return host.replace("localhost", "127.0.0.1");
}

/** The digests behind the sample's tags, for tests that read them in the editor. */
export interface SampleDigests {
  readonly frontend: string;
  readonly cart: string;
  /** What `cart` pointed at when somebody pinned it. */
  readonly cartBefore: string;
  readonly checkout: string;
  readonly worker: string;
  readonly invoices: string;
  readonly preview: string;
}

/** Puts the sample images into the registry. */
export function pushSampleImages(registry: DemoRegistry): SampleDigests {
  const { push } = registry;
  return {
    frontend: push("shop/frontend", "2.1", multiPlatformImage("frontend 2.1")),
    cartBefore: push("shop/cart", "1.4", singleImage("cart 1.4, first build")),
    cart: push("shop/cart", "1.4", singleImage("cart 1.4, second build")),
    checkout: push("shop/checkout", "3.0", multiPlatformImage("checkout 3.0", "docker")),
    worker: push("shop/worker", "latest", singleImage("worker")),
    preview: push("shop/preview", "nightly", singleImage("preview")),
    invoices: push("accounting/invoices", "7", singleImage("invoices 7")),
  };
}

/** Writes the sample's manifests into a folder that exists. */
export async function layOutWorkspace(
  folder: string,
  host: string,
  digests: SampleDigests,
): Promise<void> {
  for (const [name, text] of Object.entries(manifests(host, digests))) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

/**
 * Writes a docker config file that signs in to the demo's registry.
 * @param folder for DOCKER_CONFIG; must exist
 */
export async function writeDockerConfig(
  folder: string,
  { host, account }: DemoRegistry,
): Promise<void> {
  const auth = Buffer.from(`${account.username}:${account.password}`).toString("base64");
  const config = { auths: { [host]: { auth } } };
  await writeFile(join(folder, "config.json"), JSON.stringify(config), { mode: 0o600 });
}

function manifests(host: string, digests: SampleDigests): Readonly<Record<string, string>> {
  return {
    "service.yaml": frontendService(host),
    "shop.yaml": shop(host, digests),
    "configuration.yaml": invoicesConfiguration(host),
    "cluster/config-deployment.yaml": skipList(host),
    "function/func.yaml": greetingFunction(host),
    "cluster/registry-secret.yaml": pullSecret(host),
  };
}

function frontendService(host: string): string {
  return `# Hover the image to see its digest; double-click the hint to pin it. (Only the demo's registry is on this machine.)
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: frontend
spec:
  template:
    spec:
      containers:
        - image: ${host}/shop/frontend:2.1
          ports:
            - containerPort: 8080
`;
}

function shop(host: string, digests: SampleDigests): string {
  return `# Pinned, and the tag has moved since.
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: cart
spec:
  template:
    spec:
      containers:
        - image: "${host}/shop/cart:1.4@${digests.cartBefore}"
---
apiVersion: v1
kind: List
items:
  # A manifest list, as docker makes them.
  - apiVersion: serving.knative.dev/v1
    kind: Service
    metadata: { name: checkout }
    spec: { template: { spec: { containers: [{ image: ${host}/shop/checkout:3.0 }] } } }
  # The skip list in cluster/config-deployment.yaml names this registry: Knative will not resolve it.
  - apiVersion: serving.knative.dev/v1
    kind: Service
    metadata:
      name: preview
    spec:
      template:
        spec:
          containers:
            - image: ${skippedHost(host)}/shop/preview:nightly
  # No such tag: the revision would stay ContainerMissing.
  - apiVersion: serving.knative.dev/v1
    kind: Service
    metadata:
      name: typo
    spec:
      template:
        spec:
          containers:
            - image: ${host}/shop/cart:1.44
`;
}

function invoicesConfiguration(host: string): string {
  return `# A private repository: read with the sign-in from the docker config file.
apiVersion: serving.knative.dev/v1
kind: Configuration
metadata:
  name: invoices
spec:
  template:
    spec:
      initContainers:
        - name: migrate
          image: ${host}/shop/worker
      containers:
        - name: invoices
          image: ${host}/accounting/invoices:7
          ports:
            - containerPort: 8080
        # Certain to fail: only ko knows what to do with this.
        - name: sidecar
          image: ko://example.com/shop/sidecar
`;
}

function skipList(host: string): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: config-deployment
  namespace: knative-serving
data:
  queue-sidecar-image: gcr.io/knative-releases/knative.dev/serving/cmd/queue:v1.23.0
  registries-skipping-tag-resolving: "kind.local,ko.local,dev.local,${skippedHost(host)}"
`;
}

function greetingFunction(host: string): string {
  return `specVersion: 0.36.0
name: greeting
runtime: node
registry: ${host}/shop
image: ${host}/shop/worker:latest
`;
}

/** The password in it is not the demo's: a manifest with a working one would be a bad example. */
function pullSecret(host: string): string {
  const auth = Buffer.from("robot:not-a-real-password").toString("base64");
  const config = Buffer.from(JSON.stringify({ auths: { [host]: { auth } } })).toString("base64");
  return `apiVersion: v1
kind: Secret
metadata:
  name: registry
type: kubernetes.io/dockerconfigjson
data:
  .dockerconfigjson: ${config}
`;
}
