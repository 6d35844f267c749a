// What stands in front of an image in a template decides what its expression means.

import assert from "node:assert/strict";
import { currentGrammar } from "../../../server/src/image/grammarProfile.ts";
import { joinCharts } from "../../../server/src/workspace/chartImages.ts";
import { chartSourcesOf } from "../../support/workspaceFiles.ts";

describe("what stands in front of a template's image", () => {
  const rows: readonly (readonly [
    name: string,
    before: string,
    image: string,
    made: string | undefined,
  ])[] = [
    ["a variable", "{{- $tag := .Values.tag -}}\n", "a/b:{{ $tag }}", "a/b:v1"],
    ["a variable behind ---", "{{- $tag := .Values.tag -}}\n---\n", "a/b:{{ $tag }}", "a/b:v1"],
    [
      "a with that another document closes",
      "a: {{ with .Values.image }}\n---\nb: {{ end }}\n---\n",
      "a/b:{{ .Values.tag }}",
      "a/b:v1",
    ],
    ["an open with", "{{- with .Values.image }}\n", "{{ .repository }}:{{ .tag }}", "c/d:v2"],
    ["a closed with", "{{- with .Values.image }}\n{{- end }}\n", "a/b:{{ .Values.tag }}", "a/b:v1"],
    [
      "an open range, and the root",
      "{{- range .Values.all }}\n",
      "a/b:{{ $.Values.tag }}",
      "a/b:v1",
    ],
    ["an open range", "{{- range .Values.all }}\n", "a/b:{{ .tag }}", undefined],
    ["an open if", "{{- if .Values.on }}\n", "a/b:{{ .Values.tag }}", "a/b:v1"],
    [
      "the second branch of a with",
      "{{- with .Values.none }}\n{{- else }}\n",
      "a/b:{{ .Values.tag }}",
      "a/b:v1",
    ],
    [
      "a variable that a closed branch sets",
      '{{ $tag := .Values.tag }}{{ if .Values.on }}{{ $tag = "x" }}{{ end }}\n',
      "a/b:{{ $tag }}",
      undefined,
    ],
    [
      "a variable of a closed branch",
      '{{ $tag := .Values.tag }}{{ if .Values.on }}{{ $tag := "x" }}{{ end }}\n',
      "a/b:{{ $tag }}",
      "a/b:v1",
    ],
    [
      "a map that may be missing",
      "{{- $image := .Values.image | default dict -}}\n",
      "a/b:{{ default .Values.tag $image.tag }}",
      "a/b:v2",
    ],
  ];
  for (const [name, before, image, made] of rows) {
    it(name, () => {
      const text = `${before}apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  template:\n    spec:\n      containers:\n        - image: "${image}"\n`;
      const sources = chartSourcesOf({
        "c/Chart.yaml": "name: c\n",
        "c/values.yaml": "tag: v1\nimage:\n  repository: c/d\n  tag: v2\non: true\n",
        "c/templates/service.yaml": text,
      });
      const uses = joinCharts(sources, currentGrammar).images.get("c/values.yaml") ?? [];
      assert.deepEqual(
        uses.map(({ reference }) => reference.text),
        made === undefined ? [] : [made],
      );
      const line = text.split("\n").findIndex((one) => one.includes("image:")) + 1;
      assert.equal(uses[0]?.madeBy?.[0]?.line, made === undefined ? undefined : line);
    });
  }
});

describe("an image on two lines that a condition chooses between", () => {
  it("is one, whatever blank lines stand between", () => {
    const head =
      "apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n";
    const lines = [
      "{{- if .Values.digest }}",
      'image: "a/b@{{ .Values.digest }}"',
      "{{- else }}",
      'image: "a/b:{{ .Values.tag }}"',
      "{{- end }}",
    ];
    for (const between of ["\n", "\n\n", "\n\n  \n\n"]) {
      const body = lines.map((line) => `          ${line}`).join(between);
      const sources = chartSourcesOf({
        "c/Chart.yaml": "name: c\n",
        "c/values.yaml": 'tag: v1\ndigest: ""\n',
        "c/templates/service.yaml": `${head}${body}\n`,
      });
      const uses = joinCharts(sources, currentGrammar).images.get("c/values.yaml") ?? [];
      assert.deepEqual(
        uses.map(({ reference, parts }) => [reference.text, ...parts.map(({ kind }) => kind)]),
        [["a/b:v1", "tag", "digest"]],
        JSON.stringify(between),
      );
    }
  });
});

describe("a whole resource in a named template", () => {
  const body = (image: string): string =>
    `apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  template:\n    spec:\n      containers:\n        - image: "${image}"\n`;
  const made = (text: string): readonly string[] => {
    const sources = chartSourcesOf({
      "c/Chart.yaml": "name: c\n",
      "c/values.yaml": "tag: v1\n",
      "c/templates/_service.tpl": text,
    });
    const uses = joinCharts(sources, currentGrammar).images.get("c/values.yaml") ?? [];
    return uses.map(({ reference, madeBy }) => `${reference.text} ${madeBy?.[0]?.line ?? ""}`);
  };
  it("is read, each with its own", () => {
    const image = (name: string): string => body(`a/${name}:{{ .Values.tag }}`);
    const one = `{{/* 服务 */}}\n{{- define "one" }}\n${image("b")}{{- end }}\n`;
    const other = `{{- define "two" -}}\n${image("c")}{{- end -}}\n`;
    assert.deepEqual(made(one + other), ["a/b:v1 9", "a/c:v1 18"]);
  });
  it("is a template where the values are not the root's", () => {
    assert.deepEqual(made(`{{- define "one" }}\n${body("a/b:{{ .root.tag }}")}{{- end }}\n`), []);
  });
});

describe("what a template's expression is shown with", () => {
  const shown = (values: string, image: string) => {
    const body = `apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  template:\n    spec:\n      containers:\n        - image: "${image}"\n`;
    const files = {
      "c/Chart.yaml": "name: c\n",
      "c/values.yaml": values,
      "c/values-prod.yaml": "tag: v2\n",
      "c/templates/service.yaml": body,
    };
    const [template] =
      joinCharts(chartSourcesOf(files), currentGrammar).templates.get("c/templates/service.yaml") ??
      [];
    assert.ok(template);
    assert.equal(body.slice(template.span.start, template.span.end), `"${image}"`);
    const textOf = (uri: keyof typeof files, { start, end }: { start: number; end: number }) =>
      files[uri].slice(start, end);
    return {
      isRead: template.isRead,
      images: template.images.map(({ image: made, uri, line }) => `${uri}:${line} ${made}`),
      values: template.values.map(
        ({ path, uri, span }) => `${uri} ${path}=${textOf(uri as keyof typeof files, span)}`,
      ),
    };
  };
  it("are its images and values, file by file", () => {
    assert.deepEqual(
      shown("image:\n  name: a/b\ntag: v1\n", "{{ .Values.image.name }}:{{ .Values.tag }}"),
      {
        isRead: true,
        images: ["c/values.yaml:3 a/b:v1", "c/values-prod.yaml:1 a/b:v2"],
        values: [
          "c/values.yaml image.name=a/b",
          "c/values.yaml tag=v1",
          "c/values-prod.yaml tag=v2",
        ],
      },
    );
  });
  it("is nothing where it is not understood", () => {
    const nothing = { isRead: false, images: [], values: [] };
    assert.deepEqual(shown("tag: v1\n", "a/b:{{ .Values.tag | lower }}"), nothing);
  });
});
