// Knative resources inside others, and resources that become Knative Services by somebody else's hand.

import assert from "node:assert/strict";
import type { ImageUse } from "../../../server/src/document/analysis.ts";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../../server/src/document/documentAnalysis.ts";
import { spanInFile } from "../../../server/src/document/span.ts";
import { placeOf } from "../../../server/src/document/writtenImage.ts";
import { applyChanges } from "../../../server/src/edits/change.ts";
import { clearDigest, setDigest } from "../../../server/src/edits/imageEdits.ts";
import { placedStates } from "../../../server/src/findings/reading.ts";
import { readMarks } from "../../support/markedText.ts";
import { digestA, readText } from "../../support/reading.ts";

interface Found {
  readonly use: ImageUse;
  readonly start: number;
}

function find(text: string, kubernetesWorkloads = false): readonly Found[] {
  const { parts } = analyzeFile(text, { ...defaultAnalysisOptions, kubernetesWorkloads });
  return parts.flatMap(({ start, document }) => document.images.map((use) => ({ use, start })));
}

/** Checks what is found: the platform, the role and the path of each marked image. */
function check(marked: string, expected: readonly string[]): void {
  const { text, ranges } = readMarks(marked);
  const found = find(text);
  assert.deepEqual(
    found.map(({ use, start }) => {
      const { start: from, end } = placeOf(use);
      return { start: from + start, end: end + start };
    }),
    ranges,
  );
  assert.deepEqual(
    found.map(({ use }) => `${use.platform} ${use.role} ${use.resource.kind} ${use.path}`),
    expected,
  );
}

const service = `apiVersion: serving.knative.dev/v1
kind: Service
spec:
  template:
    spec:
      containers:
        - image: «app:v1»
`;

/** A text with each line behind the same indentation. */
function indented(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(by));
}

describe("nested Knative resources", () => {
  it("are found in what kn exports", () => {
    const text = `apiVersion: client.knative.dev/v1alpha1
kind: Export
spec:
  revisions:
    - apiVersion: serving.knative.dev/v1
      kind: Revision
      spec:
        containers:
          - image: «old:v1»
  service:
${indented(service, 4)}`;
    check(text, [
      "knative container Revision spec.revisions[0].spec.containers[0].image",
      "knative container Service spec.service.spec.template.spec.containers[0].image",
    ]);
  });
  it("are found at any depth, in flow style and through an alias", () => {
    check(
      "kind: Template\nobjects: [{apiVersion: serving.knative.dev/v1, kind: Service, spec: &s {template: {spec: {containers: [{image: «a»}]}}}}]\n",
      ["knative container Service objects[0].spec.template.spec.containers[0].image"],
    );
    check(
      `kind: Composition\nspec:\n  resources:\n    - name: web\n      base:\n${indented(service, 8)}`,
      ["knative container Service spec.resources[0].base.spec.template.spec.containers[0].image"],
    );
  });
  it("need no image of their own, since another tool may complete them", () => {
    check(
      "kind: Composition\nbase:\n  apiVersion: serving.knative.dev/v1\n  kind: Service\n  spec:\n    template:\n      spec:\n        containers:\n          - name: a\n",
      [],
    );
  });
  it("are not looked for where a Service is only referred to", () => {
    check(
      "kind: Trigger\nspec:\n  subscriber:\n    ref:\n      apiVersion: serving.knative.dev/v1\n      kind: Service\n      name: web\n",
      [],
    );
  });
  it("are not found in a kind of another group", () => {
    check(
      "kind: X\nbase:\n  apiVersion: v1\n  kind: Service\n  note: serving.knative.dev/v1\n  spec:\n    template:\n      spec:\n        containers:\n          - image: a\n",
      [],
    );
  });
});

describe("documents in a block scalar", () => {
  const around = (inner: string, header = "|"): string =>
    `a: 1\n---\nkind: Object\nspec:\n  manifest: ${header}\n${indented(inner, 4)}  other: 1\n`;
  it("are read with their places", () => {
    check(around(`# first\n---\nkind: Other\n---\n${service}`), [
      "knative container Service spec.manifest spec.template.spec.containers[0].image",
    ]);
  });
  it("are read behind an indentation that the header gives", () => {
    check(`kind: Object\nspec:\n  manifest: |2\n${indented(service, 4)}`, [
      "knative container Service spec.manifest spec.template.spec.containers[0].image",
    ]);
  });
  it("are left alone where lines are folded, since no place is certain", () => {
    const { text } = readMarks(around(service, ">"));
    assert.deepEqual(find(text), []);
  });
  for (const eol of ["\n", "\r\n"]) {
    for (const style of ["tag-and-digest", "digest-and-comment"] as const) {
      it(`change in the bytes of the reference alone: ${JSON.stringify(eol)}, ${style}`, () => {
        const { text } = readMarks(around(service).replaceAll("\n", eol));
        const [placed] = placedStates(readText(text));
        assert.ok(placed !== undefined);
        const edit = (changes: ReturnType<typeof setDigest>): string =>
          applyChanges(
            text,
            (changes ?? []).map((change) => spanInFile(change, placed.start)),
          );
        const at = { image: placed.state.use, text: placed.text };
        const pinned = edit(setDigest(at, digestA, style));
        const written = style === "tag-and-digest" ? `app:v1@${digestA}` : `app@${digestA} # v1`;
        assert.equal(pinned, text.replace("app:v1", written));
        const [again] = placedStates(readText(pinned));
        assert.ok(again !== undefined);
        const cleared = clearDigest({ image: again.state.use, text: again.text });
        assert.equal(
          applyChanges(
            pinned,
            (cleared ?? []).map((change) => spanInFile(change, again.start)),
          ),
          text,
        );
      });
    }
  }
});

describe("KServe", () => {
  const inference = (annotation = ""): string =>
    `apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata:\n  name: m\n${annotation}spec:\n  predictor:\n    containers:\n      - image: «p»\n    initContainers:\n      - image: «i»\n  transformer:\n    containers:\n      - image: «t»\n  explainer:\n    alibi:\n      image: «e»\n`;
  it("makes Knative Services of an InferenceService's components", () => {
    check(inference(), [
      "kserve container InferenceService spec.predictor.containers[0].image",
      "kserve init-container InferenceService spec.predictor.initContainers[0].image",
      "kserve container InferenceService spec.transformer.containers[0].image",
      "kserve container InferenceService spec.explainer.alibi.image",
    ]);
  });
  for (const mode of ["RawDeployment", "Standard", "ModelMesh"]) {
    it(`makes none of them in the mode ${mode}`, () => {
      const { text } = readMarks(
        inference(`  annotations:\n    serving.kserve.io/deploymentMode: ${mode}\n`),
      );
      assert.deepEqual(find(text), []);
      const roles = find(text, true).map(({ use }) => use.role);
      assert.deepEqual(new Set(roles), new Set(["kubernetes-workload"]));
    });
  }
  for (const mode of ["Serverless", "Knative"]) {
    it(`makes them in the mode ${mode}`, () => {
      const { text } = readMarks(
        inference(`  annotations:\n    serving.kserve.io/deploymentMode: ${mode}\n`),
      );
      assert.equal(find(text).length, 4);
    });
  }
  it("takes images from runtimes, but not from those of ModelMesh", () => {
    const runtime = (multiModel: string): string =>
      `apiVersion: serving.kserve.io/v1alpha1\nkind: ClusterServingRuntime\nspec:\n${multiModel}  containers:\n    - name: kserve-container\n      image: r:v1\n`;
    assert.equal(find(runtime("")).length, 1);
    assert.equal(find(runtime("  multiModel: true\n")).length, 0);
  });
});

describe("Cloud Run", () => {
  const cloudRun = (metadata: string, template = ""): string =>
    `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: web\n${metadata}spec:\n  template:\n${template}    spec:\n      containers:\n        - image: dev.local/app:latest\n`;
  const rows: readonly (readonly [string, string, string])[] = [
    ["no mark", cloudRun(""), "knative"],
    [
      "an annotation of the Service",
      cloudRun("  annotations:\n    run.googleapis.com/ingress: all\n"),
      "cloud-run",
    ],
    [
      "an annotation of the template",
      cloudRun(
        "",
        "    metadata:\n      annotations:\n        run.googleapis.com/cpu-throttling: 'false'\n",
      ),
      "cloud-run",
    ],
    [
      "the label of the location",
      cloudRun("  labels:\n    cloud.googleapis.com/location: europe-west1\n"),
      "cloud-run",
    ],
  ];
  for (const [name, text, platform] of rows) {
    it(`is recognized by ${name}`, () => {
      assert.deepEqual(
        find(text).map(({ use }) => use.platform),
        [platform],
      );
    });
  }
  it("has no skip list, so that nothing is skipped or said of one", () => {
    const { parts } = readText(cloudRun("  annotations:\n    run.googleapis.com/ingress: all\n"));
    const [part] = parts;
    assert.deepEqual(
      part?.states.map(({ outcome }) => outcome.kind),
      ["resolve"],
    );
    assert.deepEqual(part.findings, []);
  });
});
