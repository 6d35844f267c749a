// Files that make up one thing through the command line: kustomizations over bases, charts with their values and templates.

import assert from "node:assert/strict";
import { runArguments } from "../support/commandLine.ts";
import { digestA, resolved, type KnownAnswers } from "../support/reading.ts";
import { assertOnlyPinned, inTimeAsync } from "./checks.ts";
import { manifestWords } from "./corpus.ts";
import type { Fuzzer } from "./fuzzer.ts";
import { mutated, type Random } from "./random.ts";

type Files = Readonly<Record<string, string>>;

/** Every tag of every registry has this digest. */
const everything: KnownAnswers = new Proxy({}, { get: () => resolved(digestA) });

const service = (image: string): string =>
  `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: user\n          image: ${image}\n`;

const kustomizations: Files = {
  "base/service.yaml": service("nginx:1"),
  "base/kustomization.yaml":
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - service.yaml\nnamePrefix: a-\n",
  "part/kustomization.yaml":
    "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages:\n  - name: nginx\n    newTag: v3\n",
  "top/kustomization.yaml":
    "resources: [../base]\ncomponents: [../part]\nimages:\n  - name: nginx\n    newName: ghcr.io/acme/web\n    newTag: v2\npatches:\n  - path: patch.yaml\n    target: {kind: Service, name: 'a-w.*'}\n  - patch: |-\n      - op: replace\n        path: /spec/template/spec/containers/0/image\n        value: nginx:2\n    target: {kind: Service}\nreplacements:\n  - path: replace.yaml\nconfigMapGenerator:\n  - name: config-deployment\n    literals: [registries-skipping-tag-resolving=dev.local]\n",
  "top/patch.yaml": service("ghcr.io/acme/web:v4"),
  "top/replace.yaml":
    "source: {kind: ConfigMap, name: c, fieldPath: data.image}\ntargets:\n  - select: {kind: Service}\n    fieldPaths: [spec.template.spec.containers.0.image]\n",
};

const chart: Files = {
  "c/Chart.yaml":
    'name: c\nversion: 1.0.0\nappVersion: "1.2"\ndependencies:\n  - name: d\n    repository: file://../d\n    alias: e\n',
  "c/values.yaml":
    'image:\n  repository: ghcr.io/acme/app\n  tag: v1\n  digest: ""\nother: nginx:1\nglobal: {imageRegistry: quay.io}\n',
  "c/values-prod.yaml": "image: {tag: v2}\n",
  "c/templates/service.yaml": service(
    '"{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}"',
  ),
  "c/templates/other.yaml": `{{- $image := include "c.image" . }}\n{{- range .Values.all }}\n---\n{{- end }}\n${service("{{ $image | quote }}")}`,
  "c/templates/_helpers.tpl":
    '{{- define "c.image" -}}\n{{- with .Values.global }}{{ .imageRegistry }}/{{ end }}{{ coalesce .Values.other "a/b:1" }}\n{{- end }}\n',
  "d/Chart.yaml": "name: d\nversion: 1.0.0\n",
  "d/values.yaml": "x: a/b\n",
  "d/templates/s.yaml": service('{{ printf "%s:%s" .Values.x "v1" }}'),
};

const templateWords = [
  ...["{{ include ", '"c.image" . }}', "{{- end }}", "{{ if ", "{{ else }}", "{{ with ", "| quote"],
  ...[
    "{{- define ",
    "$image",
    ":= ",
    ".Values.",
    "{{ range ",
    "default ",
    'printf "%s" ',
    "(dict ",
  ],
  ...[
    "resources:\n  - ../top\n",
    "- ../base\n",
    "components: [../part]\n",
    "newTag: ",
    "file://..",
  ],
];
const words = [...manifestWords, ...templateWords];

export const layersFuzzer: Fuzzer = {
  name: "layers",
  shortRun: 200,
  async tryOne(random, note) {
    const files = changed(random.pick([kustomizations, chart]), random);
    note(JSON.stringify(files));
    const output = random.pick(["text", "json", "sarif", "github"]);
    await run(["check", "--output", output, "."], files);
    const pinned = await run(["pin", "."], files);
    for (const [name, text] of Object.entries(files)) {
      const after = pinned[name] ?? assert.fail(`${name} is gone`);
      if (after !== text && !text.includes(digestA)) assertOnlyPinned(text, after, digestA);
    }
    assert.deepEqual(await run(["pin", "."], pinned), pinned, "a second pin changes the first");
  },
};

/** The files, one or two of them changed. */
function changed(files: Files, random: Random): Files {
  const result = { ...files };
  for (let left = 1 + random.below(2); left > 0; left -= 1) {
    const name = random.pick(Object.keys(files));
    result[name] = mutated([files[name] ?? ""], words, random);
  }
  return result;
}

async function run(args: readonly string[], files: Files): Promise<Files> {
  const result = await inTimeAsync(() => runArguments(args, { files, known: everything }));
  assert.ok([0, 1, 2, 3].includes(result.code), `exit code ${result.code}`);
  assert.ok(!/internal error/i.test(result.stderr), result.stderr);
  return result.files;
}
