// Edits beside pinning: styles, kustomizations, revision names, configurations.

import assert from "node:assert/strict";
import { applyChanges, type Change } from "../../../server/src/edits/change.ts";
import { spanInFile } from "../../../server/src/document/span.ts";
import { configChanges } from "../../../server/src/edits/configEdits.ts";
import { clearDigest, setDigest, setReference } from "../../../server/src/edits/imageEdits.ts";
import type { EditedImage } from "../../../server/src/edits/partEdits.ts";
import type { WrittenImage, WrittenPart } from "../../../server/src/document/writtenImage.ts";
import { parseYaml } from "../../../server/src/document/yaml/yamlDocument.ts";
import { parseImageReference } from "../../../server/src/image/imageReference.ts";
import { placedStates } from "../../../server/src/findings/reading.ts";
import type { ConfigFix } from "../../../server/src/knative/config/configProblem.ts";
import { defaultSettings, type PinStyle } from "../../../server/src/settings.ts";
import { digestA, digestB, readText, service } from "../../support/reading.ts";

const kustomization = "file:///work/kustomization.yaml";

function edit(
  text: string,
  change: (edited: EditedImage) => readonly Change[] | undefined,
  uri?: string,
): string {
  const reading = readText(text, uri === undefined ? {} : { uri });
  const changes = placedStates(reading).flatMap(({ state, start, text: document }) =>
    (change({ image: state.use, text: document }) ?? []).map((one) => spanInFile(one, start)),
  );
  return applyChanges(text, changes);
}

const pin = (text: string, style: PinStyle, uri?: string): string =>
  edit(text, (use) => setDigest(use, digestA, style), uri);
const unpin = (text: string, uri?: string): string => edit(text, clearDigest, uri);

describe("the styles of a pin", () => {
  const rows: readonly [string, PinStyle, string][] = [
    ["nginx:1", "tag-and-digest", `nginx:1@${digestA}`],
    ["nginx", "tag-and-digest", `nginx@${digestA}`],
    ["nginx:", "tag-and-digest", `nginx:latest@${digestA}`],
    ["docker.io/nginx:1", "digest", `docker.io/nginx@${digestA}`],
    ["r:5000/app", "digest", `r:5000/app@${digestA}`],
    ["nginx:1", "digest-and-comment", `nginx@${digestA} # 1`],
    ['"nginx:1" # why', "digest-and-comment", `"nginx:1@${digestA}" # why`],
    ["nginx:main", "digest-and-comment", `nginx:main@${digestA}`],
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
  it("takes no ordinary word for a tag", () => {
    const text = service(`nginx@${digestA} # web`);
    assert.equal(unpin(text), text);
  });
});

describe("somebody's own comment behind an untagged image", () => {
  it("is not taken for the tag of its pin", () => {
    for (const style of ["tag-and-digest", "digest-and-comment"] as const) {
      const pinned = pin(service("nginx # 1.2"), style);
      assert.equal(pinned, service(`nginx:latest@${digestA} # 1.2`));
      assert.equal(unpin(pinned), service("nginx:latest # 1.2"));
    }
    assert.equal(
      pin(service("nginx # the web"), "tag-and-digest"),
      service(`nginx@${digestA} # the web`),
    );
  });
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
    "images:\n- { name: app,\n    newTag: v1 }\n- name: next\n",
    "images:\n- { name: app,\n    newTag: v1\n  }\n",
    "images:\n- name: app\n  newTag:\n    v1\n  newName: x/yy\n",
    "images:\n- name: app\n  newTag: &t v1\n- name: other\n  newTag: *t # too\n",
  ]) {
    it(`give back the first bytes when unpinned: ${JSON.stringify(text)}`, () =>
      assert.equal(unpin(pin(text, "tag-and-digest", kustomization), kustomization), text));
  }
  it("keep the braces around a field that begins a line", () => {
    assert.equal(
      pin("images:\n- { name: app,\n    newTag: v1 }\n", "tag-and-digest", kustomization),
      `images:\n- { name: app,\n    newTag: v1, digest: ${digestA} }\n`,
    );
  });
  it("get a digest each where they share a tag, which stays in every style", () => {
    const shared = "images:\n- name: app\n  newTag: &t v1\n- name: other\n  newTag: *t\n";
    const field = `\n  digest: ${digestA}\n`;
    const both = shared.replace("&t v1\n", `&t v1${field}`).replace("*t\n", `*t${field}`);
    for (const style of ["tag-and-digest", "digest"] as const) {
      assert.equal(pin(shared, style, kustomization), both);
    }
  });
  it("are left alone where a block scalar holds a field", () => {
    for (const text of [
      "images:\n- name: app\n  newTag: |-\n    v1\n- name: next\n  newName: x/yy\n",
      "images:\n- name: app\n  newTag: |-\n    v1\n- {name: next, newName: x/yy}\n",
    ]) {
      for (const style of ["tag-and-digest", "digest"] as const) {
        assert.equal(pin(text, style, kustomization), text);
      }
    }
    const pinned = `images:\n- name: app\n  newTag: v1\n  digest: |-\n    ${digestA}\n- name: next\n`;
    assert.equal(unpin(pinned, kustomization), pinned);
  });
  it("are updated in the field", () => {
    const pinned = pin(block, "tag-and-digest", kustomization);
    const updated = edit(pinned, (use) => setDigest(use, digestB, "digest"), kustomization);
    assert.equal(updated, pinned.replace(digestA, digestB));
  });
});

describe("an entry of a kustomization whose version stands in another field", () => {
  const rows: readonly [name: string, before: string, pinned: string][] = [
    ["a digest in newTag", `newTag: v1@${digestB}`, `newTag: v1@${digestA}`],
    ["a tag in newName", "newName: r.io/app:v1", `newName: r.io/app:v1@${digestA}`],
    [
      "a digest in newName",
      `newName: "r.io/app:v1@${digestB}"`,
      `newName: "r.io/app:v1@${digestA}"`,
    ],
    [
      "a digest beside newTag",
      `newTag: v1\n  digest: ${digestB} # old`,
      `newTag: v1\n  digest: ${digestA} # old`,
    ],
    ["an empty digest", 'newTag: v1\n  digest: ""', `newTag: v1\n  digest: "${digestA}"`],
  ];
  for (const [name, before, after] of rows) {
    const entry = (fields: string): string => `images:\n- name: r.io/xy\n  ${fields}\n`;
    it(`${name} is pinned in place`, () => {
      const written = edit(
        entry(before),
        (use) => setDigest(use, digestA, "tag-and-digest"),
        kustomization,
      );
      assert.equal(written, entry(after));
    });
    it(`${name} is unpinned in place`, () => {
      const back = unpin(entry(after), kustomization);
      assert.equal(back.includes("sha256"), false);
      assert.match(back, /v1/);
    });
  }
  it("is not what kustomize refuses: a number without quotes", () => {
    const text = "images:\n- name: app\n  newTag: 1.20\n";
    assert.equal(pin(text, "tag-and-digest", kustomization), text);
    const [state] = readText(text, { uri: kustomization }).parts[0]?.states ?? [];
    assert.equal(state?.outcome.kind, "reject");
  });
});

describe("another reference in place of one", () => {
  const change = (text: string, reference: string): string | undefined => {
    const [placed] = placedStates(readText(text, { uri: kustomization }));
    assert.ok(placed !== undefined);
    const found = setReference({ image: placed.state.use, text }, reference);
    return found === undefined
      ? undefined
      : `${found.written} ${applyChanges(text, found.changes)}`;
  };
  const entry = (name: string, tag: string): string =>
    `images:\n- name: app\n  newName: ${name} # n\n  newTag: ${tag} # t\n`;
  it("is written in the field that differs, and in no other", () => {
    const text = entry("'https://r.io/app'", '"v1"');
    assert.equal(change(text, "r.io/app:v1"), `r.io/app ${entry("'r.io/app'", '"v1"')}`);
    assert.equal(change(text, "https://r.io/app:v2"), `v2 ${entry("'https://r.io/app'", '"v2"')}`);
  });
  it("is not written where it differs in several fields, or in the name that is looked for", () => {
    assert.equal(change(entry("r.io/app", "v1"), "q.io/app:v2"), undefined);
    const bare = "images:\n- name: https://r.io/app\n  newTag: v1\n";
    assert.equal(change(bare, "r.io/app:v1"), undefined);
  });
});

describe("an image made of values", () => {
  /** The values of a chart whose template writes `repository:tag`, and `@digest` if there is one. */
  function values(text: string, hasDigest: boolean): { image: WrittenImage; text: string } {
    const [root] = parseYaml(text).roots;
    assert.ok(root !== undefined);
    const parts: WrittenPart[] = [];
    let composed = "";
    for (const [kind, mark] of [
      ["repository", ""],
      ["tag", ":"],
      ["digest", "@"],
    ] as const) {
      const entry = root.entries().find(({ key }) => key.text === kind);
      const scalar = entry?.value.scalar();
      if (entry === undefined || scalar === undefined) continue;
      const start = composed.length + mark.length;
      if (scalar.text !== "") composed += mark + scalar.text;
      const at = scalar.text === "" ? undefined : { start, end: composed.length };
      const field = { key: entry.key, isFlow: root.source.startsWith("{") };
      parts.push({ kind, scalar, place: entry.value.place, at, field });
    }
    const behind = parts.find(({ kind }) => kind === "tag");
    assert.ok(behind !== undefined);
    const isMissing = hasDigest && !parts.some(({ kind }) => kind === "digest");
    const image: WrittenImage = {
      reference: parseImageReference(composed),
      style: "fields",
      parts,
      digestField: isMissing ? { key: "digest", before: "", behind } : undefined,
      remembered: undefined,
    };
    return { image, text };
  }
  const rows: readonly [before: string, hasDigest: boolean, after: string, back?: string][] = [
    ["repository: r.io/app\ntag: 1.25\n", false, `repository: r.io/app\ntag: 1.25@${digestA}\n`],
    // Helm would read the number 1.2.
    [
      "repository: r.io/app\ntag: 1.20\n",
      false,
      `repository: r.io/app\ntag: 1.20@${digestA}\n`,
      'repository: r.io/app\ntag: "1.20"\n',
    ],
    ["repository: r.io/app\ntag: 'v1'\n", false, `repository: r.io/app\ntag: 'v1@${digestA}'\n`],
    [
      'repository: r.io/app\ntag: v1\ndigest: ""\n',
      true,
      `repository: r.io/app\ntag: v1\ndigest: "${digestA}"\n`,
    ],
    [
      "repository: r.io/app\ntag: v1\ndigest:\n",
      true,
      `repository: r.io/app\ntag: v1\ndigest: ${digestA}\n`,
      'repository: r.io/app\ntag: v1\ndigest: ""\n',
    ],
    [
      "repository: r.io/app\ntag: v1 # t\nx: y\n",
      true,
      `repository: r.io/app\ntag: v1 # t\ndigest: ${digestA}\nx: y\n`,
      'repository: r.io/app\ntag: v1 # t\ndigest: ""\nx: y\n',
    ],
    [
      "{repository: r.io/app, tag: v1}",
      true,
      `{repository: r.io/app, tag: v1, digest: ${digestA}}`,
      '{repository: r.io/app, tag: v1, digest: ""}',
    ],
  ];
  for (const [before, hasDigest, after, back = before] of rows) {
    it(`is pinned where the template has a place: ${JSON.stringify(before)}`, () => {
      const edited = values(before, hasDigest);
      const changes = setDigest(edited, digestA, "digest") ?? [];
      assert.equal(applyChanges(before, changes), after);
      const again = values(after, hasDigest);
      assert.equal(applyChanges(after, clearDigest(again) ?? []), back);
      const moved = setDigest(again, digestB, "digest") ?? [];
      assert.equal(applyChanges(after, moved), after.replace(digestA, digestB));
    });
  }
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
  it("quote what is not a string", () =>
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
