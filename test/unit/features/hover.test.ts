// The hover: what Knative will do with an image, why, what its registry says, and nothing twice.

import assert from "node:assert/strict";
import { imageHover, type HoverFacts } from "../../../server/src/features/hover.ts";
import { toMarkdown, toPlainText } from "../../../server/src/features/markdown.ts";
import { placedStates } from "../../../server/src/findings/reading.ts";
import type { ManifestDetails, Resolution } from "../../../server/src/resolver/resolution.ts";
import {
  digestA,
  digestB,
  failed,
  readText,
  resolved,
  service,
  type World,
} from "../../support/reading.ts";

const minute = 60_000;
const index = "application/vnd.oci.image.index.v1+json";

function facts(text: string, world: World = {}, more: Partial<HoverFacts> = {}): HoverFacts {
  const [placed] = placedStates(readText(text, world));
  assert.ok(placed);
  return {
    state: placed.state,
    details: undefined,
    created: undefined,
    now: 2 * minute,
    knativeVersion: "1.23",
    said: [],
    links: [],
    ...more,
  };
}

function hover(text: string, world?: World, more?: Partial<HoverFacts>): readonly string[] {
  return toPlainText(imageHover(facts(text, world, more))).split("\n\n");
}

const app = "ghcr.io/acme/app:v1";
const key = "ghcr.io/acme/app:v1";

describe("the hover on an image", () => {
  it("says what Knative does, the exact reference that runs, and who said so when", () => {
    const known = { [key]: resolved(digestA, index) };
    assert.deepEqual(hover(service(app), { known }), [
      app,
      "Knative resolves this tag when it creates the Revision.",
      `It will run ghcr.io/acme/app@${digestA}`,
      "several platforms · OCI index · registry.test said so 2 min ago, as seen from this machine",
    ]);
  });

  it("shows the full digest once", () => {
    for (const image of [app, `${app}@${digestA}`, "staging.test/app:v1"]) {
      const known = {
        [key]: resolved(digestA),
        "staging.test/app:v1": resolved(digestA),
        [`ghcr.io/acme/app@${digestA}`]: resolved(digestA),
      };
      const settings = { skipRegistries: ["staging.test"] };
      const text = hover(service(image), { known, settings }).join("\n");
      assert.equal(text.split(digestA).length - 1, 1, text);
    }
  });

  it("says nothing of a template, and what it is", () => {
    assert.deepEqual(hover(service('"{{ .Values.image }}:1"')), [
      "{{ .Values.image }}:1",
      "A template fills this in, so nothing is said of it and nothing asked.",
    ]);
  });

  it("of a skipped registry names the entry and links to its line", () => {
    const others = {
      "file:///work/config%20deployment.yaml": [
        "apiVersion: v1",
        "kind: ConfigMap",
        "metadata: { name: config-deployment, namespace: knative-serving }",
        "data:",
        "  registries-skipping-tag-resolving: kind.local,staging.test",
      ].join("\n"),
    };
    const blocks = imageHover(facts(service("staging.test/app:v1"), { others }));
    assert.ok(
      toMarkdown(blocks).includes(
        "[config deployment.yaml:5](file:///work/config%20deployment.yaml#L5)",
      ),
    );
    const [, verdict, lost, better] = toPlainText(blocks).split("\n\n");
    assert.match(
      verdict ?? "",
      /^Skipped\. The tag stays as written: staging\.test is on the skip/,
    );
    assert.match(lost ?? "", /^What is lost/);
    assert.match(better ?? "", /^Better: pin the image/);
  });

  it("of a refused image gives the reason that Knative hides, and Knative's words", () => {
    const lines = hover(service("Nginx:1"));
    assert.match(lines[1] ?? "", /^Refused at admission\. Repository names must be lower case/);
    assert.match(lines[2] ?? "", /denied the request: validation failed: Failed to parse image/);
  });

  it("of a failed lookup gives the reason and what the Revision would show, for searches", () => {
    const known = { [key]: failed("tag-not-found", "There is no tag v1.") };
    const lines = hover(service(app), { known });
    assert.ok(lines.includes("There is no tag v1."));
    assert.ok(
      lines.includes(`Unable to fetch image "${app}": failed to resolve image to digest: boom`),
    );
    assert.ok(lines.includes("Assumed: Knative 1.23 (setting knativeDigest.knativeVersion)."));
  });

  it("leaves out Knative's failure where nothing waits for it: a skipped image runs all the same", () => {
    const known = { "staging.test/app:v1": failed("registry-unreachable") };
    const settings = { skipRegistries: ["staging.test"] };
    const text = hover(service("staging.test/app:v1"), { known, settings }).join("\n");
    assert.ok(!text.includes("ContainerMissing"), text);
  });

  it("shows what was known before a registry stopped answering, with its age", () => {
    const last = resolved(digestA);
    assert.equal(last.status, "resolved");
    const now = failed("registry-unreachable");
    assert.equal(now.status, "failed");
    const known: Readonly<Record<string, Resolution>> = { [key]: { ...now, last } };
    assert.ok(hover(service(app), { known }).includes(`Last known (2 min ago): ${digestA}`));
  });

  it("does not say again what the editor shows in the same popup", () => {
    const known = { [key]: failed("tag-not-found", "There is no tag v1.") };
    const text = hover(service(app), { known }, { said: ["There is no tag v1."] }).join("\n");
    assert.ok(!text.includes("There is no tag v1."), text);
  });

  it("says why a registry was not asked", () => {
    const known: Readonly<Record<string, Resolution>> = {
      [key]: { status: "not-asked", reason: "untrusted" },
    };
    assert.ok(
      hover(service(app), { known }).includes(
        "ghcr.io was not asked: this workspace is not trusted.",
      ),
    );
  });

  it("shows platforms, size, age and source only once they were asked for", () => {
    const known = { [key]: resolved(digestA, index) };
    const platforms = ["amd64", "arm64"].map((architecture) => ({
      digest: digestB,
      platform: { os: "linux", architecture, variant: architecture === "arm64" ? "v8" : undefined },
    }));
    const details: ManifestDetails = {
      digest: digestA,
      mediaType: index,
      platforms,
      layersSize: 12_345_678,
      created: "2026-01-01T00:00:00Z",
      source: "https://evil.test/[x](command:y)",
    };
    const more = { details, created: 0, now: 3 * 24 * 60 * minute };
    const blocks = imageHover(facts(service(app), { known }, more));
    const line = toPlainText(blocks).split("\n\n")[3] ?? "";
    assert.match(
      line,
      /linux\/amd64, linux\/arm64\/v8 · 12\.3 MB · built 3 days ago · source https/,
    );
    assert.ok(toMarkdown(blocks).includes(String.raw`https:\/\/evil.test/\[x\](command:y)`));
  });

  it("tells a moved tag from a pin that holds one platform", () => {
    const pinned = `${app}@${digestB}`;
    const known = {
      [key]: resolved(digestA, index),
      [`ghcr.io/acme/app@${digestB}`]: resolved(digestB),
    };
    assert.ok(hover(service(pinned), { known }).includes(`The tag moved. v1 points at ${digestA}`));
    const details = {
      [key]: {
        digest: digestA,
        mediaType: index,
        platforms: [
          { digest: digestB, platform: { os: "linux", architecture: "arm64", variant: undefined } },
        ],
        layersSize: undefined,
        created: undefined,
        source: undefined,
      },
    };
    assert.ok(
      hover(service(pinned), { known, details }).includes(
        `One platform only. This is linux/arm64; the tag v1 has several platforms behind ${digestA}`,
      ),
    );
  });

  it("says which rules are a guess", () => {
    const lines = hover(service(app), {}, { knativeVersion: "1.99" });
    assert.ok(
      lines.some((line) => line.startsWith("Assumed: Knative 1.99, with the rules of 1.23")),
    );
  });
});
