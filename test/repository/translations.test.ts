// Everything that a user reads exists in each language, and nothing else does.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { getL10nJson } from "@vscode/l10n-dev";
import { projectPath } from "../support/projectRoot.ts";

type Texts = Readonly<Record<string, string>>;

const read = (file: string): string => readFileSync(projectPath(file), "utf8");
const texts = (file: string): Texts => JSON.parse(read(file)) as Texts;

/** The source files of a folder, relative to the project. */
function sources(folder: string): readonly string[] {
  return readdirSync(projectPath(folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file}`);
}

/** The keys that source files pass to `l10n.t`. */
async function keysOf(files: readonly string[]): Promise<readonly string[]> {
  const contents = files.map((file) => ({ extension: ".ts", contents: read(file) }));
  return Object.keys(await getL10nJson(contents));
}

/** The placeholders of a text, each once: `{0}` and its like. */
function placeholders(text: string): string {
  return [...new Set(text.match(/\{\d+\}/g))].sort().join();
}

function assertTranslated(source: Texts, translation: Texts): void {
  assert.deepEqual(Object.keys(translation).sort(), Object.keys(source).sort());
  for (const [key, text] of Object.entries(source)) {
    const translated = translation[key] ?? "";
    assert.notEqual(translated.trim(), "", key);
    assert.equal(placeholders(translated), placeholders(text), key);
  }
}

const files = [...sources("server/src"), ...sources("client/src")];
const chinese = "l10n/bundle.l10n.zh-cn.json";

describe("the translations", () => {
  it("can be found: each text is named where it is used", () => {
    const unnamed = files.filter((file) => /l10n\s*\.t\(\s*[^\s"']/.test(read(file)));
    assert.deepEqual(unnamed, []);
  });
  it("hold each text of the sources and no other, with its placeholders", async () => {
    const keys = await keysOf(files);
    assert.ok(keys.length > 400, `${keys.length} texts were found.`);
    assertTranslated(Object.fromEntries(keys.map((key) => [key, key])), texts(chinese));
  });
  it("leave room for a mark in the hints, which have 21 characters", async () => {
    const translated = texts(chinese);
    const keys = await keysOf(["server/src/features/hints.ts"]);
    assert.ok(keys.includes("skipped"));
    for (const key of keys) assert.ok((translated[key] ?? "").length <= 19, key);
  });
  it("hold each text of the manifest and no other", () => {
    const used = [...read("package.json").matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key);
    const english = texts("package.nls.json");
    assert.deepEqual([...new Set(used)].sort(), Object.keys(english).sort());
    assertTranslated(english, texts("package.nls.zh-cn.json"));
  });
});
