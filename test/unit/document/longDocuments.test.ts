// Documents that take long are read elsewhere, and say the same.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import {
  analysisOptions,
  defaultAnalysisOptions,
} from "../../../server/src/document/analysisOptions.ts";
import {
  analyzeFile,
  analyzeInSteps,
  type ReadElsewhere,
} from "../../../server/src/document/documentAnalysis.ts";
import { analyzeDocument } from "../../../server/src/document/oneDocument.ts";
import type { DocumentAnalysis, FileAnalysis } from "../../../server/src/document/analysis.ts";
import { allAtOnce } from "../../../server/src/document/steps.ts";
import { defaultSettings } from "../../../server/src/settings.ts";
import { projectPath } from "../../support/projectRoot.ts";
import { service } from "../../support/reading.ts";

/** A List of Services whose text has about so many characters. @param metadata what only some readings can read */
function list(characters: number, metadata: string): string {
  const item = `- ${service("reg.test/team/app:v1").trimEnd().replace(/\n/g, "\n  ")}\n  extra: ${metadata}\n`;
  return `apiVersion: v1\nkind: List\nitems:\n${item.repeat(Math.ceil(characters / item.length))}`;
}

const flow = "{ a: b }";
const plain = "words";

/** Reads a text in steps, and lists the lengths of the documents that were read elsewhere. */
async function readWith(
  text: string,
  answer: (document: DocumentAnalysis) => DocumentAnalysis | undefined = (document) => document,
  previous?: FileAnalysis,
): Promise<{ analysis: FileAnalysis; elsewhere: number[] }> {
  const elsewhere: number[] = [];
  const read: ReadElsewhere = (document, options) => {
    elsewhere.push(document.length);
    assert.equal(options, defaultAnalysisOptions);
    return Promise.resolve(answer(analyzeDocument(document, options)));
  };
  const steps = analyzeInSteps(text, defaultAnalysisOptions, { previous, elsewhere: read });
  let step = steps.next();
  while (step.done !== true) {
    await step.value;
    step = steps.next();
  }
  return { analysis: step.value, elsewhere };
}

describe("a document", () => {
  for (const [title, text, isElsewhere] of [
    ["of 39,000 characters that needs the library is read here", list(39_000, flow), false],
    ["of 41,000 characters that needs the library is read elsewhere", list(41_000, flow), true],
    ["of 399,000 characters that is read quickly is read here", list(399_000, plain), false],
    ["of 401,000 characters is read elsewhere", list(401_000, plain), true],
    ["of 500,000 characters without an image is not read", "a: b\n".repeat(100_000), false],
  ] as const) {
    it(title, async () => {
      const { analysis, elsewhere } = await readWith(text);
      assert.deepEqual(elsewhere, isElsewhere ? [text.length] : []);
      assert.deepEqual(analysis.parts, analyzeFile(text, defaultAnalysisOptions).parts);
    });
  }

  it("is sent elsewhere alone, and not again as long as it stands unchanged", async () => {
    const long = list(41_000, flow);
    const first = await readWith(`${service("a:1")}---\n${long}---\n${service("b:1")}`);
    assert.equal(first.elsewhere.length, 1);
    const edited = `${service("a:2")}---\n${long}---\n${service("b:1")}`;
    const second = await readWith(edited, undefined, first.analysis);
    assert.deepEqual(second.elsewhere, []);
    assert.deepEqual(second.analysis, analyzeFile(edited, defaultAnalysisOptions));
  });

  it("that takes too much is not read, and says so", async () => {
    const { analysis } = await readWith(list(41_000, flow), () => undefined);
    const [document] = analysis.parts.map((part) => part.document);
    assert.deepEqual(document?.images, []);
    assert.deepEqual(
      document.syntaxProblems.map(({ message, isLimit }) => [message, isLimit]),
      [["Reading it takes too much time or memory", true]],
    );
  });

  it("cannot be waited for by who takes all steps at once", () => {
    const elsewhere: ReadElsewhere = () => Promise.resolve(undefined);
    const steps = analyzeInSteps(list(41_000, flow), defaultAnalysisOptions, { elsewhere });
    assert.throws(() => allAtOnce(steps), /must be waited for/);
  });
});

describe("what a document says", () => {
  const folder = projectPath("test/integration/cases");
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) => readFileSync(`${folder}/${name}`, "utf8").split("\n").filter(Boolean))
    .flatMap((line) => {
      const { files } = JSON.parse(line) as { files?: Record<string, unknown> };
      return Object.entries(files ?? {});
    })
    .filter((file): file is [string, string] => typeof file[1] === "string");

  it("can be handed from one thread to another: it is plain values", () => {
    assert.ok(texts.length > 300, `${texts.length} texts`);
    for (const [name, text] of texts) {
      const settings = { ...defaultSettings, kubernetesWorkloads: true };
      const { parts } = analyzeFile(text, analysisOptions(`file:///${name}`, settings));
      assert.deepEqual(structuredClone(parts), parts, name);
    }
  });
});
