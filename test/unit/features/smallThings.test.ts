// Ages and sizes in words, pages of registries, and the comment that silences a line.

import assert from "node:assert/strict";
import { applyChanges } from "../../../server/src/edits/change.ts";
import { ageWords, sizeWords } from "../../../server/src/features/amounts.ts";
import { ignoreComment } from "../../../server/src/features/ignoreAction.ts";
import { registryPage } from "../../../server/src/features/registryPages.ts";
import { parseImageReference } from "../../../server/src/image/imageReference.ts";
import { readText, service } from "../../support/reading.ts";

describe("an age", () => {
  const second = 1000;
  const hour = 3600 * second;
  const rows: readonly (readonly [age: number, words: string])[] = [
    [-5, "just now"],
    [9 * second, "just now"],
    [59 * second, "59 s ago"],
    [3599 * second, "59 min ago"],
    [23.9 * hour, "23 h ago"],
    [25 * hour, "1 day ago"],
    [49 * hour, "2 days ago"],
  ];
  for (const [age, words] of rows) {
    it(`of ${age} ms is “${words}”`, () => {
      assert.equal(ageWords(age), words);
    });
  }
});

describe("a size", () => {
  it("has the unit in which people read it", () => {
    const sizes = [512, 12_000, 12_345_678, 1_234_567_890].map(sizeWords);
    assert.deepEqual(sizes, ["512 B", "12 kB", "12.3 MB", "1.23 GB"]);
  });
});

describe("the page of an image", () => {
  const page = (image: string): string | undefined => {
    const reference = parseImageReference(image);
    assert.ok(reference.kind === "tag");
    return registryPage(reference);
  };

  it("is the registry's own", () => {
    assert.equal(page("nginx:1"), "https://hub.docker.com/_/nginx");
    assert.equal(page("acme/app:1"), "https://hub.docker.com/r/acme/app");
    assert.equal(page("quay.io/acme/app:1"), "https://quay.io/repository/acme/app");
    assert.equal(page("eu.gcr.io/acme/app:1"), "https://eu.gcr.io/acme/app");
    assert.equal(page("gcr.io/acme/app:1"), "https://gcr.io/acme/app");
    assert.equal(
      page("europe-docker.pkg.dev/acme/images/app:1"),
      "https://europe-docker.pkg.dev/acme/images/app",
    );
  });

  it("is none where nobody knows one, and for names that could lead elsewhere", () => {
    assert.equal(page("registry.internal:5000/app:1"), undefined);
    assert.equal(page("constructor/app:1"), "https://hub.docker.com/r/constructor/app");
    assert.equal(page("quay.io/a/../../evil:1"), undefined);
  });
});

describe("the comment that silences a line", () => {
  /** The text with the comment above the line of a word. */
  const silenced = (text: string, word: string): string | undefined => {
    const change = ignoreComment(text, text.indexOf(word));
    return change === undefined ? undefined : applyChanges(text, [change]);
  };

  it("stands above it, as far in as it is, with the file's line breaks", () => {
    assert.equal(
      silenced("a:\r\n  image: nginx:1\r\n", "nginx"),
      "a:\r\n  # knative-digest: ignore\r\n  image: nginx:1\r\n",
    );
  });

  it("silences what is said of that line", () => {
    const text = service("staging.test/app:v1");
    const settings = { skipRegistries: ["staging.test"] };
    const codes = (of: string): string[] =>
      readText(of, { settings }).parts.flatMap(({ findings }) => findings.map(({ code }) => code));
    assert.deepEqual(codes(text), ["registry-skipped"]);
    assert.deepEqual(codes(silenced(text, "staging.test") ?? ""), []);
  });

  it("stays behind a byte order mark", () => {
    assert.equal(
      silenced("\ufeffimage: nginx\n", "nginx"),
      "\ufeff# knative-digest: ignore\nimage: nginx\n",
    );
  });

  it("is not offered inside a block scalar, whose text it would become", () => {
    assert.equal(silenced("image: |-\n  nginx:1\n", "nginx"), undefined);
  });
});
