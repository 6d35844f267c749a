// A day in the editor: pins are checked, pinning the workspace says what came of it, and a changed version is fixed.

import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { singleImage } from "../demo/sampleImages.ts";
import { startFaultServer, type FaultServer } from "../support/registry/faultServer.ts";
import {
  actUntil,
  eventually,
  isClicked,
  isHidden,
  isSeen,
  shows,
  type EditorDriver,
} from "./editorDriver.ts";
import { boxOf, visibleLines } from "./pageScripts.ts";
import { inOneSample } from "./withEditor.ts";

/** Opens the list of notifications, which has them also once the editor has put them away. */
async function openNotifications({ page }: EditorDriver, attempt: number): Promise<void> {
  const bell = page.locator("#status\\.notifications");
  if (!(await page.locator(".notifications-center").isVisible())) await isClicked(bell, attempt);
}

/** Opens the list of notifications until one is there. */
async function notification(editor: EditorDriver, text: RegExp): Promise<Locator> {
  const found = editor.page
    .locator(".notifications-center .notification-list-item")
    .filter({ hasText: text })
    .first();
  await eventually(`The notification ${text.source}`, async (attempt) => {
    await openNotifications(editor, attempt);
    return await isSeen(found, attempt);
  });
  return found;
}

/** Clicks a button of a notification, which closes it. */
async function clickIn(editor: EditorDriver, text: RegExp, button: string): Promise<void> {
  const shown = await notification(editor, text);
  let isTried = false;
  await eventually(`Clicking ${button}`, async (attempt) => {
    await openNotifications(editor, attempt);
    // A click that tells too late that it was one has closed it as well.
    if ((await isSeen(shown, attempt)) !== true) return isTried || undefined;
    isTried = true;
    await isClicked(shown.getByRole("button", { name: button }), attempt);
    return await isHidden(shown, attempt);
  });
  await editor.dismiss();
}

/** In a row of a preview: a digest that is written. */
const rowWith = (digest: string): string => `.monaco-highlighted-label:has-text("${digest}")`;
/** In a row of a preview: text that is taken away, which pinning has nowhere. */
const removed = ".remove";

/** Clicks behind the last character of a text that is in sight, and types, until the line has what comes of it. */
async function typeBehind(
  { page }: EditorDriver,
  { text, type, becomes }: { text: string; type: () => Promise<void>; becomes: string },
): Promise<void> {
  const isTyped = async (): Promise<boolean> => shows(becomes)(await visibleLines(page));
  await actUntil(`Typing behind ${text}`, isTyped, async () => {
    const box = await boxOf(page, text);
    if (box === undefined) return false;
    await page.mouse.click(box.x + box.width - 1, box.y + box.height / 2);
    await type();
    return true;
  });
}

/** Milliseconds between the pieces of an answer: an answer without any is given up after five seconds. */
const pieceMs = 500;

/** A registry whose token service goes on answering, and never comes to an end. */
async function startSlowRegistry(): Promise<FaultServer> {
  return await startFaultServer(({ path }, response) => {
    if (path === "/token") {
      response.writeHead(200, { "content-type": "application/json" });
      const timer = setInterval(() => response.write(" "), pieceMs);
      response.on("close", () => clearInterval(timer));
      return;
    }
    const realm = `http://${response.req.headers.host ?? ""}/token`;
    response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}",service="slow"` }).end();
  });
}

/** An image that a comment says to leave, and one that is not written yet. */
function oddImages(host: string): string {
  const ignored = service(`${host}/shop/worker:latest`).trimEnd();
  return `${service('""')}---\n${ignored} # knative-digest: ignore\n`;
}

function service(image: string): string {
  return `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: shop }\nspec: { template: { spec: { containers: [{ image: ${image} }] } } }\n`;
}

describe("on the screen, every day", () => {
  const started: FaultServer[] = [];
  const test = inOneSample("service.yaml", {
    // So that a lookup still waits when somebody cancels it.
    settings: { "knativeDigest.timeoutSeconds": 600 },
    async prepare({ registry, workspace }) {
      const slow = await startSlowRegistry();
      started.push(slow);
      await writeFile(join(workspace, "slow.yaml"), service(`${slow.host}/shop/slow:1`));
      await writeFile(join(workspace, "odd.yaml"), oddImages(registry.host));
    },
  });
  after(async () => {
    await Promise.all(started.map((each) => each.stop()));
  });
  const image = "/shop/frontend:2.1";

  test("pinning the workspace can be cancelled and discarded", async (editor, sample) => {
    const { page } = editor;
    const command = "Knative Digest: Pin All Images in Workspace…";
    const preview = page.locator(".bulk-edit-panel");
    const progress = page
      .locator(".notification-list-item", { hasText: "Looking up digests" })
      .first();
    await editor.lineWith(image, (line) => line.includes("@sha256"));
    const before = await editor.editorText();
    await editor.runCommand(command);
    await notification(editor, /Looking up digests….*\d \/ \d/);
    await editor.screenshot("everyday-progress");
    await clickIn(editor, /Looking up digests/, "Cancel");
    await progress.waitFor({ state: "hidden" });
    assert.equal(await preview.count(), 0);
    await rm(join(sample.workspace, "slow.yaml"));
    await editor.runCommand(command);
    await preview.getByRole("button", { name: "Discard" }).waitFor();
    await progress.waitFor({ state: "hidden" });
    await editor.endPreview("Discard", rowWith(sample.digests.frontend));
    await notification(editor, /Discarded: no file was changed/);
    await editor.screenshot("everyday-discarded");
    await editor.dismiss();
    assert.equal(await editor.editorText(), before);
  });

  test("checking pins says how many have moved, and updates them", async (editor, { digests }) => {
    await editor.runCommand("Knative Digest: Check Pinned Images for Updates");
    await clickIn(editor, /tag moved: 1 · pins checked: 1/, "Update 1 Pin…");
    await editor.endPreview("Apply", rowWith(digests.cart));
    await notification(editor, /Updated pins: 1, in files: 1/);
    await editor.dismiss();
    await editor.openFile("shop.yaml");
    await editor.lineWith(`/shop/cart:1.4@${digests.cart}`);
  });

  test("pinning the workspace says how many, what failed, and saves", async (editor, sample) => {
    const { page } = editor;
    // Pinning would wait for it.
    await rm(join(sample.workspace, "slow.yaml"), { force: true });
    await editor.runCommand("Knative Digest: Pin All Images in Workspace…");
    await editor.endPreview("Apply", rowWith(sample.digests.frontend));
    await editor.lineWith(`${image}@${sample.digests.frontend}`);
    await notification(editor, /cart:1\.44.*Tag 1\.44 not found/);
    await editor.screenshot("everyday-pinned");
    await clickIn(editor, /Pinned images: \d+, in files: \d+/, "Save All");
    const pins = {
      "service.yaml": sample.digests.frontend,
      "configuration.yaml": sample.digests.invoices,
    };
    for (const [name, digest] of Object.entries(pins)) {
      const file = join(sample.workspace, name);
      await eventually(
        `Saving ${name}`,
        async () => (await readFile(file, "utf8")).includes(digest) || undefined,
      );
    }
    await editor.runCommand("Knative Digest: Unpin All Images in Workspace…");
    await editor.endPreview("Apply", removed);
    await editor.lineWith(image, (line) => !line.includes(sample.digests.frontend));
    await clickIn(editor, /Unpinned images: \d+, in files: \d+/, "Show");
    await editor.foldFiles();
    await page.getByRole("treeitem", { name: /^Not pinned/ }).waitFor();
    await page.getByRole("treeitem", { name: /^\(no image\)/ }).waitFor();
    await page.getByRole("treeitem", { name: /shop\/worker:latest.*ignored/ }).waitFor();
    await editor.screenshot("everyday-shown");
  });

  test("a version that is changed without its digest is named, fixed, and completed with it", async (editor, {
    digests,
    registry,
  }) => {
    const { page } = editor;
    const next = registry.push("shop/frontend", "2.2", singleImage("frontend 2.2"));
    await editor.lineWith(image, (line) => line.includes("@sha256"));
    await editor.applyQuickFix(image, /^Pin\b/, shows(`${image}@${digests.frontend}`));
    const type = async (): Promise<void> => {
      await page.keyboard.press("Backspace");
      await page.keyboard.type("2");
      await page.keyboard.press("Escape");
    };
    await typeBehind(editor, { text: image, type, becomes: `2.2@${digests.frontend}` });
    await editor.problems((rows) => rows.join().includes("tag-digest-mismatch"));
    await editor.hoverText("/shop/frontend:2.2", (text) => text.includes("Knative runs"));
    await editor.screenshot("everyday-mismatch");
    const updated = `/shop/frontend:2.2@${next}`;
    await editor.applyQuickFix("/shop/frontend:2.2", /^Update the digest to 2\.2/, shows(updated));
    await typeBehind(editor, {
      text: "/shop/frontend:2.2",
      type: () => page.keyboard.press("Backspace"),
      becomes: `/shop/frontend:2.@${next}`,
    });
    const older = page
      .locator(".suggest-widget.visible .monaco-list-row")
      .filter({ hasText: /^2\.1/ });
    const completed = shows(`${image}@${digests.frontend}`);
    const isCompleted = async (): Promise<boolean> => completed(await visibleLines(page));
    await actUntil("The tag 2.1 in the list", isCompleted, async (attempt) => {
      if ((await older.count()) === 0) await page.keyboard.press("Control+Space");
      return await isClicked(older.first(), attempt);
    });
    await editor.screenshot("everyday-completed");
  });
});
