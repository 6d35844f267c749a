// What is read from manifests: every kind of the family, in every form of YAML, with exact places.

import assert from "node:assert/strict";
import type { DocumentAnalysis, ImageUse } from "../../../server/src/document/analysis.ts";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../../server/src/document/documentAnalysis.ts";
import { analyzeDocument } from "../../../server/src/document/oneDocument.ts";
import { editedPlace, placeOf } from "../../../server/src/document/writtenImage.ts";
import { readMarks } from "../../support/markedText.ts";

interface Options {
  readonly fileName?: string;
  readonly kubernetesWorkloads?: boolean;
}

function analyze(text: string, options: Options = {}): DocumentAnalysis {
  return analyzeDocument(text, { ...defaultAnalysisOptions, ...options });
}

function uses(text: string, options: Options = {}): readonly ImageUse[] {
  return analyze(text, options).images;
}

/** Checks the images and that each stands at its mark. */
function check(marked: string, expected: readonly string[], options: Options = {}): void {
  const { text, ranges } = readMarks(marked);
  const found = uses(text, options);
  assert.deepEqual(
    found.map((use) => use.reference.text),
    expected,
  );
  assert.deepEqual(
    found.map((use) => placeOf(use)),
    ranges,
  );
}

const pod =
  "containers: [{image: c}]\ninitContainers: [{image: i}]\nvolumes: [{image: {reference: v}}]";

/** A resource with a pod at a path. */
function resource(apiVersion: string, kind: string, path: string): string {
  const keys = path.split(".");
  let text = `apiVersion: ${apiVersion}\nkind: ${kind}\n`;
  keys.forEach((key, depth) => (text += `${"  ".repeat(depth)}${key}:\n`));
  const indentation = "  ".repeat(keys.length);
  return text + pod.replace(/^/gm, indentation) + "\n";
}

describe("the kinds", () => {
  const rows: readonly [string, string, string, string][] = [
    [
      "serving.knative.dev/v1",
      "Service",
      "spec.template.spec",
      "container init-container image-volume",
    ],
    [
      "serving.knative.dev/v1",
      "Configuration",
      "spec.template.spec",
      "container init-container image-volume",
    ],
    ["serving.knative.dev/v1", "Revision", "spec", "container init-container image-volume"],
    [
      "sources.knative.dev/v1",
      "ContainerSource",
      "spec.template.spec",
      "container-source container-source container-source",
    ],
    [
      "sources.knative.dev/v1alpha1",
      "IntegrationSource",
      "spec.template.spec",
      "integration-source integration-source",
    ],
    [
      "sinks.knative.dev/v1alpha1",
      "JobSink",
      "spec.job.spec.template.spec",
      "job-sink job-sink job-sink",
    ],
  ];
  for (const [apiVersion, kind, path, roles] of rows) {
    it(`${kind} holds images at ${path}`, () => {
      const found = uses(resource(apiVersion, kind, path));
      assert.equal(found.map((use) => use.role).join(" "), roles);
      assert.equal(found.at(-1)?.path, `${path}.volumes[0].image.reference`);
    });
  }
  const workloads: readonly [string, string, string][] = [
    ["v1", "Pod", "spec"],
    ["apps/v1", "Deployment", "spec.template.spec"],
    ["apps/v1", "StatefulSet", "spec.template.spec"],
    ["apps/v1", "DaemonSet", "spec.template.spec"],
    ["apps/v1", "ReplicaSet", "spec.template.spec"],
    ["batch/v1", "Job", "spec.template.spec"],
    ["batch/v1", "CronJob", "spec.jobTemplate.spec.template.spec"],
    ["v1", "PodTemplate", "template.spec"],
    ["v1", "ReplicationController", "spec.template.spec"],
  ];
  for (const [apiVersion, kind, path] of workloads) {
    it(`${kind} is read only if the setting says so`, () => {
      const text = resource(apiVersion, kind, path);
      assert.equal(uses(text).length, 0);
      const found = uses(text, { kubernetesWorkloads: true });
      assert.deepEqual(
        found.map((use) => use.role),
        ["kubernetes-workload", "kubernetes-workload", "kubernetes-workload"],
      );
    });
  }
  it("of another group are none of ours", () => {
    assert.equal(uses(resource("v1", "Service", "spec.template.spec")).length, 0);
    assert.equal(uses(resource("example.com/v1", "Revision", "spec")).length, 0);
  });
  it("are found inside Lists, with the whole path", () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: serving.knative.dev/v1, kind: Revision, spec: {containers: [{image: a}]}}\n`;
    assert.deepEqual(
      uses(text).map((use) => use.path),
      ["items[0].items[0].spec.containers[0].image"],
    );
  });
  it("are those of a List's own kind where its items do not say theirs", () => {
    const item = "spec: {containers: [{image: a}]}";
    const list = (items: string): string =>
      `apiVersion: serving.knative.dev/v1\nkind: RevisionList\nitems: [${items}]\n`;
    const [use, other] = uses(list(`{${item}}, {apiVersion: v1, kind: Pod, ${item}}`));
    assert.equal(use?.resource.kind, "Revision");
    assert.equal(use.resource.apiVersion, "serving.knative.dev/v1");
    assert.equal(other, undefined);
    assert.deepEqual(uses(`apiVersion: v1\nkind: List\nitems: [{${item}}]\n`), []);
  });
  it("come in the order of the text, init containers among the others", () => {
    const text =
      "apiVersion: serving.knative.dev/v1\nkind: Revision\nspec:\n  initContainers: [{image: a}]\n  containers: [{image: b}]\n";
    assert.deepEqual(
      uses(text).map((use) => use.reference.text),
      ["a", "b"],
    );
  });
  it("name the sidecar's image in config-deployment and in KnativeServing", () => {
    const map =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config-deployment}\ndata: {queue-sidecar-image: q}";
    const serving =
      "apiVersion: operator.knative.dev/v1beta1\nkind: KnativeServing\nspec: {config: {deployment: {queue-sidecar-image: q}}, registry: {default: 'r/${NAME}:1', override: {a/b: x}}}";
    assert.deepEqual(
      [...uses(map), ...uses(serving)].map((use) => use.role),
      ["queue-sidecar", "queue-sidecar", "operator-override", "operator-override"],
    );
  });
  it("are those of func.yaml, whose empty fields are not filled in yet", () => {
    const text =
      "specVersion: 0.36.0\nname: f\nruntime: go\nimage: ''\ndeploy: {image: d}\nbuild: {builderImages: {pack: p}, baseImage: b}\n";
    assert.deepEqual(
      uses(text, { fileName: "func.yaml" }).map((use) => `${use.role} ${use.reference.text}`),
      ["func-image d", "func-builder p", "func-builder b"],
    );
  });
  it("are the images of a kustomization, put together from their parts", () => {
    const text =
      "images:\n- name: app\n  newName: ghcr.io/acme/app\n  newTag: v1\n- name: other\n- name: pinned\n  digest: sha256:x\n";
    assert.deepEqual(
      uses(text, { fileName: "kustomization.yaml" }).map((use) => use.reference.text),
      ["ghcr.io/acme/app:v1", "pinned@sha256:x"],
    );
  });
});

const revision = "apiVersion: serving.knative.dev/v1\nkind: Revision\nspec:\n  containers:\n";

describe("the place of an image", () => {
  it("is the scalar as written, with its quotes", () => {
    check(`${revision}  - image: «nginx»  # c\n  - image: «'a'»\n  - image: «"b"»\n`, [
      "nginx",
      "a",
      "b",
    ]);
  });
  it("is right behind other scripts and after CRLF", () => {
    check(`${revision}  - {name: "日本🚀", image: «nginx:1»}\n`.replaceAll("\n", "\r\n"), [
      "nginx:1",
    ]);
  });
  it("is right after a byte order mark", () => {
    check(`\uFEFF${revision}  - image: «x1»\n`, ["x1"]);
  });
  it("is the alias where it is used, and the anchor where it is written", () => {
    const { text, ranges } = readMarks(`${revision}  - image: &a «nginx»\n  - image: «*a»\n`);
    const [first, second] = uses(text);
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual([placeOf(first), placeOf(second)], ranges);
    assert.equal(editedPlace(second), editedPlace(first));
    assert.equal(second.reference.text, "nginx");
  });
  it("is the anchor's for what a merge key brings in", () => {
    const { text, ranges } = readMarks(
      `${revision}  - &base\n    image: «nginx»\n  - <<: *base\n    name: two\n`,
    );
    assert.deepEqual(
      uses(text).map((use) => [placeOf(use), use.container]),
      [
        [ranges[0], null],
        [ranges[0], "two"],
      ],
    );
  });
  it("is that of a map's own entry where a merge key would bring another", () => {
    check(`${revision}  - {<<: {image: other}, image: «own»}\n`, ["own"]);
  });
});

describe("a container without an image", () => {
  const head = "apiVersion: serving.knative.dev/v1\nkind: Revision\nspec:\n  containers:\n";
  it("is one whose image is missing, at its first key", () => {
    check(`${head}  - «name»: a\n    env: []\n  - {«name»: b}\n  - image: «x/yy»\n`, [
      ...["", "", "x/yy"],
    ]);
    check(`# Secret\n${head}  - «name»: a\n`, [""]);
    const [use] = uses(`${head}  - name: a\n`);
    assert.equal(use?.container, "a");
    assert.equal(use.path, "spec.containers[0].image");
  });
  it("is nothing yet while it is empty", () => {
    check(`${head}  -\n`, []);
    check(`${head}  - {}\n`, []);
  });
  it("may have one from elsewhere", () => {
    check(`${head}  - &a {image: «x/yy»}\n`, ["x/yy"]);
    assert.deepEqual(
      uses(`x: &b {image: c/dd}\n${head}  - name: a\n    <<: *b\n`).map(
        (use) => use.reference.text,
      ),
      ["c/dd"],
    );
    for (const line of ['{{ include "image" . }}', "{% image %}", "<%= image %>", "#@ image()"]) {
      check(`${head}  - name: a\n    ${line}\n`, []);
    }
    check(`${head}  - name: a\n    image: *nowhere\n`, []);
    check(`${head}  - name: a\n    ima\n`, []);
  });
  it("is what Kubernetes and a kustomization have their own words for", () => {
    const pod = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n";
    check(pod, [], { kubernetesWorkloads: true });
  });
});

describe("hostile and broken documents", () => {
  it("keep what can be read", () => {
    const text = `${revision}  - image: nginx\n  - name: [unclosed\n`;
    assert.equal(uses(text)[0]?.reference.text, "nginx");
    assert.ok(analyze(text).syntaxProblems.length > 0);
  });
  it("do not hide the documents next to them", () => {
    const text = `a: [\n---\n${revision}  - image: good\n---\n\tb: "\n`;
    const images = analyzeFile(text, defaultAnalysisOptions).parts.flatMap(
      (part) => part.document.images,
    );
    assert.deepEqual(
      images.map((use) => use.reference.text),
      ["good"],
    );
  });
  it("of Helm keep their images, and the places of these", () => {
    const text = `{{- if .Values.on }}\n${revision}  - image: «nginx:1»\n  {{- with .Values.extra }}\n  - image: «{{ .image }}»\n  {{- end }}\n{{- end }}\n`;
    check(text, ["nginx:1", "{{ .image }}"]);
  });
  it("are those with an alias of nothing", () => {
    const text = "apiVersion: serving.knative.dev/v1\nkind: Revision\nspec:\n  containers:\n";
    const { images, syntaxProblems } = analyze(`${text}  - image: *none\n`);
    assert.deepEqual(images, []);
    assert.deepEqual(syntaxProblems, [
      { message: "Alias of an unknown anchor", span: { start: 81, end: 86 } },
    ]);
    // An anchor of another document is unknown here.
    const { parts } = analyzeFile(
      `x: &none a\n---\n${text}  - image: *none\n`,
      defaultAnalysisOptions,
    );
    assert.deepEqual(parts[1]?.document.images, []);
  });
  it("have the last of equal keys, as in Kubernetes", () => {
    const text = "apiVersion: serving.knative.dev/v1\nkind: Revision\nspec:\n  containers:\n";
    check(`${text}  - image: a/bb\n    image: «c/dd»\n`, ["c/dd"]);
  });
  it("cannot make aliases multiply without end", () => {
    let text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (let level = 1; level < 9; level += 1) {
      const items = new Array(10).fill(`*a${level - 1}`).join(", ");
      text += `a${level}: &a${level} [${items}]\n`;
    }
    // Nine tens of tens: what such a list holds is not looked at, and the container behind it is.
    const { images } = analyze(`${text}${revision}  - *a8\n  - image: good\n`);
    assert.deepEqual(
      images.map((use) => use.reference.text),
      ["good"],
    );
  });
  it("cannot recurse through their own anchors", () => {
    for (const anchored of [
      "&a\n<<: *a\napiVersion: v1\nkind: List\nitems: [*a]\n",
      "a: &x\n  <<: *x\n  b: *x\n",
    ]) {
      assert.deepEqual(analyze(anchored).images, []);
      const { parts } = analyzeFile(
        `${anchored}---\n${revision}  - image: good\n`,
        defaultAnalysisOptions,
      );
      assert.deepEqual(
        parts.flatMap(({ document }) => document.images).map((use) => use.reference.text),
        ["good"],
      );
    }
  });
  for (const text of [
    "",
    "\u0000",
    "---\n---\n",
    "- - -",
    "? ",
    "!!x y",
    "%",
    "*a",
    "{{",
    "a: &a *a",
  ]) {
    it(`${JSON.stringify(text)} hold no image, and hide none of the next document`, () => {
      const { parts } = analyzeFile(
        `${text}\n---\n${revision}  - image: good\n`,
        defaultAnalysisOptions,
      );
      assert.deepEqual(
        parts.flatMap(({ document }) => document.images).map((use) => use.reference.text),
        ["good"],
      );
    });
  }
});

describe("what stands next to images", () => {
  it("is the configuration with its entries, annotation and place", () => {
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\n  annotations: {knative.dev/example-checksum: "1"}\ndata:\n  a: b\n  c: [d]\n`;
    const [config] = analyze(text).configs;
    assert.equal(config?.origin, "config-map");
    assert.equal(config.checksum?.text, "1");
    assert.deepEqual(
      config.entries.map(({ key, value }) => [key.text, value?.text]),
      [
        ["a", "b"],
        ["c", undefined],
      ],
    );
  });
  it("is the operator's full name alone, if both are there", () => {
    const text = `apiVersion: operator.knative.dev/v1beta1\nkind: KnativeServing\nspec:\n  config:\n    deployment: {a: short}\n    config-deployment: {a: full}\n`;
    assert.equal(analyze(text).configs[0]?.entries[0]?.value?.text, "full");
  });
  it("is a pull secret, its stringData before its data", () => {
    const text = `apiVersion: v1\nkind: Secret\ntype: kubernetes.io/dockerconfigjson\ndata: {.dockerconfigjson: e30=}\nstringData: {.dockerconfigjson: "{}"}\n`;
    assert.equal(analyze(text).pullSecrets[0]?.value.text, "{}");
    assert.equal(analyze(text.replace("dockerconfigjson\n", "Opaque\n")).pullSecrets.length, 0);
  });
  it("is the revision's own name", () => {
    const text = `apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  template:\n    metadata: {name: app-v1}\n    spec: {containers: [{image: a1}]}\n`;
    assert.equal(uses(text)[0]?.revisionName?.text, "app-v1");
  });
});
