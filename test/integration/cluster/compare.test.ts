// The command line beside a cluster: the real kubectl against an API server double.

import assert from "node:assert/strict";
import { runCommand } from "../../support/commandLine.ts";
import type { ClusterContents } from "../../support/kubernetes/apiServer.ts";
import {
  ask,
  codes,
  image,
  manifest,
  oneRevision,
  runs,
  type Asked,
} from "../../support/kubernetes/comparing.ts";
import {
  configDeployment,
  pod,
  resource,
  revision,
} from "../../support/kubernetes/knativeResources.ts";
import { withCluster } from "../../support/kubernetes/withCluster.ts";
import { digestA, digestB, resolved } from "../../support/reading.ts";

describe("check --cluster", function () {
  it("runs nothing but these command lines", async () => {
    const { commands } = await ask({ resources: oneRevision(digestA) }, manifest([{ image }]), {
      args: "check --cluster --context other",
    });
    const usual = ["--context=other", "--request-timeout=4s", "-o", "json"];
    const [context, ...rest] = usual;
    assert.deepEqual(commands, [
      ["get", "configmap", "config-deployment", context, "--namespace=knative-serving", ...rest],
      ["get", "services.serving.knative.dev", ...usual],
      [
        ...["get", "revisions.serving.knative.dev"],
        "--selector=serving.knative.dev/configuration in (shop)",
        ...usual,
      ],
    ]);
  });

  it("says nothing where file, tag and cluster agree", async () => {
    const asked = await ask({ resources: oneRevision(digestA) }, manifest([{ image }]));
    assert.deepEqual([asked.code, codes(asked), asked.stderr], [0, [], ""]);
  });

  const rows: readonly [string, string, string, string, RegExp][] = [
    [
      "a tag that moved since",
      image,
      image,
      digestB,
      /has moved .* applying this file changes nothing/,
    ],
    [
      "another tag",
      image,
      "registry.test/shop:0",
      digestB,
      /applying this file rolls out sha256:aaaa/,
    ],
    [
      "a pin whose tag moved",
      `${image}@${digestB}`,
      `${image}@${digestB}`,
      digestB,
      /which tag 1 no longer names/,
    ],
  ];
  for (const [name, written, applied, running, message] of rows) {
    it(`tells of ${name}`, async () => {
      const contents = { resources: oneRevision(running, applied) };
      const { json } = await ask(contents, manifest([{ image: written }]));
      const found = json.findings.find(({ code }) => code === "cluster-differs");
      assert.equal(found?.severity, "information");
      assert.match(found.message, message);
    });
  }

  it("says nothing of a pin to what runs already", async () => {
    const asked = await ask(
      { resources: oneRevision(digestA) },
      manifest([{ image: `${image}@${digestA}` }]),
    );
    assert.equal(codes(asked).includes("cluster-differs"), false);
  });

  it("says nothing of a resource that the cluster does not have", async () => {
    const asked = await ask(
      { resources: oneRevision(digestB) },
      manifest([{ image }], { name: "other" }),
    );
    assert.deepEqual([asked.code, codes(asked)], [0, []]);
    assert.deepEqual(asked.json.images[0]?.cluster, {
      ...{ context: null, revision: null, digest: null, ready: false, reason: "NotFound" },
    });
  });

  it("compares each container with its own, by name and by place, init containers too", async () => {
    const containers = [
      { name: "first", image, digest: runs(digestB), ports: true },
      { name: "second", image, digest: runs(digestA) },
    ];
    const initContainers = [{ name: "setup", image, digest: runs(digestB) }];
    const all = { containers, initContainers };
    const resources = {
      configmaps: [configDeployment({})],
      services: [resource({ name: "shop", ...all, latestCreated: "r", latestReady: "r" })],
      revisions: [revision({ name: "r", service: "shop", ...all })],
    };
    // The other way round than in the cluster.
    const text = manifest(
      [
        { name: "second", image },
        { name: "first", image },
      ],
      { init: [{ image }] },
    );
    const { json } = await ask({ resources }, text);
    assert.deepEqual(
      json.findings.filter(({ code }) => code === "cluster-differs").map(({ line }) => line),
      [11, 14],
    );
  });

  it("takes a skipped tag's digest from the pods, where they agree", async () => {
    const resources = oneRevision(undefined);
    const running = (name: string, digest: string) =>
      pod({ name, revision: "shop-00001", imageID: `docker-pullable://${runs(digest)}` });
    for (const [pods, expected] of [
      [[running("a", digestB), running("b", digestB)], digestB],
      [[running("a", digestA), running("b", digestB)], null],
      [[pod({ name: "a", revision: "shop-00001", imageID: digestB })], null],
    ] as const) {
      const { json, commands } = await ask(
        { resources: { ...resources, pods } },
        manifest([{ image }]),
      );
      const [{ cluster } = {}] = json.images;
      assert.equal((cluster as { digest: string | null }).digest, expected);
      assert.equal(commands.at(-1)?.[1], "pods");
    }
  });

  describe("with a Revision that failed", () => {
    const registry = "https://registry.test/v2/";
    /** What Knative says after `failed to resolve image to digest: `. */
    const causes: readonly string[] = [
      `Get "${registry}": dial tcp: lookup registry.test on 10.0.0.10:53: no such host`,
      `Get "${registry}": dial tcp 10.1.2.3:443: connect: connection refused`,
      `Get "${registry}": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
      `Get "${registry}": tls: server selected unsupported protocol version 303`,
      `Get "${registry}": remote error: tls: protocol version not supported`,
      `Get "${registry}": http: server gave HTTP response to HTTPS client`,
      `Get "${registry}": dial tcp 10.1.2.3:443: connect: connection refused; Get "http://registry.test/v2/": dial tcp 10.1.2.3:80: connect: connection refused`,
      `Get "${registry}": context deadline exceeded`,
      `Head "${registry}shop/manifests/1": context deadline exceeded`,
      `GET ${registry}: DENIED: requested access to the resource is denied; map[Action:pull]`,
      `GET ${registry}: unexpected status code 404 Not Found: <html>`,
      `GET https://auth.test/token?scope=repository%3Ashop%3Apull&service=x: UNAUTHORIZED: authentication required`,
      `HEAD ${registry}shop/manifests/1: unexpected status code 401 Unauthorized (HEAD responses have no body, use GET for details)`,
      `HEAD ${registry}shop/manifests/1: unexpected status code 404 Not Found (HEAD responses have no body, use GET for details)`,
      "failed to initialize authentication: json: cannot unmarshal string into Go struct field dockerConfigJSON.Auths of type authn.authConfig",
      `HEAD ${registry}shop/manifests/1: unexpected status code 429 Too Many Requests (HEAD responses have no body, use GET for details)`,
    ];
    const missing = (cause: string): string =>
      `Unable to fetch image "${image}": failed to resolve image to digest: ${cause}`;
    const failing = (
      reason: string,
      message: string,
      { status = "False", created = "2026-11-01T00:00:00Z" } = {},
    ): ClusterContents => {
      const containers = [
        { name: "sidecar", image: "registry.test/sidecar:1" },
        { name: "main", image, ports: true },
      ];
      const type = reason === "ResolvingDigests" ? "ResourcesAvailable" : "ContainerHealthy";
      const unmet = [{ type, status, reason, message }];
      const failed = revision({ name: "shop-00002", service: "shop", containers, unmet, created });
      return {
        resources: {
          configmaps: [configDeployment({})],
          services: [resource({ name: "shop", containers, latestCreated: "shop-00002" })],
          revisions: [failed],
        },
      };
    };
    const text = manifest([
      { name: "sidecar", image: "registry.test/sidecar:1" },
      { name: "main", image },
    ]);
    const failedLines = ({ json }: Asked): number[] =>
      json.findings.filter(({ code }) => code === "revision-failed").map(({ line }) => line);

    it("shows each cause at its image, in Knative's words", async () => {
      const names = causes.map((_, index) => `shop-${index}`);
      const containers = [{ image }];
      const resources = {
        configmaps: [configDeployment({})],
        services: names.map((name) => resource({ name, containers, latestCreated: `${name}-1` })),
        revisions: names.map((name, index) => {
          const message = missing(causes[index] ?? "");
          const common = { status: "False", reason: "ContainerMissing", message };
          const unmet = [{ type: "ContainerHealthy", ...common }];
          return revision({ name: `${name}-1`, service: name, containers, unmet });
        }),
      };
      const manifests = names.map((name) => manifest([{ image }], { name }));
      const { json, code } = await ask({ resources }, manifests.join("---\n"));
      assert.equal(code, 1);
      assert.deepEqual(
        json.findings.map((finding) => [finding.code, finding.severity, finding.message]),
        causes.map((cause, index) => [
          "revision-failed",
          "error",
          `Revision shop-${index}-1 is not ready in the cluster: ContainerMissing: ${missing(cause)}`,
        ]),
      );
    });

    it("shows it at the container that Knative names", async () => {
      const asked = await ask(failing("ContainerMissing", missing("boom")), text);
      assert.deepEqual([asked.code, failedLines(asked)], [1, [11]]);
    });

    it("shows a container that exits at the one with the port", async () => {
      const asked = await ask(failing("ExitCode42", "Container failed with: boom"), text);
      assert.deepEqual(failedLines(asked), [11]);
    });

    it("shows a lookup only if it is stuck", async () => {
      const stuck = failing("ResolvingDigests", "", { status: "Unknown" });
      assert.deepEqual(
        failedLines(await askAt(stuck, text, Date.parse("2026-11-01T01:00:00Z"))),
        [9, 11],
      );
      assert.deepEqual(
        failedLines(await askAt(stuck, text, Date.parse("2026-11-01T00:00:05Z"))),
        [],
      );
    });

    it("shows it while Knative tries again, and nothing of a Revision that is on its way", async () => {
      const message = missing("boom");
      const resolving = {
        type: "ResourcesAvailable",
        status: "Unknown",
        reason: "ResolvingDigests",
      };
      const failed = {
        type: "ContainerHealthy",
        status: "False",
        reason: "ContainerMissing",
        message,
      };
      const deploying = ["ResourcesAvailable", "ContainerHealthy"].map((type) => ({
        ...{ type, status: "Unknown", reason: "Deploying" },
      }));
      for (const [unmet, expected] of [
        [[resolving, failed], 1],
        [[{ type: "ContainerHealthy", status: "Unknown", reason: "" }, resolving], 0],
        [deploying, 0],
      ] as const) {
        const containers = [{ image }];
        const name = "shop-00001";
        const resources = {
          configmaps: [configDeployment({})],
          services: [resource({ name: "shop", containers, latestCreated: name })],
          revisions: [revision({ name, service: "shop", containers, unmet })],
        };
        const now = Date.parse("2026-11-01T00:00:05Z");
        const asked = await askAt({ resources }, manifest([{ image }]), now);
        assert.equal(failedLines(asked).length, expected);
      }
    });

    it("says nothing once the file says another image", async () => {
      const asked = await ask(
        failing("ContainerMissing", missing("boom")),
        manifest([
          { name: "sidecar", image: "registry.test/sidecar:1" },
          { name: "main", image: "registry.test/shop:2" },
        ]),
      );
      assert.deepEqual(failedLines(asked), []);
    });
  });

  it("follows the latest ready Revision while traffic is divided", async () => {
    const old = [{ image: "registry.test/shop:0", digest: runs(digestB) }];
    const now = [{ image, digest: runs(digestA) }];
    const resources = {
      configmaps: [configDeployment({})],
      services: [
        resource({
          ...{ name: "shop", containers: now, latestCreated: "r2", latestReady: "r2" },
          traffic: { r1: 90, r2: 10 },
        }),
      ],
      revisions: [
        revision({ name: "r1", service: "shop", containers: old }),
        revision({ name: "r2", service: "shop", containers: now }),
      ],
    };
    const asked = await ask({ resources }, manifest([{ image }]));
    assert.deepEqual(codes(asked), []);
    assert.deepEqual(asked.json.images[0]?.cluster, {
      ...{ context: null, revision: "r2", digest: digestA, ready: true, reason: null },
    });
  });

  it("looks into each namespace, and knows Configurations and Revisions", async () => {
    const containers = [{ image, digest: runs(digestB) }];
    const latest = { latestCreated: "r", latestReady: "r" };
    const resources = {
      configmaps: [configDeployment({})],
      services: [
        resource({ name: "shop", namespace: "one", containers, ...latest }),
        resource({ name: "shop", namespace: "two", containers, ...latest }),
      ],
      configurations: [resource({ name: "conf", kind: "Configuration", containers, ...latest })],
      revisions: [
        revision({ name: "r", namespace: "one", service: "shop", containers }),
        revision({ name: "r", service: "conf", containers }),
        revision({ name: "alone", service: "x", containers }),
      ],
    };
    const revisionText = `apiVersion: serving.knative.dev/v1\nkind: Revision\nmetadata:\n  name: alone\nspec:\n  containers:\n    - image: ${image}\n`;
    const text = [
      manifest([{ image }], { namespace: "one" }),
      manifest([{ image }], { namespace: "two" }),
      manifest([{ image }], { kind: "Configuration", name: "conf" }),
      revisionText,
    ].join("---\n");
    const { json } = await ask({ resources }, text);
    assert.deepEqual(
      json.images.map(({ cluster }) => (cluster as { digest: string | null }).digest),
      // The second namespace's Revision cannot be found.
      [digestB, null, digestB, digestB],
    );
  });

  it("reads 2,000 Services in one answer, and asks once", async () => {
    const count = 2000;
    const containers = [{ image, digest: runs(digestB) }];
    const names = Array.from({ length: count }, (_, index) => `shop-${index}`);
    const resources = {
      configmaps: [configDeployment({})],
      services: names.map((name) =>
        resource({ name, containers, latestCreated: `${name}-1`, latestReady: `${name}-1` }),
      ),
      revisions: names.map((name) => revision({ name: `${name}-1`, service: name, containers })),
    };
    // More than are selected by name: the answers hold all 2,000 of each kind.
    const own = names.slice(-50);
    const text = own.map((name) => manifest([{ image }], { name })).join("---\n");
    const { json, commands, code } = await ask({ resources }, text);
    assert.equal(code, 0);
    assert.equal(
      json.findings.filter(({ code: each }) => each === "cluster-differs").length,
      own.length,
    );
    assert.equal(commands.length, 3);
  });

  it("takes the cluster's skip list where the workspace has none", async () => {
    const list = configDeployment({ "registries-skipping-tag-resolving": "registry.test" });
    const resources = { ...oneRevision(undefined), configmaps: [list] };
    const { json } = await ask({ resources }, manifest([{ image }]));
    assert.deepEqual(json.skipList, {
      ...{ registries: ["registry.test"], source: "cluster", file: null, line: null },
    });
  });

  it("warns where the workspace's configuration says something else", async () => {
    const theirs = {
      "registries-skipping-tag-resolving": "b.test, a.test",
      "digest-resolution-timeout": "60s",
    };
    const config = (list: string, timeout: string): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\n  namespace: knative-serving\ndata:\n  queue-sidecar-image: gcr.io/queue@${digestA}\n  registries-skipping-tag-resolving: "${list}"\n  digest-resolution-timeout: ${timeout}\n`;
    const lines = async (text: string): Promise<number[]> =>
      (await ask({ resources: { configmaps: [configDeployment(theirs)] } }, text)).json.findings
        .filter(({ code }) => code === "cluster-config-differs")
        .map(({ line }) => line);
    assert.deepEqual(await lines(config("a.test,b.test", "1m")), []);
    assert.deepEqual(await lines(config("a.test", "10s")), [8, 9]);
  });
});

/** The same at a given time. */
function askAt(contents: ClusterContents, text: string, now: number): Promise<Asked> {
  return withCluster(contents, async ({ run, commands }) => {
    const world = { files: { "a.yaml": text }, runKubectl: run, now };
    const result = await runCommand("check --cluster --offline --output json", world);
    return { ...result, commands, json: JSON.parse(result.stdout) as Asked["json"] };
  });
}

describe("list --cluster", () => {
  it("prints the three digests of each image", async () => {
    const contents = { resources: oneRevision(digestB) };
    const { json, code } = await ask(contents, manifest([{ image }]), {
      args: "list --cluster --context test",
    });
    assert.equal(code, 0);
    const [{ cluster, resolution } = {}] = json.images;
    assert.deepEqual(cluster, {
      ...{ context: "test", revision: "shop-00001", digest: digestB, ready: true, reason: null },
    });
    assert.equal((resolution as { digest: string }).digest, digestA);
  });

  it("prints them as columns", async () => {
    await withCluster({ resources: oneRevision(digestB) }, async ({ run }) => {
      const { stdout } = await runCommand("list --cluster", {
        ...{ files: { "a.yaml": manifest([{ image }]) }, runKubectl: run },
        known: { [image]: resolved(digestA) },
      });
      assert.match(
        stdout,
        /registry\.test\/shop:1 +Service shop +tag: sha256:a{12}… +cluster: sha256:b{12}… \(shop-00001\)\n/,
      );
    });
  });
});

describe("pin --from-cluster", () => {
  const pinned = (contents: ClusterContents, text: string) =>
    withCluster(contents, async ({ run }) =>
      runCommand("pin --from-cluster --output json", {
        files: { "a.yaml": text },
        runKubectl: run,
      }),
    );

  it("writes the digest that runs, and asks no registry", async () => {
    const result = await pinned({ resources: oneRevision(digestB) }, manifest([{ image }]));
    assert.deepEqual([result.code, result.questions], [0, []]);
    assert.equal(result.files["a.yaml"], manifest([{ image: `${image}@${digestB}` }]));
  });

  const rows: readonly [string, string, ClusterContents["resources"], string][] = [
    ["another tag", "registry.test/shop:2", oneRevision(digestB), "other-image"],
    ["another repository", "registry.test/other:1", oneRevision(digestB), "other-image"],
    ["no recorded digest", image, oneRevision(undefined), "no-digest"],
    ["no such resource", image, { configmaps: [configDeployment({})] }, "not-in-cluster"],
  ];
  for (const [name, written, resources, code] of rows) {
    it(`leaves an image for which the cluster has ${name}`, async () => {
      const text = manifest([{ image: written }]);
      const { files, stdout } = await pinned({ resources }, text);
      assert.equal(files["a.yaml"], text);
      const { left } = JSON.parse(stdout) as { left: readonly { code: string }[] };
      assert.deepEqual(
        left.map((each) => each.code),
        [code],
      );
    });
  }

  it("leaves all, with exit code 3, where the cluster gives no answer", async () => {
    const contents = { resources: oneRevision(digestB), faults: { services: 401 } as const };
    const text = manifest([{ image }]);
    const { code, files } = await pinned(contents, text);
    assert.deepEqual([code, files["a.yaml"]], [3, text]);
  });
});
