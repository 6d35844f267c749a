// Edits beside pinning: styles, kustomizations, revision names, configurations.

import assert from "node:assert/strict";
import { applyChanges, shiftChange, type Change } from "../../../server/src/edits/change.ts";
import { configChanges } from "../../../server/src/edits/configEdits.ts";
import { pinChanges, unpinChanges, updateChanges } from "../../../server/src/edits/pinEdits.ts";
import { placedStates, type PlacedState } from "../../../server/src/findings/reading.ts";
import type { ConfigFix } from "../../../server/src/knative/configProblem.ts";
import { defaultSettings, type PinStyle } from "../../../server/src/settings.ts";
import { digestA, digestB, readText, service } from "../../support/reading.ts";

const kustomization = "file:///work/kustomization.yaml";

function edit(
  text: string,
  change: (use: {
    use: PlacedState["state"]["use"];
    text: string;
  }) => readonly Change[] | undefined,
  uri?: string,
): string {
  const reading = readText(text, uri === undefined ? {} : { uri });
  const changes = placedStates(reading).flatMap(({ state, start, text: document }) =>
    (change({ use: state.use, text: document }) ?? []).map((one) => shiftChange(one, start)),
  );
  return applyChanges(text, changes);
}

const pin = (text: string, style: PinStyle, uri?: string): string =>
  edit(text, (use) => pinChanges(use, digestA, style), uri);
const unpin = (text: string, uri?: string): string => edit(text, unpinChanges, uri);

describe("the styles of a pin", () => {
  const rows: readonly [string, PinStyle, string][] = [
    ["nginx:1", "tag-and-digest", `nginx:1@${digestA}`],
    ["nginx", "tag-and-digest", `nginx@${digestA}`],
    ["nginx:", "tag-and-digest", `nginx:latest@${digestA}`],
    ["docker.io/nginx:1", "digest", `docker.io/nginx@${digestA}`],
    ["r:5000/app", "digest", `r:5000/app@${digestA}`],
    ["nginx:1", "digest-and-comment", `nginx@${digestA} # 1`],
    ['"nginx:1" # why', "digest-and-comment", `"nginx@${digestA}" # 1 # why`],
  ];
  for (const [image, style, expected] of rows) {
    it(`${image} becomes ${style}`, () => {
      const text = image.endsWith(":") ? `"${image}"` : image;
      const wanted = image.endsWith(":") ? `"${expected}"` : expected;
      assert.equal(pin(service(text), style), service(wanted));
    });
  }
  it("keep the tag unless somebody wants it otherwise (kbld#309: “keep original tag and only append sha256 digest”)", () =>
    assert.equal(
      pin(service("nginx:1"), defaultSettings.pin.style),
      service(`nginx:1@${digestA}`),
    ));
  it("write no comment where other things follow on the line", () => {
    const flow = service("x").replace(/- name[^]*/, "- {image: 'nginx:1', name: c}\n");
    assert.equal(pin(flow, "digest-and-comment"), flow.replace("nginx:1", `nginx:1@${digestA}`));
  });
});

describe("unpinning", () => {
  it("takes the digest out and keeps the tag", () =>
    assert.equal(unpin(service(`nginx:1@${digestA} # c`)), service("nginx:1 # c")));
  it("brings a tag back from the comment, and leaves another's comment", () =>
    assert.equal(unpin(service(`"nginx@${digestA}" # v1.2 # why`)), service('"nginx:v1.2" # why')));
  it("takes no ordinary word for a tag", () =>
    assert.equal(unpin(service(`nginx@${digestA} # web`)), service("nginx # web")));
});

describe("the images of a kustomization", () => {
  const block = "images:\n  - name: app\n    newTag: v1 # released\n    newName: r.io/app\n";
  it("are pinned by the field digest", () =>
    assert.equal(
      pin(block, "tag-and-digest", kustomization),
      block.replace("# released\n", `# released\n    digest: ${digestA}\n`),
    ));
  it("lose the tag if the style keeps none", () =>
    assert.equal(
      pin(block, "digest", kustomization),
      block.replace("newTag: v1", `digest: ${digestA}`),
    ));
  it("keep flow style and CRLF", () => {
    const flow = "images: [{name: app, newTag: v1}]\r\n";
    assert.equal(
      pin(flow, "tag-and-digest", kustomization),
      `images: [{name: app, newTag: v1, digest: ${digestA}}]\r\n`,
    );
    const crlf = block.replaceAll("\n", "\r\n");
    assert.ok(
      pin(crlf, "tag-and-digest", kustomization).includes(`\r\n    digest: ${digestA}\r\n`),
    );
  });
  for (const text of [
    block,
    block.replace("\n    newName: r.io/app\n", ""),
    "images: [{newTag: v1, name: a}]",
  ]) {
    it(`give back the first bytes when unpinned: ${JSON.stringify(text)}`, () =>
      assert.equal(unpin(pin(text, "tag-and-digest", kustomization), kustomization), text));
  }
  it("are updated in the field", () => {
    const pinned = pin(block, "tag-and-digest", kustomization);
    const updated = edit(pinned, (use) => updateChanges(use, digestB), kustomization);
    assert.equal(updated, pinned.replace(digestA, digestB));
  });
});

describe("the edits of a configuration", () => {
  const head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config-deployment}\n";
  function change(text: string, fix: ConfigFix): string | undefined {
    const document = readText(text).parts[0]?.document;
    const config = document?.configs[0];
    assert.ok(config !== undefined);
    const changes = configChanges({ config, text }, fix);
    return changes === undefined ? undefined : applyChanges(text, changes);
  }
  it("rename a key and keep its quotes", () =>
    assert.equal(
      change(`${head}data:\n  "a": b # c\n`, { kind: "rename-key", key: "a", to: "z" }),
      `${head}data:\n  "z": b # c\n`,
    ));
  it("remove a key with its line, its block, or not at all in a flow map", () => {
    const fix: ConfigFix = { kind: "remove-key", key: "a" };
    assert.equal(change(`${head}data:\n  a: b # c\n  d: e`, fix), `${head}data:\n  d: e`);
    assert.equal(change(`${head}data:\n  a: |\n    x\n    y\n  d: e`, fix), `${head}data:\n  d: e`);
    assert.equal(change(`${head}data: {a: b, d: e}`, fix), undefined);
  });
  it("add a key before the others", () =>
    assert.equal(
      change(`${head}data:\r\n    d: e\r\n`, { kind: "add-key", key: "a", value: "1s" }),
      `${head}data:\r\n    a: "1s"\r\n    d: e\r\n`,
    ));
  it("quote what is no string", () =>
    assert.equal(
      change(`${head}data:\n  a: 10 # s\n`, { kind: "quote-value", key: "a" }),
      `${head}data:\n  a: "10" # s\n`,
    ));
  it("change a piece of a block scalar in its place", () =>
    assert.equal(
      change(`${head}data:\n  a: |\n    x.io,\n    y.io\n`, {
        kind: "change-value",
        key: "a",
        change: { start: 6, end: 10, text: "z.io:5000" },
      }),
      `${head}data:\n  a: |\n    x.io,\n    z.io:5000\n`,
    ));
  it("quote a plain value that gets its first comma in a flow map", () =>
    assert.equal(
      change(`${head}data: {a: x.io}\n`, {
        kind: "change-value",
        key: "a",
        change: { start: 4, end: 4, text: ",y.io" },
      }),
      `${head}data: {a: "x.io,y.io"}\n`,
    ));
});
