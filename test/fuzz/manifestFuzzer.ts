// Manifests through the command line: read, judged, pinned and unpinned, whatever the text is.

import assert from "node:assert/strict";
import { readText } from "../support/reading.ts";
import { runArguments } from "../support/commandLine.ts";
import { digestA, resolved, type KnownAnswers } from "../support/reading.ts";
import { assertOnlyPinned, inTimeAsync } from "./checks.ts";
import { conformanceTexts, manifests, manifestWords } from "./corpus.ts";
import type { Fuzzer } from "./fuzzer.ts";
import { mutated } from "./random.ts";

/** Every tag of every registry has this digest. */
const everything: KnownAnswers = new Proxy({}, { get: () => resolved(digestA) });

const exitCodes = [0, 1, 2, 3];

export const manifestFuzzer: Fuzzer = {
  name: "manifests",
  shortRun: 700,
  async tryOne(random, note) {
    const text = mutated(corpus, manifestWords, random);
    note(text);
    const name = random.pick(["a.yaml", "kustomization.yaml", "func.yaml", "values.yaml"]);
    checkPlaces(text);
    const output = random.pick(["text", "json", "sarif", "github"]);
    await run(["check", "--output", output, "."], name, text);
    const pinned = await run(["pin", "."], name, text);
    if (pinned === text || text.includes(digestA)) return;
    if (name === "a.yaml") assertOnlyPinned(text, pinned, digestA);
    const again = await run(["pin", "."], name, pinned);
    assert.equal(again, pinned, "a second pin changes what the first has written");
    assertUnpinned(text, await run(["unpin", "."], name, pinned));
  },
};

const corpus = [...manifests, ...conformanceTexts("subtle-cases"), ...conformanceTexts("webhook")];

async function run(args: readonly string[], name: string, text: string): Promise<string> {
  const { code, stderr, files } = await inTimeAsync(() =>
    runArguments(args, { files: { [name]: text }, known: everything }),
  );
  assert.ok(exitCodes.includes(code), `exit code ${code}`);
  assert.ok(!/internal error/i.test(stderr), stderr);
  return files[name] ?? assert.fail("the file is gone");
}

/** Every place that is shown lies inside of the text. */
function checkPlaces(text: string): void {
  for (const { start, findings } of readText(text).parts) {
    for (const { span, code } of findings) {
      const isInside = span.start >= 0 && span.start <= span.end && start + span.end <= text.length;
      assert.ok(isInside, `${code} stands at ${span.start} to ${span.end}`);
    }
  }
}

/** Unpinning gives the first text back, but for images that named no tag: they stay pinned. */
function assertUnpinned(before: string, after: string): void {
  if (before === after) return;
  const old = before.split("\n");
  const now = after.split("\n");
  assert.equal(now.length, old.length, "unpinning leaves other lines");
  for (const [index, line] of now.entries()) {
    // An own pin of before may be taken out as well: such a line is not compared.
    if (line.includes(digestA) || /sha256:/.test(old[index] ?? "")) continue;
    assert.equal(line, old[index], "unpinning does not give the first bytes back");
  }
}
