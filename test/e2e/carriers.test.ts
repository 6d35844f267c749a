// Images that are written in other files than the manifest: values of a chart, and an overlay's entry.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { withSample } from "../support/sampleEnvironment.ts";
import { actUntil, middle, shows, type EditorDriver } from "./editorDriver.ts";
import { boxOf, isInFront } from "./pageScripts.ts";
import { withEditor } from "./withEditor.ts";

const service = (name: string, image: string): string =>
  `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  template:\n    spec:\n      containers:\n        - image: ${image}\n`;

/** A chart, and a base with its overlay. */
const files = (host: string): Readonly<Record<string, string>> => ({
  "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
  "web/values.yaml": `image:\n  repository: ${host}/shop/frontend\n  tag: "2.1"\n`,
  "web/templates/web.yaml": service(
    "web",
    '"{{ .Values.image.repository }}:{{ .Values.image.tag }}"',
  ),
  "base/cart.yaml": service("cart", `${host}/shop/cart:1.3`),
  "base/kustomization.yaml": "resources: [cart.yaml]\n",
  "prod/kustomization.yaml": `resources: [../base]\nimages:\n  - name: ${host}/shop/cart\n    newTag: "1.4"\n`,
});

/** Puts the cursor into a text and goes to its definition, until the file is open that it leads to. */
async function goToDefinition({ page }: EditorDriver, text: string, file: string): Promise<void> {
  const isThere = (): Promise<boolean> => isInFront(page, file);
  await actUntil(`The definition of ${text}`, isThere, async () => {
    const box = await boxOf(page, text);
    if (box === undefined) return false;
    const { x, y } = middle(box);
    await page.mouse.click(x, y);
    await page.keyboard.press("F12");
    return true;
  });
}

describe("images in other files than the manifest", () => {
  it("values are hinted, pinned, and lead to their template and back; a base leads to its overlay", async () => {
    await withSample(async ({ digests, env, registry, workspace }) => {
      for (const [name, text] of Object.entries(files(registry.host))) {
        await mkdir(dirname(join(workspace, name)), { recursive: true });
        await writeFile(join(workspace, name), text);
      }
      const openFile = join(workspace, "web/values.yaml");
      await withEditor({ workspace, openFile, env }, async (editor) => {
        const digest = digests.frontend.slice(0, "sha256:".length + 12);
        await editor.lineWith("tag:", (line) => line.includes(`@${digest}`));
        await editor.screenshot("values-hint");
        await editor.doubleClick(`@${digest}`, shows(`"2.1@${digests.frontend}"`));
        await editor.screenshot("values-pinned");
        await editor.clickInHover('"2.1@', "web.yaml:9", shows(".Values.image.tag"));
        await editor.hoverText(".Values.image.tag", (text) => text.includes("values.yaml:3"));
        await editor.screenshot("values-template");
        await goToDefinition(editor, ".Values.image.tag", "values.yaml");
        await editor.lineWith(`"2.1@${digests.frontend}"`);
        await editor.screenshot("values-definition");

        await editor.openFile("cart.yaml");
        await editor.hoverText(
          "/shop/cart:1.3",
          (text) => /kustomize replaces this image/.test(text) && text.includes("shop/cart:1.4"),
        );
        await editor.screenshot("overlay-replaced");
        await editor.clickInHover("/shop/cart:1.3", "kustomization.yaml:4", shows("newTag:"));
      });
    });
  });
});
