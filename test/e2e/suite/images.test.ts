// In the extension host: every image of the sample workspace shows what Knative will do with it.

import assert from "node:assert/strict";
import { basename } from "node:path";
import { workspace } from "vscode";
import { skippedHost } from "../../demo/sampleWorkspace.ts";
import {
  actionAt,
  diagnosticAt,
  hintsOf,
  hoverAt,
  labelOf,
  open,
  openNew,
  rangeOf,
  removeNew,
  service,
  subject,
} from "./workbench.ts";

describe("an image in a manifest", () => {
  const { host, digests } = subject();

  it("shows in its hover the digest of an OCI index", async () => {
    const document = await open("service.yaml");
    await hoverAt(document, "/shop/frontend:2.1", (text) => text.includes(digests.frontend));
  });

  it("shows in its hover the digest of a docker manifest list", async () => {
    const document = await open("shop.yaml");
    await hoverAt(document, "/shop/checkout:3.0", (text) => text.includes(digests.checkout));
  });

  it("shows the digest of a private repository, read with the docker config's sign-in", async () => {
    const document = await open("configuration.yaml");
    await hoverAt(document, "/accounting/invoices:7", (text) => text.includes(digests.invoices));
  });

  it("shows its digest in a document that is read in another thread", async () => {
    const written = service(`${host}/shop/frontend:2.1`).trimEnd().replace(/\n/g, "\n  ");
    const list = `apiVersion: v1\nkind: List\nitems:\n${`- ${written}\n  extra: { a: b }\n`.repeat(500)}`;
    const document = await openNew(list);
    try {
      await hoverAt(document, "/shop/frontend:2.1", (text) => text.includes(digests.frontend));
    } finally {
      await removeNew();
    }
  });

  it("shows the short digest in a hint behind its tag", async () => {
    const document = await open("service.yaml");
    const short = digests.frontend.slice("sha256:".length, "sha256:".length + 12);
    const hints = await hintsOf(document, (all) =>
      all.some((hint) => labelOf(hint).includes(short)),
    );
    const hint = hints.find((each) => labelOf(each).includes(short));
    assert.deepEqual(hint?.position, rangeOf(document, `${host}/shop/frontend:2.1`).end);
  });

  it("is marked when its registry is skipped, with a link to the entry", async () => {
    const document = await open("shop.yaml");
    const image = `${skippedHost(host)}/shop/preview:nightly`;
    const diagnostic = await diagnosticAt(document, image, "registry-skipped");
    const [related] = diagnostic.relatedInformation ?? [];
    assert.ok(related);
    assert.equal(basename(related.location.uri.path), "config-deployment.yaml");
    const source = await workspace.openTextDocument(related.location.uri);
    assert.ok(source.getText(related.location.range).includes(skippedHost(host)));
  });

  it("is marked when the registry has no such tag", async () => {
    const document = await open("shop.yaml");
    await diagnosticAt(document, "/shop/cart:1.44", "tag-not-found");
  });

  it("is marked when it is certain to fail", async () => {
    const document = await open("configuration.yaml");
    await diagnosticAt(document, "ko://example.com/shop/sidecar", "doomed-reference");
  });

  it("is pinned by a quick fix that changes nothing else", async () => {
    const document = await open("service.yaml");
    const before = document.getText();
    const image = `${host}/shop/frontend:2.1`;
    const { edit } = await actionAt(document, image, /^Pin\b/, "quickfix");
    assert.ok(edit);
    await workspace.applyEdit(edit);
    assert.equal(document.getText(), before.replace(image, `${image}@${digests.frontend}`));
  });
});
