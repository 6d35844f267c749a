// Every document for users is there in both languages: block for block the same headings, tables, lists and code, with
// the same names and links in each.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { marked, type Token, type Tokens } from "marked";
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

/** Of each English document its Chinese one, for links. */
const translations = new Map(pairs);

/** A block of a document: what it is, and what no translation changes. */
interface Block {
  readonly what: string;
  readonly names: readonly string[];
}

/** @param linked what a link of this document names in the translation's terms */
function blocks(file: string, linked: (target: string) => string): readonly Block[] {
  const text = readFileSync(projectPath(file), "utf8");
  const tokens = marked.lexer(text).filter(({ type }) => type !== "space");
  return tokens.map((token) => ({ what: kindOf(token), names: namesIn(token, file, linked) }));
}

function kindOf(token: Token): string {
  switch (token.type) {
    case "heading":
      return `heading ${(token as Tokens.Heading).depth}`;
    case "table": {
      const { rows, header } = token as Tokens.Table;
      return `table of ${rows.length} by ${header.length}`;
    }
    case "list":
      return `list of ${(token as Tokens.List).items.length}`;
    case "code":
      return `code ${(token as Tokens.Code).raw}`;
    default:
      return token.type;
  }
}

/** The code words, pictures and links in a block, each once. A link into another language is left out. */
function namesIn(block: Token, file: string, linked: (target: string) => string): string[] {
  const names = new Set<string>();
  void marked.walkTokens([block], (token) => {
    if (token.type === "codespan") names.add(`code ${token["text"]}`);
    if (token.type === "image") names.add(`picture ${token["href"]}`);
    for (const [picture] of htmlOf(token).matchAll(/https:[^"]*/g)) names.add(`picture ${picture}`);
    if (token.type !== "link") return;
    const [target = ""] = String(token["href"]).split("#");
    const isOutside = target.startsWith("http");
    const to = isOutside ? target : path.posix.join(path.posix.dirname(file), target);
    const isOwn = to !== translations.get(file) && translations.get(to) !== file;
    if (isOwn) names.add(`link ${linked(to)}`);
  });
  return [...names].sort();
}

function htmlOf(token: Token): string {
  return token.type === "html" ? String(token["text"]) : "";
}

describe("the documents in both languages", () => {
  for (const [english, chinese] of pairs) {
    it(`${english} and ${chinese} say the same, block for block`, () => {
      assert.ok(existsSync(projectPath(chinese)), `${chinese} is missing.`);
      const one = blocks(english, (target) => translations.get(target) ?? target);
      const other = blocks(chinese, (target) => target);
      assert.deepEqual(other, one);
      assert.match(readFileSync(projectPath(chinese), "utf8"), /\p{Script=Han}/u);
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
