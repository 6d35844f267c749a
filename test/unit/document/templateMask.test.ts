// Templates are read as text or as comments, at the very places where they stand.

import assert from "node:assert/strict";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeDocument } from "../../../server/src/document/oneDocument.ts";
import { findActions } from "../../../server/src/document/templates/templateActions.ts";
import { unmasked } from "../../../server/src/document/templates/mask.ts";
import { maskTemplates } from "../../../server/src/document/templates/templateMask.ts";
import { placeOf } from "../../../server/src/document/writtenImage.ts";
import { cpuTimed } from "../../support/cpuTime.ts";
import { service } from "../../support/reading.ts";

/** The images of a document as they are written at their places. */
function images(text: string): readonly string[] {
  return analyzeDocument(text, defaultAnalysisOptions).images.map((use) => {
    const { start, end } = placeOf(use);
    return text.slice(start, end);
  });
}

describe("a template", () => {
  for (const written of [
    "{{ .Values.repository }}:{{ .Values.tag }}",
    '{{ .Values.image | default "a: b # c" | quote }}',
    '"{{ .Values.image | default "nginx" }}"',
    "'{{ .Values.image | default \"nginx\" }}'",
    '{{ "}}" }}/app',
    "{{ `{{` }}/app",
    "{{{ image }}}",
    "{{\n  .Values.image\n  }}",
    '{{ include "a" (dict\n            "b" .) }}:v1',
    "{% if a %}b{% else %}c{% endif %}:v1",
    "<%= image %>",
    "{username}/app:latest",
    "[[ .image ]]/app",
    "@IMAGE@",
    "%IMAGE%",
    "%(image)s",
    "#{image}",
    '#@ data.values.image + ":v1"',
  ]) {
    it(`is one value at its place: ${JSON.stringify(written)}`, () => {
      assert.deepEqual(images(service(written)), [written]);
    });
  }
  it("is the value below its key, with its choices", () => {
    const value =
      "{{- if .a }}\n            {{ .a }}\n            {{- else }}\n            b\n".replace(
        "b",
        "{{ .b }}",
      ) + "            {{- end }}";
    assert.deepEqual(images(service(`\n            ${value}`)), [value]);
  });
  it("is the value below its key with the comments between its lines", () => {
    const value = "{{- if .a }}\n            {{ .a }}\n            # why\n\n            {{- end }}";
    assert.deepEqual(images(service(`\n            ${value}`)), [value]);
  });
  for (const [name, following] of [
    ["nothing", ""],
    ["a key of the same map", "          env: []\n"],
    ["a key of the map around", "      volumes: []\n"],
    ["another container", "        - name: b\n"],
  ] as const) {
    it(`below a key is its value where ${name} follows`, () => {
      const text = service("\n            {{ .a }}") + following;
      assert.deepEqual(images(text), ["{{ .a }}"]);
    });
  }
  it("behind a key with a value is no second value", () => {
    assert.deepEqual(images(`${service("a/b:1")}              {{ .more }}\n`), ["a/b:1"]);
  });
  for (const [name, item] of [
    ["deeper than the key", "        - image: a/b:1\n"],
    ["as deep as the key", "      - image: a/b:1\n"],
    ["as deep as the key, its dash alone", "      -\n        image: a/b:1\n"],
  ] as const) {
    it(`below a key stands for more items where one follows ${name}`, () => {
      const [head = ""] = service("").split("        - name");
      assert.deepEqual(images(`${head}          {{ .more }}\n${item}`), ["a/b:1"]);
    });
  }
  for (const [name, text] of [
    ["a comment of several lines", `{{- /*\nit's a licence\n\n*/ -}}\n${service("a/b:1")}`],
    ["comments of Jinja and ERB", `{#\nit's\n#}\n<%# a: %>\n${service("a/b:1")}`],
    ["a loop around", `{% for a in b %}\n${service("a/b:1")}{% endfor %}\n`],
    [
      "lines put before others",
      service("a/b:1").replace("metadata:", "metadata: {{- x | nindent 2 }}"),
    ],
    [
      "lines between others",
      service("a/b:1").replace("spec:", "{{- with .x }}\n  {{- .y }}\n{{- end }}\nspec:"),
    ],
    [
      "an annotation of ytt",
      service("a/b:1").replace("spec:", "spec: #@overlay/match missing_ok=True"),
    ],
    [
      "placeholders on lines of their own",
      service("a/b:1").replace("spec:", "__EXTRA__\n${MORE}\n@LINES@\n%{ if x ~}\nspec:"),
    ],
    ["other delimiters around", `[[ range .Services ]]\n${service("a/b:1")}[[ end ]]\n`],
    ["what opens in a YAML comment", `# {{ x\n${service("a/b:1")}# }}\n`],
    ["braces that close a flow map", `${service("a/b:1")}x: {a: {b: "{{ .c }}"}}\n`],
  ] as const) {
    it(`hides nothing of a manifest with ${name}`, () => {
      assert.deepEqual(images(text), ["a/b:1"]);
      const crLf = text.replaceAll("\n", "\r\n");
      assert.deepEqual(images(crLf), ["a/b:1"]);
    });
  }
  it("ends no block scalar, whatever its indentation", () => {
    const config =
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\ndata:\n" +
      "  _example: |\n    a: 1\n{{- if .x }}\n    b: 2\n{{- end }}\n  progress-deadline: 1s\n";
    const [source] = analyzeDocument(config, defaultAnalysisOptions).configs;
    assert.deepEqual(
      source?.entries.map(({ key }) => key.text),
      ["_example", "progress-deadline"],
    );
    assert.match(source.entries[0]?.value?.text ?? "", /^a: 1\n#.*\nb: 2\n$/);
  });
  it("keeps the length of every text, and what was written can be had again", () => {
    for (const text of [service("{{ .a }}:{% b %}"), "{{- if a -}}\nc: <%= d %>\n"]) {
      assert.equal(maskTemplates(text).length, text.length);
      assert.equal(unmasked(maskTemplates(text)), text);
    }
  });
  it("leaves a placeholder's line in a block scalar, and a list in two brackets", () => {
    for (const text of ["a: |\n  ${X}\n  $CMD\nb: c\n", "a:\n  [[1, 2], [3]]\n"]) {
      assert.equal(maskTemplates(text), text);
    }
  });
  it("is not looked for where a text uses the same characters itself", () => {
    const text = "a: {{ .b }} \ue041\n";
    assert.equal(maskTemplates(text), text);
  });
  for (const piece of [
    "{{ ",
    '{{"',
    '{{ "\\" ',
    "{% ",
    "{{/*",
    "{{ ` ",
    "{{ a }}",
    "{# a\n",
    "  {{ x }}\n",
    "  ${X}\n",
    "{{ x }}\n  ${X}\n",
    "a: |\n ${X}\n",
    "a: |\n {{ x }}\n",
  ]) {
    it(`takes time as its text is long: ${JSON.stringify(piece)}`, () => {
      const text = piece.repeat(20_000);
      const { value, milliseconds } = cpuTimed(() => maskTemplates(text));
      assert.equal(value.length, text.length);
      assert.ok(milliseconds < 2000, `took ${Math.round(milliseconds)} ms`);
    });
  }
});

describe("an action", () => {
  const actions: Readonly<Record<string, (inner: string) => string>> = {
    "in Go's templates, over several lines": (inner) => `{{ a\n${inner} }}`,
    "in Jinja": (inner) => `{% ${inner} %}`,
    "in ERB": (inner) => `<% ${inner} %>`,
  };
  for (const [where, action] of Object.entries(actions)) {
    it(`of more characters than any is none ${where}`, () => {
      const found = (length: number): number => findActions(action("x ".repeat(length / 2))).length;
      assert.deepEqual([found(1900), found(2100)], [1, 0]);
    });
  }
  it("may be a comment of any length", () => {
    const long = "x ".repeat(3000);
    assert.equal(findActions(`{{/* ${long} */}}{# ${long} #}`).length, 2);
  });
});
