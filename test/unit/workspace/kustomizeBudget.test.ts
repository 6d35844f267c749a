// The steps of joining kustomizations, each by itself: none is done for which there is no room, and that is not hidden.

import assert from "node:assert/strict";
import { appliedImages } from "../../../server/src/workspace/kustomize/appliedImages.ts";
import { fileLayer, joined } from "../../../server/src/workspace/kustomize/fileLayer.ts";
import { withImageRules } from "../../../server/src/workspace/kustomize/imageRules.ts";
import { overwritten } from "../../../server/src/workspace/kustomize/overwritten.ts";
import { withWrites } from "../../../server/src/workspace/kustomize/patches.ts";
import { replaced } from "../../../server/src/workspace/kustomize/replacements.ts";
import { createTracker, type Tracker } from "../../../server/src/workspace/kustomize/tracker.ts";
import { ruleWriter, writesOf } from "../../../server/src/workspace/kustomize/writers.ts";
import { service } from "../../support/reading.ts";
import { analyzeNamed } from "../../support/workspaceFiles.ts";

const base = analyzeNamed("s.yaml", service("app:1"));
const layer = fileLayer("s.yaml", base);
const patch = analyzeNamed("p.yaml", service("app:2"));
const top = analyzeNamed("kustomization.yaml", "images:\n  - name: app\n    newTag: v2\n");
const writes = writesOf("p.yaml", patch);
const anything = {
  ...{ group: undefined, version: undefined, kind: undefined },
  ...{ name: undefined, namespace: undefined, hasSelectors: false },
};

/** Has room for so many more steps of whatever length. */
function roomFor(steps: number): Tracker {
  let left = steps;
  return {
    ...createTracker(),
    take() {
      left -= 1;
      return left >= 0;
    },
  };
}

function withRules(tracker: Tracker): ReturnType<typeof withImageRules> {
  const [source] = top.parts.flatMap(({ document }) => document.kustomization ?? []);
  const { images: rules, hasOwnFields } = source ?? assert.fail("no kustomization");
  return withImageRules({ uri: "k", analysis: top, rules, hasOwnFields }, layer, tracker);
}

describe("a step of joining kustomizations without room", () => {
  it("puts no layers together", () => {
    const { resources, images, hasUnseen } = joined([layer, layer], roomFor(1));
    assert.deepEqual([resources.length, images.length, hasUnseen], [1, 1, true]);
  });
  for (const room of [0, 1]) {
    it(`lays no patch over resources, with room for ${room}`, () => {
      const result = withWrites(writes, { target: undefined }, layer, roomFor(room));
      assert.deepEqual([result.images, result.hasUnseen], [layer.images, true]);
    });
    it(`applies no entry, with room for ${room}`, () => {
      const tracker = roomFor(room);
      const result = withRules(tracker);
      assert.deepEqual([result.images, result.hasUnseen], [layer.images, true]);
      assert.ok([...(tracker.reached.get("k")?.values() ?? [])].every(({ unseen }) => unseen));
    });
  }
  it("writes no replacement", () => {
    const fieldPaths = [["spec", "template", "spec", "containers", "*", "image"]];
    const replacement = {
      file: undefined,
      source: "x",
      targets: [{ select: anything, fieldPaths }],
    };
    const result = replaced(replacement, ruleWriter("k", top), layer, roomFor(0));
    assert.deepEqual([result.images, result.hasUnseen], [layer.images, true]);
  });
  it("tells of no image that it is replaced, and of none how it is applied", () => {
    const changed = withRules(roomFor(2));
    assert.equal(overwritten([changed], roomFor(99)).length, 1);
    assert.equal(overwritten([changed], roomFor(0)).length, 0);
    assert.equal(overwritten([changed], roomFor(1)).length, 0);
    assert.equal(appliedImages([layer], roomFor(99)).length, 1);
    assert.equal(appliedImages([layer], roomFor(0)).length, 0);
  });
});

describe("the images that are applied", () => {
  const [image] = layer.images;
  const listed = (change: Partial<typeof layer>): number =>
    appliedImages([{ ...layer, ...change }], roomFor(99)).length;
  it("are those that something writes into a resource that is still there", () => {
    assert.ok(image !== undefined);
    const { chain } = image;
    const unwritten = { ...chain, writer: { ...chain.writer, key: undefined } };
    assert.equal(listed({}), 1);
    assert.equal(listed({ images: [{ ...image, image: "" }] }), 0);
    assert.equal(listed({ images: [{ ...image, chain: unwritten }] }), 0);
    assert.equal(listed({ resources: [] }), 0);
  });
});
