// A file's images: which stand where, and which count, by what KServe and kustomizations make of them.

import assert from "node:assert/strict";
import { inFile, type FileOffset } from "../../../server/src/document/span.ts";
import {
  fileFindings,
  fixChanges,
  isAt,
  onePerPlace,
  partAt,
  placedStates,
  placedStatesAround,
  stateAt,
} from "../../../server/src/findings/reading.ts";
import { applyChanges } from "../../../server/src/edits/change.ts";
import { readText, service, type World } from "../../support/reading.ts";

const offset = (value: number): FileOffset => inFile(value, 0 as FileOffset);

describe("the images at a place of a file", () => {
  const text = `${service("r.io/one:1")}---\n${service("r.io/two:1")}`;
  const reading = readText(text);
  const [one, two] = ["r.io/one:1", "r.io/two:1"].map((image) => text.indexOf(image));
  assert.ok(one !== undefined && two !== undefined);
  const at = (value: number): string | undefined =>
    stateAt(reading, offset(value))?.state.use.reference.text;

  it("are found from their first to behind their last character", () => {
    const length = "r.io/one:1".length;
    assert.deepEqual([one - 1, one, one + length, one + length + 1].map(at), [
      undefined,
      "r.io/one:1",
      "r.io/one:1",
      undefined,
    ]);
    assert.equal(at(two + 1), "r.io/two:1");
    assert.equal(at(0), undefined);
    assert.equal(at(text.length + 1), undefined);
  });

  it("are those of the documents that a span touches", () => {
    const around = (start: number, end: number): readonly string[] =>
      placedStatesAround(reading, { start: offset(start), end: offset(end) }).map(
        ({ state }) => state.use.reference.text,
      );
    assert.deepEqual(around(0, 1), ["r.io/one:1"]);
    assert.deepEqual(around(two, two), ["r.io/two:1"]);
    assert.deepEqual(around(one, two), ["r.io/one:1", "r.io/two:1"]);
  });

  it("have their place in the file, not in their document", () => {
    const [, second] = placedStates(reading);
    assert.ok(second);
    assert.deepEqual([second.place.start, second.span.start], [two, two]);
    assert.ok(isAt(second, { start: offset(two), end: offset(two) }));
    assert.ok(!isAt(second, { start: offset(one), end: offset(one) }));
  });

  it("stand in the document at whose ends they are, too", () => {
    const [first, second] = reading.parts;
    assert.ok(first && second);
    assert.equal(partAt(reading, offset(first.end)), first);
    assert.equal(partAt(reading, offset(second.end)), second);
    assert.equal(partAt(reading, offset(second.end + 1)), undefined);
  });

  it("are one where an alias brings them once more", () => {
    const aliased = service("r.io/one:1").replace("- name: user", "- &c\n          name: user");
    const placed = placedStates(readText(`${aliased}        - *c\n`));
    assert.ok(placed.length > 1);
    const [first] = placed;
    assert.deepEqual(onePerPlace([...placed, ...placed]), onePerPlace(placed));
    assert.equal(onePerPlace(placed)[0], first);
  });

  it("are changed by a fix where they stand in the file", () => {
    const doomed = `a: 1\n---\n${service("https://r.io/one:1")}`;
    const [found] = fileFindings(readText(doomed));
    const [fix] = found?.finding.fixes ?? [];
    assert.ok(found && fix);
    assert.equal(applyChanges(doomed, fixChanges(found, fix)), doomed.replace("https://", ""));
  });
});

describe("the images that count", () => {
  function roles(text: string, world: World): readonly string[] {
    return placedStates(readText(text, world)).map(({ state }) => state.use.role);
  }
  const workloads = (kubernetesWorkloads: boolean): World => ({
    settings: { kubernetesWorkloads },
  });

  const inference =
    "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: { name: m }\nspec:\n" +
    "  predictor:\n    containers:\n      - { name: kserve-container, image: 'r.io/model:1' }\n";
  const mode = (name: string): string =>
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: inferenceservice-config }\n" +
    `data:\n  deploy: '{"defaultDeploymentMode": "${name}"}'\n`;
  for (const [name, others, wanted, expected] of [
    ["KServe's default", {}, false, ["container"]],
    [
      "a workspace that says Knative",
      { "file:///k.yaml": mode("Serverless") },
      false,
      ["container"],
    ],
    ["one that says no Knative", { "file:///k.yaml": mode("RawDeployment") }, false, []],
    [
      "one that says no Knative, with workloads",
      { "file:///k.yaml": mode("RawDeployment") },
      true,
      ["kubernetes-workload"],
    ],
  ] as const) {
    it(`are a model's by ${name}`, () => {
      assert.deepEqual(roles(inference, { ...workloads(wanted), others }), expected);
    });
  }

  const deployment =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d }\nspec:\n  template:\n    spec:\n" +
    "      containers:\n        - { name: d, image: 'r.io/app:1' }\n";
  const entry = "resources: [a.yaml]\nimages:\n  - name: r.io/app\n    newTag: v2\n";
  const uri = "file:///work/kustomization.yaml";
  for (const [name, resource, wanted, expected] of [
    ["a Service", service("r.io/app:1"), false, ["container"]],
    ["a workload", deployment, false, []],
    ["a workload that is wanted", deployment, true, ["kubernetes-workload"]],
    ["nothing", service("r.io/other:1"), false, []],
    ["what nobody sees", undefined, false, ["kustomize"]],
  ] as const) {
    it(`are an entry's that reaches ${name}`, () => {
      const others = resource === undefined ? {} : { "file:///work/a.yaml": resource };
      assert.deepEqual(roles(entry, { ...workloads(wanted), others, uri }), expected);
    });
  }
});
