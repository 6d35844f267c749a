// Which texts an editor's language gets.

import assert from "node:assert/strict";
import { bundleFor } from "../../../server/src/server/language.ts";

const files = ["bundle.l10n.json", "bundle.l10n.zh-cn.json", "README.md"];

const rows: readonly (readonly [locale: string | undefined, file: string | undefined])[] = [
  [undefined, undefined],
  ["", undefined],
  ["en", undefined],
  ["en-US", undefined],
  ["de", undefined],
  ["zh-cn", "bundle.l10n.zh-cn.json"],
  ["zh-CN", "bundle.l10n.zh-cn.json"],
  ["zh_CN.UTF-8", "bundle.l10n.zh-cn.json"],
  ["zh-Hans-SG", "bundle.l10n.zh-cn.json"],
  ["zh", "bundle.l10n.zh-cn.json"],
  ["zh-tw", undefined],
  ["zh-Hant-HK", undefined],
];

describe("the texts for a language", () => {
  for (const [locale, file] of rows) {
    it(`of ${String(locale)} are ${file ?? "English"}`, () => {
      assert.equal(bundleFor(locale, files), file);
    });
  }

  it("are English where there are no others", () => {
    assert.equal(bundleFor("zh-cn", []), undefined);
  });
});
