// The texts that fuzzers begin with: manifests of every form, and the words that matter in them.

import { readdirSync, readFileSync } from "node:fs";
import { projectPath } from "../support/projectRoot.ts";

/** What stands for a digest that was there before. */
const oldDigest = `sha256:${"1".repeat(64)}`;

const containers = (image: string): string => `      containers:\n        - image: ${image}\n`;

const service = (image: string, metadata = ""): string =>
  `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  template:\n${metadata}    spec:\n${containers(image)}`;

/** YAML as people write it: plain, templates, kustomize, Helm, Lists, configurations, Secrets. */
export const manifests: readonly string[] = [
  service("ghcr.io/acme/app:v1"),
  service('"nginx:1.25" # web', "    metadata: { name: web-v1 }\n"),
  service(`'nginx:1.25@${oldDigest}'`),
  service(`ghcr.io/acme/app@${oldDigest} # v1`),
  service("{{ .Values.image.repository }}:{{ .Values.image.tag }}"),
  service("${REGISTRY}/app:$(TAG)"),
  service("|-\n            nginx:1"),
  service(">-\n            ghcr.io/acme/\\\n            app:1"),
  service("&image nginx:1\n        - image: *image"),
  service("nginx:1\n          <<: *base\n        - {name: c, 'image': \"b:1\", env: []}"),
  service("nginx:1").replaceAll("\n", "\r\n"),
  `\ufeff${service("nginx:1")}`,
  `# a comment\n%YAML 1.2\n---\n${service("a/b:1")}...\n---\n${service("dev.local/c:2")}`,
  `apiVersion: v1\nkind: List\nitems:\n- ${service("nginx:1").trimEnd().replaceAll("\n", "\n  ")}\n`,
  `{"apiVersion":"serving.knative.dev/v1","kind":"Service","spec":{"template":{"spec":{"containers":[{"image":"nginx:1"}]}}}}\n`,
  `apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      initContainers:\n        - image: busybox\n${containers("nginx:1")}`,
  `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [service.yaml]\nimages:\n  - name: nginx\n    newName: ghcr.io/acme/app\n    newTag: "1.0"\n  - name: b\n    digest: ${oldDigest}\npatches:\n  - patch: |-\n      - op: replace\n        path: /spec/template/spec/containers/0/image\n        value: nginx:2\n`,
  `image:\n  repository: ghcr.io/acme/app\n  tag: "1.2"\n  digest: ""\n`,
  `specVersion: 0.36.0\nname: fn\nruntime: node\nimage: ghcr.io/acme/fn:latest\nbuild:\n  builderImages: {pack: "a/b:1"}\ndeploy:\n  image: ghcr.io/acme/fn@${oldDigest}\n`,
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\n  namespace: knative-serving\n  annotations: {knative.dev/example-checksum: "1"}\ndata:\n  _example: |\n    # comment\n    registries-skipping-tag-resolving: "a"\n  queue-sidecar-image: gcr.io/q@${oldDigest}\n  registries-skipping-tag-resolving: "kind.local,dev.local,docker.io, *.x"\n  progress-deadline: 10m\n  queue-sidecar-cpu-request: 25m\n`,
  `apiVersion: operator.knative.dev/v1beta1\nkind: KnativeServing\nmetadata: {name: k}\nspec:\n  config:\n    deployment:\n      registriesSkippingTagResolving: a.b\n`,
  `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: ${Buffer.from('{"auths":{"docker.io":{"auth":"dTpw"}}}').toString("base64")}\n---\napiVersion: v1\nkind: Secret\ntype: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: |\n    {"auths": {"https://index.docker.io/v1/": {"username": "u", "password": "p"}}}\n`,
  `apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nspec:\n  predictor:\n    containers:\n      - image: a/b:1\n`,
  `# knative-digest: ignore-file\n# knative-digest: ignore registry-skipped\n${service("dev.local/a")}`,
];

export const manifestWords: readonly string[] = [
  ...[
    "image:",
    "- image: ",
    "apiVersion: ",
    "kind: Service",
    "---\n",
    "...\n",
    "<<: *base",
    "&base ",
  ],
  ...[
    "*base",
    "!!str ",
    "!!binary ",
    "|-\n",
    ">+\n",
    '"',
    "'",
    ": ",
    "? ",
    "- ",
    "{",
    "}",
    "[",
    "]",
  ],
  ...[
    "{{ .Values.x }}",
    "{{- if .a }}",
    "${X}",
    "$(X)",
    "<image>",
    "{name}",
    "%NAME%",
    "PROJECT_ID",
  ],
  ...[
    "nginx",
    "nginx:1",
    ":latest",
    `@${oldDigest}`,
    "ko://",
    "https://",
    "localhost:5000/",
    "\r\n",
  ],
  ...["# knative-digest: ignore", "# v1.2", "# tag=v1", "serving.knative.dev/v1", "spec:\n", "\t"],
  ...[
    "containers:\n",
    "newTag: ",
    "digest: ",
    "patch: |-\n",
    "items:\n",
    "data:\n",
    "null",
    "\u0000",
  ],
];

/** Image references, from the rows that hold Knative's own answers. */
export function references(): readonly string[] {
  const file = projectPath("test/conformance/image-references.jsonl");
  const rows = readFileSync(file, "utf8").split("\n");
  return rows
    .filter((row) => row.trim() !== "")
    .map((row) => (JSON.parse(row) as { readonly image: string }).image);
}

/** Secrets and configurations from the rows that hold Knative's own answers: all texts of more than one word. */
export function conformanceTexts(name: string): readonly string[] {
  const folder = projectPath("test/conformance");
  const file = readdirSync(folder).find((each) => each === `${name}.jsonl`);
  const rows = file === undefined ? [] : readFileSync(`${folder}/${file}`, "utf8").split("\n");
  const texts = rows.filter((row) => row.trim() !== "").flatMap((row) => textsIn(JSON.parse(row)));
  return [...new Set(texts)];
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return /[\s{=:]/.test(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
