// Every regular expression of the product is tried on texts made against it: none may take time that grows with the square.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { cpuTimed } from "../support/cpuTime.ts";
import { projectPath } from "../support/projectRoot.ts";

/** An expression as it is written somewhere. */
interface Expression {
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

function sourceFiles(): string[] {
  return ["server/src", "client/src"].flatMap((folder) =>
    readdirSync(projectPath(folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => path.join(folder, name)),
  );
}

/** The literals of a file, and the places where an expression is made of a text. */
function expressionsOf(file: string): { literals: Expression[]; made: string[] } {
  const text = readFileSync(projectPath(file), "utf8");
  const literals: Expression[] = [];
  const made: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const [, source = "", flags = ""] = /^\/(.*)\/(\w*)$/s.exec(node.text) ?? [];
      literals.push({ place: file, source, flags });
    }
    const isMade =
      (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === "RegExp";
    if (isMade) made.push(file);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return { literals, made };
}

const found = sourceFiles().map(expressionsOf);
const literals = [
  ...new Map(
    found
      .flatMap((each) => each.literals)
      .map((each) => [`${each.place} /${each.source}/${each.flags}`, each]),
  ),
];

/** Expressions whose time grows faster than their text: what they are given is short. Each with the bound. */
const short: Readonly<Record<string, string>> = {
  "server/src/document/kustomize/kustomizationSource.ts /(?:\\\\.|\\[[^\\]]*\\]|[^.\\\\[])+/g":
    "the first 1000 characters of a field's path",
  'server/src/document/yaml/yamlTokens.ts /: ".*"$|(?<=characters|tag|alias.*): .*$/s':
    "the first 1000 characters of a message (maxMessage)",
  'server/src/document/templates/templateActions.ts /\\}\\}|\\{\\{|"(?:[^"\\\\\\n]|\\\\[^\\n]){0,2000}"|`[^`]*`|"|`/g':
    "2,000 characters of an action (maxAction), and once a line: an open quote ends the search",
  "server/src/edits/fieldsWriter.ts /^(?:[-+]?(?:\\d[\\d_]*\\.?\\d*|\\.\\d+)(?:e[-+]?\\d+)?|0[xo][\\da-f]+|true|false|yes|no|on|off|y|n|null|~)$/i":
    "a tag of 128 characters",
  "server/src/edits/renameRevision.ts /-{2,}(?=\\d+$)/": "a name of 63 characters (maxNameLength)",
  "server/src/features/imageTextBefore.ts /^(.*[{,]|[ \\t]*(?:-[ \\t]+)*)[ \\t]*(?:image|\"image\"|'image')[ \\t]*:/":
    "a line of 4096 characters (maxLine)",
  "server/src/knative/go/goDuration.ts /0+$/": "nine digits",
  "server/src/server/language.ts /\\..*$/": "the language that the user's own system names",
};

/** Signs that expressions look for; with those that stand in one itself they are repeated against it. */
const usual = [
  "a",
  "A",
  "1",
  " ",
  "\t",
  "\n",
  "/",
  ".",
  "-",
  "_",
  ":",
  '"',
  "'",
  "\\",
  "{",
  "[",
  "$",
];

/** What is escaped or doubled inside of a string whose end an expression looks for. */
const escaped = ['\\"', "\\'", "\\a", '""', "''"];

/** Texts that a search would read again from each of their characters, were it written so. */
function attacks({ source, flags }: Expression, size: number): string[] {
  const own = [...new Set(source.replace(/\\[dwsbDWSBnrtux]/g, ""))].filter((sign) =>
    /[^\\()|*+?^]/.test(sign),
  );
  const signs = [...new Set([...usual, ...own])];
  const words = [...new Set(source.match(/[\w:/"'=-]{2,}/g) ?? [])].slice(0, 4);
  const starts = ["", ...words, ...own];
  const pumps = [
    ...signs,
    ...words,
    ...words.map((word) => `${word} `),
    "{{",
    "a ",
    "a.",
    'a"',
    ...escaped,
  ];
  const isWhole = flags.includes("m");
  return pumps.flatMap((pump) =>
    starts.slice(0, 2).map((start) => {
      const body = pump.repeat(Math.ceil(size / pump.length));
      return `${start}${body}${isWhole ? "\u0000" : "\n\u0000"}`;
    }),
  );
}

/** At this size, time that grows with the square is some tenths of a second, and time in proportion a few milliseconds. */
const size = 24_000;
const patienceMs = 100;

function slowest(expression: Expression): number {
  const compiled = new RegExp(expression.source, expression.flags);
  let slow = 0;
  for (const text of attacks(expression, size)) {
    const once = (): number =>
      cpuTimed(() => {
        // As it is used: with `g` all of them are looked for.
        if (compiled.global) text.replace(compiled, "");
        else compiled.exec(text);
      }).milliseconds;
    let milliseconds = once();
    // A busy machine may be slow once.
    for (let again = 0; again < 3 && milliseconds > patienceMs; again += 1) {
      milliseconds = Math.min(milliseconds, once());
    }
    slow = Math.max(slow, milliseconds);
    if (slow > patienceMs) break;
  }
  return slow;
}

describe("the regular expressions of the product", function () {
  this.timeout(300_000);

  it("are all found", () => {
    assert.ok(literals.length > 200, String(literals.length));
  });
  it("are written in the source: none is made of a text of others", () => {
    // Each puts expressions together that stand in its own file.
    assert.deepEqual([...new Set(found.flatMap(({ made }) => made))].sort(), [
      "server/src/cli/output/safeOutput.ts",
      "server/src/image/placeholder.ts",
      "server/src/knative/config/runtimeClasses.ts",
      "server/src/knative/go/goJson.ts",
    ]);
  });
  it("take time in proportion to a text made against them, or are given short ones", () => {
    const slow = literals.filter(([key, each]) => !(key in short) && slowest(each) > patienceMs);
    assert.deepEqual(
      slow.map(([key]) => key),
      [],
    );
  });
  it("are listed as given short texts only where that is needed", () => {
    assert.deepEqual(
      Object.keys(short).filter((key) => !literals.some(([each]) => each === key)),
      [],
    );
  });
  it("would be found slow, were they written so", () => {
    for (const source of ["\\s+$", "/+$", "a+b"]) {
      assert.ok(slowest({ place: "", source, flags: "" }) > patienceMs, source);
    }
  });
});
