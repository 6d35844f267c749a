// What the cluster's configuration says otherwise than a file's: only what decides about images, by its meaning.

import assert from "node:assert/strict";
import type { ClusterKnown } from "../../../server/src/cluster/clusterKnown.ts";
import { readText } from "../../support/reading.ts";

const sidecar = `queue-sidecar-image: queue@sha256:${"a".repeat(64)}`;

function configMap(lines: readonly string[], namespace = "knative-serving"): string {
  const data = [sidecar, ...lines].map((line) => `  ${line}\n`).join("");
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config-deployment, namespace: ${namespace}}\ndata:\n${data}`;
}

function clusterOf(settings: Readonly<Record<string, string>>): ClusterKnown {
  const config = { kind: "config" as const, settings: new Map(Object.entries(settings)) };
  return { config: { ...config, version: undefined }, image: () => undefined };
}

/** The texts that are marked, with what the cluster has. */
function differences(text: string, cluster: ClusterKnown | undefined): string[] {
  const { parts } = readText(text, cluster === undefined ? {} : { cluster });
  return parts.flatMap(({ findings }) =>
    findings
      .filter(({ code }) => code === "cluster-config-differs")
      .map(
        ({ span, message }) =>
          `${text.slice(span.start, span.end)} | ${message.replace(/^.*: /, "")}`,
      ),
  );
}

const list = "registries-skipping-tag-resolving";
const timeout = "digest-resolution-timeout";

describe("a setting that the cluster has, too", () => {
  const rows: readonly (readonly [
    name: string,
    lines: readonly string[],
    cluster: Readonly<Record<string, string>>,
    expected: readonly string[],
  ])[] = [
    ["the same list in another order", [`${list}: "b.io, a.io,"`], { [list]: "a.io,b.io" }, []],
    ["another list", [`${list}: a.io`], { [list]: "b.io,a.io" }, ["a.io | a.io,b.io"]],
    ["an empty list", [`${list}: a.io`], { [list]: "" }, ['a.io | ""']],
    [
      "the list that Knative takes where there is none",
      [`${list}: a.io`],
      {},
      ["a.io | dev.local,kind.local,ko.local"],
    ],
    [
      "a list under the former key",
      ["registriesSkippingTagResolving: a.io"],
      { [list]: "b.io" },
      ["a.io | b.io"],
    ],
    [
      "a list under the former key, which does not count",
      [`${list}: b.io`, "registriesSkippingTagResolving: a.io"],
      { [list]: "b.io" },
      [],
    ],
    ["a list that a template fills in", [`${list}: "{{ .Values.skip }}"`], { [list]: "b.io" }, []],
    ["the same time in another unit", [`${timeout}: 60s`], { [timeout]: "1m" }, []],
    ["another time", [`${timeout}: 60s`], { [timeout]: "61s" }, ["60s | 61s"]],
    ["the time that Knative takes where there is none", [`${timeout}: 60s`], {}, ["60s | 10s"]],
    ["that time, written", [`${timeout}: 10s`], {}, []],
    [
      "a time under the former key there",
      [`${timeout}: 60s`],
      { digestResolutionTimeout: "2m" },
      ["60s | 2m"],
    ],
    [
      "a time under the former key here",
      ["digestResolutionTimeout: 60s"],
      { [timeout]: "2m" },
      ["60s | 2m"],
    ],
    [
      "a time under the former key here, which does not count",
      [`${timeout}: 2m`, "digestResolutionTimeout: 60s"],
      { [timeout]: "2m" },
      [],
    ],
    ["a time that is none", [`${timeout}: soon`], { [timeout]: "2m" }, []],
    ["a time that is none there", [`${timeout}: 2m`], { [timeout]: "soon" }, []],
    ["another setting", ["progress-deadline: 60s"], { "progress-deadline": "61s" }, []],
  ];
  for (const [name, lines, cluster, expected] of rows) {
    it(`${name}: ${expected.length === 0 ? "nothing" : "its value"} is said`, () => {
      assert.deepEqual(differences(configMap(lines), clusterOf(cluster)), expected);
    });
  }

  it("is not compared where no cluster is known, or in a ConfigMap that Knative does not read", () => {
    assert.deepEqual(differences(configMap([`${list}: a.io`]), undefined), []);
    const other = configMap([`${list}: a.io`], "elsewhere");
    assert.deepEqual(differences(other, clusterOf({ [list]: "b.io" })), []);
  });
});
