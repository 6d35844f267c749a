// Answers that come later are shown without a further move of the user: what a link in the popup finds out, and a
// registry that is back.

import type { ServerResponse } from "node:http";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { multiPlatformImage, singleImage } from "../demo/sampleImages.ts";
import type { FaultServer, RecordedRequest } from "../support/registry/faultServer.ts";
import { startFrontServer } from "../support/registry/frontServer.ts";
import type { SampleEnvironment } from "../support/sampleEnvironment.ts";
import { eventually, isClicked, isSeen, shownMs } from "./editorDriver.ts";
import { visibleLines } from "./pageScripts.ts";
import { inOneSample } from "./withEditor.ts";

/** Each failed lookup doubles the wait for the next one, and on a busy machine more than one fails. */
const recoveryMs = 2 * shownMs;

/** Answers instead of the registry; returns whether it did. */
type Fault = (request: RecordedRequest, response: ServerResponse) => boolean;

const noFault: Fault = () => false;

/** Connections break, as with a registry that is being started again. */
const isDown: Fault = (_, response) => {
  response.destroy();
  return true;
};

/** Digests are known, and nobody may read what is behind them. */
const hasNoBodies: Fault = ({ method, path }, response) => {
  if (method !== "GET" || !path.includes("/manifests/")) return false;
  response.writeHead(404).end();
  return true;
};

function short(digest: string): string {
  return digest.slice("sha256:".length, "sha256:".length + 12);
}

function service(image: string): string {
  return `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: shop }\nspec: { template: { spec: { containers: [{ image: "${image}" }] } } }\n`;
}

const checkout = "/acme/checkout:3.0";
const search = "/acme/search:0.9";

describe("on the screen, answers that come later", () => {
  const started: FaultServer[] = [];
  let fault = noFault;
  const prepare = async ({ registry, workspace }: SampleEnvironment): Promise<void> => {
    registry.push("acme/checkout", "3.0", multiPlatformImage("checkout"));
    registry.push("acme/search", "0.9", singleImage("search"));
    const intercept: Fault = (request, response) => fault(request, response);
    const front = await startFrontServer(registry.host, { intercept });
    started.push(front);
    await writeFile(join(workspace, "checkout.yaml"), service(`${front.host}${checkout}`));
    await writeFile(join(workspace, "search.yaml"), service(`${front.host}${search}`));
  };
  const test = inOneSample("checkout.yaml", { prepare });
  after(async () => {
    await Promise.all(started.map((each) => each.stop()));
  });
  beforeEach(() => {
    fault = noFault;
  });

  test("Show platforms opens the popup again, with the platforms", async (editor) => {
    const { page } = editor;
    const popup = page.locator(".monaco-resizable-hover .monaco-hover:visible");
    const link = popup.locator("a", { hasText: "Show platforms" }).first();
    await eventually("The platforms in the popup", async (attempt) => {
      // By itself, the editor could read them before the click does.
      fault = hasNoBodies;
      await editor.runCommand("Knative Digest: Clear Digest Cache");
      await editor.hoverText(checkout, (text) => text.includes("Show platforms"));
      fault = noFault;
      if ((await isClicked(link, attempt)) !== true) return undefined;
      return await isSeen(popup.filter({ hasText: "linux/arm64" }).first(), attempt);
    });
    await editor.screenshot("later-platforms");
  });

  test("Refresh opens the popup again, with what the tag points to now", async (editor, sample) => {
    const { page } = editor;
    const popup = page.locator(".monaco-resizable-hover .monaco-hover:visible");
    await eventually("What Refresh finds out, in the popup", async (attempt) => {
      // Another one each time: a popup that the mouse opens must not be taken for the one that the link opens.
      const build = singleImage(`checkout, build ${attempt}`);
      const digest = sample.registry.push("acme/checkout", "3.0", build);
      await editor.hoverText(checkout, (text) => text.includes("Refresh"));
      const link = popup.locator("a", { hasText: "Refresh" }).first();
      if ((await isClicked(link, attempt)) !== true) return undefined;
      return await isSeen(popup.filter({ hasText: digest }).first(), attempt);
    });
    await editor.screenshot("later-refreshed");
  });

  test("a registry that is back is asked by itself, and the tag is shown as it is now", async (editor, sample) => {
    const host = started.at(-1)?.host ?? "";
    await editor.openFile("search.yaml");
    await editor.lineWith(search, (line) => line.includes("@sha256"));
    fault = isDown;
    await editor.runCommand("Knative Digest: Clear Digest Cache");
    await editor.lineWith(search, (line) => line.includes("○ unreachable"));
    await editor.hoverText(search, (text) => /Tried .*; next try/.test(text));
    await editor.screenshot("later-unreachable");
    // The mouse leaves the image: a registry is asked again where somebody looks.
    await editor.languageStatus((text) => text.includes(`No answer from ${host}`));
    const now = sample.registry.push("acme/search", "0.9", singleImage("search, built again"));
    fault = noFault;
    // From here on nobody does anything.
    await eventually(
      `The digest ${now}`,
      async () => {
        const lines = await visibleLines(editor.page);
        const isNow = (line: string): boolean => line.includes(search) && line.includes(short(now));
        return lines.some(isNow) || undefined;
      },
      recoveryMs,
    );
    await editor.languageStatus((text) => !text.includes(host));
    await editor.screenshot("later-recovered");
  });
});
