// Completion and hover in a config-deployment.

import assert from "node:assert/strict";
import { configCompletions } from "../../../server/src/features/configCompletion.ts";
import { configHover } from "../../../server/src/features/configHover.ts";
import { toPlainText } from "../../../server/src/features/markdown.ts";
import { behindToo } from "../../support/behindToo.ts";
import { readMarks } from "../../support/markedText.ts";
import { readText } from "../../support/reading.ts";

const head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\ndata:\n";
const operator =
  "apiVersion: operator.knative.dev/v1beta1\nkind: KnativeServing\nmetadata:\n  name: knative-serving\nspec:\n  config:\n    deployment:\n";
const registries = ["index.docker.io", "reg.example.com:5000"];

function complete(shown: string): string[] {
  return behindToo(shown, (marked) => {
    const { text, cursor } = readMarks(marked);
    return configCompletions({
      reading: readText(text),
      offset: cursor,
      registries,
      version: "1.23",
    }).map((proposal) => (proposal.kind === "key" ? proposal.key.name : proposal.written));
  });
}

/** The hover's text, and the text that it is about. */
function hover(shown: string): string | undefined {
  return behindToo(shown, (marked) => {
    const { text, cursor } = readMarks(marked);
    const found = configHover(readText(text), cursor, { showsFindings: false });
    if (found === undefined) return undefined;
    return `${text.slice(found.span.start, found.span.end)}\n${toPlainText(found.blocks)}`;
  });
}

describe("completion of keys", () => {
  it("offers those that are not set yet", () => {
    const keys = complete(`${head}  progress-deadline: 600s\n  <|>\n`);
    assert.ok(keys.includes("registries-skipping-tag-resolving"));
    assert.ok(!keys.includes("progress-deadline"));
  });
  it("works in an empty map, at the end of the file and half-way through a word", () => {
    assert.ok(complete(`${head}  <|>`).includes("queue-sidecar-image"));
    assert.ok(complete(`${head}  a: b\n  regis<|>`).includes("registries-skipping-tag-resolving"));
  });
  it("works under KnativeServing's spec.config.deployment", () => {
    assert.ok(complete(`${operator}      <|>`).includes("digest-resolution-timeout"));
  });
  it("offers nothing inside _example, in the metadata, and in other ConfigMaps", () => {
    assert.deepEqual(complete(`${head}  _example: |\n    <|>\n`), []);
    assert.deepEqual(complete(head.replace("  name", "  <|>\n  name")), []);
    assert.deepEqual(complete(`${head.replace("config-deployment", "other")}  <|>`), []);
  });
});

describe("completion of a key that has its colon", () => {
  const replaced = (marked: string): (number | undefined)[] => {
    const { text, cursor } = readMarks(marked);
    const question = { reading: readText(text), offset: cursor, registries, version: "1.23" };
    return configCompletions(question).map((proposal) =>
      proposal.kind === "key" ? proposal.upToColon : undefined,
    );
  };
  it("replaces the word up to the colon, and knows where there is none", () => {
    assert.equal(replaced(`${head}  prog<|>: 600s\n`)[0], 0);
    assert.equal(replaced(`${head}  prog<|>ress: 600s\n`)[0], 4);
    assert.equal(replaced(`${head}  prog<|>\n  a: b\n`)[0], undefined);
  });
});

describe("completion of values", () => {
  it("offers nothing in the comment behind a value", () => {
    for (const value of ["none # <|>", "# <|>", '"none" # <|>'])
      assert.deepEqual(complete(`${head}  default-affinity-type: ${value}\n`), []);
  });
  it("offers the workspace's registries that are not listed yet", () => {
    assert.deepEqual(
      complete(`${head}  registries-skipping-tag-resolving: "index.docker.io,<|>"\n`),
      ["reg.example.com:5000"],
    );
  });
  it("quotes what YAML would not read as a string", () => {
    assert.ok(complete(`${head}  pod-is-always-schedulable: <|>\n`).includes('"true"'));
    assert.ok(complete(`${head}  pod-is-always-schedulable: "<|>"\n`).includes("true"));
  });
});

describe("the hover", () => {
  it("explains a key: meaning, type, default and since when", () => {
    const text = hover(`${head}  registries-skipping<|>-tag-resolving: dev.local\n`);
    assert.match(text ?? "", /tags are not resolved/);
    assert.match(text ?? "", /kind\.local,ko\.local,dev\.local/);
    assert.match(text ?? "", /since Knative 1\.0/);
  });
  it("explains an entry of the skip list by what it is", () => {
    const list = `${head}  registries-skipping-tag-resolving: "dev.local, gh<|>cr.io"\n`;
    assert.match(hover(list) ?? "", /^ghcr\.io\nghcr\.io\n\n.*\n\nA public registry/s);
  });
  it("says of an entry that can match nothing that it skips nothing, and why", () => {
    const list = `${head}  registries-skipping-tag-resolving: "docker<|>.io"\n`;
    assert.match(
      hover(list) ?? "",
      /^docker\.io\ndocker\.io\n\nNo image matches this entry.*index\.docker\.io/s,
    );
  });
  it("says nothing elsewhere", () => {
    assert.equal(hover(`${head}  some<|>-key: x\n`), undefined);
  });
});
