// Pinning changes the bytes of the reference and no other: over generated YAML in every form.

import assert from "node:assert/strict";
import fc from "fast-check";
import { parseAllDocuments } from "yaml";
import { applyChanges } from "../../../server/src/edits/change.ts";
import { spanInFile } from "../../../server/src/document/span.ts";
import { clearDigest, setDigest } from "../../../server/src/edits/imageEdits.ts";
import { placedStates, type PlacedState } from "../../../server/src/findings/reading.ts";
import type { Change, FileChange } from "../../../server/src/edits/change.ts";
import type { PinStyle } from "../../../server/src/settings.ts";
import { digestA, digestB, readText } from "../../support/reading.ts";

const images = fc.constantFrom(
  "nginx",
  "nginx:1.25",
  "ghcr.io/acme/app:v1.2.3",
  "registry:5000/team/app:latest",
  "localhost:5000/app",
  "127.0.0.1:5000/app:1",
);

/** One way to write a container whose image is given. `i` is the indentation of its dash. */
type Form = (image: string) => string;

const forms: readonly Form[] = [
  (image) => `- image: ${image}\n`,
  (image) => `- image: "${image}"\n`,
  (image) => `- image: '${image}' # why: because\n`,
  (image) => `- name: c # 私は日本語\n  image:    ${image}   # trailing   \n  env: []\n`,
  (image) => `- {name: c, image: ${image}, env: []}\n`,
  (image) => `- { "image": "${image}" }\n`,
  (image) => `- image: |-\n    ${image}\n  name: c\n`,
  (image) => `- image: >-\n    ${image}\n\n  name: c\n`,
  (image) => `- image: &anchor ${image}\n  name: &n c\n- image: *anchor\n`,
  (image) => `- image: !!str ${image}\n`,
  (image) => `- &base\n  image: ${image}\n- <<: *base\n  name: d\n`,
  (image) => `- image:\n    ${image}\n  name: c\n`,
  (image) => `- ? image\n  : "${image}"\n`,
  (image) => `- image: "${image.replace("/", "\\x2F")}" # escaped\n`,
  (image) => `- image: "${image.replace("/", "/\\\n      ")}"\n`,
];

const containers = fc.array(
  fc.tuple(fc.constantFrom(...forms), images).map(([form, image]) => form(image)),
  { minLength: 1, maxLength: 3 },
);

interface Shape {
  readonly text: string;
}

const manifests: fc.Arbitrary<Shape> = fc
  .record({
    parts: containers,
    indent: fc.constantFrom("      ", "        "),
    crlf: fc.boolean(),
    bom: fc.boolean(),
    finalNewline: fc.boolean(),
    before: fc.constantFrom("", "# comment\n", "---\n", "a: [1, 2]\n---\n", "%YAML 1.2\n---\n"),
    after: fc.constantFrom("", "---\nkind: Other\n", "---\n# end\n...\n"),
  })
  .map(({ parts, indent, crlf, bom, finalNewline, before, after }) => {
    // An anchor's name may stand once in a document.
    const unique = parts.map((part, index) =>
      part.replace(/([&*])(anchor|base|n)\b/g, `$1$2${index}`),
    );
    const body = unique
      .join("")
      .split("\n")
      .map((line) => (line === "" ? line : indent + line))
      .join("\n");
    let text = `${before}apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  template:\n    spec:\n      containers:\n${body}${after}`;
    if (!finalNewline) text = text.replace(/\n+$/, "");
    if (crlf) text = text.replaceAll("\n", "\r\n");
    return { text: bom ? `\uFEFF${text}` : text };
  });

/** Applies an edit to every use of a text. */
function edit(
  text: string,
  change: (placed: PlacedState) => readonly Change[] | undefined,
): { text: string; changes: FileChange[] } {
  const changes = placedStates(readText(text)).flatMap((placed) =>
    (change(placed) ?? []).map((one) => spanInFile(one, placed.start)),
  );
  return { text: applyChanges(text, changes), changes };
}

const editedUse = ({ state, text }: PlacedState) => ({ image: state.use, text });

function pin(text: string, style: PinStyle) {
  return edit(text, (placed) => setDigest(editedUse(placed), digestA, style));
}

/** The documents' values, with every image put through `rename`. */
function values(text: string, rename: (image: string) => string): unknown {
  return parseAllDocuments(text, { merge: true }).map((document) => {
    const json = JSON.stringify(document.toJS() ?? null, (key, value: unknown) =>
      key === "image" && typeof value === "string" ? rename(value) : value,
    );
    return JSON.parse(json) as unknown;
  });
}

const runs = { numRuns: 400 };

describe("pinning any manifest", function () {
  this.timeout(120_000);

  it("adds the digest to each image's value and changes nothing else in the parsed result", () => {
    fc.assert(
      fc.property(manifests, ({ text }) => {
        const pinned = pin(text, "tag-and-digest").text;
        assert.deepEqual(
          values(pinned, (image) => image),
          values(text, (image) => `${image}@${digestA}`),
        );
      }),
      runs,
    );
  });

  it("adds the digest's bytes and changes no other, escaped or not (vscode-docker#4568: pinning removed an option beside the image)", () => {
    fc.assert(
      fc.property(manifests, ({ text }) => {
        const { text: pinned, changes } = pin(text, "tag-and-digest");
        for (const { start, end, text: added } of changes) {
          assert.deepEqual([added, end - start], [`@${digestA}`, 0]);
        }
        assert.equal(pinned.replaceAll(`@${digestA}`, ""), text);
      }),
      runs,
    );
  });

  it("gives back the first bytes when it is unpinned, in each style that can", () => {
    fc.assert(
      fc.property(
        manifests,
        fc.constantFrom<PinStyle>("tag-and-digest", "digest-and-comment"),
        ({ text }, style) => {
          const pinned = pin(text, style).text;
          assert.notEqual(pinned, text);
          const back = edit(pinned, (placed) => clearDigest(editedUse(placed))).text;
          // Where no tag was written none is remembered, and the pin stays.
          assert.equal(back.replaceAll(`@${digestA}`, ""), text);
        },
      ),
      runs,
    );
  });

  it("moves a pin by exchanging the digest alone", () => {
    fc.assert(
      fc.property(manifests, ({ text }) => {
        const pinned = pin(text, "tag-and-digest").text;
        const moved = edit(pinned, (placed) =>
          setDigest(editedUse(placed), digestB, "digest"),
        ).text;
        assert.equal(moved, pinned.replaceAll(digestA, digestB));
      }),
      runs,
    );
  });

  it("reads the pinned image as a digest that Knative keeps", () => {
    fc.assert(
      fc.property(
        manifests,
        fc.constantFrom<PinStyle>("tag-and-digest", "digest", "digest-and-comment"),
        ({ text }, style) => {
          const states = placedStates(readText(pin(text, style).text));
          assert.ok(states.length > 0);
          for (const { state } of states) assert.equal(state.outcome.kind, "keep");
        },
      ),
      runs,
    );
  });
});
