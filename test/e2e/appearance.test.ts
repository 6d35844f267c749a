// How the extension looks in each kind of theme and in Chinese, and what trusting a workspace changes on the screen.

import assert from "node:assert/strict";
import { actUntil, eventually, isClicked, type EditorDriver } from "./editorDriver.ts";
import { inSample } from "./withEditor.ts";

/** The colours of parts of the line that holds `text`; undefined until all of them are drawn. */
async function coloursOf(
  editor: EditorDriver,
  text: string,
  parts: readonly string[],
): Promise<readonly string[] | undefined> {
  // Neighbours of one colour are drawn as one piece, so a part is looked up by where it stands.
  const ask = `(() => {
    const line = [...document.querySelectorAll(".editor-instance .view-line")]
      .find((one) => one.textContent.includes(${JSON.stringify(text)}));
    const letters = [...(line?.querySelectorAll("span > span") ?? [])]
      .flatMap((piece) => [...piece.textContent].map(() => getComputedStyle(piece).color));
    return ${JSON.stringify(parts)}.map((part) => letters[line?.textContent.indexOf(part)]);
  })()`;
  const found = await editor.page.evaluate<(string | undefined)[]>(ask);
  const drawn = found.filter((colour) => colour !== undefined);
  return drawn.length === parts.length ? drawn : undefined;
}

describe("on the screen, in each kind of theme", () => {
  for (const [theme, kind, name] of [
    ["Light Modern", "vs", "light"],
    ["Dark Modern", "vs-dark", "dark"],
    ["Dark High Contrast", "hc-black", "high-contrast"],
  ] as const) {
    it(`registry, repository and tag of an image are told apart in ${theme}`, async () => {
      await inSample("service.yaml", async (editor, { digests, registry }) => {
        const image = "/shop/frontend:2.1";
        await editor.lineWith(image, (line) => line.includes("@sha256"));
        await editor.chooseTheme(theme, kind);
        const parts = [registry.host, "shop/frontend", "2.1"];
        // The grammar of an extension comes after the first colours.
        await eventually("Three colours for the three parts", async () => {
          const colours = await coloursOf(editor, image, parts);
          return new Set(colours).size === parts.length ? true : undefined;
        });
        await editor.hoverText(image, (text) => text.includes(digests.frontend));
        await editor.screenshot(name);
      });
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
        assert.match(hover, /Knative 解析此标签并运行/);
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
        const hover = await editor.hoverText(image, (text) => text.includes("Restricted Mode"));
        assert.doesNotMatch(hover, /Refresh|Show platforms|Pin/);
        assert.deepEqual(registry.requests, []);
        await editor.runCommand("Workspaces: Manage Workspace Trust");
        // The page of trust is drawn again whenever something changes, and forgets a click in that moment.
        const restricted = editor.page.locator("#status\\.workspaceTrust");
        const isTrusted = async (): Promise<boolean> => (await restricted.count()) === 0;
        const trust = editor.page.getByRole("button", { name: "Trust", exact: true }).first();
        await actUntil("Trusting", isTrusted, (attempt) => isClicked(trust, attempt));
        await editor.openFile("shop.yaml");
        await editor.hoverText(image, (text) => text.includes(digests.checkout));
        await editor.screenshot("trusted");
      },
      { trusted: false },
    );
  });
});
