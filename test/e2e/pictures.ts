// The pictures of the documents, from the real editor in a light and a dark theme: `node test/setup/pictures.mjs` writes
// docs/images/NAME-light.png and NAME-dark.png, moving ones as .webp; with names, only those.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { projectPath } from "../support/projectRoot.ts";
import { createCamera, type Camera } from "./camera.ts";
import { shows, type EditorDriver } from "./editorDriver.ts";
import { withPictureWorkspace } from "./pictureWorkspace.ts";
import { withEditor } from "./withEditor.ts";

/** One picture: brings the editor to where it is worth looking at, and takes it. Leaves the editor as it was. */
interface Picture {
  readonly name: string;
  readonly take: (editor: EditorDriver, camera: Camera) => Promise<void>;
}

const screen = { width: 1000, height: 640, scale: 2 };

const web = "ghcr.io/acme/shop-web:2.1";
const cart = "/shop/cart:1.4";

const pictures: readonly Picture[] = [
  {
    name: "pin",
    async take(editor, camera) {
      const clip = { x: 0, y: 0, width: 1000, height: 400 };
      await camera.begin(clip);
      await camera.caption("The digest behind each tag, and what is wrong");
      await camera.frame(1600);
      await camera.pointAt("@sha256");
      await camera.caption("Double-click a hint to pin the image");
      await camera.frame(500);
      const isPinned = (line: string): boolean => /2\.1@sha256:[0-9a-f]{64}/.test(line);
      await editor.doubleClick("@sha256", shows(web, isPinned));
      await camera.frame(1500);
      await camera.caption("Ctrl+Z, and the file is as it was");
      await editor.page.keyboard.press("Control+Z");
      await editor.lineWith(web, (line) => /2\.1@sha256:[0-9a-f]{12}(?![0-9a-f])/.test(line));
      await camera.frame(1300);
      await camera.caption("A warning where Knative skips the registry, and its fixes");
      await camera.pointAt(cart);
      await camera.frame(600);
      const chosen = await camera.openFixes(cart, /^Pin/);
      await camera.frame(1800);
      await chosen();
      await editor.lineWith(cart, (line) => /1\.4@sha256:[0-9a-f]{64}/.test(line));
      await camera.caption("Pinned: the same bytes on every node");
      await camera.frame(2000);
      await editor.page.keyboard.press("Control+Z");
      await camera.end();
    },
  },
  {
    name: "hover",
    async take(_, camera) {
      await camera.hover("/acme/shop-web:2.1", "linux/arm64");
      await camera.still({ x: 0, y: 0, width: 1000, height: 400 });
    },
  },
  {
    name: "skip-list",
    async take(editor, camera) {
      await editor.runCommand("Knative Digest: Show Effective Skip List");
      await editor.page
        .locator(".quick-input-list .monaco-list-row", { hasText: "acme" })
        .waitFor();
      await camera.still({ x: 0, y: 0, width: 1000, height: 400 });
      await editor.page.keyboard.press("Escape");
    },
  },
  {
    name: "helm",
    async take(editor, camera) {
      await editor.openFile("values.yaml");
      await editor.lineWith("tag:", (line) => line.includes("3.0@sha256"));
      await camera.hover("3.0", "linux/arm64");
      await camera.still({ x: 0, y: 0, width: 1000, height: 400 });
      await editor.openFile("shop.yaml");
    },
  },
  {
    name: "cluster",
    async take(editor, camera) {
      await editor.openFile("catalog.yaml");
      await editor.lineWith("catalog:1.2", (line) => line.includes("1.2@sha256"));
      await editor.runCommand("Knative Digest: Compare With Cluster");
      await camera.hover("/acme/catalog:1.2", "The cluster");
      // The three lines stand below what every hover says.
      await camera.still({ x: 0, y: 0, width: 1000, height: 640 });
      await editor.openFile("shop.yaml");
    },
  },
  {
    name: "tree",
    async take(editor, camera) {
      await editor.runCommand("Knative Digest: Check Pinned Images for Updates");
      await editor.runCommand("Knative Digest: Show All Images");
      await editor.page.getByRole("treeitem", { name: /^Tag moved/ }).waitFor();
      await editor.runCommand("Knative Digest: Pin All Images in Workspace…");
      const preview = editor.page.locator(".bulk-edit-panel");
      await preview.locator(".monaco-list-row", { hasText: "shop.yaml" }).waitFor();
      // What the check has said would stand before the tree.
      await editor.runCommand("Notifications: Clear All Notifications");
      const toasts = editor.page.locator(".notification-toast");
      await toasts.first().waitFor({ state: "hidden" });
      await camera.still({ x: 0, y: 0, width: 1000, height: 640 });
    },
  },
];

const names = process.argv.slice(2);
const unknown = names.filter((name) => !pictures.some((one) => one.name === name));
if (unknown.length > 0) throw new Error(`There is no picture ${unknown.join(", ")}.`);
const chosen = names.length === 0 ? pictures : pictures.filter(({ name }) => names.includes(name));

const quiet = {
  "breadcrumbs.enabled": false,
  "editor.cursorBlinking": "solid",
  "editor.fontSize": 14,
  "editor.guides.indentation": false,
  "editor.overviewRulerBorder": false,
  "editor.scrollbar.horizontal": "hidden",
  "editor.scrollbar.vertical": "hidden",
  "editor.stickyScroll.enabled": false,
  "workbench.activityBar.location": "hidden",
  "workbench.sideBar.location": "right",
};

/** The editor's themes, by the end of a picture's name. */
const themes = [
  { name: "light", label: "Light Modern", kind: "vs" },
  { name: "dark", label: "Dark Modern", kind: "vs-dark" },
] as const;

await mkdir(projectPath("docs/images"), { recursive: true });
for (const theme of themes) {
  await withPictureWorkspace(async ({ workspace, settings, env }) => {
    const look = { ...quiet, ...settings };
    const openFile = join(workspace, "shop.yaml");
    await withEditor({ workspace, openFile, env, settings: look, screen }, async (editor) => {
      // Hidden from the start, it would not tell that the extension runs.
      await editor.runCommand("View: Toggle Status Bar Visibility");
      await editor.chooseTheme(theme.label, theme.kind);
      // The side bar is opened again by what needs it.
      await editor.page.keyboard.press("Control+B");
      for (const { name, take } of chosen) {
        await editor.lineWith("shop-web:2.1", (line) => line.includes("@sha256"));
        await editor.lineWith("orders:0.9", (line) => line.includes("tag not found"));
        await editor.lineWith("shop/cart:1.4", (line) => line.includes("⊘"));
        const file = projectPath("docs/images", `${name}-${theme.name}.png`);
        await take(editor, createCamera(editor, file));
      }
    });
  });
}
