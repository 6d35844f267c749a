// Pinning in every style of writing: a second pin changes nothing, unpinning gives the first bytes back.

import assert from "node:assert/strict";
import fc from "fast-check";
import { applyChanges } from "../../../server/src/edits/change.ts";
import { clearDigest, setDigest } from "../../../server/src/edits/imageEdits.ts";
import { placedStates } from "../../../server/src/findings/reading.ts";
import { spanInFile } from "../../../server/src/document/span.ts";
import { digestA, readText, type World } from "../../support/reading.ts";

/** One style of writing an image: the text, and the world around it. */
interface Style {
  readonly name: string;
  readonly uri: string;
  readonly text: (repository: string, tag: string) => string;
  /** Whether JSON's or another tool's form leaves no room for comments and line ends. */
  readonly isRigid?: boolean;
  /** Other files of the workspace. */
  readonly others?: Readonly<Record<string, string>>;
  /** Whether a pin writes a field that was absent: unpinned it stays, empty, since it cannot be told from one that was. */
  readonly leavesField?: boolean;
}

const service = (image: string, indent = ""): string =>
  [
    "apiVersion: serving.knative.dev/v1",
    "kind: Service",
    "metadata:",
    "  name: web",
    "spec:",
    "  template:",
    "    spec:",
    "      containers:",
    `        - image: ${image}`,
    "",
  ]
    .map((line) => (line === "" ? line : indent + line))
    .join("\n");

const chart = (image: string): Readonly<Record<string, string>> => ({
  "file:///work/c/Chart.yaml": "name: c\nappVersion: v9\n",
  "file:///work/c/templates/service.yaml": service(`"${image}"`),
});
const pair = "{{ .Values.image.repository }}:{{ .Values.image.tag }}";
const withDigest =
  "{{ .Values.image.repository }}{{ with .Values.image.digest }}@{{ . }}{{ else }}:{{ .Values.image.tag }}{{ end }}";

const styles: readonly Style[] = [
  { name: "one scalar", uri: "file:///work/a.yaml", text: (r, t) => service(`${r}:${t} # c`) },
  { name: "a quoted scalar", uri: "file:///work/a.yaml", text: (r, t) => service(`'${r}:${t}'`) },
  {
    name: "a JSON file",
    uri: "file:///work/a.json",
    isRigid: true,
    text: (r, t) =>
      `{"apiVersion":"serving.knative.dev/v1","kind":"Service","spec":{"template":{"spec":{"containers":[{"image":"${r}:${t}"}]}}}}\n`,
  },
  {
    name: "a document in a block scalar",
    uri: "file:///work/a.yaml",
    text: (r, t) =>
      `apiVersion: example.org/v1\nkind: Composition\nspec:\n  manifest: |\n${service(`${r}:${t} # c`, "    ")}  other: 1\n`,
  },
  {
    name: "a nested resource",
    uri: "file:///work/a.yaml",
    text: (r, t) =>
      `apiVersion: example.org/v1\nkind: Template\nobjects:\n  -\n${service(`"${r}:${t}"`, "    ")}`,
  },
  {
    name: "a JSON patch",
    uri: "file:///work/p.yaml",
    text: (r, t) =>
      `- op: replace\n  path: /spec/template/spec/containers/0/image\n  value: "${r}:${t}"\n`,
  },
  {
    name: "a kustomization's entry",
    uri: "file:///work/kustomization.yaml",
    text: (r, t) => `images:\n  - name: web\n    newName: ${r}\n    newTag: "${t}" # c\n`,
  },
  {
    name: "a kustomization's entry in braces",
    uri: "file:///work/kustomization.yaml",
    text: (r, t) => `images: [{name: web, newName: ${r}, newTag: '${t}'}]\n`,
  },
  {
    name: "an entry of Flux",
    uri: "file:///work/a.yaml",
    text: (r, t) =>
      `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  images:\n    - name: web\n      newName: ${r}\n      newTag: "${t}"\n`,
  },
  {
    name: "an argument of Argo CD",
    uri: "file:///work/a.yaml",
    text: (r, t) =>
      `apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    kustomize:\n      images:\n        - web=${r}:${t} # c\n        - "${r}:${t}"\n`,
  },
  {
    name: "values of a chart",
    uri: "file:///work/c/values.yaml",
    others: chart(pair),
    text: (r, t) => `image:\n    repository: ${r}\n    tag: "${t}" # c\nother: 1\n`,
  },
  {
    name: "one value of a chart",
    uri: "file:///work/c/values.yaml",
    others: chart("{{ .Values.image }}"),
    text: (r, t) => `image: &i ${r}:${t}\nother: *i\n`,
  },
  {
    name: "values with an empty digest",
    uri: "file:///work/c/values.yaml",
    others: chart(withDigest),
    text: (r, t) => `image: {repository: ${r}, tag: '${t}', digest: ""}\n`,
  },
  {
    name: "values without a digest",
    uri: "file:///work/c/values.yaml",
    others: chart(withDigest),
    leavesField: true,
    text: (r, t) => `image:\n  repository: ${r}\n  tag: "${t}" # c\nother: 1\n`,
  },
  {
    name: "values in braces without a digest",
    uri: "file:///work/c/values.yaml",
    others: chart(withDigest),
    leavesField: true,
    text: (r, t) => `image: { repository: ${r}, tag: '${t}' }\n`,
  },
  {
    name: "values with the registry apart",
    uri: "file:///work/c/values-prod.yaml",
    others: chart("{{ .Values.image.registry }}/{{ .Values.image.name }}:{{ .Values.image.tag }}"),
    text: (r, t) => {
      const at = r.indexOf("/");
      return `image:\n  registry: ${r.slice(0, at)}\n  name: ${r.slice(at + 1)}\n  tag: "${t}"\n`;
    },
  },
  {
    name: "a JSON patch in a kustomization",
    uri: "file:///work/kustomization.yaml",
    text: (r, t) =>
      `patches:\n  - target: { kind: Service }\n    patch: |-\n      - op: replace\n        path: /spec/template/spec/containers/0/image\n        value: "${r}:${t}" # c\n`,
  },
  {
    name: "a JSON patch in quotes",
    uri: "file:///work/kustomization.yaml",
    text: (r, t) =>
      `patches:\n  - target: { kind: Service }\n    patch: '[{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "${r}:${t}"}]' # c\n`,
  },
  {
    name: "a JSON patch as JSON",
    uri: "file:///work/p.json",
    isRigid: true,
    text: (r, t) =>
      `[{"op": "add", "path": "/spec/template/spec/containers/0", "value": {"name": "a", "image": "${r}:${t}"}}]\n`,
  },
  {
    name: "a merge patch in a kustomization",
    uri: "file:///work/kustomization.yaml",
    text: (r, t) => `patches:\n  - patch: |\n${service(`${r}:${t}`, "      ")}`,
  },
  {
    name: "a document in a block scalar with its indentation told",
    uri: "file:///work/a.yaml",
    text: (r, t) =>
      `apiVersion: example.org/v1\nkind: Composition\nspec:\n  manifest: |2\n${service(`'${r}:${t}'`, "      ")}`,
  },
  {
    name: "a JSON document in a block scalar",
    uri: "file:///work/a.yaml",
    text: (r, t) =>
      `apiVersion: example.org/v1\nkind: Composition\nspec:\n  manifest: |\n    {"apiVersion": "serving.knative.dev/v1", "kind": "Service",\n     "spec": {"template": {"spec": {"containers": [{"image": "${r}:${t}"}]}}}}\n`,
  },
  {
    name: "a manifest of Cloud Run",
    uri: "file:///work/a.yaml",
    text: (r, t) =>
      service(`${r}:${t}`).replace(
        "  name: web\n",
        "  annotations: { run.googleapis.com/ingress: all }\n",
      ),
  },
  {
    name: "images of a HelmRelease",
    uri: "file:///work/a.yaml",
    text: (r, t) =>
      `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  postRenderers:\n    - kustomize:\n        images:\n          - name: web\n            newName: ${r}\n            newTag: "${t}"\n`,
  },
  {
    name: "values of KServe's kind",
    uri: "file:///work/a.yaml",
    text: (r, t) =>
      `apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nspec:\n  predictor:\n    model:\n      image: ${r}:${t}\n`,
  },
];

const repositories = fc.constantFrom("ghcr.io/acme/app", "registry.example.com:5000/team/app");
const tags = fc.constantFrom("v1", "1.25", "1.10", "latest", "2024-01-01", "true", "007");

/** Applies an edit to every image of a text, as it stands in its workspace. */
function edited(text: string, style: Style, verb: "pin" | "unpin"): string {
  const world: World = { uri: style.uri, others: style.others ?? {} };
  const changes = placedStates(readText(text, world)).flatMap((placed) => {
    const { use } = placed.state;
    const image = { image: use, text: placed.text };
    // Pinning is for tags.
    if (verb === "pin" && use.reference.kind !== "tag") return [];
    const own = verb === "pin" ? setDigest(image, digestA, "tag-and-digest") : clearDigest(image);
    return (own ?? []).map((change) => spanInFile(change, placed.start));
  });
  return applyChanges(text, changes);
}

function withoutDigest(text: string): string {
  return text.replaceAll(`@${digestA}`, "").replaceAll(digestA, "");
}

describe("pinning in every style of writing", function () {
  this.timeout(60_000);
  for (const style of styles) {
    it(`${style.name}: pins once, changes nothing else, and gives the first bytes back`, () => {
      fc.assert(
        fc.property(repositories, tags, fc.boolean(), fc.boolean(), (name, tag, crlf, final) => {
          let text = style.text(name, tag);
          if (!final) text = text.replace(/\n$/, "");
          if (crlf && style.isRigid !== true) text = text.replaceAll("\n", "\r\n");
          const pinned = edited(text, style, "pin");
          assert.notEqual(pinned, text);
          assert.ok(pinned.includes(digestA));
          assert.equal(edited(pinned, style, "pin"), pinned);
          const field = /(?:\r?\n +|, )digest: (?:"")?(?=$|[\r\n]| ?\})/g;
          const rest = withoutDigest(pinned);
          assert.ok([rest, rest.replace(field, "")].includes(text), rest);
          const back = edited(pinned, style, "unpin");
          assert.equal(style.leavesField === true ? back.replace(field, "") : back, text);
        }),
        { numRuns: 60 },
      );
    });
  }
});
