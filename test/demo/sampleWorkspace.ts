// What the demo shows: images in a registry, and manifests that use them well and badly.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DemoRegistry } from "./demoRegistry.ts";
import { multiPlatformImage, singleImage } from "./sampleImages.ts";

/** Repositories below this prefix want the demo's password. */
export const privatePrefix = "accounting/";

/** The registries that the sample's manifests name. */
export interface SampleHosts {
  readonly registry: string;
  /** On the sample's skip list: to Knative it is another one. */
  readonly skipped: string;
}

/** A sample registry by a name that the sample's skip list holds. */
export function skippedHost(host: string): string {
  return host.replace("localhost", "127.0.0.1");
}

/** What the demo's manifests name, as real ones do: a mirror on this machine answers for both. */
export const demoHosts: SampleHosts = {
  registry: "registry.acme.example",
  skipped: "staging.acme.example:5000",
};

/** The extension's settings for the demo. @param mirror `host:port` of the registry that answers */
export function demoSettings(mirror: string): Readonly<Record<string, unknown>> {
  const { registry, skipped } = demoHosts;
  return { registries: { [registry]: { mirror }, [skipped]: { mirror } } };
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
  hosts: SampleHosts,
  digests: SampleDigests,
): Promise<void> {
  for (const [name, text] of Object.entries(manifests(hosts, digests))) {
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

function manifests(hosts: SampleHosts, digests: SampleDigests): Readonly<Record<string, string>> {
  const { registry: host, skipped } = hosts;
  return {
    "service.yaml": frontendService(host),
    "shop.yaml": shop(hosts, digests),
    "configuration.yaml": invoicesConfiguration(host),
    "cluster/config-deployment.yaml": skipList(skipped),
    "function/func.yaml": greetingFunction(host),
    "cluster/registry-secret.yaml": pullSecret(host),
  };
}

function frontendService(host: string): string {
  return `# Hover the image to see its digest; double-click the hint to pin it. (A registry on this machine answers.)
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

function shop({ registry: host, skipped }: SampleHosts, digests: SampleDigests): string {
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
            - image: ${skipped}/shop/preview:nightly
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

function skipList(skipped: string): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: config-deployment
  namespace: knative-serving
data:
  queue-sidecar-image: gcr.io/knative-releases/knative.dev/serving/cmd/queue:v1.23.0
  registries-skipping-tag-resolving: "kind.local,ko.local,dev.local,${skipped}"
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
