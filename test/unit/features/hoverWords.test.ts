// The hover's single lines: the verdict in each state, why there is no answer, and what is known of an answer.

import assert from "node:assert/strict";
import { notAskedWords } from "../../../server/src/features/answerWords.ts";
import { imageHover } from "../../../server/src/features/hover.ts";
import type { HoverFacts } from "../../../server/src/features/imageFacts.ts";
import { groupWords } from "../../../server/src/features/inventory.ts";
import { imageRow, type ImageGroup } from "../../../server/src/features/imageRows.ts";
import { toMarkdown, toPlainText } from "../../../server/src/features/markdown.ts";
import { ownerWords } from "../../../server/src/findings/ownerWords.ts";
import { placedStates } from "../../../server/src/findings/reading.ts";
import type {
  Failed,
  NotAskedReason,
  Resolution,
  Resolved,
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
const app = "ghcr.io/acme/app:v1";
const bare = `ghcr.io/acme/app@${digestB}`;
const pinned = `${app}@${digestB}`;

function blocks(
  text: string,
  world: World = {},
  more: Partial<HoverFacts> = {},
): ReturnType<typeof imageHover> {
  const [placed] = placedStates(readText(text, world));
  assert.ok(placed);
  const usual = { details: undefined, created: undefined, knativeVersion: "1.23" };
  return imageHover({
    ...{ state: placed.state, ...usual, now: 2 * minute, said: [], links: [] },
    ...more,
  });
}

function lines(...args: Parameters<typeof blocks>): readonly string[] {
  return toPlainText(blocks(...args)).split("\n\n");
}

const initText = service("side:1").replace("containers:", "initContainers:");
const deployment =
  "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec:\n  template:\n    spec:\n" +
  `      containers:\n        - { name: a, image: "${app}" }\n`;
const said = (code: HoverFacts["said"][number]["code"], message = ""): Partial<HoverFacts> => ({
  said: [{ code, message }],
});
const pending: Resolution = { status: "pending" };
const workloads = { settings: { kubernetesWorkloads: true } };

describe("the hover's first line", () => {
  const rows: readonly [string, string, World, Partial<HoverFacts>, string][] = [
    ["an init container", initText, {}, {}, "Init containers run by tag."],
    [
      "an init container with its finding",
      initText,
      {},
      said("init-container-by-tag"),
      "The digest goes into the Revision’s status only.",
    ],
    [
      "a workload",
      deployment,
      workloads,
      {},
      "Knative does not resolve images here; the tag is used as is.",
    ],
    [
      "a workload with its finding",
      deployment,
      workloads,
      said("unresolved-image"),
      "The tag is used as is.",
    ],
    [
      "a tag that is looked up",
      service(app),
      { known: { [app]: pending } },
      {},
      "Looking up the digest in ghcr.io…",
    ],
    [
      "a tag that was not",
      service(app),
      {},
      {},
      "Knative resolves this tag when it creates the Revision.",
    ],
    ["a pin", service(pinned), {}, {}, "Pinned: Knative runs exactly this digest."],
    [
      "a pin that its tag still names",
      service(pinned),
      { known: { [app]: resolved(digestB) } },
      {},
      "Pinned: Knative runs exactly this digest. Up to date with tag v1.",
    ],
    [
      "a pin that is gone",
      service(bare),
      { known: { [bare]: failed("digest-not-found") } },
      {},
      "No node can pull this digest.",
    ],
    [
      "a pin that is kept from us",
      service(bare),
      { known: { [bare]: failed("access-denied") } },
      {},
      "Pinned: Knative runs exactly this digest.",
    ],
    [
      "a doomed one",
      service("https://r.io/a:1"),
      {},
      {},
      "Knative accepts this, but it will fail.",
    ],
    [
      "a failed lookup below its finding",
      service(app),
      { known: { [app]: failed("access-denied", "no") } },
      said("access-denied", "no"),
      "Digest unknown. Tried 2 min ago; next try soon",
    ],
    [
      "a missing tag below its finding",
      service(app),
      { known: { [app]: failed("tag-not-found", "no") } },
      said("tag-not-found", "no"),
      "Knative cannot resolve this tag.",
    ],
    [
      "a lookup that failed",
      service(app),
      { known: { [app]: failed("registry-unreachable", "Away.") } },
      {},
      "Digest unknown: the lookup failed. Away.",
    ],
  ];
  for (const [name, text, world, more, first] of rows) {
    it(`of ${name}`, () => {
      assert.equal(lines(text, world, more)[0], first);
    });
  }

  it("of what func builds says so", () => {
    const text = "specVersion: 0.36.0\nname: a\nruntime: node\nimage: registry.test/a:latest\n";
    const [first] = lines(text, { uri: "file:///work/func.yaml" });
    assert.match(first ?? "", /func/);
  });

  it("of what kustomize replaces says so", () => {
    const entry = "resources: [a.yaml]\nimages:\n  - name: ghcr.io/acme/app\n    newTag: v2\n";
    const world = {
      uri: "file:///work/a.yaml",
      others: { "file:///work/kustomization.yaml": entry },
    };
    assert.equal(lines(service(app), world)[0], "Replaced by kustomize: not checked here.");
    const [placed] = placedStates(readText(service(app), world));
    assert.equal(placed && imageRow(placed.state).reason, "replaced by kustomize");
  });

  it("of a pin that has another tag’s digest says so, unless the editor does", () => {
    const [placed] = placedStates(readText(service(pinned)));
    assert.ok(placed);
    const state = {
      ...placed.state,
      drift: { kind: "mismatch", digest: digestA, was: "v0" } as const,
    };
    const first = (more: Partial<HoverFacts>): unknown =>
      lines(service(pinned), {}, { state, ...more })[0];
    assert.equal(first({}), "Tag and digest disagree: Knative runs the digest.");
    assert.equal(first(said("tag-digest-mismatch")), "Pinned: Knative runs exactly this digest.");
    assert.equal(imageRow(state).reason, "other tag’s digest");
    const single = { kind: "single-platform", digest: digestA, platform: "linux/arm64" } as const;
    assert.equal(imageRow({ ...placed.state, drift: single }).reason, "linux/arm64");
  });

  it("names six tags of a digest", () => {
    const tagsOfDigest = ["a", "b", "c", "d", "e", "f", "g"];
    assert.ok(
      lines(service(bare), {}, { tagsOfDigest }).includes(
        "Tags with this digest: a · b · c · d · e · f",
      ),
    );
    assert.doesNotMatch(lines(service(bare), {}).join(), /Tags with/);
  });

  it("of another tool’s image says who writes it", () => {
    const owners = [
      [{ tool: "argocd-image-updater" }, "updated by Argo CD"],
      [{ tool: "flux", marker: "m" }, "updated by Flux"],
      [{ tool: "setter", marker: "m" }, "updated by a setter"],
    ] as const;
    const [placed] = placedStates(readText(service(app)));
    assert.ok(placed);
    for (const [owner, reason] of owners) {
      const state: HoverFacts["state"] = { ...placed.state, use: { ...placed.state.use, owner } };
      assert.equal(imageRow(state).reason, reason);
      assert.ok(lines(service(app), {}, { state }).includes(ownerWords(owner)));
    }
  });

  it("looks up a pin in its second", () => {
    const found = lines(service(bare), { known: { [bare]: pending } });
    assert.equal(found[1], "Looking up the digest in ghcr.io…");
    assert.equal(
      lines(service(app), { known: { [app]: pending } })
        .join("\n")
        .split("…").length,
      2,
    );
  });
});

describe("whose rules they are", () => {
  const noticed: Resolved = { ...(resolved(digestA) as Resolved), notices: ["Move soon."] };
  const rows: readonly [string, boolean, string, World][] = [
    ["nobody was asked", false, app, {}],
    ["the answer is plain", false, app, { known: { [app]: resolved(digestA) } }],
    ["the registry remarks something", true, app, { known: { [app]: noticed } }],
    ["the lookup failed", true, app, { known: { [app]: failed("tag-not-found") } }],
    ["Knative refuses the image", true, "Nginx:1", {}],
    ["a pin is gone", true, bare, { known: { [bare]: failed("digest-not-found") } }],
  ];
  for (const [name, isSaid, image, world] of rows) {
    it(`is ${isSaid ? "" : "not "}said where ${name}`, () => {
      const words = lines(service(image), world, { knativeVersion: "1.21" }).join("\n");
      assert.equal(words.includes("Rules of Knative 1.21"), isSaid, words);
    });
  }
});

describe("why a registry was not contacted", () => {
  const rows: readonly [NotAskedReason, string][] = [
    ["untrusted", "Restricted Mode: r.io was not contacted."],
    ["off", "Lookups are off (knativeDigest.resolve): r.io was not contacted."],
    ["offline", "Offline: r.io was not contacted."],
    ["on-demand", "Not looked up in r.io yet."],
    ["not-yet", "Not looked up in r.io yet."],
  ];
  for (const [reason, words] of rows) {
    it(`is told for ${reason}`, () => {
      assert.equal(notAskedWords(reason, "r.io"), words);
    });
  }
});

describe("what is known of an answer", () => {
  const line = (answer: Resolution, more?: Partial<HoverFacts>): string =>
    lines(service(app), { known: { [app]: answer } }, more)[2] ?? "";
  const oci = "application/vnd.oci.image";
  const docker = "application/vnd.docker.distribution.manifest";
  for (const [mediaType, words] of [
    [`${oci}.index.v1+json`, "several platforms · OCI index"],
    [`${oci}.manifest.v1+json`, "one platform · OCI manifest"],
    [`${docker}.list.v2+json`, "several platforms · Docker manifest list"],
    [`${docker}.v2+json`, "one platform · Docker manifest"],
    ["text/odd", "one platform · text/odd"],
  ] as const) {
    it(`names ${mediaType}`, () => {
      const seen = "Checked 2 min ago from this machine (registry.test)";
      assert.equal(line(resolved(digestA, mediaType)), `${seen} · ${words}`);
    });
  }

  it("says that no newer answer came", () => {
    const answer: Resolved = { ...(resolved(digestA) as Resolved), stale: true };
    assert.equal(line(answer), "Last answer 2 min ago; no newer answer");
  });

  it("has what the registry remarks", () => {
    const answer: Resolved = { ...(resolved(digestA) as Resolved), notices: ["Move soon."] };
    assert.ok(lines(service(app), { known: { [app]: answer } }).includes("Move soon."));
  });

  it("names eight platforms", () => {
    const named = (count: number): string => {
      const platforms = Array.from({ length: count }, (_, at) => ({
        digest: digestB,
        platform: { os: "linux", architecture: `a${at}`, variant: undefined },
      }));
      const details = { digest: digestA, mediaType: "", platforms };
      const rest = { layersSize: undefined, created: undefined, source: undefined };
      return line(resolved(digestA), { details: { ...details, ...rest } });
    };
    assert.match(named(8), /linux\/a0, .*, linux\/a7$/);
    assert.match(named(9), /linux\/a7 and 1 more$/);
  });

  it("names the next try of a failed lookup only where that comes within an hour", () => {
    const tried = (wait: number): readonly string[] => {
      const answer: Failed = { ...(failed("registry-unreachable") as Failed), retryAt: wait };
      return lines(service(app), { known: { [app]: answer } });
    };
    assert.ok(tried(62 * minute).includes("Tried 2 min ago; next try in 60 min"));
    assert.ok(tried(62 * minute + 1).includes("Tried 2 min ago"));
  });

  it("has the reason of a failed pin, which is no verdict, unless the editor shows it", () => {
    const world = { known: { [bare]: failed("access-denied", "No entry.") } };
    assert.ok(lines(service(bare), world).includes("No entry."));
    const shown = lines(service(bare), world, said("access-denied", "No entry."));
    assert.ok(!shown.includes("No entry."));
    // Nothing waits for the digest of a pin.
    assert.doesNotMatch(lines(service(bare), world).join(), /ContainerMissing/);
  });

  it("has what Knative's controller cannot do, once, and the way out", () => {
    const controller = { message: "It cannot.", fix: "Fix: x.", knative: "boom" };
    const answer: Resolved = { ...(resolved(digestA) as Resolved), controller };
    const world = { known: { [app]: answer } };
    const unable = `Unable to fetch image "${app}": failed to resolve image to digest: boom`;
    const found = lines(service(app), world);
    for (const each of ["It cannot.", "Fix: x.", unable]) assert.ok(found.includes(each), each);
    const below = lines(service(app), world, said("controller-cannot-resolve"));
    assert.ok(!below.includes("It cannot.") && below.includes("Fix: x."));
    const skipped = { ...world, settings: { skipRegistries: ["ghcr.io"] } };
    assert.ok(!lines(service(app), skipped).includes("Fix: x."));
  });
});

describe("a template's image", () => {
  const template = (more: object): Partial<HoverFacts> => ({
    template: {
      span: { start: 0, end: 0 },
      isRead: true,
      images: [],
      values: [],
      ...more,
    } as never,
  });
  const text = service('"{{ .Values.image }}"');
  it("is unknown where it was not understood", () => {
    const [, second] = lines(text, {}, template({ isRead: false }));
    assert.equal(second, "The result of this template is unknown without running Helm.");
  });
  it("is set by no values file", () => {
    const [, second] = lines(text, {}, template({}));
    assert.equal(second, "No values file of this chart sets this image.");
  });
  it("is what the first five values make of it", () => {
    const images = Array.from({ length: 6 }, (_, at) => ({
      image: `a:${at}`,
      uri: "file:///c/values.yaml",
      line: at + 1,
    }));
    const found = toMarkdown(blocks(text, {}, template({ images })));
    assert.match(found, /With the chart’s values:/);
    assert.match(found, /`a:4` \(\[values\.yaml:5\]\(file:\/\/\/c\/values\.yaml#L5\)\)/);
    assert.doesNotMatch(found, /a:5/);
  });
});

describe("the groups of images", () => {
  it("have a name each", () => {
    const names: Readonly<Record<ImageGroup, string>> = {
      failed: "Will fail",
      moved: "Tag moved",
      skipped: "Skipped by Knative",
      unpinned: "Not pinned",
      "never-resolved": "Never resolved by Knative",
      ko: "Built by ko",
      pinned: "Pinned",
      template: "Templated value",
    };
    for (const [group, name] of Object.entries(names)) {
      assert.equal(groupWords(group as ImageGroup), name);
    }
  });
});
