// File, tag and cluster in the hover and in the quick fixes: in each way in which they agree or differ.

import assert from "node:assert/strict";
import type { ClusterImage, RunningImage } from "../../../server/src/cluster/clusterImage.ts";
import { clusterBlocks, clusterCell } from "../../../server/src/features/clusterWords.ts";
import { toPlainText } from "../../../server/src/features/markdown.ts";
import { pinActions } from "../../../server/src/features/pinActions.ts";
import { applyChanges } from "../../../server/src/edits/change.ts";
import { placedStates, type PlacedState } from "../../../server/src/findings/reading.ts";
import { digestA, digestB, readText, resolved, service } from "../../support/reading.ts";

const hour = 3_600_000;
const repository = "ghcr.io/acme/app";
const v1 = `${repository}:v1`;
type Present = Extract<ClusterImage, { kind: "present" }>;

const running = (image: string, digest: string | undefined, more: Partial<RunningImage> = {}) => ({
  ...{ revision: "app-00001", image, created: 0, percent: undefined, isReady: true },
  runs: digest === undefined ? undefined : { repository, digest },
  ...more,
});

const present = (
  template: string,
  serving: RunningImage | undefined,
  more: Partial<Present> = {},
) =>
  ({
    ...{ kind: "present", context: "", template, serving, created: undefined, others: [] },
    change: "same",
    ...{ unready: undefined, problem: undefined, pullSecret: undefined, ...more },
  }) satisfies Present;

function placed(written: string, image: ClusterImage, tag: string | undefined): PlacedState {
  const known = tag === undefined ? {} : { [v1]: resolved(tag) };
  const cluster = { config: undefined, image: () => image };
  const [first] = placedStates(readText(service(written), { known, cluster }));
  assert.ok(first);
  return first;
}

function hover({ state }: PlacedState): readonly string[] {
  const rest = { details: undefined, created: undefined, knativeVersion: "1.23" };
  const facts = { state, ...rest, now: 2 * hour, said: [], links: [] };
  return toPlainText(clusterBlocks(facts)).split("\n\n");
}

const unknownSecret =
  "Which pull secret Knative signs in with is not known: your account may not read service accounts or Secrets there.";
const [a, b] = ["sha256:aaaaaaaaaaaa…", "sha256:bbbbbbbbbbbb…"];

describe("the cluster in the hover", () => {
  const rows: readonly [string, PlacedState, readonly string[]][] = [
    [
      "all agree",
      placed(v1, present(v1, running(v1, digestA)), digestA),
      [
        `This file: ${v1}`,
        `The tag now: ${a} ✓`,
        `The cluster: ${a} (app-00001, 2 h ago)`,
        "The cluster runs what this file says.",
      ],
    ],
    [
      "the tag moved since",
      placed(v1, present(v1, running(v1, digestB)), digestA),
      [
        `This file: ${v1}`,
        `The tag now: ${a} ≠`,
        `The cluster: ${b} (app-00001, 2 h ago)`,
        "Applying this file changes nothing: the template is the same, and the tag has moved since.",
      ],
    ],
    [
      "the pin runs and its tag moved",
      placed(
        `${v1}@${digestB}`,
        present(`${v1}@${digestB}`, running(`${v1}@${digestB}`, digestB)),
        digestA,
      ),
      [
        `This file: ${b} ✓`,
        `The tag now: ${a} ≠`,
        `The cluster: ${b} (app-00001, 2 h ago)`,
        "The cluster runs an image that this tag no longer names.",
      ],
    ],
    [
      "another image is applied",
      placed(v1, present(`${repository}:v0`, running(`${repository}:v0`, digestB)), digestA),
      [
        `This file: ${v1}`,
        `The tag now: ${a} ≠`,
        `The cluster: ${b} (app-00001, 2 h ago)`,
        `Applying this file rolls out ${a}.`,
      ],
    ],
    [
      "the file pins what runs",
      placed(`${v1}@${digestA}`, present(v1, running(v1, digestA)), undefined),
      [
        `This file: ${a} ✓`,
        "The tag now: not known",
        `The cluster: ${a} (app-00001, 2 h ago)`,
        "Applying this file makes a new Revision that runs the same digest.",
      ],
    ],
    [
      "the new Revision is not ready, and traffic is divided",
      placed(
        v1,
        present(v1, running(`${repository}:v0`, digestB, { percent: 90 }), {
          others: [running(v1, digestA, { revision: "app-00000", percent: 10 })],
          created: running(v1, undefined, { revision: "app-00002", isReady: false }),
          unready: { revision: "app-00002", reason: "ContainerMissing", message: "no", since: 0 },
        }),
        digestA,
      ),
      [
        `This file: ${v1}`,
        `The tag now: ${a} ≠`,
        `The cluster: ${b} (app-00001, 2 h ago, 90 % of the traffic); ${a} (app-00000, 2 h ago, 10 % of the traffic); not known (app-00002, not ready, 2 h ago)`,
        "This file is applied, but its Revision app-00002 is not ready.",
        "Revision app-00002 is not ready in the cluster: ContainerMissing: no",
      ],
    ],
    [
      "nothing is applied",
      placed(v1, { kind: "absent", context: "" }, digestA),
      ["The cluster does not have this container: applying this file creates it."],
    ],
  ];
  for (const [name, subject, expected] of rows) {
    it(`says what follows where ${name}`, () => {
      assert.deepEqual(hover(subject), expected);
    });
  }

  const unready = { revision: "app-00001", reason: "R", message: "m", since: undefined };
  const accountsRefused = { kind: "unknown", failure: "no-permission" } as const;
  const secretRows: readonly [
    choice: NonNullable<Present["pullSecret"]>,
    words: string | undefined,
    whenUnready?: string,
  ][] = [
    [{ kind: "secret", name: "s", account: undefined }, "Knative signs in with Secret s."],
    [
      { kind: "secret", name: "s", account: "bot" },
      "Knative signs in with Secret s of service account bot.",
    ],
    [
      { kind: "no-match", names: ["a", "b", "c"] },
      "Knative signs in with no pull secret: no entry of a, b, c is for this registry.",
    ],
    [
      { kind: "no-match", names: ["a", "b", "c", "d", "e"] },
      "Knative signs in with no pull secret: no entry of a, b, c +2 is for this registry.",
    ],
    [
      { kind: "broken", name: "s" },
      "Knative cannot read Secret s, so every image of this Revision fails.",
    ],
    // A public image needs none.
    [
      { kind: "none-named", account: "default" },
      undefined,
      "Knative signs in with no pull secret: neither this resource nor service account default names one.",
    ],
    [{ ...accountsRefused, names: [] }, undefined, unknownSecret],
    [{ ...accountsRefused, names: ["s"] }, unknownSecret],
    [{ kind: "unknown", names: ["s"], failure: "unreachable" }, undefined],
    [{ kind: "unknown", names: ["s"], failure: undefined }, undefined],
  ];
  for (const [pullSecret, words, whenUnready = words] of secretRows) {
    it(`says which pull secret counts: ${words ?? whenUnready ?? "nothing"}`, () => {
      const said = (more: Partial<Present>): string | undefined =>
        hover(placed(v1, present(v1, running(v1, digestA), { pullSecret, ...more }), digestA)).find(
          (line) => line.includes("signs in") || line.includes("cannot read"),
        );
      assert.equal(said({}), words);
      assert.equal(said({ unready }), whenUnready);
    });
  }
  it("says nothing of pull secrets where Knative looks nothing up", () => {
    const pullSecret = { kind: "broken", name: "s" } as const;
    const local = present("dev.local/app:v1", running("dev.local/app:v1", undefined), {
      pullSecret,
    });
    const lines = hover(placed("dev.local/app:v1", local, undefined));
    assert.ok(!lines.some((line) => line.includes("Secret")), lines.join("; "));
  });

  it("is one cell of a table", () => {
    const { state } = placed(v1, present(v1, running(v1, digestA)), digestA);
    assert.equal(clusterCell(state), `${a} (app-00001)`);
    assert.equal(clusterCell({ ...state, cluster: undefined }), null);
  });
});

describe("pinning to the cluster", () => {
  const titles = (subject: PlacedState): string[] =>
    pinActions(subject, "tag-and-digest").map(({ title }) => title);

  it("is offered next to pinning to the tag, where they differ, and is not the preferred one", () => {
    const subject = placed(v1, present(v1, running(v1, digestB)), digestA);
    assert.deepEqual(titles(subject), [
      `Pin to what the tag points at: ${a}`,
      `Pin to what runs in the cluster: ${b}`,
    ]);
    const [preferred, other] = pinActions(subject, "tag-and-digest");
    assert.deepEqual([preferred?.isPreferred, other?.isPreferred], [true, false]);
    const after = applyChanges(subject.text, other?.changes ?? []);
    assert.equal(after, service(`${v1}@${digestB}`));
  });

  it("is not offered where both are the same, nor for another tag or repository", () => {
    for (const [serving, tag] of [
      [running(v1, digestA), digestA],
      [running(`${repository}:v0`, digestB), digestA],
      [
        running(v1, digestB, { runs: { repository: "ghcr.io/acme/other", digest: digestB } }),
        digestA,
      ],
      [running(v1, undefined), digestA],
    ] as const) {
      assert.deepEqual(titles(placed(v1, present(v1, serving), tag)), [`Pin the image to ${a}`]);
    }
  });

  it("changes a pin to what runs, if that is another digest of the same tag", () => {
    const subject = placed(`${v1}@${digestA}`, present(v1, running(v1, digestB)), digestA);
    const action = pinActions(subject, "tag-and-digest").find(
      ({ verb }) => verb === "pin-to-cluster",
    );
    assert.equal(applyChanges(subject.text, action?.changes ?? []), service(`${v1}@${digestB}`));
  });
});
