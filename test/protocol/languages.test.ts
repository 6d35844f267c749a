// The server speaks the language of its editor.

import assert from "node:assert/strict";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { startLanguageServer } from "../support/lspClient.ts";
import { service } from "../support/reading.ts";

describe("the server's language", () => {
  const rows: readonly [string | undefined, RegExp][] = [
    ["zh-cn", /^不解析：dev\.local 在跳过列表中（Knative 的默认值）/],
    ["zh-CN", /^不解析：dev\.local 在跳过列表中/],
    ["en", /^Not resolved: dev\.local is on the skip list/],
    ["fr", /^Not resolved: dev\.local is on the skip list/],
    [undefined, /^Not resolved: dev\.local is on the skip list/],
  ];
  for (const [locale, message] of rows) {
    it(`is right for ${locale ?? "an editor that names none"}`, async () => {
      const client = await startLanguageServer({
        capabilities: visualStudioCode,
        ...(locale === undefined ? {} : { locale }),
      });
      try {
        await client.open("file:///a.yaml", service("dev.local/app:v1"));
        const [skipped] = await client.diagnostics("file:///a.yaml", (all) => all.length > 0);
        assert.ok(typeof skipped?.message === "string");
        assert.match(skipped.message, message);
      } finally {
        await client.stop();
      }
    });
  }
});
