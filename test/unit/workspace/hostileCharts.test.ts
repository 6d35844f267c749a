// Charts made to multiply: small files, of which no more is followed than one budget allows.

import assert from "node:assert/strict";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeDocument } from "../../../server/src/document/oneDocument.ts";
import { currentGrammar } from "../../../server/src/image/grammarProfile.ts";
import { joinCharts, type ChartJoin } from "../../../server/src/workspace/chartImages.ts";
import { cpuTimed } from "../../support/cpuTime.ts";
import { growthOf, maxRatio } from "../../support/growth.ts";
import { chartSourcesOf, type Files } from "../../support/workspaceFiles.ts";

const many = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join("");
const service = (images: string): string =>
  `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers:\n${images}`;
const container = (image: string): string => `        - image: ${image}\n`;
const chart: Files = {
  "c/Chart.yaml": "name: c\nversion: 1.0.0\n",
  "c/values.yaml": "a: x/y\ntag: v1\n",
};

/** Far more than any of them needs, and far less than the minutes or the crash that each was. */
const patienceMs = 8000;

function join(files: Files): ChartJoin {
  const sources = chartSourcesOf({ ...chart, ...files });
  const { value, milliseconds } = cpuTimed(() => joinCharts(sources, currentGrammar));
  assert.ok(milliseconds < patienceMs, `took ${Math.round(milliseconds)} ms`);
  return value;
}

/** Whether the first image of the template was read. */
function isRead(files: Files): boolean | undefined {
  return join(files).templates.get("c/templates/s.yaml")?.[0]?.isRead;
}

describe("hostile charts", function () {
  this.timeout(60_000);

  const doublings: Readonly<Record<string, (variable: string) => string>> = {
    printf: (variable) => `printf "%s%s" ${variable} ${variable}`,
    default: (variable) => `default ${variable} ${variable}`,
    or: (variable) => `or ${variable} ${variable}`,
    and: (variable) => `and ${variable} ${variable}`,
    coalesce: (variable) => `coalesce ${variable} ${variable}`,
    ternary: (variable) => `ternary ${variable} ${variable} (eq ${variable} ${variable})`,
  };
  for (const [name, doubled] of Object.entries(doublings)) {
    const text = (levels: number): Files => ({
      "c/templates/s.yaml": `{{ $v0 := .Values.a }}\n${many(levels, (at) => `{{ $v${at + 1} := ${doubled(`$v${at}`)} }}\n`)}${service(container(`"{{ $v${levels} }}"`))}`,
    });
    it(`that double a variable by ${name} are not followed, and not read`, () => {
      assert.equal(isRead(text(60)), false);
    });
  }
  it("that double a text by branches are not followed, and not read", () => {
    const branches = many(
      40,
      () =>
        '{{ if .Values.a }}{{ $v = printf "%s%s" $v $v }}{{ else }}{{ $v = default $v $v }}{{ end }}\n',
    );
    const define = `{{ define "i" }}{{ $v := .Values.a }}\n${branches}{{ $v }}{{ end }}\n`;
    const files = {
      "c/templates/_i.tpl": define,
      "c/templates/s.yaml": service(container('"{{ include "i" . }}"')),
    };
    assert.equal(isRead(files), false);
  });
  it("that include a long template for thousands of images end, and the rest is not read", () => {
    const images = many(2000, () => container('"{{ include "i" . }}"'));
    const files = {
      "c/templates/_i.tpl": `{{ define "i" }}${"x".repeat(15_000)}{{ .Values.a }}{{ end }}\n`,
      "c/templates/s.yaml": service(images),
    };
    const read = join(files).templates.get("c/templates/s.yaml") ?? [];
    assert.equal(read.length, 2000);
    assert.equal(read.at(-1)?.isRead, false);
  });
  it("whose one image reads more text than others together are not followed, and not read", () => {
    // A comment makes nothing: what counts is that it is read each time.
    const define = `{{ define "i" }}{{/* ${"x".repeat(15_000)} */}}{{ .Values.a }}{{ end }}\n`;
    const files = (times: number): Files => ({
      "c/templates/_i.tpl": define,
      "c/templates/s.yaml": service(container(`"${'{{ include "i" . }}'.repeat(times)}"`)),
    });
    assert.equal(isRead(files(3)), true);
    assert.equal(isRead(files(8)), false);
  });
  it("whose branches hold much, each for itself little, are not followed, and not read", () => {
    const branch = `{{ if .Values.a }}${"{{ .Values.a }}".repeat(40)}{{ end }}`;
    const files = (times: number): Files => ({
      "c/templates/s.yaml": service(container(`"${branch.repeat(times)}"`)),
    });
    assert.equal(isRead(files(5)), true);
    assert.equal(isRead(files(25)), false);
  });
  it("that name each other as parts, all of them, end", () => {
    const names = Array.from({ length: 60 }, (_, at) => `d${at}`);
    const dependencies = names
      .map((name) => `  - name: ${name}\n    repository: file://../${name}\n`)
      .join("");
    const files = Object.fromEntries(
      names.flatMap((name) => [
        [`${name}/Chart.yaml`, `name: ${name}\ndependencies:\n${dependencies}`],
        [`${name}/values.yaml`, many(50, (at) => `k${at}: v\n`)],
        [`${name}/templates/s.yaml`, service(container('"a/b:{{ .Values.k1 }}"'))],
      ]),
    );
    join(files);
  });
  it("that include themselves end, and are not read", () => {
    const files = {
      "c/templates/_i.tpl": `{{ define "i" }}{{ include "i" . }}{{ end }}\n`,
      "c/templates/s.yaml": service(container(`"{{ include "i" . }}"`)),
    };
    assert.equal(isRead(files), false);
  });
  it("of which much could be shown show the first twenty", () => {
    const values = Array.from({ length: 30 }, (_, at) => [`c/values-${at}.yaml`, `a: x/y:${at}\n`]);
    const files = {
      ...Object.fromEntries(values),
      "c/templates/s.yaml": service(many(30, () => container('"{{ .Values.a }}"'))),
    } as Files;
    const { templates, images } = join(files);
    const [first] = templates.get("c/templates/s.yaml") ?? [];
    assert.deepEqual([first?.images.length, first?.values.length], [20, 20]);
    assert.deepEqual(
      images.get("c/values-1.yaml")?.map(({ madeBy }) => madeBy?.length),
      [20],
    );
  });

  it("of which one file has many values show the first twenty", () => {
    const names = Array.from({ length: 30 }, (_, at) => `k${at}`);
    const files = {
      "c/values-more.yaml": names.map((name) => `${name}: v\n`).join(""),
      "c/templates/s.yaml": service(
        container(`"a/b:${names.map((name) => `{{ .Values.${name} }}`).join("")}"`),
      ),
    };
    const [first] = join(files).templates.get("c/templates/s.yaml") ?? [];
    assert.equal(first?.values.length, 20);
  });

  const image = { "c/templates/s.yaml": service(container('"{{ .Values.a }}"')) };
  const valuesFiles = (count: number): Files =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`c/values-${at}.yaml`, `a: x/y:${at}\n`]),
    );
  it("of hundreds of values files are not read", () => {
    assert.equal(join({ ...valuesFiles(200), ...image }).images.size, 201);
    assert.equal(join({ ...valuesFiles(400), ...image }).images.size, 0);
  });
  it("of thousands of values are read up to a number of them", () => {
    const values = many(6000, (at) => `k${at}: x/y:v${at}\n`);
    const read = (key: string): boolean =>
      join({
        "c/values-more.yaml": values,
        "c/templates/s.yaml": service(container(`"{{ .Values.${key} }}"`)),
      }).images.has("c/values-more.yaml");
    assert.deepEqual([read("k4000"), read("k5500")], [true, false]);
  });
  it("whose values are maps in maps are read so deep", () => {
    const path = (depth: number): string => Array<string>(depth).fill("m").join(".");
    const values = (depth: number): string =>
      `${"m: {".repeat(depth)}a: x/y:1${"}".repeat(depth)}\n`;
    const read = (depth: number): boolean =>
      join({
        "c/values-more.yaml": values(depth),
        "c/templates/s.yaml": service(container(`"{{ .Values.${path(depth)}.a }}"`)),
      }).images.has("c/values-more.yaml");
    assert.deepEqual([read(10), read(16)], [true, false]);
  });
  it("in charts in charts are joined so deep", () => {
    const inner = (depth: number): string =>
      `c${Array.from({ length: depth }, (_, at) => `/charts/p${at}`).join("")}`;
    const keys = (depth: number): string =>
      `${Array.from({ length: depth }, (_, at) => `p${at}: {`).join("")}a: x/y:1${"}".repeat(depth)}\n`;
    const read = (depth: number): boolean => {
      const charts = Array.from({ length: depth + 1 }, (_, at) => [
        `${inner(at)}/Chart.yaml`,
        `name: p${at}\n`,
      ]);
      return join({
        ...(Object.fromEntries(charts) as Files),
        "c/values-more.yaml": keys(depth),
        [`${inner(depth)}/templates/s.yaml`]: service(container('"{{ .Values.a }}"')),
      }).images.has("c/values-more.yaml");
    };
    assert.deepEqual([read(4), read(7)], [true, false]);
  });
  it("whose values are looked through for each of a thousand images end, and the rest is not read", () => {
    const read =
      join({
        "c/values.yaml": `a: x/y\n${many(4900, (at) => `k${at}: v\n`)}`,
        "c/templates/s.yaml": service(many(1200, () => container('"{{ .Values.a }}"'))),
      }).templates.get("c/templates/s.yaml") ?? [];
    assert.deepEqual([read[0]?.isRead, read.at(-1)?.isRead], [true, false]);
  });
  it("with long variables in front of each image end, and the rest is not read", () => {
    const variables = many(50, (at) => `{{ $v${at} := "${"x".repeat(1900)}" }}\n`);
    const images = many(230, () => container('"{{ .Values.a }}"'));
    const files = { "c/templates/s.yaml": variables + service(images) };
    const read = join(files).templates.get("c/templates/s.yaml") ?? [];
    assert.deepEqual([read[0]?.isRead, read.at(-1)?.isRead], [true, false]);
  });
  const doubledTimes = (first: string, times: number): string =>
    `{{ $v0 := ${first} }}\n${many(times, (at) => `{{ $v${at + 1} := printf "%s%s" $v${at} $v${at} }}\n`)}`;
  it("that make a long text of a short one are not followed, and not read", () => {
    const read = (times: number): boolean | undefined =>
      isRead({
        "c/templates/s.yaml": `${doubledTimes(`"${"x".repeat(1900)}"`, times)}${service(container(`"{{ $v${times} }}"`))}`,
      });
    assert.deepEqual([read(3), read(6)], [true, false]);
  });
  it("that compare with many long texts are not followed, and not read", () => {
    const read = (others: number): boolean | undefined => {
      const test = `eq .Values.a${" $v8".repeat(others)}`;
      const image = `{{ if ${test} }}a/b{{ else }}{{ .Values.a }}{{ end }}`;
      return isRead({
        "c/templates/s.yaml": `${doubledTimes(".Values.a", 8)}${service(container(`"${image}"`))}`,
      });
    };
    assert.deepEqual([read(1), read(3)], [true, false]);
  });
  it("with hundreds of parts are joined with the first of them", () => {
    const parts = ["d10", "d240"];
    const { images } = join({
      "c/Chart.yaml": `name: c\ndependencies:\n${many(250, (at) => `  - {name: d${at}, repository: "file://../d${at}"}\n`)}`,
      "c/values.yaml": parts.map((name) => `${name}: {a: x/${name}:1}\n`).join(""),
      ...(Object.fromEntries(
        parts.flatMap((name) => [
          [`${name}/Chart.yaml`, `name: ${name}\n`],
          [`${name}/templates/s.yaml`, service(container('"{{ .Values.a }}"'))],
        ]),
      ) as Files),
    });
    assert.deepEqual(
      images.get("c/values.yaml")?.map(({ reference }) => reference.text),
      ["x/d10:1"],
    );
  });
  type Shape = (size: number) => string;
  const inImage = (text: string): string => service(container(`"${text}"`));
  const repeated = (text: string, size: number): string => text.repeat(size);
  const bounded: Readonly<Record<string, readonly [few: number, tooMany: number, shape: Shape]>> = {
    "branches in front": [
      ...([150, 250] as const),
      (size) =>
        `${repeated("{{- if .Values.a }}\n", size)}${inImage("{{ .Values.a }}")}${repeated("{{- end }}\n", size)}`,
    ],
    "variables in front": [
      ...([150, 250] as const),
      (size) => `${repeated("{{ $v := .Values.a }}\n", size)}${inImage("{{ .Values.a }}")}`,
    ],
    "branches inside branches": [
      ...([15, 25] as const),
      (size) =>
        inImage(
          `${repeated("{{ if .Values.a }}", size)}{{ .Values.a }}${repeated("{{ end }}", size)}`,
        ),
    ],
    "groups inside groups": [
      ...([15, 25] as const),
      (size) => inImage(`{{ ${repeated("(", size)}.Values.a${repeated(")", size)} }}`),
    ],
    "letters of a field": [
      ...([300, 600] as const),
      (size) => inImage(`{{ (.Values).${repeated("a", size)} }}`),
    ],
  };
  for (const [name, [few, tooMany, shape]] of Object.entries(bounded)) {
    it(`of many ${name} are not read`, () => {
      const read = (size: number): boolean | undefined =>
        isRead({ "c/templates/s.yaml": shape(size) });
      assert.deepEqual([read(few), read(tooMany)], [true, false]);
    });
  }
  it("whose named templates are long are not read", () => {
    const read = (size: number): boolean | undefined =>
      isRead({
        "c/templates/_i.tpl": `{{ define "i" }}{{/* ${"x".repeat(size)} */}}{{ .Values.a }}{{ end }}\n`,
        "c/templates/s.yaml": inImage('{{ include "i" . }}'),
      });
    assert.deepEqual([read(19_000), read(21_000)], [true, false]);
  });
  it("whose images stand behind millions of letters are read so far", () => {
    const template = `# ${"x".repeat(4_500_000)}\n---\n${service(container('"{{ .Values.a }}"'))}`;
    const names = Array.from({ length: 5 }, (_, at) => `c/templates/s${at}.yaml`);
    const { templates } = join(Object.fromEntries(names.map((name) => [name, template])));
    const read = names.map((name) => templates.get(name)?.[0]?.isRead);
    assert.deepEqual(read, [true, true, true, true, false]);
  });
  it("of an ordinary size are read", () => {
    const files = Object.fromEntries(
      Array.from({ length: 20 }, (_, chartAt) => [
        [`x${chartAt}/Chart.yaml`, `name: x${chartAt}\n`],
        ...Array.from({ length: 3 }, (_each, at) => [
          at === 0 ? `x${chartAt}/values.yaml` : `x${chartAt}/values-${at}.yaml`,
          `i0: {r: a/b, t: v${at}}\n${many(100, (key) => `k${key}: v\n`)}`,
        ]),
        [
          `x${chartAt}/templates/s.yaml`,
          service(many(10, () => container('"{{ .Values.i0.r }}:{{ .Values.i0.t }}"'))),
        ],
      ]).flat(),
    ) as Files;
    const { templates } = join(files);
    assert.equal(templates.size, 20);
    assert.ok([...templates.values()].flat().every((each) => each.isRead));
  });

  const shapes: Readonly<Record<string, (size: number) => string>> = {
    "images of a template": (size) => service(many(size, () => container('"{{ .Values.a }}"'))),
    "images of a template in one line": (size) =>
      `${service("").trimEnd()} [${many(size, () => '{image: "{{ .Values.a }}"}, ')}]\n`,
    "images behind variables": (size) =>
      service(many(size, (at) => `{{ $v${at} := .Values.a }}\n${container('"{{ .Values.a }}"')}`)),
    "branches around images": (size) =>
      service(
        many(size, () => `{{- if .Values.a }}\n${container('"{{ .Values.a }}"')}{{- end }}\n`),
      ),
  };
  for (const [name, shape] of Object.entries(shapes)) {
    it(`take time as they grow: ${name}`, () => {
      const { small, large, ratio } = growthOf((size) => {
        const text = shape(size);
        return () => {
          const files = { ...chart, "c/templates/s.yaml": text };
          const sources = chartSourcesOf(files);
          return joinCharts(sources, currentGrammar);
        };
      });
      assert.ok(ratio < maxRatio, `${small} ms, and ${large} ms at eight times the size`);
    });
  }
});

describe("whole resources in named templates", () => {
  const body = `kind: Service
apiVersion: serving.knative.dev/v1
metadata: { name: a }
spec: { template: { spec: { containers: [{ image: ghcr.io/acme/a:v1 }] } } }
`;
  const one = `{{- define "a" }}\n${body}{{- end }}\n`;
  const options = { ...defaultAnalysisOptions, fileName: "_a.tpl", chartFile: "template" as const };
  const imagesOf = (text: string): number => analyzeDocument(text, options).images.length;

  it("are read", () => {
    assert.equal(imagesOf(one.repeat(3)), 3);
  });
  it("are read only as often as a large file allows: each is read in the whole of it", () => {
    assert.equal(imagesOf(one.repeat(3) + "#".repeat(1_500_000)), 2);
    assert.equal(imagesOf(one.repeat(60)), 50);
  });
});
