// What templates make of values: the image, the fields that say it, and what a pin writes.

import assert from "node:assert/strict";
import { fileOffset } from "../../../server/src/document/span.ts";
import { parseYaml } from "../../../server/src/document/yaml/yamlDocument.ts";
import { applyChanges } from "../../../server/src/edits/change.ts";
import { clearDigest, setDigest } from "../../../server/src/edits/imageEdits.ts";
import { joinCharts } from "../../../server/src/workspace/chartImages.ts";
import type { ChartSource } from "../../../server/src/workspace/charts.ts";
import {
  chartFile,
  noChartParts,
  expressionAt,
  readAppVersion,
  readDefines,
  readDependencies,
  readValues,
} from "../../../server/src/document/helm/chartParts.ts";
import { currentGrammar } from "../../../server/src/image/grammarProfile.ts";
import { digestA } from "../../support/reading.ts";

const resource = { apiVersion: null, kind: "Service", name: "web", namespace: null };

/** One file of a chart, read as the product reads it. */
function source(uri: string, text: string): ChartSource {
  const file = chartFile(uri);
  assert.ok(file !== undefined, uri);
  const [root] = parseYaml(file === "template" ? "" : text).roots;
  const at = { uri, file, start: fileOffset(0), text };
  switch (file) {
    case "chart":
      return {
        ...at,
        parts: {
          ...noChartParts,
          appVersion: root && readAppVersion(root),
          dependencies: root === undefined ? [] : readDependencies(root),
        },
      };
    case "values":
      return { ...at, parts: { ...noChartParts, values: root && readValues(root) } };
    case "template":
      return { ...at, parts: { ...noChartParts, defines: readDefines(text) } };
  }
}

function template(uri: string, text: string): ChartSource {
  const place = { start: 0, end: 0 };
  const use = { role: "container", platform: "knative", resource, container: null } as const;
  const rest = { followsKserveDefault: false, steps: [] };
  return {
    ...{ uri, file: "template", start: fileOffset(0), text },
    parts: { ...noChartParts, expressions: [{ text, place, ...use, ...rest }] },
  };
}

interface Row {
  readonly name: string;
  /** What stands behind `image:`, without quotes. */
  readonly template: string;
  readonly values: string;
  readonly image: string | undefined;
  /** The values after a pin; undefined if none can be written. */
  readonly pinned?: string;
  /** The values after unpinning, where that does not give back what was there. */
  readonly unpinned?: string;
  readonly helpers?: string;
}

const starter = `{{- define "web.image" -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository $tag -}}
{{- end -}}
{{- end -}}
`;

const common = `{{- define "common.image" -}}
{{- $registryName := .imageRoot.registry -}}
{{- $repositoryName := .imageRoot.repository -}}
{{- $separator := ":" -}}
{{- $termination := .imageRoot.tag | toString -}}
{{- printf "%s/%s%s%s" $registryName $repositoryName $separator $termination -}}
{{- end -}}
`;

const rows: readonly Row[] = [
  {
    name: "a branch that is not followed",
    template:
      "{{ if .Values.on }}{{ unknown .Values.tag }}{{ else }}ghcr.io/acme/app:{{ .Values.tag }}{{ end }}",
    values: "tag: v1\n",
    image: undefined,
  },
  {
    name: "quotes around text and a value, which are the text's own",
    template: "'ghcr.io/acme/app:{{ .Values.tag }}",
    values: "tag: v1'\n",
    image: "'ghcr.io/acme/app:v1'",
  },
  {
    name: "repository and tag",
    template: "{{ .Values.image.repository }}:{{ .Values.image.tag }}",
    values: "image:\n  repository: ghcr.io/acme/app\n  tag: v1 # ours\n",
    image: "ghcr.io/acme/app:v1",
    pinned: `image:\n  repository: ghcr.io/acme/app\n  tag: v1@${digestA} # ours\n`,
  },
  {
    name: "registry, repository and tag in one flow map",
    template: "{{ .Values.registry }}/{{ .Values.image.name }}:{{ .Values.image.tag }}",
    values: 'registry: ghcr.io\nimage: {name: acme/app, tag: "v1"}\n',
    image: "ghcr.io/acme/app:v1",
    pinned: `registry: ghcr.io\nimage: {name: acme/app, tag: "v1@${digestA}"}\n`,
  },
  {
    name: "one value, quoted",
    template: "{{ .Values.web.image | quote }}",
    values: "web:\n  image: ghcr.io/acme/app:v1\n",
    image: "ghcr.io/acme/app:v1",
    pinned: `web:\n  image: ghcr.io/acme/app:v1@${digestA}\n`,
  },
  {
    name: "a tag that is there, with a default",
    template: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}",
    values: "image:\n  repository: ghcr.io/acme/app\n  tag: v1\n",
    image: "ghcr.io/acme/app:v1",
    pinned: `image:\n  repository: ghcr.io/acme/app\n  tag: v1@${digestA}\n`,
  },
  {
    name: "an empty tag means the app's version, and is written",
    template: "{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}",
    values: 'image:\n  repository: ghcr.io/acme/app\n  tag: ""\n',
    image: "ghcr.io/acme/app:v2",
    pinned: `image:\n  repository: ghcr.io/acme/app\n  tag: "v2@${digestA}"\n`,
    unpinned: 'image:\n  repository: ghcr.io/acme/app\n  tag: "v2"\n',
  },
  {
    name: "a digest's own field, empty",
    template:
      "{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag }}{{ end }}",
    values: 'image:\n  repository: ghcr.io/acme/app\n  tag: v1\n  digest: ""\n',
    image: "ghcr.io/acme/app:v1",
    pinned: `image:\n  repository: ghcr.io/acme/app\n  tag: v1\n  digest: "${digestA}"\n`,
  },
  {
    name: "a digest's own field, absent",
    template:
      "{{ .Values.image.repository }}{{ with .Values.image.digest }}@{{ . }}{{ else }}:{{ .Values.image.tag }}{{ end }}",
    values: "image:\n  repository: ghcr.io/acme/app\n  tag: v1\nother: 1\n",
    image: "ghcr.io/acme/app:v1",
    pinned: `image:\n  repository: ghcr.io/acme/app\n  tag: v1\n  digest: ${digestA}\nother: 1\n`,
    unpinned: `image:\n  repository: ghcr.io/acme/app\n  tag: v1\n  digest: ""\nother: 1\n`,
  },
  {
    name: "a named template of the starter charts",
    template: '{{ include "web.image" . }}',
    helpers: starter,
    values: 'image:\n  repository: ghcr.io/acme/app\n  tag: "1.2"\n  digest:\n',
    image: "ghcr.io/acme/app:1.2",
    pinned: `image:\n  repository: ghcr.io/acme/app\n  tag: "1.2"\n  digest: ${digestA}\n`,
    unpinned: `image:\n  repository: ghcr.io/acme/app\n  tag: "1.2"\n  digest: ""\n`,
  },
  {
    name: "a named template that takes a map of values",
    template:
      '{{ include "common.image" (dict "imageRoot" .Values.web.image "global" .Values.global) }}',
    helpers: common,
    values: "web:\n  image:\n    registry: ghcr.io\n    repository: acme/app\n    tag: v1\n",
    image: "ghcr.io/acme/app:v1",
    pinned: `web:\n  image:\n    registry: ghcr.io\n    repository: acme/app\n    tag: v1@${digestA}\n`,
  },
  {
    name: "a value that is optional in front",
    template:
      "{{ if .Values.registry }}{{ .Values.registry }}/{{ end }}{{ .Values.name }}:{{ .Values.tag }}",
    values: "registry:\nname: acme/app\ntag: v1\n",
    image: "acme/app:v1",
    pinned: `registry:\nname: acme/app\ntag: v1@${digestA}\n`,
  },
  {
    name: "index and printf",
    template: '{{ printf "%s:%s" (index .Values "image" "repository") .Values.image.tag }}',
    values: "image:\n  repository: ghcr.io/acme/app\n  tag: v1\n",
    image: "ghcr.io/acme/app:v1",
    pinned: `image:\n  repository: ghcr.io/acme/app\n  tag: v1@${digestA}\n`,
  },
  {
    name: "a tag that is a number: the value is what is written",
    template: "{{ .Values.repository }}:{{ .Values.tag }}",
    values: 'repository: ghcr.io/acme/app\ntag: "1"\n',
    image: "ghcr.io/acme/app:1",
    pinned: `repository: ghcr.io/acme/app\ntag: "1@${digestA}"\n`,
  },
  {
    name: "an absent tag means the app's version, and is written behind its neighbour",
    template: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}",
    values: "image:\n    repository: ghcr.io/acme/app # ours\n    pullPolicy: Always\nother: 1\n",
    image: "ghcr.io/acme/app:v2",
    pinned: `image:\n    repository: ghcr.io/acme/app # ours\n    tag: v2@${digestA}\n    pullPolicy: Always\nother: 1\n`,
    unpinned:
      "image:\n    repository: ghcr.io/acme/app # ours\n    tag: v2\n    pullPolicy: Always\nother: 1\n",
  },
  {
    name: "an absent tag in braces",
    template: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}",
    values: "image: {repository: ghcr.io/acme/app}\r\n",
    image: "ghcr.io/acme/app:v2",
    pinned: `image: {repository: ghcr.io/acme/app, tag: v2@${digestA}}\r\n`,
    unpinned: "image: {repository: ghcr.io/acme/app, tag: v2}\r\n",
  },
  {
    name: "Bitnami's library, which is not there",
    template:
      '{{ include "common.images.image" (dict "imageRoot" .Values.image "global" .Values.global) }}',
    values:
      'global:\n  imageRegistry: ""\nimage:\n  registry: ghcr.io\n  repository: acme/app\n  tag: v1\n  digest: ""\n',
    image: "ghcr.io/acme/app:v1",
    pinned: `global:\n  imageRegistry: ""\nimage:\n  registry: ghcr.io\n  repository: acme/app\n  tag: v1\n  digest: "${digestA}"\n`,
  },
  {
    name: "Bitnami's library of a release without digests: the tag holds it",
    template:
      '{{ include "common.images.image" (dict "imageRoot" .Values.image "global" .Values.global) }}',
    values: "image:\n  registry: ghcr.io\n  repository: acme/app\n  tag: v1\n",
    image: "ghcr.io/acme/app:v1",
    pinned: `image:\n  registry: ghcr.io\n  repository: acme/app\n  tag: v1@${digestA}\n`,
  },
  {
    name: "a registry for all charts",
    template:
      '{{ include "common.images.image" (dict "imageRoot" .Values.image "global" .Values.global "chart" .Chart) }}',
    values:
      "global:\n  imageRegistry: mirror.example.com\nimage:\n  registry: ghcr.io\n  repository: acme/app\n",
    image: "mirror.example.com/acme/app:v2",
    pinned: `global:\n  imageRegistry: mirror.example.com\nimage:\n  registry: ghcr.io\n  repository: acme/app\n  tag: v2@${digestA}\n`,
    unpinned:
      "global:\n  imageRegistry: mirror.example.com\nimage:\n  registry: ghcr.io\n  repository: acme/app\n  tag: v2\n",
  },
  {
    name: "a variable that a branch sets",
    template: '{{ include "branches" . }}',
    helpers:
      '{{ define "branches" }}{{ $mark := ":" }}{{ $end := .Values.tag | toString }}{{ if .Values.digest }}{{ $mark = "@" }}{{ $end = .Values.digest }}{{ end }}{{ printf "%s%s%s" .Values.name $mark $end }}{{ end }}',
    values: "name: ghcr.io/acme/app\ntag: v1\ndigest:\n",
    image: "ghcr.io/acme/app:v1",
    pinned: `name: ghcr.io/acme/app\ntag: v1\ndigest: ${digestA}\n`,
    unpinned: 'name: ghcr.io/acme/app\ntag: v1\ndigest: ""\n',
  },
  {
    name: "a variable that ends with its branch",
    template:
      '{{ $tag := .Values.tag }}{{ if .Values.debug }}{{ $tag := "debug" }}{{ end }}{{ .Values.name }}:{{ $tag }}',
    values: "name: ghcr.io/acme/app\ntag: v1\ndebug: yes\n",
    image: "ghcr.io/acme/app:v1",
    pinned: `name: ghcr.io/acme/app\ntag: v1@${digestA}\ndebug: yes\n`,
  },
  {
    name: "a tag that may be a digest",
    template:
      '{{ .Values.name }}{{ if hasPrefix "sha256:" .Values.tag }}@{{ else }}:{{ end }}{{ .Values.tag }}',
    values: "name: ghcr.io/acme/app\ntag: v1\n",
    image: "ghcr.io/acme/app:v1",
    pinned: `name: ghcr.io/acme/app\ntag: v1@${digestA}\n`,
  },
  {
    name: "conditions of several values",
    template:
      '{{ if and .Values.registry (not .Values.local) (ne .Values.registry "docker.io") }}{{ .Values.registry }}/{{ end }}{{ ternary "acme/debug" "acme/app" (eq .Values.kind "debug") }}:{{ .Values.tag }}',
    values: "registry: ghcr.io\nlocal: false\nkind: plain\ntag: v1\n",
    image: "ghcr.io/acme/app:v1",
    pinned: `registry: ghcr.io\nlocal: false\nkind: plain\ntag: v1@${digestA}\n`,
  },
  {
    name: "a map that may be missing",
    template: '{{ .Values.name }}:{{ ((.Values.image).tag) | default "v3" }}',
    values: "name: ghcr.io/acme/app\nimage:\n  tag: v1\n",
    image: "ghcr.io/acme/app:v1",
    pinned: `name: ghcr.io/acme/app\nimage:\n  tag: v1@${digestA}\n`,
  },
  {
    name: "a number that stays what it is",
    template: "{{ .Values.name }}:{{ .Values.tag }}",
    values: "name: ghcr.io/acme/app\ntag: 1.25\n",
    image: "ghcr.io/acme/app:1.25",
    pinned: `name: ghcr.io/acme/app\ntag: 1.25@${digestA}\n`,
  },
  {
    name: "a version that would become another number without its digest gets quotes",
    template: '{{ .Values.name }}:{{ .Values.tag | default "1.10" }}',
    values: "name: ghcr.io/acme/app\ntag:\n",
    image: "ghcr.io/acme/app:1.10",
    pinned: `name: ghcr.io/acme/app\ntag: 1.10@${digestA}\n`,
    unpinned: 'name: ghcr.io/acme/app\ntag: "1.10"\n',
  },
  ...[
    [
      "a number that Helm writes as 1.1",
      "{{ .Values.name }}:{{ .Values.tag }}",
      "name: a/b\ntag: 1.10\n",
    ],
    [
      "a number that Helm may write with an exponent",
      "{{ .Values.name }}:{{ .Values.tag }}",
      "name: a/b\ntag: 20231010\n",
    ],
    [
      "a function of JavaScript's objects",
      "{{ constructor .Values.name }}:{{ .Values.tag }}",
      "name: a/b\ntag: v1\n",
    ],
    ["a named template of that name", '{{ include "constructor" . }}', "name: a/b\ntag: v1\n"],
    [
      "a map in place of a text",
      "{{ .Values.name }}:{{ .Values.tag }}",
      "name: a/b\ntag:\n  x: v1\n",
    ],
    ["a function that is not known", "{{ .Values.image | lower }}", "image: a/b:c\n"],
    [
      "a choice of which the side that is not taken is not known",
      "{{ ternary (.Values.on | lower) .Values.image .Values.on }}",
      "image: a/b:c\n",
    ],
    [
      "a choice of which the side that is taken is not known",
      "{{ ternary .Values.image (.Values.on | lower) .Values.on }}",
      "image: a/b:c\n",
    ],
    [
      "a variable that a branch sets to what is not known",
      "{{ $tag := .Values.tag }}{{ if .Values.on }}{{ $tag = .Values.x | lower }}{{ end }}a/b:{{ $tag }}",
      "tag: v1\n",
    ],
    [
      "a condition that is not a value",
      '{{ if eq .Values.a "b" }}{{ .Values.image }}{{ end }}',
      "image: a/b:c\n",
    ],
    ["a value that is missing", "{{ .Values.repository }}:{{ .Values.tag }}", "repository: a/b\n"],
    ["a release's name", "{{ .Release.Name }}:{{ .Values.tag }}", "tag: v1\n"],
    ["a quote that stays open", '{{ .Values.image | default "x }}', "image: a/b:c\n"],
    ["a branch that stays open", "{{ if .Values.a }}{{ .Values.image }}", "image: a/b:c\n"],
  ].map(([name = "", text = "", values = ""]) => ({
    name,
    template: text,
    values,
    image: undefined,
  })),
];

function imagesOf({ template: text, values, helpers = "" }: Row) {
  const sources = [
    source("chart/Chart.yaml", "name: web\nappVersion: v2\n"),
    source("chart/values.yaml", values),
    template("chart/templates/service.yaml", text),
    source("chart/templates/_helpers.tpl", helpers),
  ];
  return joinCharts(sources, currentGrammar).images.get("chart/values.yaml") ?? [];
}

describe("images that templates make of values", () => {
  for (const row of rows) {
    it(row.name, () => {
      const [image, ...others] = imagesOf(row);
      assert.deepEqual(others, []);
      assert.equal(image?.reference.text, row.image);
      if (image === undefined || row.pinned === undefined) return;
      const changes = setDigest({ image, text: row.values }, digestA, "tag-and-digest");
      const pinned = applyChanges(row.values, changes ?? []);
      assert.equal(pinned, row.pinned);
      const [again] = imagesOf({ ...row, values: pinned });
      assert.equal(again?.reference.kind, "digest");
      const cleared = clearDigest({ image: again, text: pinned });
      assert.equal(applyChanges(pinned, cleared ?? []), row.unpinned ?? row.values);
    });
  }
});

describe("the files of a chart", () => {
  const image = "{{ .Values.image.repository }}:{{ .Values.image.tag }}";
  const all = (sources: readonly ChartSource[]): Record<string, readonly string[]> =>
    Object.fromEntries(
      [...joinCharts(sources, currentGrammar).images].map(([uri, uses]) => [
        uri,
        uses.map(
          ({ reference, parts }) => `${reference.text} ${parts.map(({ kind }) => kind).join()}`,
        ),
      ]),
    );
  it("override the defaults, each with the fields it has", () => {
    const found = all([
      source("c/Chart.yaml", "name: c\n"),
      source("c/values.yaml", "image:\n  repository: a/b\n  tag: v1\n"),
      source("c/values-prod.yaml", "image:\n  tag: v2\n"),
      source("c/values/test.yaml", "other: 1\n"),
      template("c/templates/service.yaml", image),
    ]);
    assert.deepEqual(found, {
      "c/values.yaml": ["a/b:v1 repository,tag"],
      "c/values-prod.yaml": ["a/b:v2 tag"],
    });
  });
  it("give values to the charts below them", () => {
    const found = all([
      source("c/Chart.yaml", "name: c\n"),
      source("c/values.yaml", "sub:\n  image:\n    tag: v3\n"),
      source("c/charts/sub/Chart.yaml", "name: sub\n"),
      source("c/charts/sub/values.yaml", "image:\n  repository: a/b\n  tag: v1\n"),
      template("c/charts/sub/templates/service.yaml", image),
    ]);
    assert.deepEqual(found, {
      "c/charts/sub/values.yaml": ["a/b:v1 repository,tag"],
      "c/values.yaml": ["a/b:v3 tag"],
    });
  });
  it("know their parts by an alias, with the values for all", () => {
    const found = all([
      source("c/Chart.yaml", "name: c\ndependencies:\n  - name: sub\n    alias: web\n"),
      source("c/values.yaml", "global:\n  registry: ghcr.io\nweb:\n  tag: v3\nsub:\n  tag: v4\n"),
      source("c/charts/sub/Chart.yaml", "name: sub\n"),
      source("c/charts/sub/values.yaml", "global:\n  registry: r.io\nname: a/b\ntag: v1\n"),
      template(
        "c/charts/sub/templates/service.yaml",
        "{{ .Values.global.registry }}/{{ .Values.name }}:{{ .Values.tag }}",
      ),
    ]);
    assert.deepEqual(found, {
      "c/charts/sub/values.yaml": ["r.io/a/b:v1 registry,repository,tag"],
      "c/values.yaml": ["ghcr.io/a/b:v3 registry,tag"],
    });
  });
  it("use a chart that lies next to them", () => {
    const found = all([
      source(
        "apps/c/Chart.yaml",
        "name: c\ndependencies:\n  - name: web\n    repository: file://../web\n",
      ),
      source("apps/c/values.yaml", "web:\n  tag: v3\n"),
      source("apps/web/Chart.yaml", "name: web\n"),
      source("apps/web/values.yaml", "tag: v1\n"),
      template("apps/web/templates/service.yaml", "a/b:{{ .Values.tag }}"),
    ]);
    assert.deepEqual(found, {
      "apps/web/values.yaml": ["a/b:v1 tag"],
      "apps/c/values.yaml": ["a/b:v3 tag"],
    });
  });
  it("share their named templates with their parts", () => {
    const found = all([
      source("c/Chart.yaml", "name: c\n"),
      source("c/values.yaml", "tag: v1\n"),
      source("c/charts/lib/Chart.yaml", "name: lib\ntype: library\n"),
      source(
        "c/charts/lib/templates/_i.tpl",
        '{{ define "lib.image" }}a/b:{{ .Values.tag }}{{ end }}',
      ),
      template("c/templates/service.yaml", '{{ include "lib.image" . }}'),
    ]);
    assert.deepEqual(found, { "c/values.yaml": ["a/b:v1 tag"] });
  });
  it("end where charts are parts of each other", () => {
    const circle = (name: string, other: string): ChartSource =>
      source(
        `${name}/Chart.yaml`,
        `name: ${name}\ndependencies:\n${`  - name: ${other}\n    repository: file://../${other}\n`.repeat(40)}`,
      );
    const found = all([
      circle("a", "b"),
      circle("b", "a"),
      source("a/values.yaml", "tag: v1\n"),
      source("b/values.yaml", "tag: v1\n"),
      template("a/templates/service.yaml", "a/b:{{ .Values.tag }}"),
    ]);
    assert.deepEqual(found["a/values.yaml"], ["a/b:v1 tag"]);
  });
  it("are noChartParts without a Chart.yaml", () => {
    assert.deepEqual(
      all([
        source("c/values.yaml", "image:\n  repository: a/b\n  tag: v1\n"),
        template("c/templates/service.yaml", image),
      ]),
      {},
    );
  });
  it("end where named templates include each other without an end", () => {
    const twice = '{{ include "a" . }}{{ include "a" . }}';
    const found = all([
      source("c/Chart.yaml", "name: c\n"),
      source("c/values.yaml", "image: a/b\n"),
      source("c/templates/_helpers.tpl", `{{ define "a" }}${twice}{{ end }}`),
      template("c/templates/service.yaml", '{{ include "a" . }}'),
    ]);
    assert.deepEqual(found, {});
  });
});

describe("an image that two lines choose between", () => {
  it("is read with both branches", () => {
    const text =
      '{{- if .Values.image.digest }}\n  - image: "{{ .Values.r }}@{{ .Values.image.digest }}"\n{{- else }}\n  - image: X\n{{- end }}\n';
    assert.equal(
      expressionAt(text, text.indexOf("X"), "X"),
      "{{- if .Values.image.digest }}{{ .Values.r }}@{{ .Values.image.digest }}{{ else }}X{{ end }}",
    );
    assert.equal(expressionAt("a: 1\n- image: X\n", 14, "X"), "X");
  });
});
