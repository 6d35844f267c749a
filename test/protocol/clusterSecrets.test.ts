// The pull secrets of a cluster in an editor: the name of the one that counts, and nothing of any secret.

import assert from "node:assert/strict";
import type { ClusterContents } from "../support/kubernetes/apiServer.ts";
import { compare, compared, everythingUnder } from "../support/kubernetes/comparedSession.ts";
import { image, manifest, runs } from "../support/kubernetes/comparing.ts";
import {
  configDeployment,
  pullSecret,
  resource,
  revision,
  serviceAccount,
} from "../support/kubernetes/knativeResources.ts";
import type { TestCluster } from "../support/kubernetes/withCluster.ts";
import { digestB } from "../support/reading.ts";
import { eventually } from "../support/deadline.ts";
import { positionOf, type TestSession } from "../support/session.ts";

const text = manifest([{ image }]);
const password = "s3cr3t-of-the-cluster";

/** A cluster whose Service names `own`, and its service account `account`. */
function cluster(
  { own = ["own"], account = ["account"], keys = {} as Readonly<Record<string, string>> },
  faults: ClusterContents["faults"] = {},
): ClusterContents {
  const containers = [{ image, digest: runs(digestB) }];
  const latest = { latestCreated: "shop-00001", latestReady: "shop-00001" };
  return {
    resources: {
      configmaps: [configDeployment({})],
      services: [resource({ name: "shop", containers, ...latest, pullSecrets: own })],
      revisions: [revision({ name: "shop-00001", service: "shop", containers })],
      serviceaccounts: [serviceAccount(account)],
      secrets: Object.entries(keys).map(([name, key]) => pullSecret(name, key, password)),
    },
    faults,
  };
}

/** The popup on the image: compared again where kubectl had no time for all of its questions. */
async function popup(session: TestSession, words: RegExp): Promise<string> {
  const { client, open } = session;
  const { uri } = await open("service.yaml", text);
  await client.diagnostics(uri);
  const { line, character } = positionOf(text, image);
  return await eventually("The popup", async () => {
    await compare(session);
    const said = JSON.stringify(await client.hover(uri, line, character + 1));
    return words.test(said) ? said : undefined;
  });
}

async function shown(
  contents: ClusterContents,
  words: RegExp,
  body: (popup: string, session: TestSession, cluster: TestCluster) => Promise<void>,
): Promise<void> {
  await compared(contents, {}, async (session, double) => {
    await body(await popup(session, words), session, double);
  });
}

describe("the pull secrets of a cluster", () => {
  const rows: readonly [string, ClusterContents, RegExp][] = [
    [
      "the resource's",
      cluster({ keys: { own: "registry.test", account: "registry.test" } }),
      /Knative signs in with Secret own\./,
    ],
    [
      "the service account's",
      cluster({ keys: { own: "other.test", account: "registry.test" } }),
      /Knative signs in with Secret account of service account default\./,
    ],
    [
      "none whose key is for the registry",
      cluster({ keys: { own: "docker.io", account: "other.test" } }),
      /no entry of own, account is for this registry/,
    ],
    [
      "none that may be read",
      cluster({ keys: { own: "registry.test" } }, { secrets: 403 }),
      /your account may not read service accounts or Secrets there/,
    ],
  ];
  for (const [name, contents, words] of rows) {
    it(`are judged as Knative judges them: ${name}`, async () => {
      await shown(contents, words, async (said, { client, uriOf }) => {
        // It is no reason to call the comparison failed, nor to mark anything.
        assert.match(said, /The cluster/);
        const found = await client.diagnostics(uriOf("service.yaml"));
        assert.deepEqual(found, []);
      });
    });
  }

  it("are asked for by their names alone, and not at all where none is named", async () => {
    const asked = ({ requests }: TestCluster): ReadonlySet<string> =>
      new Set(requests.filter((each) => each.includes("secrets")));
    const keys = { own: "registry.test", account: "registry.test", unnamed: "registry.test" };
    await shown(cluster({ keys }), /signs in with/, (_, __, double) => {
      const at = "/api/v1/namespaces/default/secrets";
      const expected = ["account", "own"].map((name) => `${at}/${name}?timeout=4s`);
      assert.deepEqual(asked(double), new Set(expected));
      return Promise.resolve();
    });
    await shown(cluster({ own: [], account: [], keys }), /The cluster/, (said, _, double) => {
      assert.deepEqual(asked(double), new Set());
      assert.doesNotMatch(said, /signs in/);
      return Promise.resolve();
    });
  });

  it("shows the name of the pull secret that counts, and nothing of any secret anywhere", async () => {
    const contents = cluster({
      keys: { own: "registry.test/shop", account: `me:${password}@%zz` },
    });
    const all = contents.resources["secrets"] ?? [];
    const encoded = all.map((each) => Object.values(each["data"] as Record<string, string>)[0]);
    const words = /Knative cannot read Secret account/;
    await shown(contents, words, async (said, { client, sample }, { folder, requests }) => {
      assert.ok(requests.some((each) => each.includes("secrets/account")));
      const everything = [
        ...[said, JSON.stringify(client.received), client.standardError()],
        ...[await everythingUnder(sample.scratch), await everythingUnder(folder)],
      ].join("\n");
      for (const canary of [password, 'registry.test/shop"', ...encoded]) {
        assert.ok(canary !== undefined);
        assert.equal(everything.includes(canary), false, canary);
      }
    });
  });
});
