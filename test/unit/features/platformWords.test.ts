// What the hover says of images that KServe and Cloud Run run.

import assert from "node:assert/strict";
import { imageHover } from "../../../server/src/features/hover.ts";
import { toPlainText } from "../../../server/src/features/markdown.ts";
import { placedStates } from "../../../server/src/findings/reading.ts";
import { digestA, failed, readText, resolved, type World } from "../../support/reading.ts";

const app = "ghcr.io/acme/app:v1";

function hover(text: string, world?: World): readonly string[] {
  const [placed] = placedStates(readText(text, world));
  assert.ok(placed);
  const { state } = placed;
  const rest = { details: undefined, created: undefined, now: 0, said: [], links: [] };
  return toPlainText(imageHover({ state, knativeVersion: "1.23", ...rest })).split("\n\n");
}

function cloudRun(image: string): string {
  return `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: web
  annotations:
    run.googleapis.com/ingress: all
spec:
  template:
    spec:
      containers:
        - image: ${image}
`;
}

const model = `apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: model
spec:
  predictor:
    containers:
      - image: ${app}
`;

const cloudRunWords =
  "Cloud Run resolves tags when you deploy (gcloud run services replace). It has no skip list.";

describe("the hover on an image of another platform", () => {
  it("says that Knative resolves through KServe", () => {
    assert.deepEqual(hover(model, { known: { [app]: resolved(digestA) } }), [
      "Knative resolves this tag and runs:",
      `ghcr.io/acme/app@${digestA}`,
      "Checked just now from this machine (registry.test)",
      "KServe makes a Knative Service of this resource, so Knative handles its image.",
    ]);
  });

  const rows: readonly (readonly [string, string, World | undefined, readonly string[]])[] = [
    [
      "a tag that was found",
      app,
      { known: { [app]: resolved(digestA) } },
      [
        "Cloud Run resolves this tag when you deploy, and runs:",
        `ghcr.io/acme/app@${digestA}`,
        "Checked just now from this machine (registry.test)",
        cloudRunWords,
      ],
    ],
    [
      "a tag that was not looked up",
      app,
      undefined,
      [
        "Cloud Run resolves this tag when you deploy.",
        "Not looked up in ghcr.io yet.",
        cloudRunWords,
      ],
    ],
    [
      "a pin",
      `ghcr.io/acme/app@${digestA}`,
      undefined,
      [
        "Pinned: Cloud Run runs exactly this digest.",
        "Not looked up in ghcr.io yet.",
        cloudRunWords,
      ],
    ],
    [
      "a tag that is missing, without the words of a Revision",
      app,
      { known: { [app]: failed("tag-not-found", "gone") } },
      [
        "Cloud Run cannot resolve this tag.",
        "Tried just now; next try soon",
        "gone",
        cloudRunWords,
      ],
    ],
  ];
  for (const [name, image, world, lines] of rows) {
    it(`speaks of Cloud Run for ${name}`, () => {
      assert.deepEqual(hover(cloudRun(image), world), lines);
    });
  }

  it("says that Cloud Run refuses what is no image", () => {
    assert.equal(hover(cloudRun("ghcr.io/Acme/App"))[0], "Cloud Run will reject this.");
  });
});
