// One decision: for every state the editor offers what the command line does, but for what a policy says.

import assert from "node:assert/strict";
import { editImage, questionOf } from "../../../server/src/cli/commands/imageEdits.ts";
import { pinActions } from "../../../server/src/features/pinActions.ts";
import { decidePin, pinQuestion, type EditVerb } from "../../../server/src/findings/pinDecision.ts";
import type { ClusterImage } from "../../../server/src/cluster/clusterImage.ts";
import { placedStates, type PlacedState } from "../../../server/src/findings/reading.ts";
import type { NotAskedReason, Resolution } from "../../../server/src/resolver/resolution.ts";
import { defaultSettings } from "../../../server/src/settings.ts";
import { failureKinds } from "../../support/failureKinds.ts";
import { digestA, digestB, failed, readText, resolved, service } from "../../support/reading.ts";

const app = "ghcr.io/acme/app";

/** Files with one image each, in every style and condition. */
const texts: readonly (readonly [name: string, text: string, uri?: string])[] = [
  ["a tag", service(`${app}:v1`)],
  ["no tag", service(app)],
  ["a pin with its tag", service(`${app}:v1@${digestA}`)],
  ["a pin that moved", service(`${app}:v1@${digestB}`)],
  ["a pin with a comment", service(`${app}@${digestB} # v1`)],
  ["a pin without a tag", service(`${app}@${digestB}`)],
  ["a side-loaded image", service("dev.local/app:v1")],
  ["a side-loaded pin", service(`dev.local/app:v1@${digestB}`)],
  ["a doomed image", service(`https://${app}:v1`)],
  ["no reference", service("Not/One")],
  ["a template", service("'{{ .Values.image }}'")],
  ["an init container", service(`${app}:v1`).replace("containers:", "initContainers:")],
  ["func's image", `specVersion: 0.36.0\nruntime: go\nimage: ${app}:v1\n`, "file:///w/func.yaml"],
  [
    "a field of Flux",
    `images:\n- name: ${app}\n  newTag: v1 # {"$imagepolicy": "flux-system:app:tag"}\n`,
    "file:///w/kustomization.yaml",
  ],
  [
    "a kustomization's tag",
    `images:\n- name: ${app}\n  newTag: v1\n`,
    "file:///w/kustomization.yaml",
  ],
  [
    "a kustomization's pin",
    `images:\n- name: ${app}\n  newTag: v1\n  digest: ${digestB}\n`,
    "file:///w/kustomization.yaml",
  ],
  [
    "a kustomization's digest in newTag",
    `images:\n- name: ${app}\n  newTag: v1@${digestB}\n`,
    "file:///w/kustomization.yaml",
  ],
];

/** Everything that can be known of a tag. */
function resolutions(): Resolution[] {
  const reasons: readonly NotAskedReason[] = [
    "off",
    "offline",
    "untrusted",
    "on-demand",
    "not-yet",
  ];
  const last = resolved(digestA);
  assert.ok(last.status === "resolved");
  const failures = failureKinds.flatMap((kind) => {
    const failure = failed(kind);
    assert.ok(failure.status === "failed");
    const withDigest = { ...failure, error: { ...failure.error, digest: digestA } };
    return [failure, { ...failure, last }, withDigest, { ...withDigest, last }];
  });
  return [
    resolved(digestA),
    resolved(digestB),
    { status: "pending" },
    ...reasons.map((reason) => ({ status: "not-asked" as const, reason })),
    ...failures,
  ];
}

function placedIn(text: string, uri: string | undefined, resolution: Resolution): PlacedState {
  const known = { [`${app}:v1`]: resolution, [`${app}:latest`]: resolution };
  const [placed] = placedStates(readText(text, uri === undefined ? { known } : { known, uri }));
  return placed ?? assert.fail("no image");
}

/** What the editor does: the changes of its first action of this kind; `ask` if it would look up first. */
function inEditor(placed: PlacedState, verb: EditVerb): unknown {
  const action = pinActions(placed, "tag-and-digest").find((each) => each.verb === verb);
  return action === undefined ? "nothing" : (action.changes ?? "ask");
}

function onCommandLine(placed: PlacedState, verb: EditVerb): unknown {
  const settings = { ...defaultSettings };
  const known = { resolutions: () => ({ status: "pending" as const }), details: () => undefined };
  const clock = {
    now: () => 0,
    monotonic: () => 0,
    schedule: () => () => undefined,
  };
  const edit = editImage(placed, {
    ...{ verb, settings, options: { failOn: "warning" }, known, clock },
    named: true,
  });
  if (edit.kind === "changed") return edit.changes;
  // What is not known yet is looked up by then.
  return questionOf(placed, { verb, settings, named: true }) !== undefined &&
    edit.kind === "left" &&
    edit.code === "not-asked"
    ? "ask"
    : "nothing";
}

describe("editor and command line", () => {
  for (const [name, text, uri] of texts) {
    for (const verb of ["pin", "update", "unpin"] as const) {
      it(`decide alike whether to ${verb} ${name}`, () => {
        for (const resolution of resolutions()) {
          const placed = placedIn(text, uri, resolution);
          const seen = `${name} ${JSON.stringify(resolution)}`;
          const decision = decidePin(placed, verb, {
            takesLastKnown: true,
            heedsComments: true,
            takesUnsure: true,
          });
          const [editor, command] = [inEditor(placed, verb), onCommandLine(placed, verb)];
          if (decision.kind === "write" && !decision.isCurrent) {
            // On purpose: a person sees in the title what would be written, a script does not.
            assert.deepEqual([command, verb], ["nothing", "pin"], seen);
            assert.ok(Array.isArray(editor), seen);
          } else if (decision.kind === "ask" && verb === "update") {
            // On purpose: the editor offers an update where it knows of one.
            assert.equal(editor, "nothing", seen);
          } else if (decision.kind === "impossible" && decision.why.kind === "not-asked") {
            assert.equal(editor, "nothing", seen);
          } else {
            assert.deepEqual(editor, command, seen);
          }
        }
      });
    }
  }
});

describe("the digest to write", () => {
  const decide = (resolution: Resolution, takesLastKnown: boolean) =>
    decidePin(placedIn(service(`${app}:v1`), undefined, resolution), "pin", {
      takesLastKnown,
      heedsComments: true,
      takesUnsure: true,
    });
  const last = resolved(digestB);
  assert.ok(last.status === "resolved");
  const gone = failureKinds.map((kind) => {
    const failure = failed(kind);
    assert.ok(failure.status === "failed");
    return { ...failure, last };
  });

  it("is what was known before, only if the registry says nothing of the image now", () => {
    const usable = gone.filter((failure) => decide(failure, true).kind === "write");
    assert.deepEqual(
      usable.map(({ error }) => error.kind),
      ["certificate-untrusted", "registry-unreachable", "rate-limited"],
    );
    assert.deepEqual(
      gone.filter((failure) => decide(failure, false).kind === "write"),
      [],
    );
  });

  it("is what a GET found, where Knative's HEAD finds none", () => {
    const failure = failed("no-digest-header");
    assert.ok(failure.status === "failed");
    const found = { ...failure, error: { ...failure.error, digest: digestA } };
    const expected = { kind: "write", digest: digestA, isCurrent: true };
    assert.deepEqual(decide(found, false), expected);
    const pin = placedIn(service(`${app}:v1@${digestB}`), undefined, found);
    assert.deepEqual(
      decidePin(pin, "update", { takesLastKnown: true, heedsComments: true, takesUnsure: true }),
      expected,
    );
  });

  it("is never that of an old answer where a pin would move to it", () => {
    for (const failure of gone) {
      const pin = placedIn(service(`${app}:v1@${digestA}`), undefined, failure);
      const decision = decidePin(pin, "update", {
        takesLastKnown: true,
        heedsComments: true,
        takesUnsure: true,
      });
      assert.equal(decision.kind, "impossible");
    }
  });
});

describe("the digest that the cluster runs", () => {
  const present = (image: string, digest: string | undefined): ClusterImage => ({
    ...{ kind: "present", context: "", template: image, change: "same", created: undefined },
    ...{ others: [], unready: undefined, problem: undefined, pullSecret: undefined },
    serving: {
      ...{ revision: "app-1", image, created: 0, percent: undefined, isReady: true },
      runs: digest === undefined ? undefined : { repository: app, digest },
    },
  });
  const v1 = `${app}:v1`;
  const write = { kind: "write", digest: digestA, isCurrent: true };
  const impossible = (why: object) => ({ kind: "impossible", why: { kind: "cluster", why } });
  const rows: readonly (readonly [
    name: string,
    verb: EditVerb,
    written: string,
    cluster: ClusterImage | undefined,
    decision: object,
  ])[] = [
    ["is written behind a tag", "pin", v1, present(v1, digestA), write],
    ["replaces another", "update", `${v1}@${digestB}`, present(v1, digestA), write],
    ["is there already", "update", `${v1}@${digestA}`, present(v1, digestA), { kind: "nothing" }],
    ["is not asked for", "pin", v1, undefined, impossible({ kind: "not-asked" })],
    [
      "is that of nothing",
      "pin",
      v1,
      { kind: "absent", context: "" },
      impossible({ kind: "absent" }),
    ],
    ["is not recorded", "pin", v1, present(v1, undefined), impossible({ kind: "no-digest" })],
    [
      "is another tag's",
      "pin",
      v1,
      present(`${app}:v0`, digestA),
      impossible({ kind: "other-image", image: `${app}:v0` }),
    ],
  ];
  for (const [name, verb, written, image, decision] of rows) {
    it(`${name}: ${verb} ${written.replace(/sha256:(.).*/, "$1")}`, () => {
      const cluster = { config: undefined, image: () => image };
      const [placed] = placedStates(readText(service(written), { cluster }));
      assert.ok(placed);
      const policy = { takesLastKnown: true, heedsComments: true, takesUnsure: true };
      assert.deepEqual(decidePin(placed, verb, { ...policy, fromCluster: true }), decision);
    });
  }
});

describe("what is looked up before a decision", () => {
  const policy = { takesLastKnown: true, heedsComments: true, takesUnsure: true };
  const [tag, pin] = [`${app}:v1`, `${app}:v1@${digestA}`];
  const rows: readonly (readonly [EditVerb, string, boolean, string | undefined])[] = [
    ["pin", tag, false, "v1"],
    ["pin", pin, false, undefined],
    ["update", pin, false, "v1"],
    ["update", tag, false, undefined],
    ["unpin", tag, false, undefined],
    ["unpin", pin, false, undefined],
    // The cluster was asked already.
    ["pin", tag, true, undefined],
    ["update", pin, true, undefined],
  ];
  for (const [verb, written, fromCluster, expected] of rows) {
    it(`is ${expected ?? "nothing"} to ${verb} ${written.slice(0, 24)}, from cluster: ${String(fromCluster)}`, () => {
      const placed = placedIn(service(written), undefined, { status: "pending" });
      const key = pinQuestion(placed, verb, { ...policy, fromCluster });
      assert.equal(key?.reference, expected);
    });
  }
});
