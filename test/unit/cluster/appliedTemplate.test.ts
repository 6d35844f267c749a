// Whether applying a file changes the template in the cluster, as kubectl and Knative's defaults decide it together.

import assert from "node:assert/strict";
import {
  templateChange,
  type TemplateChange,
} from "../../../server/src/cluster/appliedTemplate.ts";
import { resourceKey, type NamespaceFacts } from "../../../server/src/cluster/askCluster.ts";
import { readResources } from "../../../server/src/cluster/answers/resources.ts";
import { clusterKnown } from "../../../server/src/cluster/clusterKnown.ts";
import type { ImageUse } from "../../../server/src/document/analysis.ts";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../../server/src/document/documentAnalysis.ts";
import { templateFinder } from "../../../server/src/document/templates/templateNode.ts";

const path = "spec.template.spec.containers[0].image";

/** A Service in whose template these lines stand; the container's begin with `      `. */
function change(lines: string, live: unknown, applied?: unknown): TemplateChange {
  const node = templateFinder(() => `spec:\n  template:\n${lines}`)(path);
  assert.ok(node);
  return templateChange(node, { live, applied });
}

const container = (more: object = {}): object => ({
  ...{ name: "user-container", image: "a:1", resources: {}, ...more },
  readinessProbe: { successThreshold: 1, tcpSocket: { port: 0 } },
});
/** As Knative keeps it: with its defaults. */
const live = (more: object = {}, metadata: object = { creationTimestamp: null }): object => ({
  metadata,
  spec: { containerConcurrency: 0, timeoutSeconds: 300, containers: [container(more)] },
});
const file = (more = ""): string => `    spec:\n      containers:\n        - image: a:1\n${more}`;
const applied = (more: object = {}): object => ({
  spec: { containers: [{ image: "a:1", ...more }] },
});

describe("applying a file", () => {
  const quantities = [
    ...["1000n 1u", "1000u 1m", "1000m 1", "1k 1000", "1M 1000k", "1G 1000M", "1T 1000G"],
    ...["1P 1000T", "1E 1000P", "1Ki 1024", "1Mi 1024Ki", "1Gi 1024Mi", "1Ti 1024Gi"],
    ...["1Pi 1024Ti", "1Ei 1024Pi"],
  ].map((pair) => pair.split(" "));
  const rows: readonly [string, TemplateChange, string, object, object?][] = [
    ...quantities.map(([one = "", other = ""]): [string, TemplateChange, string, object] => [
      `${one} and ${other}`,
      "same",
      file(`          resources: { limits: { memory: ${one} } }\n`),
      live({ resources: { limits: { memory: other } } }),
    ]),
    ["what Knative fills in", "same", file(), live()],
    ["another image", "different", file().replace("a:1", "a:2"), live()],
    ["a field that is new", "different", file("          args: [x]\n"), live()],
    ["an empty field", "same", file("          args: []\n          tty: false\n"), live()],
    [
      "a quantity in other words",
      "same",
      file("          resources: { limits: { cpu: 1, memory: 1024Mi } }\n"),
      live({ resources: { limits: { cpu: "1000m", memory: "1Gi" } } }),
    ],
    [
      "another quantity",
      "different",
      file("          resources: { limits: { cpu: 1 } }\n"),
      live({ resources: { limits: { cpu: "100m" } } }),
    ],
    [
      "a text that is no quantity",
      "different",
      file('          env: [{ name: A, value: "1" }]\n'),
      live({ env: [{ name: "A", value: "1000m" }] }),
    ],
    [
      "a number and a boolean",
      "same",
      file("          ports: [{ containerPort: 0x50 }]\n          stdin: yes\n"),
      live({ ports: [{ containerPort: 80, name: "", protocol: "TCP" }], stdin: true }),
    ],
    [
      "a field that is gone, applied before",
      "different",
      file(),
      live({ args: ["x"] }),
      applied({ args: ["x"] }),
    ],
    ["a list that somebody else filled", "unknown", file(), live({ args: ["x"] }), applied()],
    [
      "a list entry that is gone",
      "different",
      file("          args: [x]\n"),
      live({ args: ["x", "y"] }),
    ],
    ["a field that may be gone", "unknown", file(), live({ args: ["x"] })],
    [
      "an annotation that somebody else wrote",
      "same",
      file(),
      live({}, { annotations: { "example.com/by": "a webhook" } }),
      applied(),
    ],
    [
      "an annotation that is gone, applied before",
      "different",
      file(),
      live({}, { annotations: { "example.com/a": "1" } }),
      { metadata: { annotations: { "example.com/a": "1" } }, ...applied() },
    ],
    [
      "an annotation of kn",
      "same",
      file(),
      live({}, { annotations: { "client.knative.dev/user-image": "a:1" } }),
    ],
    [
      "a probe that may be gone",
      "unknown",
      file(),
      live({ livenessProbe: { httpGet: { path: "/" } } }),
    ],
    [
      "a placeholder",
      "unknown",
      file("          args: ['{{ .Values.x }}']\n"),
      live({ args: ["x"] }),
    ],
  ];
  for (const [name, expected, text, theirs, before] of rows) {
    it(`finds ${name} ${expected}`, () => {
      assert.equal(change(text, theirs, before), expected);
    });
  }
});

describe("comparing a template", () => {
  it("ends at the first difference: what aliases make of the rest is never looked at", () => {
    const looked: string[] = [];
    const rest = {
      get more() {
        looked.push("more");
        return 1;
      },
    };
    const theirs = { metadata: { labels: { a: "1" }, annotations: rest } };
    const lines = (label: string): string =>
      `    metadata:\n      labels: { a: "${label}" }\n      annotations: { more: "1" }\n`;
    assert.equal(change(lines("2"), theirs), "different");
    assert.equal(looked.join(), "");
    assert.equal(change(lines("1"), theirs), "same");
    assert.ok(looked.includes("more"));
  });

  it("is done once for all answers of registries", () => {
    const [use] = usesOf(
      `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: a }\nspec:\n  template:\n${file()}`,
    );
    assert.ok(use);
    const resources = JSON.stringify({
      ...{ kind: "Service", metadata: { name: "a" }, spec: { template: live() } },
    });
    const read = readResources(resources);
    assert.ok(!("failure" in read));
    const facts: NamespaceFacts = {
      ...{ kind: "facts", revisions: new Map(), pods: [], pullSecrets: undefined, askedAt: 0 },
      resources: new Map(read.map((each) => [resourceKey(each), each])),
    };
    let parsed = 0;
    const known = clusterKnown("", undefined, () => facts);
    const images = [1, 2].map(() => {
      const find = templateFinder(() => {
        parsed += 1;
        return `spec:\n  template:\n${file()}`;
      });
      return known.image(use, find);
    });
    assert.equal(images[0]?.kind === "present" && images[0].change, "same");
    assert.equal(images[1], images[0]);
    assert.equal(parsed, 1);
  });
});

function usesOf(text: string): readonly ImageUse[] {
  const { parts } = analyzeFile(text, defaultAnalysisOptions);
  return parts.flatMap(({ document }) => document.images);
}

describe("the template of an image", () => {
  const text = `items:\n  - spec: { template: { spec: { containers: [{ image: a }] } } }\n`;
  it("is found in a List, too", () => {
    assert.ok(templateFinder(() => text)(`items[0].${path}`));
  });
  it("is not looked for inside other resources, nor in what is broken", () => {
    assert.equal(templateFinder(() => text)(`objects[0].${path}`), undefined);
    assert.equal(templateFinder(() => "spec: { template: { a: 1 }\n")(path), undefined);
  });
});
