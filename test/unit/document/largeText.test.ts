// Texts of millions of small things: what would take minutes and all memory is not read, and that is a problem.

import assert from "node:assert/strict";
import { documentSpans } from "../../../server/src/document/yaml/documentSplit.ts";
import { readPlainYaml } from "../../../server/src/document/yaml/plainYaml.ts";
import { parseYaml } from "../../../server/src/document/yaml/yamlDocument.ts";
import { plainYaml } from "../../../server/src/document/yaml/yamlValue.ts";
import { readLimits, readText, service } from "../../support/reading.ts";

describe("a document of too many parts", function () {
  this.timeout(120_000);

  it("is not read by the library, and neither is a part of it, nor what stands before the others", () => {
    const many = `${service("nginx:1")}x: [${"a,".repeat(500_001)}]\n`;
    const { images, limits } = readLimits(`${many}---\n${service("nginx:2")}`);
    assert.equal(images, 1);
    assert.deepEqual(limits, ["It has more than 1000000 YAML tokens"]);
  });
  it("is an error where a setting holds it", () => {
    const read = plainYaml(`[${"a,".repeat(500_001)}]`);
    assert.match(read.kind === "error" ? read.message : "", /more than 1000000 YAML tokens/);
  });
  it("is nothing to those who read YAML: a part of it says something else", () => {
    const { roots, problems } = parseYaml(`a: 1\n---\n[${"a,".repeat(500_001)}]`);
    assert.deepEqual([roots.length, problems.length], [0, 1]);
  });
  it("is left to the library by the quick reading", () => {
    assert.equal(readPlainYaml(`x:\n${"- a\n".repeat(1_000_001)}`), undefined);
  });
  it("is not read where 20,001 comments tell to ignore something, and is where 20,000 do", () => {
    const text = service("nginx:1") + "# knative-digest: ignore\n".repeat(20_000);
    assert.deepEqual(readLimits(text), { images: 1, limits: [] });
    assert.deepEqual(readLimits(`${text}# knative-digest: ignore\n`), {
      images: 0,
      limits: ["It has more than 20000 ignore comments"],
    });
  });
  it("is not masked as a template", () => {
    const template = service("nginx:1") + "{{ a }}\n".repeat(630_000);
    assert.deepEqual(readLimits(template), {
      images: 0,
      limits: ["It is longer than a template that is read"],
    });
  });
});

describe("a value that is longer than any object of Kubernetes", () => {
  const long = (unit: string): string => unit.repeat(Math.floor(12_000_000 / unit.length));
  const texts: Readonly<Record<string, string>> = {
    "an image": service(`"${long("@sha256:")}"`),
    "a skip list": `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config-deployment}\ndata:\n  registries-skipping-tag-resolving: "a${long(".a")}"\n`,
    "blank lines before a byte order mark": `---\n${long("\n")}\ufeff${service("a")}`,
  };
  for (const [name, text] of Object.entries(texts)) {
    it(`is not read, and stops nothing: ${name}`, () => {
      const { parts } = readText(text);
      const problems = parts.flatMap(({ document }) => document.syntaxProblems);
      assert.deepEqual(
        problems.map(({ isLimit }) => isLimit),
        [true],
      );
    });
  }
});

describe("a file of very many documents", () => {
  it("is cut apart so far, and together the documents are the file", () => {
    const text = "---\n".repeat(300_000);
    const spans = documentSpans(text);
    assert.equal(spans.length, 200_000);
    assert.equal(spans.at(-1)?.end, text.length);
  });
});
