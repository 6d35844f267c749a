// Every document for users is there in both languages: the same pages, headings of the same levels, the same code.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { projectPath } from "../support/projectRoot.ts";

const pages = (folder: string): readonly string[] =>
  readdirSync(projectPath(folder)).filter((name) => name.endsWith(".md"));

/** Each English document with its Chinese one. */
const pairs: readonly (readonly [english: string, chinese: string])[] = [
  ["README.md", "README.zh-CN.md"],
  ["DIAGNOSTICS.md", "docs/zh-CN/diagnostics/README.md"],
  ...["", "diagnostics/"].flatMap((folder) =>
    pages(`docs/${folder}`).map(
      (name) => [`docs/${folder}${name}`, `docs/zh-CN/${folder}${name}`] as const,
    ),
  ),
];

/** A document's code and what stands around it. */
function parts(file: string): { code: readonly string[]; prose: string } {
  const text = readFileSync(projectPath(file), "utf8");
  const fence = /^( *)```[^\n]*\n[^]*?^\1```$/gm;
  return {
    code: [...text.matchAll(fence)].map(([block]) => block),
    prose: text.replace(fence, ""),
  };
}

const levels = (prose: string): readonly number[] =>
  [...prose.matchAll(/^(#+) /gm)].map(([, marks = ""]) => marks.length);

const rowsOf = (prose: string): number => prose.match(/^\|/gm)?.length ?? 0;

describe("the documents in both languages", () => {
  for (const [english, chinese] of pairs) {
    it(`${english} and ${chinese} have the same headings, tables and code`, () => {
      assert.ok(existsSync(projectPath(chinese)), `${chinese} is missing.`);
      const [one, other] = [parts(english), parts(chinese)];
      assert.deepEqual(levels(other.prose), levels(one.prose));
      assert.equal(rowsOf(other.prose), rowsOf(one.prose));
      assert.deepEqual(other.code, one.code);
      assert.match(other.prose, /\p{Script=Han}/u);
    });
  }

  it("are no more in Chinese than in English", () => {
    const known = pairs.map(([, chinese]) => chinese);
    for (const folder of ["docs/zh-CN/", "docs/zh-CN/diagnostics/"]) {
      const extra = pages(folder).filter((name) => !known.includes(`${folder}${name}`));
      assert.deepEqual(extra, []);
    }
  });
});
