// Inlay hints: short, behind the reference, and marked where something is to be known.

import assert from "node:assert/strict";
import { imageHint } from "../../../server/src/features/hints.ts";
import { placedStates } from "../../../server/src/findings/reading.ts";
import { behindToo } from "../../support/behindToo.ts";
import { failureKinds } from "../../support/failureKinds.ts";
import {
  digestA,
  digestB,
  failed,
  readText,
  resolved,
  service,
  type World,
} from "../../support/reading.ts";

/** The text with its hints spliced in as `⟦…⟧`. */
function withHints(shown: string, world: World = {}, length = 12): string {
  return behindToo(shown, (text) => {
    const hints = placedStates(readText(text, world)).flatMap(
      (placed) => imageHint(placed, length) ?? [],
    );
    const spliced = hints
      .sort((a, b) => b.at - a.at)
      .reduce((all, { at, label }) => `${all.slice(0, at)}⟦${label}⟧${all.slice(at)}`, text);
    return spliced.slice(text.length - shown.length);
  });
}

/** The hint of one image in a Service. */
function hint(image: string, world?: World, length?: number): string | undefined {
  return /⟦(.*)⟧/.exec(withHints(service(image), world, length))?.[1];
}

const key = "ghcr.io/acme/app:v1";
const app = "ghcr.io/acme/app:v1";
const pinned = `${app}@${digestB}`;
const pinKey = `ghcr.io/acme/app@${digestB}`;

describe("a hint", () => {
  it("shows the short digest behind a tag", () => {
    assert.equal(hint(app, { known: { [key]: resolved(digestA) } }), "@sha256:aaaaaaaaaaaa…");
  });

  it("stands inside the quotes and before a comment", () => {
    const known = { [key]: resolved(digestA) };
    const text = service(`"${app}" # web`);
    assert.ok(withHints(text, { known }).includes(`"${app}⟦@sha256:aaaaaaaaaaaa…⟧" # web`));
  });

  it("stands at its image though emoji and Chinese stand before it on the line", () => {
    const known = { [key]: resolved(digestA) };
    const text = service(`x`).replace("image: x", `{ name: "😀私", image: ${app} }`);
    const flow = text.replace("- name: user\n          {", "- {");
    assert.ok(withHints(flow, { known }).includes(`私", image: ${app}⟦@sha256:`), flow);
  });

  it("shows nothing for what is not known, for templates, and for a pin that is current", () => {
    assert.equal(hint(app), undefined);
    assert.equal(hint('"{{ .image }}"'), undefined);
    const known = { [key]: resolved(digestB), [pinKey]: resolved(digestB) };
    assert.equal(hint(pinned, { known }), undefined);
  });

  it("marks what is skipped, with the digest where it is known", () => {
    const settings = { skipRegistries: ["ghcr.io"] };
    assert.equal(hint(app, { settings }), "⊘ skipped");
    const known = { [key]: resolved(digestA) };
    assert.equal(hint(app, { settings, known }), "⊘ @sha256:aaaaaaaaaa…");
  });

  it("marks a tag that moved, with the digest it has now", () => {
    const known = { [key]: resolved(digestA), [pinKey]: resolved(digestB) };
    assert.equal(hint(pinned, { known }), "↻ @sha256:aaaaaaaaaa…");
  });

  it("marks what Knative does not run by its digest differently from what it resolves", () => {
    const known = { [key]: resolved(digestA) };
    const initContainer = service(app).replace("containers:", "initContainers:");
    const source = service(app)
      .replace("serving.knative.dev/v1", "sources.knative.dev/v1")
      .replace("kind: Service", "kind: ContainerSource");
    for (const text of [initContainer, source]) {
      assert.ok(withHints(text, { known }).includes(`${app}⟦≈ @sha256:aaaaaaaaaa…⟧`), text);
    }
  });

  it("stands apart from the reference if it has a mark", () => {
    const known = { [key]: resolved(digestA) };
    for (const [settings, isApart] of [
      [{}, false],
      [{ skipRegistries: ["ghcr.io"] }, true],
    ] as const) {
      const [placed] = placedStates(readText(service(app), { known, settings }));
      assert.equal(placed && imageHint(placed, 12)?.isApart, isApart);
    }
  });

  it("marks a pin that is gone, whatever its tag points at", () => {
    const known = { [key]: resolved(digestA), [pinKey]: failed("digest-not-found") };
    assert.equal(hint(pinned, { known }), "✗ digest not found");
  });

  it("says nothing of a pin whose registry does not answer", () => {
    assert.equal(hint(pinned, { known: { [pinKey]: failed("registry-unreachable") } }), undefined);
  });

  it("has at most 21 characters, whatever it says", () => {
    for (const kind of failureKinds) {
      const label = hint(app, { known: { [key]: failed(kind) } }) ?? "";
      const isUnknown = ["registry-unreachable", "rate-limited", "blocked"].includes(kind);
      assert.match(label, isUnknown ? /^○ / : /^✗ /);
      assert.ok(label.length <= 21, label);
    }
  });

  it("shows as many digits as the user wants", () => {
    const known = { [key]: resolved(digestA) };
    assert.equal(hint(app, { known }, 7), "@sha256:aaaaaaa…");
    assert.equal(hint(app, { known }, 64), `@${digestA}`);
  });
});
