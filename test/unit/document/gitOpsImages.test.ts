// The images that Argo CD and Flux hand to kustomize, where each of their resources has them.

import assert from "node:assert/strict";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../../server/src/document/documentAnalysis.ts";

/** The images of a text, each with its path and who else writes it. */
function imagesOf(text: string): readonly string[] {
  const { parts } = analyzeFile(text, defaultAnalysisOptions);
  return parts.flatMap(({ document }) =>
    document.images.map(({ reference, path, owner }) =>
      [path, reference.text, ...(owner === undefined ? [] : [owner.tool])].join(" "),
    ),
  );
}

function application(spec: string, more = ""): string {
  return `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: a\n${more}spec:\n${spec}`;
}
const images = (...items: string[]): string =>
  `  source:\n    kustomize:\n      images:\n${items.map((item) => `        - ${item}\n`).join("")}`;
const path = "spec.source.kustomize.images";

describe("the images that are handed to kustomize", () => {
  const rows: readonly [string, string, readonly string[]][] = [
    [
      "an Application's",
      application(images("r.io/app:v1", "app=r.io/app:v2")),
      [`${path}[0] r.io/app:v1`, `${path}[1] r.io/app:v2`],
    ],
    [
      "one's whose entries are none, or name no version",
      application(images("{ a: b }", "r.io/app", "r.io:5000/app", "[x]", "r.io/app:v1")),
      [`${path}[4] r.io/app:v1`],
    ],
    [
      "one's that Image Updater writes",
      application(
        images("r.io/app:v1"),
        "  annotations:\n    argocd-image-updater.argoproj.io/image-list: app\n",
      ),
      [`${path}[0] r.io/app:v1 argocd-image-updater`],
    ],
    [
      "one's with other annotations",
      application(images("r.io/app:v1"), "  annotations:\n    a: b\n"),
      [`${path}[0] r.io/app:v1`],
    ],
    [
      "one's of several sources",
      application("  sources:\n    - kustomize:\n        images: ['r.io/app:v1']\n"),
      ["spec.sources[0].kustomize.images[0] r.io/app:v1"],
    ],
    [
      "those of what a set makes",
      application(
        "  template:\n    spec:\n      source:\n        kustomize: { images: ['r.io/app:v1'] }\n",
      ).replace("Application", "ApplicationSet"),
      ["spec.template.spec.source.kustomize.images[0] r.io/app:v1"],
    ],
    [
      "none of another kind",
      application(images("r.io/app:v1")).replace("Application", "AppProject"),
      [],
    ],
    ["none of another API", application(images("r.io/app:v1")).replace("argoproj.io", "r.io"), []],
  ];
  for (const [name, text, expected] of rows) {
    it(`are ${name}`, () => {
      assert.deepEqual(imagesOf(text), expected);
    });
  }
});
