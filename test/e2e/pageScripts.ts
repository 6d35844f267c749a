// What runs inside the page of the browser-hosted VS Code: finds text as it is drawn, whatever spans it is cut into.

import type { Page } from "playwright-core";

/** A place in the page, in CSS pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Kept as text: the page has a DOM, and the rest of the project should not. */
const findText = `(wanted) => {
  const plain = (text) => text.replace(/\\u00a0/g, " ");
  for (const line of document.querySelectorAll(".editor-instance .view-line")) {
    const at = plain(line.textContent).indexOf(wanted);
    if (at < 0) continue;
    const range = document.createRange();
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    let offset = 0;
    let started = false;
    while (walker.nextNode()) {
      const { length } = walker.currentNode;
      if (!started && at < offset + length) {
        range.setStart(walker.currentNode, at - offset);
        started = true;
      }
      if (started && at + wanted.length <= offset + length) {
        range.setEnd(walker.currentNode, at + wanted.length - offset);
        const { x, y, width, height } = range.getBoundingClientRect();
        return { x, y, width, height };
      }
      offset += length;
    }
  }
  return null;
}`;

const readLines = `() => [...document.querySelectorAll(".editor-instance .view-line")]
  .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent }))
  .sort((a, b) => a.top - b.top)
  .map(({ text }) => text.replace(/\\u00a0/g, " "))`;

/** Where a text is drawn in the editor, inlay hints counted as text; undefined if it is not in sight. */
export async function boxOf(page: Page, text: string): Promise<Box | undefined> {
  const found = await page.evaluate<Box | null>(`(${findText})(${JSON.stringify(text)})`);
  return found ?? undefined;
}

/** The lines in sight from top to bottom, with their inlay hints. */
export async function visibleLines(page: Page): Promise<readonly string[]> {
  return await page.evaluate<string[]>(`(${readLines})()`);
}

const isFileInFront = `(name) => {
  const tab = document.querySelector('.tab.active[data-resource-name="' + name + '"]');
  const text = document.querySelector('.editor-instance .monaco-editor[data-uri$="/' + name + '"]');
  const lines = [...(text?.querySelectorAll(".view-line") ?? [])];
  return tab !== null && lines.some((line) => line.textContent.trim() !== "");
}`;

/** Whether a file's tab is in front, and its text is drawn: that of the file before stays for a while. */
export async function isInFront(page: Page, name: string): Promise<boolean> {
  return await page.evaluate<boolean>(`(${isFileInFront})(${JSON.stringify(name)})`);
}

const clickRow = `(typed, wanted) => {
  const plain = (text) => text.replace(/\\u00a0/g, " ");
  const list = document.querySelector(".quick-input-widget");
  const field = list?.querySelector("input.input");
  if (!field || field.getClientRects().length === 0 || field.value !== typed) return false;
  const row = [...list.querySelectorAll(".quick-input-list .monaco-list-row")]
    .find((each) => plain(each.textContent).includes(wanted));
  if (row === undefined) return false;
  row.click();
  return true;
}`;

/**
 * Clicks a row of the list that is open, if it has it, in one moment.
 * @param typed what stands in the list's field: of another list nothing is clicked
 * @returns whether it was clicked
 */
export async function clickChoice(page: Page, typed: string, row: string): Promise<boolean> {
  return await page.evaluate<boolean>(
    `(${clickRow})(${JSON.stringify(typed)}, ${JSON.stringify(row)})`,
  );
}

const isFieldOpen = `(typed) => {
  const field = document.querySelector(".quick-input-widget input.input");
  return field !== null && field.getClientRects().length > 0 && field.value === typed;
}`;

/** Whether a list is open with this text in its field. */
export async function isListOpen(page: Page, typed: string): Promise<boolean> {
  return await page.evaluate<boolean>(`(${isFieldOpen})(${JSON.stringify(typed)})`);
}
