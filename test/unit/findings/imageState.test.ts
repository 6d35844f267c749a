// What is put together of an image: its outcome, what is looked up for it, what the pods run, and how a pin drifts.

import assert from "node:assert/strict";
import type { ImageState } from "../../../server/src/findings/imageState.ts";
import { questionsOf, tagsOfMovedPins } from "../../../server/src/findings/imageState.ts";
import { placedStates, placedStatesAround } from "../../../server/src/findings/reading.ts";
import { fileOffset } from "../../../server/src/document/span.ts";
import { keyText } from "../../../server/src/resolver/resolution.ts";
import {
  digestA,
  digestB,
  failed,
  readText,
  resolved,
  service,
  type World,
} from "../../support/reading.ts";

const index = "application/vnd.oci.image.index.v1+json";

function statesOf(text: string, world: World = {}): ImageState[] {
  return placedStates(readText(text, world)).map(({ state }) => state);
}

function stateOf(image: string, world: World = {}): ImageState {
  return statesOf(service(image), world)[0] ?? assert.fail("no image");
}

describe("what is looked up for an image", () => {
  const rows: readonly (readonly [image: string, keys: readonly string[], outcome: string])[] = [
    ["registry.test/app:1", ["registry.test/app:1"], "resolve"],
    [`registry.test/app@${digestA}`, [`registry.test/app@${digestA}`], "keep"],
    [
      `registry.test/app:1@${digestA}`,
      ["registry.test/app:1", `registry.test/app@${digestA}`],
      "keep",
    ],
    [
      `registry.test/app@${digestA} # 1.2.3`,
      ["registry.test/app:1.2.3", `registry.test/app@${digestA}`],
      "keep",
    ],
    ["dev.local/app:1", [], "skip"],
    ["'{{ .image }}'", [], "template"],
    ["https://registry.test/app", [], "doomed"],
    ["registry.test/App:1", [], "reject"],
  ];
  for (const [image, keys, outcome] of rows) {
    it(`of ${image}: ${keys.length === 0 ? "nothing" : keys.join(" and ")}`, () => {
      const state = stateOf(image);
      assert.equal(state.outcome.kind, outcome);
      assert.deepEqual(questionsOf([state, state]).map(keyText), keys);
    });
  }

  it("is nothing where func builds it", () => {
    const [state] = statesOf("specVersion: 0.36.0\nname: f\nimage: registry.test/app:1\n", {
      uri: "file:///work/func.yaml",
    });
    assert.deepEqual(questionsOf(state === undefined ? [] : [state]), []);
  });

  it("is nothing where a kustomization replaces it, which is taken for a template", () => {
    const others = {
      "file:///work/kustomization.yaml":
        "resources: [app.yaml]\nimages: [{ name: registry.test/app, newName: registry.test/other }]\n",
    };
    const state = stateOf("registry.test/app:1", { others });
    assert.deepEqual(
      [state.fate?.kind, state.outcome.kind, questionsOf([state])],
      ["replaced", "template", []],
    );
  });
});

describe("what is looked up for a file", () => {
  const three = [1, 2, 3].map((each) => service(`registry.test/app${each}:1@${digestA}`));
  const text = three.join("---\n");
  const all = ["app1:1", `app1@${digestA}`, "app2:1", `app2@${digestA}`];

  it("is the first so many questions, each once", () => {
    const states = statesOf(text);
    for (const most of [0, 1, 2, 3, 4]) {
      const keys = questionsOf([...states, ...states], most).map(keyText);
      assert.deepEqual(
        keys,
        all.slice(0, most).map((key) => `registry.test/${key}`),
      );
    }
    assert.equal(questionsOf([...states, ...states]).length, 6);
  });

  it("in sight are the images of the documents that the span touches, and of no other", () => {
    const reading = readText(text);
    const namesIn = (start: number, end: number): string[] =>
      placedStatesAround(reading, { start: fileOffset(start), end: fileOffset(end) }).map(
        ({ state: { use } }) => /app\d/.exec(use.reference.text)?.[0] ?? "",
      );
    const second = text.indexOf("app2");
    assert.deepEqual(namesIn(second, second), ["app2"]);
    assert.deepEqual(namesIn(second, text.length), ["app2", "app3"]);
    assert.deepEqual(namesIn(0, text.length), ["app1", "app2", "app3"]);
  });
});

describe("what the pods run", () => {
  const tag = "registry.test/app:1";
  it("is the digest behind the tag, once it is known", () => {
    assert.equal(stateOf(tag).runs, undefined);
    assert.equal(
      stateOf(tag, { known: { [tag]: resolved(digestA) } }).runs,
      `registry.test/app@${digestA}`,
    );
  });
  it("is the last one known where the lookup fails now", () => {
    const failure = failed("registry-unreachable");
    assert.ok(failure.status === "failed");
    const known = { [tag]: { ...failure, last: { digest: digestB } as never } };
    assert.equal(stateOf(tag, { known }).runs, `registry.test/app@${digestB}`);
  });
  it("is the tag of a skipped registry, and a pin as it stands", () => {
    const settings = { skipRegistries: ["registry.test"] };
    assert.equal(stateOf(tag, { settings }).runs, tag);
    assert.equal(stateOf(`registry.test/app:1@${digestA}`).runs, `registry.test/app:1@${digestA}`);
  });
});

describe("a pin against its tag", () => {
  const tag = "registry.test/app:1";
  const pin = `${tag}@${digestA}`;
  const drift = (world: World, image = pin): unknown => stateOf(image, world).drift;
  const moved = { known: { [tag]: resolved(digestB, index) } };

  it("is current, moved, or not known", () => {
    assert.deepEqual(drift({}), { kind: "none" });
    assert.deepEqual(drift(moved, `registry.test/app@${digestA}`), { kind: "none" });
    assert.deepEqual(drift({ known: { [tag]: failed("tag-not-found") } }), { kind: "none" });
    assert.deepEqual(drift({ known: { [tag]: resolved(digestA) } }), { kind: "current" });
    assert.deepEqual(drift(moved), { kind: "moved", digest: digestB });
    assert.deepEqual(tagsOfMovedPins([stateOf(pin, moved)]).map(keyText), [tag]);
    const plain = { known: { [tag]: resolved(digestB) } };
    assert.deepEqual(tagsOfMovedPins([stateOf(pin, plain), stateOf(pin)]), []);
  });

  it("is compared with the digest that only a GET tells", () => {
    const failure = failed("no-digest-header");
    assert.ok(failure.status === "failed");
    const known = { [tag]: { ...failure, error: { ...failure.error, digest: digestB } } };
    assert.deepEqual(drift({ known }), { kind: "moved", digest: digestB });
  });

  it("is one platform of what the tag points at", () => {
    const platform = { os: "linux", architecture: "arm64", variant: "v8" };
    const details = {
      ...{ digest: digestB, mediaType: index, created: undefined, source: undefined },
      ...{ layersSize: undefined, platforms: [{ digest: digestA, platform }] },
    };
    const world = { ...moved, details: { [tag]: details } };
    const expected = { kind: "single-platform", digest: digestB, platform: "linux/arm64/v8" };
    assert.deepEqual(drift(world), expected);
    const single = { ...world, known: { [tag]: resolved(digestB) } };
    assert.deepEqual(drift(single), { kind: "moved", digest: digestB });
  });
});
