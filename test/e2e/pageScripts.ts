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
