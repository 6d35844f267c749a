// The inventory for an audit: every image, and no cell that is more than text.

import assert from "node:assert/strict";
import { marked } from "marked";
import { imageRow, type ImageGroup } from "../../../server/src/features/imageRows.ts";
import {
  inventoryCsv,
  inventoryMarkdown,
  type InventoryRow,
} from "../../../server/src/features/inventory.ts";
import { placedStates } from "../../../server/src/findings/reading.ts";
import {
  digestA,
  digestB,
  failed,
  readText,
  resolved,
  service,
  type World,
} from "../../support/reading.ts";

const row: InventoryRow = {
  image: "ghcr.io/acme/app:v1",
  kind: "Service",
  name: "app",
  namespace: null,
  container: "user",
  outcome: "resolve",
  group: "unpinned",
  digest: digestA,
  runs: `ghcr.io/acme/app@${digestA}`,
  problem: null,
  cluster: null,
  reason: null,
  file: "a/app.yaml",
  line: 12,
};

describe("the inventory", () => {
  it("as comma-separated values has one line an image, all quoted", () => {
    const [head, line, end] = inventoryCsv([row]).split("\r\n");
    assert.match(head ?? "", /^"Image","State","Digest","Runs","Kind"/);
    assert.ok((line ?? "").startsWith(`"ghcr.io/acme/app:v1","Not pinned","${digestA}"`));
    assert.ok((line ?? "").endsWith('"a/app.yaml","12",""'));
    assert.equal(end, "");
  });

  it("opens in a spreadsheet without running a formula", () => {
    for (const evil of ["=cmd|'/c calc'!A1", "+1", "-1+1", "@SUM(A1)", " =1", "\t=1", "\r=1"]) {
      const cell = inventoryCsv([{ ...row, name: evil }])
        .split("\r\n")
        .slice(1)
        .join("\r\n");
      assert.ok(cell.includes(`"'${evil}"`), JSON.stringify(evil));
    }
  });

  it("keeps quotes and line breaks inside their cell", () => {
    assert.ok(inventoryCsv([{ ...row, problem: 'a "b"\nc,d' }]).includes('"a ""b""\nc,d"'));
  });

  it("as Markdown is one table whose cells hold text alone", () => {
    const evil = "[x](command:y) | ` <img src=x>\nhttps://evil.test";
    const html = marked.parse(inventoryMarkdown([{ ...row, image: evil, problem: evil }]), {
      async: false,
    });
    assert.equal(html.match(/<tr>/g)?.length, 2);
    assert.equal(html.match(/<td>/g)?.length, 12);
    assert.ok(!/<(a|img)\b/.test(html), html);
  });
});

describe("the group of an image", () => {
  const app = "ghcr.io/acme/app:v1";
  const pinned = `${app}@${digestB}`;
  const pinKey = `ghcr.io/acme/app@${digestB}`;
  const rows: readonly (readonly [what: string, image: string, world: World, group: ImageGroup])[] =
    [
      ["a tag", app, {}, "unpinned"],
      ["a tag that does not exist", app, { known: { [app]: failed("tag-not-found") } }, "failed"],
      [
        "a tag behind a dead network",
        app,
        { known: { [app]: failed("registry-unreachable") } },
        "unpinned",
      ],
      ["a pin", pinned, {}, "pinned"],
      ["a pin that is gone", pinned, { known: { [pinKey]: failed("digest-not-found") } }, "failed"],
      ["a pin whose tag moved", pinned, { known: { [app]: resolved(digestA) } }, "moved"],
      ["a skipped tag", app, { settings: { skipRegistries: ["ghcr.io"] } }, "skipped"],
      ["a reference that Knative refuses", "Nginx:1", {}, "failed"],
      ["a reference that is certain to fail", "https://x.test/y", {}, "failed"],
      ["a Go import path", "ko://x.test/y", {}, "ko"],
      ["a template", '"{{ .x }}"', {}, "template"],
    ];
  for (const [what, image, world, group] of rows) {
    it(`of ${what} is ${group}`, () => {
      const [placed] = placedStates(readText(service(image), world));
      assert.ok(placed);
      assert.equal(imageRow(placed.state).group, group);
    });
  }

  const reasons: readonly (readonly [image: string, world: World, reason: string | null])[] = [
    [app, {}, null],
    [app, { known: { [app]: failed("tag-not-found") } }, "tag not found"],
    [app, { known: { [app]: failed("registry-unreachable") } }, "unreachable"],
    [pinned, { known: { [pinKey]: failed("digest-not-found") } }, "digest not found"],
    ["Nginx:1", {}, "rejected by Knative"],
    ["https://x.test/y", {}, "will fail"],
    ["ko://x.test/y", {}, null],
  ];
  for (const [image, world, reason] of reasons) {
    it(`of ${image} has the reason ${reason ?? "of its heading alone"}`, () => {
      const [placed] = placedStates(readText(service(image), world));
      assert.ok(placed);
      assert.equal(imageRow(placed.state).reason, reason);
    });
  }

  it("of what func builds says so", () => {
    const text = "specVersion: 0.36.0\nname: a\nruntime: node\nimage: registry.test/a:latest\n";
    const [placed] = placedStates(readText(text, { uri: "file:///work/func.yaml" }));
    assert.ok(placed);
    assert.equal(imageRow(placed.state).reason, "built by func");
  });

  it("of an image that Knative never resolves says so", () => {
    const text = "apiVersion: v1\nkind: Pod\nspec: { containers: [{ name: a, image: nginx:1 }] }\n";
    const [placed] = placedStates(readText(text, { settings: { kubernetesWorkloads: true } }));
    assert.ok(placed);
    assert.equal(imageRow(placed.state).group, "never-resolved");
  });
});
