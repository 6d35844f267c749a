// Which documents are read at all, and of which it matters that they can be.

import assert from "node:assert/strict";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../../server/src/document/documentAnalysis.ts";
import {
  isWorthDecoding,
  isWorthReading as isWorthReadingIn,
  namesKnative,
  searchable,
  type RelevanceOptions,
} from "../../../server/src/document/relevance.ts";
import { service } from "../../support/reading.ts";

const options = defaultAnalysisOptions;

function isWorthReading(text: string, how: RelevanceOptions): boolean {
  return isWorthReadingIn(searchable(text), how);
}

/** A line of a document, whether it is worth reading, and whether it names Knative. */
const rows: readonly (readonly [text: string, isRead: boolean, isKnative: boolean])[] = [
  ["apiVersion: serving.knative.dev/v1", true, true],
  ["apiVersion: serving.knative.dev/v1alpha1", true, true],
  ["apiVersion: serving.knative.dev/{{ .Values.version }}", true, true],
  ["apiVersion: serving.knative.dev/$VERSION", true, true],
  ['{"apiVersion":"serving.knative.dev\\/v1"}', true, true],
  ["apiVersion: sources.knative.dev/v1", true, true],
  ["apiVersion: sinks.knative.dev/v1alpha1", true, true],
  ["apiVersion: operator.knative.dev/v1beta1", true, true],
  ["apiVersion: caching.internal.knative.dev/v1alpha1", true, true],
  ["apiVersion: serving.kserve.io/v1beta1", true, true],
  ["    serving.kserve.io/inferenceservice: a", false, false],
  ["  name: config-deployment", true, true],
  ["  localRegistryHosting.v1: |", true, false],
  ["    serving.knative.dev/release: devel", false, false],
  ["    serving.knative.dev/visibility: cluster-local", false, false],
  ["    group: serving.knative.dev\n    names:", false, false],
  ["    autoscaling.knative.dev/min-scale: '1'", false, false],
  ["  description: the image of Knative", false, false],
  ["image: nginx", false, false],
  ["type: kubernetes.io/dockerconfigjson", true, false],
  ["apiVersion: kustomize.config.k8s.io/v1beta1", true, false],
  ["- op: replace\n  path: /spec/x", true, false],
  ['[{"op": "add", "path": "/spec/x"}]', true, false],
  ["  stop: replaced", false, false],
  ["specVersion: 0.36.0", true, false],
  ["  registries-skipping-tag-resolving: x", true, false],
  ["# knative-digest: ignore x", true, false],
  ["api: &api serving.knative.dev/v1\napiVersion: *api", true, true],
  ["apiVersion:\n  serving.knative.dev/v1", true, true],
  ['  text: "{\\"apiVersion\\":\\"serving.knative.dev/v1\\"}"', true, true],
  // What is only told of.
  ["  description: of caching.internal.knative.dev/v1alpha1.Image", false, false],
  ["  description: Secrets of type kubernetes.io/dockerconfigjson", false, false],
  ["  see: https://kustomize.config.k8s.io/v1", false, false],
  ["- name: op\n  path: /spec/x", false, false],
  ["kind: Deployment\n# op: add", false, false],
  ["---\n# patch\n- op: add\n  path: /spec/x", true, false],
  ["a: b\n---\n- op: add\n  path: /spec/x", true, false],
];

describe("the words that make a document worth reading", () => {
  for (const [text, isRead, isKnative] of rows) {
    it(`are looked for in ${JSON.stringify(text)}`, () => {
      assert.deepEqual([isWorthReading(text, options), namesKnative(text)], [isRead, isKnative]);
    });
  }
  it("are not needed in files that mean something by their name, or that the user named", () => {
    for (const fileName of ["func.yaml", "func.yml", "kustomization.yaml", "Kustomization"]) {
      assert.equal(isWorthReading("a: b", { ...options, fileName }), true, fileName);
    }
    assert.equal(isWorthReading("a: b", { ...options, fileName: "my-func.yaml" }), false);
    assert.equal(isWorthReading("a: b", { ...options, isNamed: true }), true);
  });
  it("are fewer in JSON, which is used for so much else", () => {
    const json = { ...options, fileName: "package.json" };
    assert.equal(isWorthReading('{"specVersion": "1", "name": "config-deployment"}', json), false);
    assert.equal(isWorthReading('{"apiVersion": "serving.knative.dev/v1"}', json), true);
    assert.equal(isWorthReading('[{"op": "replace"}]', json), true);
  });
  it("are images where Kubernetes' workloads are looked at", () => {
    assert.equal(isWorthReading("image: a", { ...options, kubernetesWorkloads: true }), true);
    assert.equal(isWorthReading("a: b", { ...options, kubernetesWorkloads: true }), false);
  });
});

describe("a definition of a resource", () => {
  const definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n";
  const told = "spec:\n  type: kubernetes.io/dockerconfigjson\n  image: a\n# knative-digest: x\n";

  it("is not read, whatever it tells of", () => {
    const all = { ...options, kubernetesWorkloads: true };
    assert.equal(isWorthReading(`${definition}${told}`, all), false);
    assert.equal(isWorthReading(told, all), true);
  });
  it("hides no document before or behind it", () => {
    const other = "apiVersion: serving.knative.dev/v1\n";
    assert.equal(isWorthReading(`${definition}${told}---\n${other}`, options), true);
    assert.equal(isWorthReading(`${other}---\n${definition}${told}`, options), true);
    const image = "kind: Pod\nimage: a\n";
    const all = { ...options, kubernetesWorkloads: true };
    assert.equal(isWorthReading(`${definition}${told}---\n${image}`, all), true);
  });
});

describe("a template of a chart", () => {
  it("is read for Knative's words, and for named templates without parsing", () => {
    const template: RelevanceOptions = { ...options, chartFile: "template" };
    const define = '{{ define "a" }}x{{ end }}\nb: [\n';
    assert.equal(isWorthReading("kind: Deployment\nimage: {{ .Values.a }}", template), false);
    assert.equal(isWorthDecoding(searchable("kind: Deployment"), template), false);
    assert.equal(isWorthDecoding(searchable(define), template), true);
    const [part] = analyzeFile(define, { ...options, ...template }).parts;
    assert.deepEqual(
      [part?.document.chart?.parts.defines, part?.document.syntaxProblems],
      [new Map([["a", "x"]]), []],
    );
  });
});

describe("a document without them", () => {
  it("is not parsed, and is at most a neighbour of one that is", () => {
    const { parts } = analyzeFile(`a: [broken\n---\n${service("nginx:1")}---\n{{ x\n`, options);
    assert.deepEqual(
      parts.map(({ document }) => [document.images.length, document.syntaxProblems.length]),
      [
        [0, 0],
        [1, 0],
        [0, 0],
      ],
    );
  });
});
