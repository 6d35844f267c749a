// Resources that a kustomization names and places: asked for as they are applied.

import assert from "node:assert/strict";
import { runCommand } from "../../support/commandLine.ts";
import { image, manifest, runs } from "../../support/kubernetes/comparing.ts";
import { configDeployment, resource, revision } from "../../support/kubernetes/knativeResources.ts";
import { withCluster } from "../../support/kubernetes/withCluster.ts";
import { digestA, digestB, resolved } from "../../support/reading.ts";

/** Runs `list --cluster` over a base and its overlays. */
function list(overlays: Readonly<Record<string, string>>) {
  const containers = [{ image, digest: runs(digestB) }];
  const place = { namespace: "prod", containers };
  const [name, latest] = ["eu-shop", { latestCreated: "r", latestReady: "r" }];
  const contents = {
    resources: {
      configmaps: [configDeployment({})],
      services: [resource({ name, ...place, ...latest })],
      revisions: [revision({ name: "r", service: name, ...place })],
    },
  };
  const files = {
    "base/service.yaml": manifest([{ image }]),
    "base/kustomization.yaml": "resources: [service.yaml]\n",
    ...overlays,
  };
  return withCluster(contents, async ({ run, commands }) => {
    const world = { files, known: { [image]: resolved(digestA) }, runKubectl: run };
    const { stdout } = await runCommand("list --cluster --output json", world);
    const { images } = JSON.parse(stdout) as {
      readonly images: readonly { readonly cluster?: { readonly digest: string } | null }[];
    };
    return {
      images,
      namespaces: commands.flatMap((each) => each.filter((arg) => /^--namespace=/.test(arg))),
    };
  });
}

const overlay = (namespace: string): string =>
  `resources: [../base]\nnamespace: ${namespace}\nnamePrefix: eu-\n`;

describe("a cluster with kustomizations", () => {
  it("is asked for the name and the namespace that an overlay makes", async () => {
    const { images, namespaces } = await list({ "prod/kustomization.yaml": overlay("prod") });
    assert.equal(images[0]?.cluster?.digest, digestB);
    assert.ok(namespaces.includes("--namespace=prod"), namespaces.join());
  });

  it("is not asked about a base that several overlays place", async () => {
    const { images, namespaces } = await list({
      "prod/kustomization.yaml": overlay("prod"),
      "test/kustomization.yaml": overlay("test"),
    });
    assert.equal(images[0]?.cluster, undefined);
    assert.deepEqual(namespaces, ["--namespace=knative-serving"]);
  });
});
