// What templates make of values: the image, the fields that say it, and what a pin writes.

import assert from "node:assert/strict";
import { parseYaml } from "../../../server/src/document/yamlDocument.ts";
import { applyChanges } from "../../../server/src/edits/change.ts";
import { clearDigest, setDigest } from "../../../server/src/edits/imageEdits.ts";
import { chartImages, type ChartSource } from "../../../server/src/workspace/chartImages.ts";
import {
  chartFile,
  noChartParts,
  expressionAt,
  readAppVersion,
  readDefines,
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
  switch (file) {
    case "chart":
      return { uri, file, parts: { ...noChartParts, appVersion: root && readAppVersion(root) } };
    case "values":
      return { uri, file, parts: { ...noChartParts, values: root && readValues(root) } };
    case "template":
      return { uri, file, parts: { ...noChartParts, defines: readDefines(text) } };
  }
}

function template(uri: string, text: string): ChartSource {
  const place = { start: 0, end: 0 };
  const use = { role: "container", platform: "knative", resource, container: null } as const;
  return {
    ...{ uri, file: "template" },
    parts: { ...noChartParts, expressions: [{ text, place, ...use }] },
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
  ...[
    ["a function that is not known", "{{ .Values.image | lower }}", "image: a/b:c\n"],
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
  return chartImages(sources, currentGrammar).get("chart/values.yaml") ?? [];
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
      [...chartImages(sources, currentGrammar)].map(([uri, uses]) => [
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
