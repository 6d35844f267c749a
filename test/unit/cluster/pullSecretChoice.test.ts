// Which pull secret of the cluster Knative's controller takes, from names and keys alone.

import assert from "node:assert/strict";
import { readAccounts, readPullSecrets } from "../../../server/src/cluster/answers/pullSecrets.ts";
import type { PullSecretFacts } from "../../../server/src/cluster/askCluster.ts";
import { failed } from "../../../server/src/cluster/clusterFailure.ts";
import {
  choosePullSecret,
  type PullSecretChoice,
} from "../../../server/src/cluster/pullSecretChoice.ts";
import type { SecretKeys } from "../../../server/src/knative/pullSecret/pullSecret.ts";

const keys = (...patterns: string[]): SecretKeys => ({ kind: "keys", patterns });
const image = { registry: "ghcr.io", repository: "team/app" };

interface Case {
  readonly own?: readonly string[];
  readonly account?: readonly string[];
  readonly secrets?: Readonly<Record<string, SecretKeys | undefined>>;
  readonly failure?: PullSecretFacts["failure"];
}

function choice({ own = [], account = [], secrets = {}, failure }: Case): PullSecretChoice {
  const accounts = new Map([["default", account]]);
  const facts = { accounts, secrets: new Map(Object.entries(secrets)), failure };
  return choosePullSecret({ pullSecrets: own, serviceAccount: "default" }, facts, image);
}

describe("the pull secret that counts", () => {
  const rows: readonly [string, Case, PullSecretChoice][] = [
    ["is none where none is named", {}, { kind: "none-named", account: "default" }],
    [
      "is the resource's",
      { own: ["a"], account: ["b"], secrets: { a: keys("ghcr.io"), b: keys("ghcr.io") } },
      { kind: "secret", name: "a", account: undefined },
    ],
    [
      "is the service account's where its key says more",
      { own: ["a"], account: ["b"], secrets: { a: keys("ghcr.io"), b: keys("ghcr.io/team") } },
      { kind: "secret", name: "b", account: "default" },
    ],
    [
      "is not one that the cluster does not have",
      { own: ["gone", "a"], secrets: { gone: undefined, a: keys("*.io") } },
      { kind: "secret", name: "a", account: undefined },
    ],
    [
      "is none where no key is for the registry",
      { own: ["a"], account: ["b"], secrets: { a: keys("docker.io"), b: undefined } },
      { kind: "no-match", names: ["a", "b"] },
    ],
    [
      "breaks all images",
      { own: ["a", "b"], secrets: { a: keys("ghcr.io"), b: { kind: "broken" } } },
      { kind: "broken", name: "b" },
    ],
    [
      "is not known without permission",
      { own: ["a"], failure: failed("no-permission") },
      { kind: "unknown", names: ["a"], failure: "no-permission" },
    ],
    [
      "is not known where more are named than are asked for",
      { own: ["a", "b"], secrets: { a: keys("ghcr.io") } },
      { kind: "unknown", names: ["a", "b"], failure: undefined },
    ],
  ];
  for (const [name, given, expected] of rows) {
    it(name, () => {
      assert.deepEqual(choice(given), expected);
    });
  }
});

describe("what kubectl says of Secrets and service accounts", () => {
  const encoded = (text: string): string => Buffer.from(text).toString("base64");
  const secret = (name: string, type: string, data: object): object => ({
    ...{ apiVersion: "v1", kind: "Secret", metadata: { name }, type, data },
  });

  it("leaves hosts and paths of the keys", () => {
    const auths = { "https://me:hidden@ghcr.io/v1/team": { auth: encoded("me:hidden") } };
    const items = [
      secret("new", "kubernetes.io/dockerconfigjson", {
        ".dockerconfigjson": encoded(JSON.stringify({ auths })),
        other: encoded("hidden"),
      }),
      secret("old", "kubernetes.io/dockercfg", {
        ".dockercfg": encoded('{"quay.io": {"username": "me", "password": "hidden"}}'),
      }),
      secret("broken", "kubernetes.io/dockerconfigjson", {
        ".dockerconfigjson": encoded('{"auths": {"ghcr.io": "hidden"}}'),
      }),
      secret("passed-over", "Opaque", { ".dockerconfigjson": encoded("{}") }),
    ];
    const read = readPullSecrets(JSON.stringify({ kind: "List", items }));
    assert.ok(!("failure" in read));
    assert.deepEqual(
      [...read],
      [
        ["new", keys("ghcr.io/team")],
        ["old", keys("quay.io")],
        ["broken", { kind: "broken" }],
      ],
    );
  });

  it("is one resource, a list, nothing, or cut off", () => {
    const account = { kind: "ServiceAccount", metadata: { name: "default" } };
    const named = { ...account, imagePullSecrets: [{ name: "a" }, {}, { name: "--all" }] };
    for (const [text, expected] of [
      [JSON.stringify(named), [["default", ["a"]]]],
      [JSON.stringify({ items: [account] }), [["default", []]]],
      ["\n", []],
    ] as const) {
      const read = readAccounts(text);
      assert.deepEqual("failure" in read ? read : [...read], expected);
    }
    assert.deepEqual(readPullSecrets('{"kind": "Sec'), failed("cut-off"));
  });
});
