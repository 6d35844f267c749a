// A user in front of VS Code: opens files, points at text, double-clicks hints, picks quick fixes, reads Problems.

import { mkdir } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import { eventually as eventuallyIn, within } from "../support/deadline.ts";
import { projectPath } from "../support/projectRoot.ts";
import {
  boxOf,
  clickChoice,
  isInFront,
  isListOpen,
  visibleLines,
  type Box,
} from "./pageScripts.ts";

/** Whether what is awaited is among the lines in sight. */
export type Sight = (lines: readonly string[]) => boolean;

/** Whether a line has this text, and satisfies `accept`. */
export function shows(text: string, accept: (line: string) => boolean = anything): Sight {
  return (lines) => lines.some((line) => line.includes(text) && accept(line));
}

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
  clickInHover(text: string, label: string, done: Sight): Promise<void>;
  /** Waits for a line that contains `text` and satisfies `accept`. @returns the line, hints and all */
  lineWith(text: string, accept?: (line: string) => boolean): Promise<string>;
  /** Double-clicks a text, an inlay hint for example, until that has been done. */
  doubleClick(text: string, done: Sight): Promise<void>;
  /** The titles behind the light bulb at a text, once one of them matches. */
  quickFixes(text: string, title: RegExp): Promise<readonly string[]>;
  /** Applies the first quick fix at a text whose title matches, until that has been done. */
  applyQuickFix(text: string, title: RegExp, done: Sight): Promise<void>;
  /** The rows of the Problems view, once they satisfy `accept`. */
  problems(accept?: (rows: readonly string[]) => boolean): Promise<readonly string[]>;
  /** Closes what lies over the text: lists, menus, notifications. */
  dismiss(): Promise<void>;
  /** Folds the files in the side bar: rows of the trees below them that are out of sight are not drawn. */
  foldFiles(): Promise<void>;
  /** Runs a command by its title, as with F1. */
  runCommand(title: string): Promise<void>;
  /**
   * Applies or discards a preview of changes once it shows a row that only this preview has. VS Code draws the buttons
   * before it has read the changes: a click on one then counts for nothing, and the preview can no longer be ended.
   * @param row CSS selector of something in that row, as an earlier preview's rows are shown first
   */
  endPreview(button: "Apply" | "Discard", row: string): Promise<void>;
  /**
   * Chooses a colour theme in the list that VS Code has for it: naming one in the settings changes nothing here.
   * @param kind the class of the workbench in themes of this kind
   */
  chooseTheme(label: string, kind: string): Promise<void>;
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

/** Asks again and again for as long as an editor may take. */
export async function eventually<Value>(
  what: string,
  ask: (attempt: number) => Promise<Value | undefined> | Value | undefined,
  milliseconds: number = shownMs,
): Promise<Value> {
  return await eventuallyIn(what, ask, milliseconds);
}

/**
 * Does something until its effect is seen: an editor that is still being drawn takes a click, or keys, and forgets them.
 * @param act tells whether it was possible: then its effect is given time, since some things must not be done twice
 */
export async function actUntil(
  what: string,
  isDone: () => Promise<boolean>,
  act: (attempt: number) => Promise<boolean | undefined>,
): Promise<void> {
  const asked = async (): Promise<true | undefined> => (await isDone()) || undefined;
  await eventually(what, async (attempt) => {
    if (await isDone()) return true;
    if ((await act(attempt)) !== true) return await asked();
    return await eventuallyIn(what, asked, effectMs * attempt).catch(() => undefined);
  });
}

function anything(): boolean {
  return true;
}

/** Drives the workbench in a page that has loaded it. */
export function createEditorDriver(page: Page): EditorDriver {
  return {
    page,
    ...navigation(page),
    ...commands(page),
    ...hovers(page),
    ...lines(page),
    ...quickFixes(page),
  };
}

/** What lies over the text and is closed with Escape. */
const overText = [
  ".notifications-center:visible",
  ".quick-input-widget:visible",
  ".context-view .monaco-menu:visible",
  ".action-widget:visible",
  ".suggest-widget.visible",
].join(", ");

function navigation(
  page: Page,
): Pick<
  EditorDriver,
  | "ready"
  | "foldersOpen"
  | "openFile"
  | "dismiss"
  | "foldFiles"
  | "problems"
  | "languageStatus"
  | "screenshot"
> {
  const ready = async (): Promise<void> => {
    // A page that is being loaded has nobody who could answer.
    const isThere = (): Promise<boolean> =>
      page.evaluate<boolean>("window.driver !== undefined").catch(() => false);
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
      const isDone = (): Promise<boolean> => isInFront(page, name);
      await actUntil(`Opening ${name}`, isDone, async (attempt) => {
        // In a list of files that is still open, the keys would choose another one of them.
        await dismiss(page);
        return await choose(page, "Control+P", { typed: name, row: name, attempt });
      });
    },
    async dismiss() {
      await dismiss(page);
    },
    async foldFiles() {
      const header = page.locator(".pane-header", { hasText: "sample" }).first();
      const isFolded = async (): Promise<boolean> =>
        (await header.getAttribute("aria-expanded")) === "false";
      await actUntil("Folding the files", isFolded, (attempt) => isClicked(header, attempt));
    },
    async problems(accept = anything) {
      const panel = page.locator(".markers-panel-container");
      await actUntil(
        "Opening Problems",
        () => panel.isVisible(),
        async () => {
          await page.keyboard.press("Control+Shift+M");
          return true;
        },
      );
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

function commands(page: Page): Pick<EditorDriver, "runCommand" | "endPreview" | "chooseTheme"> {
  return {
    async runCommand(title) {
      await eventually(
        `The command ${title}`,
        async (attempt) =>
          (await choose(page, "F1", { typed: `>${title}`, row: title, attempt })) || undefined,
      );
    },
    async endPreview(button, row) {
      const preview = page.locator(".bulk-edit-panel");
      const rows = preview.locator(".monaco-list-row");
      await rows
        .filter({ has: page.locator(row) })
        .first()
        .waitFor();
      const shown = preview.getByRole("button", { name: button });
      // VS Code hides the buttons as soon as one of them has counted.
      const isOver = async (): Promise<boolean> => !(await shown.isVisible());
      await actUntil(`${button} in the preview`, isOver, (attempt) => isClicked(shown, attempt));
    },
    async chooseTheme(label, kind) {
      await eventually(`The theme ${label}`, async (attempt) => {
        await dismiss(page);
        await page.keyboard.press("Control+K");
        if (!(await choose(page, "Control+T", { typed: label, row: label, attempt })))
          return undefined;
        return await isSeen(page.locator(`.monaco-workbench.${kind}`), attempt);
      });
    },
  };
}

interface Choice {
  /** What is typed into the list's field. */
  readonly typed: string;
  /** What the row says that is chosen. */
  readonly row: string;
  readonly attempt: number;
}

/**
 * Opens a list with keys, types into it, and chooses a row. An editor that is still being drawn closes the list again, and
 * a list is drawn again for each answer: so the row is chosen in the same moment in which it is found. Enter, a moment
 * later, would choose another one, or break a line of the text.
 * @returns whether a row was chosen
 */
async function choose(page: Page, keys: string, { typed, row, attempt }: Choice): Promise<boolean> {
  const field = page.locator(".quick-input-widget input.input");
  await page.keyboard.press(keys);
  if ((await isSeen(field, attempt)) !== true) return false;
  await field.fill(typed, { timeout: moment(attempt) }).catch(() => undefined);
  const click = async (): Promise<true | undefined> =>
    (await clickChoice(page, typed, row)) || undefined;
  const close = async (): Promise<true | undefined> =>
    !(await isListOpen(page, typed)) || undefined;
  try {
    await eventuallyIn(`Choosing ${row}`, click, moment(attempt));
    await eventuallyIn(`What ${row} does`, close, effectMs * attempt);
    return true;
  } catch {
    // A list that stays open does not look for its rows again.
    await page.keyboard.press("Escape");
    return false;
  }
}

async function dismiss(page: Page): Promise<void> {
  const over = page.locator(overText);
  await eventually("Closing what lies over the text", async (attempt) => {
    if ((await over.count()) === 0) return true;
    await page.keyboard.press("Escape");
    return await isHidden(over.first(), attempt);
  });
}

function hovers(page: Page): Pick<EditorDriver, "hoverText" | "clickInHover"> {
  const popup = page.locator(".monaco-resizable-hover .monaco-hover:visible").first();
  /** Points once. @returns undefined if the popup does not say what it should, or the text is not in sight */
  const point = async (
    text: string,
    accept: (popup: string) => boolean,
    attempt: number,
  ): Promise<string | undefined> => {
    // Away first: a popup that is open does not ask again, and one of another text says other things.
    await restMouse(page);
    await page.keyboard.press("Escape");
    await isHidden(popup, attempt);
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
      const isOver = async (): Promise<boolean> => done(await visibleLines(page));
      await actUntil(`Clicking ${label} in the hover on ${text}`, isOver, async (attempt) => {
        const said = await point(text, (contents) => contents.includes(label), attempt);
        if (said === undefined) return undefined;
        // A popup that is drawn again, or closes, has no such link for a moment.
        return await isClicked(popup.locator("a", { hasText: label }).first(), attempt);
      });
    },
  };
}

function lines(page: Page): Pick<EditorDriver, "lineWith" | "doubleClick" | "editorText" | "save"> {
  return {
    async lineWith(text, accept = anything) {
      return await eventually(`The awaited line with ${text}`, async () => {
        const texts = await visibleLines(page);
        return texts.find((line) => line.includes(text) && accept(line));
      });
    },
    async doubleClick(text, done) {
      const isOver = async (): Promise<boolean> => done(await visibleLines(page));
      await actUntil(`Double-clicking ${text}`, isOver, async () => {
        const seen = await boxOf(page, text);
        if (seen === undefined) return false;
        const { x, y } = middle(seen);
        await page.mouse.dblclick(x, y);
        return true;
      });
    },
    async editorText() {
      const nothing = "The clipboard before anything is copied";
      return await eventually("Copying the whole text", async (attempt) => {
        await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(nothing)})`);
        const text = page.locator(".editor-instance .view-lines").first();
        if ((await isClicked(text, attempt)) !== true) return undefined;
        await page.keyboard.press("Control+A");
        await page.keyboard.press("Control+C");
        const copied = async (): Promise<string | undefined> => {
          const read = await page.evaluate<string>("navigator.clipboard.readText()");
          return read === nothing ? undefined : read;
        };
        const whole = await eventuallyIn("The copy", copied, moment(attempt)).catch(
          () => undefined,
        );
        await page.keyboard.press("ArrowLeft");
        return whole;
      });
    },
    async save() {
      const dirty = page.locator(".tab.active.dirty");
      await eventually("Saving", async (attempt) => {
        await page.keyboard.press("Control+S");
        return await isHidden(dirty, attempt);
      });
    },
  };
}

function quickFixes(page: Page): Pick<EditorDriver, "quickFixes" | "applyQuickFix"> {
  const widget = page.locator(".action-widget:not(.action-list-submenu-panel)");
  const rows = widget.locator(".monaco-list-row.action");
  const none = page.locator(".monaco-editor-overlaymessage:visible");
  /**
   * Opens the list at a text. In an open list the same keys choose its first row, and a busy editor opens it late: so
   * they are pressed again only when neither the list, nor the word that there is none, has come for long.
   * @returns the titles; empty if there are none
   */
  const open = async (text: string, attempt: number): Promise<readonly string[]> => {
    await dismiss(page);
    await page.keyboard.press("Escape");
    if ((await isHidden(none, attempt)) !== true) return [];
    const seen = await boxOf(page, text);
    if (seen === undefined) return [];
    const { x, y } = middle(seen);
    await page.mouse.click(x, y);
    await page.keyboard.press("Control+.");
    const answer = rows.first().or(none.first()).first();
    await isDone(answer.waitFor({ timeout: 2 * effectMs * attempt }));
    const texts = await rows.allInnerTexts();
    return texts.map((each) => each.split("\n")[0] ?? "");
  };
  return {
    async quickFixes(text, title) {
      return await eventually(`Quick fixes at ${text}`, async (attempt) => {
        const titles = await open(text, attempt);
        await dismiss(page);
        return titles.some((each) => title.test(each)) ? titles : undefined;
      });
    },
    async applyQuickFix(text, title, done) {
      const isOver = async (): Promise<boolean> => done(await visibleLines(page));
      await actUntil(`The quick fix ${title.source} at ${text}`, isOver, async (attempt) => {
        const found = (await open(text, attempt)).find((each) => title.test(each));
        // The list closes when the diagnostics under it change: it is opened again.
        if (found === undefined) return undefined;
        return await isClicked(rows.filter({ hasText: found }).first(), attempt);
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

/** How long the effect of something done is awaited before it is done again; with each time as much more. */
const effectMs = 15_000;

/** How long a workbench may take to come up. */
const restoredMs = 600_000;

/** Whether something is seen within a moment: a caller that waits longer repeats what shows it. */
export async function isSeen(locator: Locator, attempt: number): Promise<true | undefined> {
  const seen = locator.waitFor({ state: "visible", timeout: moment(attempt) });
  return (await isDone(seen)) || undefined;
}

/** Whether something is out of sight within a moment. */
export async function isHidden(locator: Locator, attempt: number): Promise<true | undefined> {
  const hidden = locator.waitFor({ state: "hidden", timeout: moment(attempt) });
  return (await isDone(hidden)) || undefined;
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

/** The middle of a place. */
export function middle({ x, y, width, height }: Box): { x: number; y: number } {
  return { x: x + width / 2, y: y + height / 2 };
}
