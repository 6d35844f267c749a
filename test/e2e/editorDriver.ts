// A user in front of VS Code: opens files, points at text, double-clicks hints, picks quick fixes, reads Problems.

import { mkdir } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import { eventually as eventuallyIn, within } from "../support/deadline.ts";
import { projectPath } from "../support/projectRoot.ts";
import { boxOf, visibleLines, type Box } from "./pageScripts.ts";

/** What a user can do and see. Whatever waits does so with a deadline. */
export interface EditorDriver {
  readonly page: Page;
  /**
   * Waits until the workbench is whole. It shows text and hints before, but makes some of its parts, such as what
   * runs code actions on save, only when it has nothing else to do: on a busy machine that is seconds later.
   */
  ready(): Promise<void>;
  /**
   * Waits until the workspace's folders are open. VS Code reads a workspace file once, when it connects: a read that
   * failed on a busy machine leaves an editor with no folder, and the page is loaded again.
   */
  foldersOpen(names: readonly string[]): Promise<void>;
  /** Opens a file of the workspace by its name, as with Ctrl+P. */
  openFile(name: string): Promise<void>;
  /** Points at a text in the editor until the popup satisfies `accept`. @returns what the popup says */
  hoverText(text: string, accept?: (popup: string) => boolean): Promise<string>;
  /**
   * Points at a text in the editor until the popup has a link, and clicks it, until that has been done: a click that
   * opens another file, or changes the text, may be told to have failed.
   * @param done whether the lines in sight are those after the click
   */
  clickInHover(
    text: string,
    label: string,
    done: (lines: readonly string[]) => boolean,
  ): Promise<void>;
  /** Waits for a line that contains `text` and satisfies `accept`. @returns the line, hints and all */
  lineWith(text: string, accept?: (line: string) => boolean): Promise<string>;
  /** What VS Code draws behind each of the given texts: its inlay hint, or an empty string. */
  hintAfter(text: string): Promise<string>;
  /** Double-clicks a text, an inlay hint for example. */
  doubleClick(text: string): Promise<void>;
  /** The titles behind the light bulb at a text. */
  quickFixes(text: string): Promise<readonly string[]>;
  /** Applies the first quick fix at a text whose title matches. */
  applyQuickFix(text: string, title: RegExp): Promise<void>;
  /** The rows of the Problems view, once they satisfy `accept`. */
  problems(accept?: (rows: readonly string[]) => boolean): Promise<readonly string[]>;
  /** Runs a command by its title, as with F1. */
  runCommand(title: string): Promise<void>;
  /**
   * Applies or discards a preview of changes once it shows a row that only this preview has. VS Code draws the buttons
   * before it has read the changes: a click on one then counts for nothing, and the preview can no longer be ended.
   * @param row CSS selector of something in that row, as an earlier preview's rows are shown first
   */
  endPreview(button: "Apply" | "Discard", row: string): Promise<void>;
  /** Chooses a colour theme in the list that VS Code has for it: naming one in the settings changes nothing here. */
  chooseTheme(label: string): Promise<void>;
  /** What the language status popup says, beside the name of the language in the status bar. */
  languageStatus(accept?: (text: string) => boolean): Promise<string>;
  /** The whole text of the editor, without hints. */
  editorText(): Promise<string>;
  save(): Promise<void>;
  /** Keeps a picture as test/screenshots/NAME.png. */
  screenshot(name: string): Promise<void>;
}

/** As long as an editor may take for its first answer while a machine is busy with much else. */
export const shownMs = 300_000;

async function eventually<Value>(
  what: string,
  ask: (attempt: number) => Promise<Value | undefined>,
): Promise<Value> {
  return await eventuallyIn(what, ask, shownMs);
}

const anything = (): boolean => true;

/** Drives the workbench in a page that has loaded it. */
export function createEditorDriver(page: Page): EditorDriver {
  return { page, ...navigation(page), ...hovers(page), ...lines(page), ...quickFixes(page) };
}

function navigation(
  page: Page,
): Pick<
  EditorDriver,
  | "ready"
  | "foldersOpen"
  | "openFile"
  | "problems"
  | "runCommand"
  | "endPreview"
  | "chooseTheme"
  | "languageStatus"
  | "screenshot"
> {
  const quickInput = page.locator(".quick-input-widget input.input");
  const choice = page.locator(".quick-input-list .monaco-list-row").first();
  const ready = async (): Promise<void> => {
    const isThere = (): Promise<boolean> => page.evaluate("window.driver !== undefined");
    await eventually("The workbench", async () => (await isThere()) || undefined);
    const whole = page.evaluate("window.driver.whenWorkbenchRestored()");
    await within(restoredMs, "The workbench's last part", whole);
  };
  return {
    ready,
    async foldersOpen(names) {
      const folders = page.locator(".explorer-folders-view .monaco-list-row[aria-level='1']");
      await eventually(`Opening the folders ${names.join(", ")}`, async () => {
        const missing = page.locator(".pane-header", { hasText: "No Folder Opened" });
        await folders.or(missing).first().waitFor();
        const open = (await folders.allInnerTexts()).map((text) => text.trim());
        if (names.every((name) => open.includes(name))) return true;
        await page.reload();
        await ready();
        return undefined;
      });
    },
    async openFile(name) {
      const tab = page.locator(`.tab.active[data-resource-name="${name}"]`);
      await eventually(`Opening ${name}`, async (attempt) => {
        await page.keyboard.press("Control+P");
        if ((await isSeen(quickInput, attempt)) !== true) return undefined;
        await quickInput.fill(name, { timeout: moment(attempt) }).catch(() => undefined);
        // The list is filled as files are found, and an editor that is still being drawn closes it again.
        if ((await isSeen(choice.filter({ hasText: name }), attempt)) !== true) {
          // A list that stays open does not look for files again.
          await page.keyboard.press("Escape");
          return undefined;
        }
        await page.keyboard.press("Enter");
        return await isSeen(tab, attempt);
      });
      await eventually(`The text of ${name}`, async () => {
        const texts = await visibleLines(page);
        return texts.some((text) => text.trim() !== "") ? true : undefined;
      });
    },
    async runCommand(title) {
      // An editor that is still being drawn closes the list again.
      await eventually(`The command ${title}`, async (attempt) => {
        await page.keyboard.press("F1");
        if ((await isSeen(quickInput, attempt)) !== true) return undefined;
        await quickInput.fill(`>${title}`, { timeout: moment(attempt) }).catch(() => undefined);
        const found = await isSeen(choice.filter({ hasText: title }), attempt);
        await page.keyboard.press(found === true ? "Enter" : "Escape");
        return found;
      });
    },
    async endPreview(button, row) {
      const preview = page.locator(".bulk-edit-panel");
      const rows = preview.locator(".monaco-list-row");
      await rows
        .filter({ has: page.locator(row) })
        .first()
        .waitFor();
      await preview.getByRole("button", { name: button }).click();
    },
    async chooseTheme(label) {
      await eventually(`The theme ${label}`, async (attempt) => {
        await page.keyboard.press("Escape");
        await page.keyboard.press("Control+K");
        await page.keyboard.press("Control+T");
        if ((await isSeen(quickInput, attempt)) !== true) return undefined;
        await quickInput.fill(label, { timeout: moment(attempt) }).catch(() => undefined);
        return await isClicked(choice.filter({ hasText: label }), attempt);
      });
    },
    async problems(accept = anything) {
      const panel = page.locator(".markers-panel-container");
      if (!(await panel.isVisible())) await page.keyboard.press("Control+Shift+M");
      await panel.waitFor();
      return await eventually("The awaited rows in Problems", async () => {
        const rows = await panel.locator(".monaco-list-row").allInnerTexts();
        const texts = rows.map((text) => text.replace(/\s+/g, " ").trim());
        return accept(texts) ? texts : undefined;
      });
    },
    async languageStatus(accept = anything) {
      const popup = page
        .locator(".monaco-hover:visible")
        .filter({ has: page.locator(".hover-language-status") });
      return await eventually("The awaited language status", async (attempt) => {
        await restMouse(page);
        const item = page.locator("#status\\.languageStatus");
        if (
          (await isSeen(item, attempt)) !== true ||
          !(await isDone(item.hover({ timeout: moment(attempt) })))
        )
          return undefined;
        const text = (await textOf(popup, attempt))?.replace(/\s+/g, " ");
        return text !== undefined && accept(text) ? text : undefined;
      });
    },
    async screenshot(name) {
      await mkdir(projectPath("test/screenshots"), { recursive: true });
      await page.screenshot({ path: projectPath("test/screenshots", `${name}.png`) });
    },
  };
}

function hovers(page: Page): Pick<EditorDriver, "hoverText" | "clickInHover"> {
  const popup = page.locator(".monaco-resizable-hover .monaco-hover:visible").first();
  /** Points once. @returns undefined if the popup does not say what it should, or the text is not in sight */
  const point = async (
    text: string,
    accept: (popup: string) => boolean,
    attempt: number,
  ): Promise<string | undefined> => {
    // Away first: a popup that is open does not ask again.
    await restMouse(page);
    await page.keyboard.press("Escape");
    const seen = await boxOf(page, text);
    if (seen === undefined) return undefined;
    const { x, y } = middle(seen);
    await page.mouse.move(x - 3, y);
    await page.mouse.move(x, y);
    // Findings are in the popup first, and the rest when it comes: going away and back would begin again.
    const whole = async (): Promise<string | undefined> => {
      const contents = await textOf(popup, attempt);
      return contents !== undefined && accept(contents) ? contents : undefined;
    };
    return await eventuallyIn("The rest of the popup", whole, moment(attempt)).catch(
      () => undefined,
    );
  };
  return {
    async hoverText(text, accept = anything) {
      return await eventually(
        `The awaited hover on ${text}`,
        async (attempt) => await point(text, accept, attempt),
      );
    },
    async clickInHover(text, label, done) {
      const isOver = async (): Promise<true | undefined> =>
        done(await visibleLines(page)) || undefined;
      await eventually(`Clicking ${label} in the hover on ${text}`, async (attempt) => {
        if ((await isOver()) === true) return true;
        const said = await point(text, (contents) => contents.includes(label), attempt);
        if (said === undefined) return undefined;
        // A popup that is drawn again, or closes, has no such link for a moment.
        const link = popup.locator("a", { hasText: label }).first();
        if (!(await isDone(link.click({ timeout: moment(attempt) })))) return undefined;
        return await eventuallyIn("What follows the click", isOver, moment(attempt)).catch(
          () => undefined,
        );
      });
    },
  };
}

function lines(
  page: Page,
): Pick<EditorDriver, "lineWith" | "hintAfter" | "doubleClick" | "editorText" | "save"> {
  return {
    async lineWith(text, accept = anything) {
      return await eventually(`The awaited line with ${text}`, async () => {
        const texts = await visibleLines(page);
        return texts.find((line) => line.includes(text) && accept(line));
      });
    },
    async hintAfter(text) {
      const line = (await visibleLines(page)).find((each) => each.includes(text)) ?? "";
      return line.slice(line.indexOf(text) + text.length);
    },
    async doubleClick(text) {
      const { x, y } = middle(await box(page, text));
      await page.mouse.dblclick(x, y);
    },
    async editorText() {
      await page.locator(".editor-instance .view-lines").first().click();
      await page.keyboard.press("Control+A");
      await page.keyboard.press("Control+C");
      await page.keyboard.press("ArrowLeft");
      return await page.evaluate<string>("navigator.clipboard.readText()");
    },
    async save() {
      await page.keyboard.press("Control+S");
      const dirty = page.locator(".tab.active.dirty");
      await eventually("Saving", async () => ((await dirty.count()) === 0 ? true : undefined));
    },
  };
}

function quickFixes(page: Page): Pick<EditorDriver, "quickFixes" | "applyQuickFix"> {
  const widget = page.locator(".action-widget:not(.action-list-submenu-panel)");
  const rows = widget.locator(".monaco-list-row.action");
  const open = async (text: string): Promise<readonly string[]> =>
    await eventually(`Quick fixes at ${text}`, async (attempt) => {
      const { x, y } = middle(await box(page, text));
      await page.mouse.click(x, y);
      await page.keyboard.press("Control+.");
      if ((await isSeen(rows.first(), attempt)) === true) return await rows.allInnerTexts();
      await page.keyboard.press("Escape");
      return undefined;
    });
  return {
    async quickFixes(text) {
      const titles = await open(text);
      await page.keyboard.press("Escape");
      return titles;
    },
    async applyQuickFix(text, title) {
      await eventually(`The quick fix ${title.source} at ${text}`, async (attempt) => {
        const titles = await open(text);
        const index = titles.findIndex((each) => title.test(each));
        // The list closes when the diagnostics under it change: it is opened again.
        if (index >= 0 && (await isDone(rows.nth(index).click({ timeout: moment(attempt) })))) {
          await widget.waitFor({ state: "hidden" });
          return true;
        }
        await page.keyboard.press("Escape");
        return undefined;
      });
    },
  };
}

/**
 * How long one attempt of a user waits for what it should show: long enough for an editor that is not busy at
 * first, and longer with each attempt, since an answer that always takes three seconds is never seen in two.
 */
export function moment(attempt: number): number {
  return Math.min(2_000 * attempt, 20_000);
}

/** How long a workbench may take to come up. */
const restoredMs = 600_000;

/** Whether something is seen within a moment: a caller that waits longer repeats what shows it. */
export async function isSeen(locator: Locator, attempt: number): Promise<true | undefined> {
  try {
    await locator.waitFor({ state: "visible", timeout: moment(attempt) });
    return true;
  } catch {
    return undefined;
  }
}

/** Whether something could be clicked within a moment. */
export async function isClicked(locator: Locator, attempt: number): Promise<true | undefined> {
  return (await isDone(locator.click({ timeout: moment(attempt) }))) || undefined;
}

/** Whether an action of a user was possible in time. */
async function isDone(action: Promise<void>): Promise<boolean> {
  return await action.then(
    () => true,
    () => false,
  );
}

async function textOf(locator: Locator, attempt: number): Promise<string | undefined> {
  try {
    return await locator.innerText({ timeout: moment(attempt) });
  } catch {
    return undefined;
  }
}

/** Puts the mouse where nothing has a tooltip: the middle of the status bar. */
async function restMouse(page: Page): Promise<void> {
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  await page.mouse.move(width / 2, height - 4);
}

async function box(page: Page, text: string): Promise<Box> {
  return await eventually(`Seeing ${text}`, () => boxOf(page, text));
}

function middle({ x, y, width, height }: Box): { x: number; y: number } {
  return { x: x + width / 2, y: y + height / 2 };
}
