// What is on the screen beside the text: the tree of images, completion, previews, status, walkthrough, skip list.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Frame, Locator } from "playwright-core";
import { singleImage } from "../demo/sampleImages.ts";
import { withSample } from "../support/sampleEnvironment.ts";
import {
  actUntil,
  eventually,
  isClicked,
  isSeen,
  middle,
  moment,
  shows,
  type EditorDriver,
} from "./editorDriver.ts";
import { boxOf, visibleLines } from "./pageScripts.ts";
import { inSample, withEditor } from "./withEditor.ts";

/** The tree's rows, once they satisfy `accept`. */
async function treeRows(
  editor: EditorDriver,
  accept: (rows: readonly string[]) => boolean,
): Promise<Locator> {
  const rows = editor.page.locator('.pane:has([aria-label^="Knative Images"]) .monaco-list-row');
  await eventually("The awaited rows of the tree", async () => {
    const texts = await rows.allInnerTexts();
    return accept(texts.map((text) => text.replace(/\s+/g, " "))) ? true : undefined;
  });
  return rows;
}

/** Clicks an action of an image's row until it did its work: an answer that comes meanwhile moves the rows. */
async function clickUntil(
  row: Locator,
  action: string,
  isDone: () => Promise<boolean>,
): Promise<void> {
  const button = row.locator(`.action-label[aria-label*="${action}"]`);
  await eventually(`What ${action} does`, async (attempt) => {
    if (await isDone()) return true;
    // A row that the action moved into a closed group is not there to be hovered: isDone says so next.
    await row.hover({ timeout: moment(attempt) }).catch(() => undefined);
    if ((await button.count()) > 0)
      await button.click({ timeout: moment(attempt) }).catch(() => undefined);
    return undefined;
  });
}

/** The ground of the picture in a frame of the page, if it shows one. */
async function fillIn(frame: Frame): Promise<string | null> {
  const ask = `(() => {
    const ground = document.querySelector("body > svg > rect");
    return ground && getComputedStyle(ground).fill;
  })()`;
  return await frame.evaluate<string | null>(ask).catch(() => null);
}

describe("on the screen, next to the text", () => {
  it("the tree shows all images by what should be done, goes to one, and pins and updates", async () => {
    await inSample("service.yaml", async (editor, { digests }) => {
      await editor.runCommand("Knative Digest: Check Pinned Images for Updates");
      // The message that offers the same is gone by itself after a while.
      await editor.runCommand("Knative Digest: Show All Images");
      await editor.foldFiles();
      const rows = await treeRows(editor, (texts) =>
        ["Tag moved", "Skipped by Knative", "Not pinned"].every((title) =>
          texts.join().includes(title),
        ),
      );
      await editor.screenshot("tree");
      const moved = rows.filter({ hasText: "shop/cart:1.4@" });
      const holds = (text: string) => async (): Promise<boolean> =>
        shows(text)(await visibleLines(editor.page));
      // An answer that comes meanwhile moves the rows.
      await actUntil("Going to the image", holds("/shop/cart:1.4@"), (attempt) =>
        isClicked(moved, attempt),
      );
      // What is open is asked for, and found to fail.
      await treeRows(editor, (texts) => texts.some((text) => /Will fail ?1/.test(text)));
      await clickUntil(moved, "Update", holds(`/shop/cart:1.4@${digests.cart}`));
      await treeRows(editor, (texts) => texts.some((text) => /Pinned ?1/.test(text)));
      const tag = rows.filter({ hasText: "shop/frontend:2.1" });
      const isPinned = async (): Promise<boolean> =>
        (await rows.allInnerTexts()).some((text) => /Pinned\s*2/.test(text));
      await clickUntil(tag, "Pin", isPinned);
      const pinned = editor.page.getByRole("treeitem", { name: /^Pinned / });
      await eventually("The pinned image in its group", async (attempt) => {
        if ((await tag.count()) === 0)
          await pinned.click({ timeout: moment(attempt) }).catch(() => undefined);
        await tag.click({ timeout: moment(attempt) }).catch(() => undefined);
        return (await holds(`/shop/frontend:2.1@${digests.frontend}`)()) || undefined;
      });
      await editor.screenshot("tree-pinned");
    });
  });

  it("the tree shows a container that is aliased as often as it runs", async () => {
    await withSample(async ({ env, registry, workspace }) => {
      const containers = `&web { image: "${registry.host}/shop/frontend:2.1" }, *web`;
      const openFile = join(workspace, "twins.yaml");
      await writeFile(
        openFile,
        `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: twins }\nspec: { template: { spec: { containers: [${containers}] } } }\n`,
      );
      await withEditor({ workspace, openFile, env }, async (editor) => {
        await editor.runCommand("Knative Digest: Show All Images");
        await editor.foldFiles();
        await treeRows(editor, (texts) => texts.filter((text) => /twins/.test(text)).length === 2);
        await editor.screenshot("tree-aliased");
      });
    });
  });

  it("pinning the workspace shows all changes in a preview, ticked, and makes them at once", async () => {
    await inSample("service.yaml", async (editor, { digests, workspace }) => {
      const { page } = editor;
      await editor.lineWith("/shop/frontend:2.1", (line) => line.includes("@sha256"));
      await editor.runCommand("Knative Digest: Pin All Images in Workspace…");
      const preview = page.locator(".bulk-edit-panel");
      const boxes = preview.locator(".monaco-list-row [role=checkbox]");
      await preview.locator(".monaco-list-row", { hasText: "service.yaml" }).waitFor();
      await editor.screenshot("preview");
      await boxes.nth(5).waitFor();
      const ticked = await Promise.all(
        (await boxes.all()).map((box) => box.getAttribute("aria-checked")),
      );
      assert.ok(
        ticked.every((each) => each === "true"),
        ticked.join(),
      );
      await editor.endPreview("Apply", `:text("service.yaml")`);
      await editor.lineWith(`/shop/frontend:2.1@${digests.frontend}`);
      await editor.openFile("configuration.yaml");
      await editor.lineWith(`/accounting/invoices:7@${digests.invoices}`);
      await editor.screenshot("preview-applied");
      assert.ok((await readFile(join(workspace, "service.yaml"), "utf8")).length > 0);
    });
  });

  it("completion offers the registry's tags, newest first, with the digest that is known", async () => {
    await inSample("shop.yaml", async (editor, { digests, registry }) => {
      const { page } = editor;
      for (const tag of ["1.9", "1.10"]) registry.push("shop/cart", tag, singleImage(tag));
      await editor.lineWith("/shop/cart:1.44", (line) => line.includes("tag not found"));
      const holds = (accept: RegExp) => async (): Promise<boolean> =>
        shows("/shop/cart:", (line) => accept.test(line))(await visibleLines(page));
      await actUntil("Taking the tag away", holds(/cart:(?!1\.4)/), async () => {
        const box = await boxOf(page, "/shop/cart:1.44");
        if (box === undefined) return false;
        const { x, y } = middle(box);
        await page.mouse.click(x, y);
        await page.keyboard.press("End");
        for (let left = ":1.44".length; left > 0; left -= 1) await page.keyboard.press("Backspace");
        await page.keyboard.type(":");
        return true;
      });
      const rows = page.locator(".suggest-widget.visible .monaco-list-row");
      // A list that was opened before the registry has answered is opened again.
      await eventually("The tags, newest first", async (attempt) => {
        if ((await isSeen(rows.nth(2), attempt)) !== true) {
          await page.keyboard.press("Escape");
          await page.keyboard.press("Control+Space");
          return undefined;
        }
        return (await rows.allInnerTexts()).join() === "1.10,1.9,1.4" || undefined;
      });
      const chosen = page.locator(".suggest-widget.visible .monaco-list-row.focused");
      const details = page.locator(".suggest-details:visible");
      const known = details.filter({ hasText: digests.cart });
      // New answers make the editor draw the list again, from its first row on.
      await eventually("The digest of 1.4", async (attempt) => {
        if ((await chosen.allInnerTexts()).join() !== "1.4") {
          await page.keyboard.press("ArrowDown");
          return undefined;
        }
        // The same keys close the details again.
        if ((await details.count()) === 0) await page.keyboard.press("Control+Space");
        return await isSeen(known, attempt);
      });
      await editor.screenshot("completion");
      const short = digests.cart.slice(0, "sha256:".length + 12);
      await actUntil("Choosing 1.4", holds(new RegExp(`:1\\.4@${short}`)), (attempt) =>
        isClicked(rows.filter({ hasText: /^1\.4$/ }), attempt),
      );
    });
  });

  it("a link in the popup pins the image", async () => {
    await inSample("service.yaml", async (editor, { digests }) => {
      const tag = "/shop/frontend:2.1";
      await editor.hoverText(tag, (text) => text.includes(digests.frontend));
      const pinned = `${tag}@${digests.frontend}`;
      await editor.clickInHover(tag, "Pin", (lines) => lines.some((line) => line.includes(pinned)));
      await editor.screenshot("hover-link");
    });
  });

  it("the popup shows platforms, and the skip list's line", async () => {
    await inSample("shop.yaml", async (editor) => {
      const checkout = "/shop/checkout:3.0";
      await editor.hoverText(checkout, (text) => text.includes("linux/arm64"));
      await editor.screenshot("hover-platforms");
      const skipped = "/shop/preview:nightly";
      await editor.hoverText(skipped, (text) => text.includes("config-deployment.yaml:8"));
      await editor.screenshot("hover-skipped");
      await editor.clickInHover(skipped, "config-deployment.yaml:8", (lines) =>
        lines.some((line) => line.includes("registries-skipping-tag-resolving")),
      );
    });
  });

  it("saving pins what is known where the user wants that", async () => {
    const settings = {
      "editor.codeActionsOnSave": { "source.pinImages.knativeDigest": "explicit" },
    };
    await inSample(
      "service.yaml",
      async (editor, { digests }) => {
        await editor.lineWith("/shop/frontend:2.1", (line) => line.includes("@sha256"));
        const pinned = shows(`/shop/frontend:2.1@${digests.frontend}`);
        const isPinned = async (): Promise<boolean> => pinned(await visibleLines(editor.page));
        // The code actions of a save are given little time: on a busy machine they come with one of the next.
        await actUntil("Pinning on save", isPinned, async (attempt) => {
          const line = editor.page.locator(".editor-instance .view-line").first();
          if ((await isClicked(line, attempt)) !== true) return false;
          await editor.page.keyboard.press("Control+Home");
          await editor.page.keyboard.type(`# saved ${attempt}\n`);
          await editor.save();
          return true;
        });
        await editor.screenshot("on-save");
      },
      { settings },
    );
  });

  it("the language status says how many images there are, and what is being asked", async () => {
    // So that the questions are still open when the status is looked at.
    const settings = { "knativeDigest.timeoutSeconds": 600 };
    await inSample(
      "shop.yaml",
      async (editor, { registry }) => {
        const shown = await editor.languageStatus((text) => /Images: 4, problems: 2/.test(text));
        assert.ok(shown.includes("Knative Digest"));
        await editor.screenshot("status");
        registry.pause();
        await editor.runCommand("Knative Digest: Clear Digest Cache");
        await editor.languageStatus((text) => text.includes("Looking up images: 4"));
        await editor.screenshot("status-busy");
        registry.resume();
      },
      { settings },
    );
  });

  it("the context menu has an entry only where there are images", async () => {
    await inSample("service.yaml", async (editor, { workspace }) => {
      const { page } = editor;
      const entry = page.locator(".monaco-menu .action-label", { hasText: "Knative Digest" });
      const open = async (): Promise<void> => {
        const paste = page.locator(".monaco-menu .action-label", { hasText: "Paste" }).first();
        await eventually("The context menu", async (attempt) => {
          await page.locator(".editor-instance .view-line").first().click({ button: "right" });
          if (await isSeen(paste, attempt)) return true;
          await page.keyboard.press("Escape");
          return undefined;
        });
      };
      const pinAll = page.getByRole("menuitem", { name: "Pin All Images in File", exact: true });
      await eventually("The entry, and what it opens", async (attempt) => {
        await open();
        if ((await entry.count()) > 0) {
          await entry
            .first()
            .hover({ timeout: moment(attempt) })
            .catch(() => undefined);
          if (await isSeen(pinAll, attempt)) return true;
        }
        await page.keyboard.press("Escape");
        await page.keyboard.press("Escape");
        return undefined;
      });
      await editor.screenshot("context-menu");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await writeFile(join(workspace, "other.yaml"), "a: 1\n");
      await editor.openFile("other.yaml");
      // What a menu depends on is told to it a moment after the file is open.
      await eventually("A menu without the entry", async () => {
        await open();
        if ((await entry.count()) === 0) return true;
        await editor.dismiss();
        return undefined;
      });
    });
  });

  it("the skip list is shown with its origin, and opens there", async () => {
    await inSample("shop.yaml", async (editor) => {
      const { page } = editor;
      await editor.lineWith("/shop/checkout:3.0", (line) => line.includes("@sha256"));
      const rows = page.locator(".quick-input-list .monaco-list-row");
      const local = rows.filter({ hasText: "kind.local" });
      const isThere = async (): Promise<boolean> =>
        shows("registries-skipping-tag-resolving")(await visibleLines(page));
      // An editor that is still being drawn closes the list again.
      await actUntil("The list, and the place it leads to", isThere, async (attempt) => {
        await editor.runCommand("Knative Digest: Show Effective Skip List");
        if ((await isSeen(local, attempt)) !== true) return false;
        const shown = (await rows.allInnerTexts()).join("\n");
        assert.match(shown, /Source: the ConfigMap/);
        assert.match(shown, /cluster\/config-deployment\.yaml:8/);
        await editor.screenshot("skip-list");
        return await isClicked(local, attempt);
      });
    });
  });

  it("the walkthrough has five steps with pictures, and ticks what was done", async () => {
    await inSample("service.yaml", async (editor) => {
      const { page } = editor;
      await editor.lineWith("/shop/frontend:2.1", (line) => line.includes("@sha256"));
      await editor.runCommand("Knative Digest: Open Walkthrough");
      const steps = page.locator(".gettingStartedContainer .getting-started-step");
      await eventually("Five steps", async () => (await steps.count()) === 5 || undefined);
      const open = async (index: number): Promise<void> => {
        const step = steps.nth(index);
        const isOpen = async (): Promise<boolean> =>
          (await step.getAttribute("aria-expanded")) === "true";
        await actUntil(`Step ${index}`, isOpen, (attempt) => isClicked(step, attempt));
      };
      for (const index of [0, 1, 2, 3, 4]) {
        await open(index);
        await eventually("The picture in the colours of the theme", async () => {
          const fills = await Promise.all(page.frames().map(fillIn));
          return fills.includes("rgb(255, 255, 255)") ? true : undefined;
        });
        await editor.screenshot(`walkthrough-${index + 1}`);
      }
      await open(2);
      const list = page.locator(".quick-input-list .monaco-list-row").first();
      await actUntil(
        "The skip list",
        () => list.isVisible(),
        (attempt) =>
          isClicked(steps.nth(2).getByRole("button", { name: "Show the Skip List" }), attempt),
      );
      await editor.dismiss();
      await steps.nth(2).locator(".codicon-getting-started-step-checked").waitFor();
    });
  });
});
