// The example on each diagnostic's page gives that diagnostic, and its fixed form gives it no more.

import assert from "node:assert/strict";
import { findingCodes } from "../../server/src/findings/findingCodes.ts";
import type { FailureKind, ManifestDetails } from "../../server/src/resolver/resolution.ts";
import type { Settings } from "../../server/src/settings.ts";
import { projectPath } from "../support/projectRoot.ts";
import { failed, readText, resolved, type KnownAnswers } from "../support/reading.ts";

/** The name of a failure, a digest, or the index that a tag points at with one image out of it. */
type Answer = string | { readonly index: string; readonly child: string };

interface Entry {
  readonly before: unknown;
  readonly after: unknown;
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly settings?: Partial<Settings>;
  /** Other codes that the example gives. */
  readonly also?: readonly string[];
  readonly afterGives?: readonly string[];
  readonly untried?: unknown;
}

interface Pages {
  diagnosticSources(root: string): Readonly<Record<string, Entry>>;
  exampleText(example: unknown): string;
}

const { diagnosticSources, exampleText } = (await import(
  projectPath("test", "setup", "diagnosticPages.mjs")
)) as Pages;
const entries = diagnosticSources(projectPath());

function resolutionsOf(answers: Readonly<Record<string, Answer>>): KnownAnswers {
  return Object.fromEntries(
    Object.entries(answers).map(([key, answer]) => {
      if (typeof answer !== "string") return [key, resolved(answer.index, indexType)];
      const isDigest = answer.startsWith("sha256:");
      return [key, isDigest ? resolved(answer) : failed(answer as FailureKind)];
    }),
  );
}

const indexType = "application/vnd.oci.image.index.v1+json";

function detailsOf(
  answers: Readonly<Record<string, Answer>>,
): Readonly<Record<string, ManifestDetails>> {
  return Object.fromEntries(
    Object.entries(answers).flatMap(([key, answer]) =>
      typeof answer === "string" ? [] : [[key, indexOf(answer.index, answer.child)]],
    ),
  );
}

function indexOf(digest: string, child: string): ManifestDetails {
  const platform = { os: "linux", architecture: "amd64", variant: undefined };
  const unknown = { layersSize: undefined, created: undefined, source: undefined };
  return { digest, mediaType: indexType, platforms: [{ digest: child, platform }], ...unknown };
}

function codesOf(text: string, { answers = {}, settings = {} }: Entry): readonly string[] {
  const world = { known: resolutionsOf(answers), details: detailsOf(answers), settings };
  const { parts } = readText(text, world);
  return parts.flatMap(({ findings }) => findings.map(({ code }) => code)).sort();
}

describe("the example of", () => {
  for (const code of findingCodes) {
    const entry = entries[code];
    if (entry === undefined || entry.untried !== undefined) continue;
    it(`${code} gives it, and its fixed form does not`, () => {
      const { before, after, also = [], afterGives = [] } = entry;
      assert.deepEqual(codesOf(exampleText(before), entry), [code, ...also].sort());
      assert.deepEqual(codesOf(exampleText(after), entry), afterGives);
    });
  }
  it("some diagnostics is not tried here: they depend on more than a text and an answer", () => {
    const untried = findingCodes.filter((code) => entries[code]?.untried !== undefined);
    assert.deepEqual(untried, [
      "controller-cannot-resolve",
      "tag-digest-mismatch",
      "cluster-differs",
      "revision-failed",
      "cluster-config-differs",
    ]);
  });
});
