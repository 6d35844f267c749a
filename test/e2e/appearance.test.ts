// How the extension looks in each kind of theme and in Chinese, and what trusting a workspace changes on the screen.

import assert from "node:assert/strict";
import { eventually } from "../support/deadline.ts";
import type { EditorDriver } from "./editorDriver.ts";
import { inSample } from "./withEditor.ts";

/** The colours of the texts in the line that holds `text`, by text. */
async function coloursOf(editor: EditorDriver, text: string): Promise<ReadonlyMap<string, string>> {
  const ask = `[...document.querySelectorAll(".editor-instance .view-line")]
    .filter((line) => line.textContent.includes(${JSON.stringify(text)}))
    .flatMap((line) => [...line.querySelectorAll("span > span")])
    .map((part) => [part.textContent, getComputedStyle(part).color])`;
  return new Map(await editor.page.evaluate<[string, string][]>(ask));
}

describe("on the screen, in each kind of theme", () => {
  for (const [theme, kind, name] of [
    ["Default Light Modern", "vs", "light"],
    ["Default Dark Modern", "vs-dark", "dark"],
    ["Default High Contrast", "hc-black", "high-contrast"],
  ] as const) {
    it(`registry, repository and tag of an image are told apart in ${theme}`, async () => {
      const settings = { "workbench.colorTheme": theme, "window.autoDetectColorScheme": false };
      await inSample(
        "service.yaml",
        async (editor, { digests, registry }) => {
          await editor.page.locator(`.monaco-workbench.${kind}`).waitFor();
          const image = "/shop/frontend:2.1";
          await editor.lineWith(image, (line) => line.includes("@sha256"));
          const parts = [registry.host, "shop/frontend", "2.1"];
          const colours = await eventually("The colours of the parts", async () => {
            const found = await coloursOf(editor, image);
            const each = parts.map((part) => found.get(part));
            return each.includes(undefined) ? undefined : each;
          });
          assert.equal(new Set(colours).size, 3, colours.join());
          await editor.hoverText(image, (text) => text.includes(digests.frontend));
          await editor.screenshot(name);
        },
        { settings },
      );
    });
  }
});

describe("on the screen, in Simplified Chinese", () => {
  it("hover, problems, commands and tree speak it", async () => {
    await inSample(
      "shop.yaml",
      async (editor, { digests }) => {
        const hover = await editor.hoverText("/shop/checkout:3.0", (text) =>
          text.includes(digests.checkout),
        );
        assert.match(hover, /Knative 在创建 Revision 时解析此标签/);
        await editor.screenshot("chinese-hover");
        await editor.problems((rows) => /在跳过列表中/.test(rows.join()));
        await editor.runCommand("Knative Digest: 显示所有镜像");
        const group = editor.page.getByRole("treeitem", { name: /^被 Knative 跳过/ });
        await group.waitFor();
        await editor.screenshot("chinese");
      },
      { language: "zh-cn" },
    );
  });
});

describe("on the screen, trust", () => {
  it("a restricted workspace offers nothing that would ask, and asks as soon as it is trusted", async () => {
    await inSample(
      "shop.yaml",
      async (editor, { digests, registry }) => {
        const image = "/shop/checkout:3.0";
        const hover = await editor.hoverText(image, (text) => text.includes("not trusted"));
        assert.doesNotMatch(hover, /Refresh|Show platforms|Pin/);
        assert.deepEqual(registry.requests, []);
        await editor.runCommand("Workspaces: Manage Workspace Trust");
        await editor.page.getByRole("button", { name: "Trust", exact: true }).first().click();
        await editor.openFile("shop.yaml");
        await editor.hoverText(image, (text) => text.includes(digests.checkout));
        await editor.screenshot("trusted");
      },
      { trusted: false },
    );
  });
});
