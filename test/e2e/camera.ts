// Takes pictures of the editor: still ones, and moving ones as frames that each stand for a while. A moving picture
// shows a pointer and a caption, which are drawn over the editor's page.

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "../support/deadline.ts";
import type { EditorDriver } from "./editorDriver.ts";
import { boxOf, type Box } from "./pageScripts.ts";

const run = promisify(execFile);

/** Takes one picture. */
export interface Camera {
  /** Opens the popup at a text, with all that takes a moment to be known. */
  hover(text: string, saying: string): Promise<void>;
  /** Keeps a part of the window. */
  still(clip: Box): Promise<void>;
  /** Begins a moving picture of a part of the window. */
  begin(clip: Box): Promise<void>;
  /** Shows a text below the editor's text, from the next frame on. */
  caption(text: string): Promise<void>;
  /** Takes a frame that stands for so many milliseconds. */
  frame(milliseconds: number): Promise<void>;
  /** Moves pointer and mouse to a text, in frames. */
  pointAt(text: string): Promise<void>;
  /** Opens the quick fixes at a text. @returns what applies the one whose title matches */
  openFixes(text: string, title: RegExp): Promise<() => Promise<void>>;
  /** Ends the moving picture, and keeps it as .webp. */
  end(): Promise<void>;
}

const decoration = `(() => {
  const place = "position: fixed; z-index: 100000; pointer-events: none;";
  document.body.insertAdjacentHTML("beforeend",
    '<div id="picture-caption" style="' + place + ' left: 0; font: 600 15px sans-serif; padding: 9px 14px;' +
    ' background: #0b3a5b; color: #ffffff; box-sizing: border-box"></div>' +
    '<svg id="picture-pointer" width="20" height="28" viewBox="0 0 20 28" style="' + place + '">' +
    '<path d="M2 2v20l5-4 4 8 4-2-4-8h7z" fill="#000" stroke="#fff" stroke-width="1.5"/></svg>');
})()`;

/** @param file full path of the picture */
export function createCamera(editor: EditorDriver, file: string): Camera {
  const { page } = editor;
  let clip: Box = { x: 0, y: 0, width: 0, height: 0 };
  let pointer = { x: 0, y: 0 };
  let folder = "";
  const delays: number[] = [];
  const movePointer = async (): Promise<void> => {
    const { x, y } = pointer;
    await page.evaluate(
      `Object.assign(document.getElementById("picture-pointer").style, { left: "${x}px", top: "${y}px" })`,
    );
    await page.mouse.move(x, y);
  };
  const frame = async (milliseconds: number): Promise<void> => {
    delays.push(milliseconds);
    await page.screenshot({ path: frameFile(folder, delays.length), clip });
  };
  return {
    async hover(text, saying) {
      const popup = page.locator(".monaco-hover:visible", { hasText: saying });
      const isOpen = (): Promise<true | undefined> =>
        popup.waitFor({ timeout: 20_000 }).then(
          () => true,
          () => undefined,
        );
      const open = async (): Promise<true | undefined> => {
        await page.keyboard.press("Escape");
        await page.mouse.move(2, clip.height);
        const { x, y, width, height } = await eventually("The text", () => boxOf(page, text));
        for (const shift of [3, 0]) await page.mouse.move(x + width / 2 - shift, y + height / 2);
        return await isOpen();
      };
      await eventually(`The popup at ${text}`, open, 300_000);
    },
    async still(part) {
      await page.screenshot({ path: file, clip: part });
      await shrink(file);
    },
    async begin(part) {
      clip = part;
      folder = await mkdtemp(join(tmpdir(), "knative-digest-frames-"));
      await page.evaluate(decoration);
      pointer = { x: clip.width * 0.8, y: clip.height * 0.6 };
      await movePointer();
    },
    async caption(text) {
      await page.evaluate(
        `(() => { const caption = document.getElementById("picture-caption");
          caption.textContent = ${JSON.stringify(text)};
          Object.assign(caption.style, { width: "${clip.width}px", top: "${clip.height - 36}px" }); })()`,
      );
    },
    frame,
    async pointAt(text) {
      const box = await eventually(`Seeing ${text}`, () => boxOf(page, text));
      const target = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      const from = pointer;
      for (const part of [0.3, 0.7, 0.95, 1]) {
        pointer = {
          x: from.x + (target.x - from.x) * part,
          y: from.y + (target.y - from.y) * part,
        };
        await movePointer();
        await frame(90);
      }
    },
    async openFixes(text, title) {
      await editor.quickFixes(text, title);
      await page.keyboard.press("Control+.");
      const widget = page.locator(".action-widget:not(.action-list-submenu-panel)");
      const row = widget.locator(".monaco-list-row.action").filter({ hasText: title });
      await row.first().waitFor();
      return async () => {
        await row.first().click();
        await widget.waitFor({ state: "hidden" });
      };
    },
    async end() {
      const frames = delays.map((delay, index) => ({ delay, path: frameFile(folder, index + 1) }));
      await shrink(...frames.map(({ path }) => path));
      const shown = frames.flatMap(({ delay, path }) => ["-d", String(delay), path]);
      const moving = file.replace(/png$/, "webp");
      await run("img2webp", ["-loop", "0", "-lossless", "-m", "2", "-o", moving, ...shown]);
      await page.evaluate(
        `for (const name of ["caption", "pointer"]) document.getElementById("picture-" + name).remove()`,
      );
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function frameFile(folder: string, number: number): string {
  return join(folder, `frame${String(number).padStart(3, "0")}.png`);
}

/** Fewer colours, in the same place: nobody sees the difference in a picture of text. */
async function shrink(...files: readonly string[]): Promise<void> {
  await run("pngquant", ["--force", "--ext", ".png", "--strip", "--speed", "1", "--", ...files]);
}
