// The hover: what Knative will do with an image, why, what its registry says, and nothing twice.

import assert from "node:assert/strict";
import { fileOffset } from "../../../server/src/document/span.ts";
import { imageHover } from "../../../server/src/features/hover.ts";
import type { HoverFacts } from "../../../server/src/features/imageFacts.ts";
import { link, toMarkdown, toPlainText } from "../../../server/src/features/markdown.ts";
import { placedStates } from "../../../server/src/findings/reading.ts";
import type { FindingCode } from "../../../server/src/findings/findingCodes.ts";
import type {
  Failed,
  FailureKind,
  ManifestDetails,
  Resolution,
} from "../../../server/src/resolver/resolution.ts";
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
      "Knative resolves this tag and runs:",
      `ghcr.io/acme/app@${digestA}`,
      "Checked 2 min ago from this machine (registry.test) · several platforms · OCI index",
    ]);
  });

  it("shows the full digest once, and not what stands under the mouse", () => {
    for (const image of [app, `${app}@${digestA}`, "staging.test/app:v1"]) {
      const known = {
        [key]: resolved(digestA),
        "staging.test/app:v1": resolved(digestA),
        [`ghcr.io/acme/app@${digestA}`]: resolved(digestA),
      };
      const settings = { skipRegistries: ["staging.test"] };
      const text = hover(service(image), { known, settings }).join("\n");
      assert.equal(text.split(digestA).length - 1, image.includes(digestA) ? 0 : 1, text);
    }
  });

  it("says nothing of a template, and what it is", () => {
    assert.deepEqual(hover(service('"{{ .Values.image }}:1"')), ["Templated value: not checked."]);
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
    const lines = toPlainText(blocks).split("\n\n");
    const [lost, better] = lines.slice(-2);
    assert.match(lines[0] ?? "", /^Not resolved: staging\.test is on the skip list \(config/);
    assert.match(lost ?? "", /^Risk: /);
    assert.match(better ?? "", /^Better: pin the image/);
  });

  it("of a refused image gives the reason that Knative hides, and Knative's words", () => {
    const lines = hover(service("Nginx:1"));
    assert.equal(lines[0], "Knative’s webhook will reject this.");
    assert.match(lines[1] ?? "", /^Repository names must be lower case/);
    assert.match(
      lines.at(-1) ?? "",
      /denied the request: validation failed: Failed to parse image/,
    );
  });

  it("of a failed lookup gives the reason and what the Revision would show, for searches", () => {
    const known = { [key]: failed("tag-not-found", "There is no tag v1.") };
    const lines = hover(service(app), { known });
    // Few lines: a popup has room for ten.
    assert.deepEqual(lines, [
      "Knative cannot resolve this tag. There is no tag v1.",
      "Tried 2 min ago; next try soon",
      `If the cluster sees the same, the Revision fails with ContainerMissing: Unable to fetch image "${app}": failed to resolve image to digest: boom`,
    ]);
  });

  const kinds: readonly FailureKind[] = [
    ...["tag-not-found", "access-denied", "certificate-untrusted", "registry-unreachable"],
    ...["rate-limited", "no-digest-header", "invalid-response", "blocked"],
  ] as const;
  for (const kind of kinds) {
    it(`of a lookup that failed by ${kind} is two lines below its finding, and Knative's words`, () => {
      const message = `it failed: ${kind}`;
      const said = [{ code: "tag-not-found", message }] as const;
      const links = [link("Refresh", "command:x")];
      const lines = hover(service(app), { known: { [key]: failed(kind) } }, { said, links });
      assert.ok(lines.length <= 3, lines.join("\n"));
      assert.ok(lines.some((line) => /Refresh · Tried /.test(line)));
      assert.match(lines.at(-1) ?? "", /ContainerMissing: Unable to fetch/);
    });
    it(`of a lookup that failed by ${kind} promises no digest, and says when it was tried`, () => {
      const last = resolved(digestB);
      assert.equal(last.status, "resolved");
      const lookup: Resolution = { ...(failed(kind) as Failed), last, retryAt: 3.5 * minute };
      const lines = hover(service(app), { known: { [key]: lookup } });
      assert.ok(!lines.join("\n").includes("runs"), lines.join("\n"));
      const tried = "Tried 2 min ago; next try in 90 s";
      assert.ok(lines.includes(tried), lines.join("\n"));
    });
  }

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

  it("shows the condition of a Revision that is certain to fail", () => {
    const shown = hover(service("https://ghcr.io/acme/app:1")).join("\n");
    assert.match(shown, /The Revision fails with ContainerMissing: Unable to fetch image "https:/);
    assert.doesNotMatch(hover(service(app)).join("\n"), /ContainerMissing/);
  });

  it("does not say again what the editor shows in the same popup", () => {
    const known = { [key]: failed("tag-not-found", "There is no tag v1.") };
    const said = [{ code: "tag-not-found", message: "There is no tag v1." }] as const;
    const text = hover(service(app), { known }, { said }).join("\n");
    assert.ok(!text.includes("There is no tag v1."), text);
  });

  const repeated: readonly (readonly [FindingCode, string, World])[] = [
    ["registry-skipped", "staging.test/app:v1", { settings: { skipRegistries: ["staging.test"] } }],
    ["invalid-reference", "Nginx:1", {}],
    ["doomed-reference", "https://ghcr.io/a/b:1", {}],
  ];
  for (const [code, image, world] of repeated) {
    it(`has no sentence of the finding ${code} that stands above it`, () => {
      const [part] = readText(service(image), world).parts;
      const said = (part?.findings ?? []).filter((finding) => finding.code === code);
      const [message = ""] = said.map((finding) => finding.message);
      const lines = hover(service(image), world, { said });
      assert.notEqual(message, "");
      assert.ok(lines.every((line) => line === lines[0] || !message.includes(line)));
      assert.ok(!lines.join("\n").includes(message), lines.join("\n"));
      assert.ok(!lines.join("\n").includes("is on the skip list"), lines.join("\n"));
      assert.ok(!lines.join("\n").includes("nodes may run different"), lines.join("\n"));
    });
  }

  it("asks in the verdict's line whether another tag was meant, and names the tags of a bare digest", () => {
    const [first] = hover(
      service(app),
      { known: { [key]: failed("tag-not-found", "Tag v1 not found.") } },
      { nearestTag: "v2" },
    );
    assert.equal(first, "Knative cannot resolve this tag. Tag v1 not found. Did you mean v2?");
    const bare = hover(service(`ghcr.io/acme/app@${digestA}`), {}, { tagsOfDigest: ["v1", "v2"] });
    assert.equal(bare[1], "Tags with this digest: v1 · v2");
  });

  it("names kind and minikube where a registry is this machine, unless the lookup has failed", () => {
    const local = "localhost:5001/app:v1";
    const known = (answer: Resolution): string =>
      hover(service(local), { known: { [local]: answer } }).join("\n");
    assert.match(known(resolved(digestA)), /kind’s local registry or minikube’s/);
    assert.doesNotMatch(known(failed("tag-not-found")), /minikube/);
    assert.doesNotMatch(hover(service(app)).join("\n"), /minikube/);
  });

  it("puts the links behind the digest of a skipped image, in its line", () => {
    const image = "staging.test/app:v1";
    const known = { [image]: resolved(digestA, index) };
    const world = { known, settings: { skipRegistries: ["staging.test"] } };
    const said = [{ code: "registry-skipped", message: "" }] as const;
    const [first] = hover(service(image), world, { said, links: [link("Pin", "command:x")] });
    assert.match(first ?? "", new RegExp(`^The tag is used as is\\..* ${digestA} Pin$`));
  });

  it("puts the links third, before the reasons", () => {
    const known = { [key]: resolved(digestA, index) };
    const lines = hover(service(app), { known }, { links: [link("Pin", "command:x")] });
    assert.equal(lines[2], "Pin");
  });

  it("says why a registry was not asked", () => {
    const known: Readonly<Record<string, Resolution>> = {
      [key]: { status: "not-asked", reason: "untrusted" },
    };
    assert.ok(
      hover(service(app), { known }).includes("Restricted Mode: ghcr.io was not contacted."),
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
    const line = toPlainText(blocks).split("\n\n")[2] ?? "";
    assert.match(
      line,
      /linux\/amd64, linux\/arm64\/v8 · 12\.3 MB · built 3 days ago · source https/,
    );
    assert.ok(toMarkdown(blocks).includes(String.raw`https:\/\/evil.test/\[x\](command:y)`));
  });

  it("names eight platforms, and counts the others", () => {
    const platforms = Array.from({ length: 10 }, (_, at) => ({
      digest: digestB,
      platform: { os: "linux", architecture: `a${at}`, variant: undefined },
    }));
    const details: ManifestDetails = {
      ...{ digest: digestA, mediaType: index, platforms },
      ...{ layersSize: undefined, created: undefined, source: undefined },
    };
    const known = { [key]: resolved(digestA, index) };
    const shown = hover(service(app), { known }, { details }).join("\n");
    assert.match(shown, /linux\/a7 and 2 more/);
    assert.equal(shown.split("linux/").length - 1, 8);
  });

  it("tells a moved tag from a pin that holds one platform", () => {
    const pinned = `${app}@${digestB}`;
    const known = {
      [key]: resolved(digestA, index),
      [`ghcr.io/acme/app@${digestB}`]: resolved(digestB),
    };
    assert.ok(hover(service(pinned), { known }).includes(`Tag v1 now points to ${digestA}`));
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
    const lines = hover(service(pinned), { known, details });
    assert.equal(lines[0], "Pinned to linux/arm64 only.");
    assert.ok(lines.includes(`Tag v1 now points to ${digestA}`), lines.join("\n"));
  });

  it("names five of the places where templates use a value, and of the images made of a template", () => {
    const places = Array.from({ length: 7 }, (_, at) => ({
      uri: `file:///c/t${at}.yaml`,
      line: 1,
    }));
    const usual = facts(service(app));
    const { state } = usual;
    const named = (more: Partial<HoverFacts>): number =>
      toPlainText(imageHover({ ...usual, ...more })).match(/\(file:\/\/\/c\/t/g)?.length ?? 0;
    assert.equal(named({ state: { ...state, use: { ...state.use, madeBy: places } } }), 5);
    const images = places.map((place) => ({ ...place, image: app }));
    const span = { start: fileOffset(0), end: fileOffset(0) };
    assert.equal(named({ template: { span, isRead: true, images, values: [] } }), 5);
  });

  it("says whose rules they are where somebody has set an older release and it matters", () => {
    const known = { [key]: failed("tag-not-found", "Tag v1 not found.") };
    const all = (knativeVersion: string): string =>
      hover(service(app), { known }, { knativeVersion }).join("\n");
    assert.match(all("1.21"), / · Rules of Knative 1\.21/);
    assert.doesNotMatch(all("1.23"), /Rules of/);
  });

  it("says which rules are a guess", () => {
    const lines = hover(service(app), {}, { knativeVersion: "1.99" });
    assert.ok(
      lines.includes("Rules of Knative 1.23, the newest known here; the setting says 1.99"),
    );
  });
});
