// Popups are read without scrolling: each usual kind of hover, measured as the editor draws it.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDemoRegistry } from "../demo/demoRegistry.ts";
import { multiPlatformImage, singleImage } from "../demo/sampleImages.ts";
import { startFaultServer } from "../support/registry/faultServer.ts";
import { eventually, type EditorDriver } from "./editorDriver.ts";
import { withEditor } from "./withEditor.ts";

/** How high a popup is at most, in pixels, before the editor gives it a scroll bar. */
const room = 250;

/** A port of this machine that no ordinary program listens on. */
const nobody = "localhost:1";

interface Measured {
  /** The height of the open popup's content where it is 600 pixels wide. */
  readonly height: number;
  /** Whether the popup as it is has something out of sight. */
  readonly scrolls: boolean;
}

const measureScript = `(() => {
  const shown = [...document.querySelectorAll(".monaco-resizable-hover .monaco-hover-content")];
  const content = shown.find((each) => each.getClientRects().length > 0);
  if (content === undefined) return null;
  const scrolls = content.scrollHeight > content.clientHeight + 1;
  const copy = content.cloneNode(true);
  Object.assign(copy.style, { width: "600px", maxWidth: "600px", height: "auto", maxHeight: "none" });
  content.parentElement.append(copy);
  const { height } = copy.getBoundingClientRect();
  copy.remove();
  return { height, scrolls };
})()`;

/** Opens the popup of a kind and measures it, again if it has closed meanwhile. */
async function measure(editor: EditorDriver, { image, says }: Kind): Promise<Measured> {
  return await eventually(`Measuring the popup on ${image}`, async () => {
    await editor.hoverText(`"${image}`, (popup) => says.test(popup));
    return (await editor.page.evaluate<Measured | null>(measureScript)) ?? undefined;
  });
}

/** A kind of hover: the reference, what its hover says when it is whole, and how the image is used. */
interface Kind {
  readonly name: string;
  readonly image: string;
  readonly says: RegExp;
  readonly use?: (image: string) => string;
}

const service = (image: string): string =>
  `{ spec: { template: { spec: { containers: [{ image: "${image}" }] } } }, apiVersion: serving.knative.dev/v1, kind: Service, metadata: { name: shop } }`;

const initContainer = (image: string): string =>
  `{ spec: { template: { spec: { initContainers: [{ image: "${image}" }], containers: [{ image: "ko://a.example/b" }] } } }, apiVersion: serving.knative.dev/v1, kind: Service, metadata: { name: shop } }`;

const source = (image: string): string =>
  `{ spec: { template: { spec: { containers: [{ image: "${image}" }] } } }, apiVersion: sources.knative.dev/v1, kind: ContainerSource, metadata: { name: shop } }`;

const skipList = (entry: string): string =>
  `apiVersion: v1
kind: ConfigMap
metadata:
  name: config-deployment
  namespace: knative-serving
data:
  queue-sidecar-image: registry.example/queue@sha256:${"a".repeat(64)}
  registries-skipping-tag-resolving: "kind.local,ko.local,dev.local,${entry}"
`;

describe("popups on the screen", () => {
  it("are read without scrolling, whatever usual thing they say", async () => {
    const scratch = await mkdtemp(join(tmpdir(), "knative-digest-popups-"));
    const registry = await startDemoRegistry("pay/");
    const limited = await startFaultServer((_, response) => {
      response.writeHead(429, { "retry-after": "600" }).end();
    });
    try {
      const { host, push } = registry;
      push("acme/shop-frontend", "2.1", multiPlatformImage("frontend"));
      const cart = push("acme/shop-cart", "1.4", singleImage("cart"));
      const before = push("acme/search", "0.9", singleImage("search"));
      const now = push("acme/search", "0.9", singleImage("search, again"));
      push("acme/search", "1.0", multiPlatformImage("search 1.0"));
      push("acme/migrate", "1.0", multiPlatformImage("migrate"));
      push("acme/mailer", "1.0", singleImage("mailer"));
      const skipped = host.replace("localhost", "127.0.0.1");
      const gone = `sha256:${"b".repeat(64)}`;
      const kinds: readonly Kind[] = [
        { name: "tag", image: `${host}/acme/shop-frontend:2.1`, says: /linux\/arm64/ },
        { name: "tag of one platform", image: `${host}/acme/shop-cart:1.4`, says: /linux\/amd64/ },
        { name: "pin", image: `${host}/acme/shop-cart:1.4@${cart}`, says: /Up to date/ },
        { name: "bare digest", image: `${host}/acme/shop-cart@${cart}`, says: /Pinned/ },
        { name: "moved", image: `${host}/acme/search:0.9@${before}`, says: /now points to/ },
        { name: "mismatch", image: `${host}/acme/search:1.0@${now}`, says: /Pinned: Knative runs/ },
        { name: "digest gone", image: `${host}/acme/search:0.9@${gone}`, says: /No node can/ },
        { name: "skipped", image: `${skipped}/acme/shop-frontend:2.1`, says: /arm64/ },
        { name: "no tag", image: `${host}/acme/shop-cart:1.44`, says: /Did you mean/ },
        // Short for its long host: as long as usual names under ghcr.io.
        { name: "no access", image: `${host}/pay/api:7`, says: /Tried/ },
        { name: "unreachable", image: `${nobody}/acme/shop-cart:1.4`, says: /Tried/ },
        { name: "limited", image: `${limited.host}/acme/shop-cart:1.4`, says: /Tried/ },
        { name: "ko", image: "ko://github.com/acme/shop/cmd/web", says: /will fail/ },
        { name: "capitals", image: "registry.acme.example/Acme/Shop:2.1", says: /reject/ },
        { name: "URL", image: "https://registry.acme.example/acme/shop:2.1", says: /will fail/ },
        { name: "side-loaded", image: "dev.local/acme/shop-frontend:2.1", says: /used as is/ },
        { name: "template", image: "registry.acme.example/acme/shop:${TAG}", says: /Templated/ },
        { name: "init", image: `${host}/acme/migrate:1.0`, says: /arm64/, use: initContainer },
        { name: "source", image: `${host}/acme/mailer:1.0`, says: /amd64/, use: source },
      ];
      const workspace = join(scratch, "shop");
      await mkdir(workspace);
      const text = kinds.map(({ image, use = service }) => `---\n${use(image)}\n`).join("");
      await writeFile(join(workspace, "kinds.yaml"), text);
      await writeFile(join(workspace, "config-deployment.yaml"), skipList(skipped));
      // As most people have it: nobody has signed in, and no variable says where that would stand.
      const cache = join(scratch, "cache");
      const env = { HOME: scratch, DOCKER_CONFIG: "", XDG_CACHE_HOME: cache };
      const openFile = join(workspace, "kinds.yaml");
      const settings = { "workbench.sideBar.location": "right", "editor.wordWrap": "off" };
      await withEditor({ workspace, openFile, env, settings }, async (editor) => {
        const tooHigh: string[] = [];
        for (const kind of kinds) {
          const { height, scrolls } = await measure(editor, kind);
          await editor.screenshot(`popup-${kind.name.replaceAll(" ", "-")}`);
          if (height > room || scrolls) tooHigh.push(`${kind.name}: ${height}`);
        }
        assert.deepEqual(tooHigh, []);
      });
    } finally {
      await Promise.all([registry.stop(), limited.stop()]);
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
