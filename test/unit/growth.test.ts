// Texts whose reading could grow faster than they do: each shape is read at two sizes.

import assert from "node:assert/strict";
import { imageTextBefore } from "../../server/src/features/imageTextBefore.ts";
import { toMarkdown } from "../../server/src/features/markdown.ts";
import { defaultAnalysisOptions } from "../../server/src/document/analysisOptions.ts";
import { touchedBy } from "../../server/src/document/span.ts";
import { maskTemplates } from "../../server/src/document/templates/templateMask.ts";
import { isWorthReading, searchable } from "../../server/src/document/relevance.ts";
import type { FileReading } from "../../server/src/findings/reading.ts";
import { findingCodes } from "../../server/src/findings/findingCodes.ts";
import { decodeGoBase64 } from "../../server/src/knative/go/goBase64.ts";
import { parseDuration } from "../../server/src/knative/go/goDuration.ts";
import { decodeGoJson } from "../../server/src/knative/go/goJson.ts";
import { readPullSecret } from "../../server/src/knative/pullSecret/pullSecretEntries.ts";
import { parseGoUrl } from "../../server/src/knative/go/goUrl.ts";
import { meantImages } from "../../server/src/knative/meantImage.ts";
import { withoutSource } from "../../server/src/document/yaml/yamlTokens.ts";
import { classifyHost } from "../../server/src/registry/transport/addressPolicy.ts";
import { registryHost } from "../../server/src/registry/registryHost.ts";
import { quantityProblem } from "../../server/src/knative/go/quantity.ts";
import { parseIgnoreFile, isIgnored } from "../../server/src/paths/ignoreRules.ts";
import { parseChallenges } from "../../server/src/registry/authentication/challenge.ts";
import { parseConfigFile } from "../../server/src/registry/credentials/dockerConfig.ts";
import { nextLink } from "../../server/src/registry/transport/linkHeader.ts";
import { createSecretsInHand } from "../../server/src/registry/credentials/secretsInHand.ts";
import { safeText } from "../../server/src/registry/transport/serverText.ts";
import { shownText } from "../../server/src/shownText.ts";
import { growthOf, maxRatio } from "../support/growth.ts";
import { readText, service } from "../support/reading.ts";

type Shape = (size: number) => string;
type Shapes = Readonly<Record<string, Shape>>;

const many = (size: number, line: (at: number) => string): string =>
  Array.from({ length: size }, (_, at) => line(at)).join("");

const head =
  "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers:\n";
const config = (data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\n  namespace: knative-serving\ndata:\n${data}`;
const skipped = (value: string): string =>
  config(`  registries-skipping-tag-resolving: ${value}\n`);
const secret = (json: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ntype: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: '${json}'\n`;

/** Manifests, read to the last finding. */
const manifests: Shapes = {
  "keys of a flat map": (size) => `${service("a")}x:\n${many(size, (at) => `  k${at}: v\n`)}`,
  "keys of a flat map, for the library": (size) =>
    `x: {${many(size, (at) => `k${at}: v, `)}}\n${head}        - image: a\n`,
  "a List as kubectl prints it": (size) =>
    `apiVersion: v1\nkind: List\nitems:\n${many(size, (at) => `- apiVersion: serving.knative.dev/v1\n  kind: Service\n  metadata:\n    annotations:\n      last-applied: |\n        {"a${at}": {}}\n    name: a${at}\n  spec:\n    template:\n      spec:\n        containers:\n        - image: reg.test/a${at}:1\n          resources: {}\n`)}`,
  "a long block scalar of a plain document": (size) =>
    `${service("a")}x: |\n${many(size, (at) => `  line ${at}\n\n`)}`,
  "blank lines before a block scalar": (size) =>
    `${service("a")}x: |\n${many(size, () => " \n")}  y\n`,
  "a List in JSON": (size) =>
    `{"kind":"List","items":[${many(size, (at) => `{"apiVersion":"serving.knative.dev/v1","kind":"Service","spec":{"template":{"spec":{"containers":[{"image":"reg.test/a${at}:1"}]}}}},`)}{}]}`,
  "scalars with escapes": (size) => `${service("a")}x:\n${many(size, (at) => `  - "a\\n${at}"\n`)}`,
  "quoted keys of a flat map, for the library": (size) =>
    `${head}        - image: a\nx:\n${many(size, (at) => `  "k\\x${at % 10}0${at}": v\n`)}`,
  "keys that are all the same": (size) => `${service("a")}x:\n${many(size, () => "  k: v\n")}`,
  "anchors with their aliases": (size) =>
    `x:\n${many(size, (at) => `  k${at}: &a${at} v\n`)}y:\n${many(size, (at) => `  k${at}: *a${at}\n`)}${head}        - image: a\n`,
  "aliases of containers": (size) =>
    `${head}${many(size, (at) => `        - &c${at} {image: "reg.test/a:1"}\n        - *c${at}\n`)}`,
  "a chain of merge keys": (size) =>
    `${many(size + 1000, (at) => `x${at}: &x${at} {k: v${at === 0 ? "" : `, <<: *x${at - 1}`}}\n`)}${head}        - image: a\n`,
  "maps that merge a small one": (size) =>
    `x: &m {image: a}\n${head}${many(size, () => "        - <<: *m\n")}`,
  "containers in block style": (size) =>
    `${service("a").replace(/ +- name[^]*/, "")}${many(size, (at) => `        - image: reg.test/a${at}:1\n`)}`,
  containers: (size) => `${head}${many(size, (at) => `        - image: reg.test/a${at}:1\n`)}`,
  "containers in flow style": (size) =>
    `{apiVersion: serving.knative.dev/v1, kind: Service, spec: {template: {spec: {containers: [${many(size, (at) => `{image: "reg.test/a${at}:1"}, `)}]}}}}\n`,
  documents: (size) => many(size >> 3, (at) => `${service(`reg.test/a${at}:1`)}---\n`),
  separators: (size) => `${many(size, () => "---\n")}${service("a")}`,
  "items of a List": (size) =>
    `apiVersion: v1\nkind: List\nitems:\n${many(size >> 3, (at) => `- apiVersion: serving.knative.dev/v1\n  kind: Service\n  spec: {template: {spec: {containers: [{image: "a${at}"}]}}}\n`)}`,
  "ignore comments in a row": (size) =>
    `${many(size, () => "# knative-digest: ignore x\n")}${service("a")}`,
  "ignore comments, each with its image": (size) =>
    `${head}${many(size, (at) => `        - image: reg.test/a${at}:1 # knative-digest: ignore x\n`)}`,
  "ignore comments before blank lines": (size) =>
    `${many(size, () => "# knative-digest: ignore x\n\n")}${service("a")}`,
  comments: (size) => `${many(size, () => "# x\n")}${service("a")}`,
  "blanks at the end of lines": (size) =>
    `${service("a")}x: a${" ".repeat(size)}b\ny: >\n${" ".repeat(size)}\n`,
  "lines of a quoted scalar": (size) => `${service("a")}x: "${many(size, () => "a \\\n   ")}"\n`,
  "lines of a plain scalar": (size) => `${service("a")}x: ${many(size, () => "a\n   ")}\n`,
  "lines of a block scalar": (size) => `${service("a")}x: |\n${many(size, () => "  a b\n")}`,
  "resources in a block scalar": (size) =>
    `${service("a")}x: |\n${many(size >> 3, (at) => service(`reg.test/a${at}:1`).replace(/^/gm, "  ") + "---\n")}`,
  "an image of digits": (size) => service(`a:${"1".repeat(size)}`),
  "an image of dots": (size) => service(`a${".".repeat(size)}/b`),
  "an image of colons": (size) => service(`a${":1".repeat(size)}`),
  "an image of slashes": (size) => service(`a${"/a".repeat(size)}`),
  "an image of signs": (size) => service(`a${"@sha256:".repeat(size)}`),
  "openings of templates": (size) => `${service('"{{ x }}"')}x: "${"{{".repeat(size)}"\n`,
  "openings of other templates": (size) => `${service('"{{ x }}"')}x: "${"{%<%{#".repeat(size)}"\n`,
  "templates in a line": (size) => `${service('"{{ x }}"')}x: ${"{{ a }}".repeat(size)}\n`,
  "templates on lines of their own": (size) =>
    `${service("{{ .Values.x }}")}${many(size, () => "{{- if .a }}\nx: {{ .b }}\n{{- end }}\n")}`,
  "quotes in a template": (size) => `${service('"{{ x }}"')}x: {{ ${'"a" '.repeat(size)}\n`,
  "braces of placeholders": (size) => service(`"${"${a".repeat(size)}"`),
  "brackets of placeholders": (size) => service(`"a${"<a".repeat(size)}"`),
  "percent signs of placeholders": (size) => service(`"a${"%a".repeat(size)}"`),
  "underscores of placeholders": (size) => service(`"a${"__A".repeat(size)}"`),
  "parentheses of placeholders": (size) => service(`"a${"$(a".repeat(size)}${"((a".repeat(size)}"`),
  "JSON patches": (size) =>
    `[${many(size, () => '{op: replace, path: /spec/template/spec/containers/0/image, value: "a:1"}, ')}]\n`,
  "keys of a ConfigMap": (size) => config(many(size, (at) => `  k${at}: v\n`)),
  "keys of a ConfigMap that are nearly ours": (size) =>
    config(many(size, (at) => `  queue-sidecar-imag${at}: v\n`)),
  "a long key of a ConfigMap": (size) => config(`  queue${"-a".repeat(size)}: v\n`),
  "a long value that is a duration": (size) =>
    config(`  digest-resolution-timeout: "${"1h".repeat(size)}"\n`),
  "a long value that is a number": (size) =>
    config(`  progress-deadline: "${"1".repeat(size)}s"\n`),
  "digits of a quantity": (size) => config(`  queue-sidecar-cpu-request: "${"1".repeat(size)}"\n`),
  "nines behind a quantity's point": (size) =>
    config(`  queue-sidecar-cpu-request: "1.${"0".repeat(size)}1x"\n`),
  "an exponent of a quantity": (size) =>
    config(`  queue-sidecar-cpu-request: "1e${"0".repeat(size)}1"\n`),
  "entries of the skip list": (size) => skipped(`"${many(size, (at) => `a${at}.test,`)}"`),
  "entries of the skip list that are wrong": (size) =>
    skipped(`"${many(size, (at) => `https://a${at}.test/b,`)}"`),
  "entries of the skip list that are equal": (size) =>
    skipped(`"${many(size, () => "docker.io,")}"`),
  "entries of the skip list in a block scalar": (size) =>
    skipped(`|\n${many(size, (at) => `    a${at}.test,\n`)}`),
  "entries of the skip list in a folded scalar": (size) =>
    skipped(`>-\n${many(size, (at) => `    https://a${at}.test/b,\n`)}`),
  "entries of the skip list in escapes": (size) =>
    skipped(`"${many(size, (at) => `\\x61${at}.test/b,`)}"`),
  "quotes of a skip entry": (size) => skipped(`"${"'".repeat(size)}"`),
  "brackets of a skip entry": (size) => skipped(`"${"[".repeat(size)}"`),
  "quotes inside a skip entry": (size) => skipped(`"a${"'".repeat(size)}b"`),
  "slashes inside a wrong image": (size) => service(`"https://a${"/".repeat(size)}b"`),
  "blanks inside an image": (size) => service(`"a${" ".repeat(size)}b"`),
  "entries of the skip list, and as many other registries": (size) =>
    `${skipped(`"${many(size >> 2, (at) => `a${at}.test:5000,`)}"`)}---\n${head}${many(size >> 2, (at) => `        - image: a${at}.test:6000/x:1\n`)}`,
  "braces of a skip list that a template fills in": (size) =>
    skipped(`"{{ a }}${"{{".repeat(size)}${"<".repeat(size)}"`),
  "quotes and brackets of a skip entry": (size) =>
    skipped(`"${"['".repeat(size)}a${"']".repeat(size)}"`),
  "blanks of a skip entry": (size) => skipped(`"a${" ".repeat(size)}b"`),
  "slashes of a skip entry": (size) => skipped(`"${"https://".repeat(size)}"`),
  "stars of a skip entry": (size) => skipped(`"${"*.".repeat(size)}a"`),
  "colons of a skip entry": (size) => skipped(`"a${":5".repeat(size)}"`),
  "settings in the example": (size) =>
    config(
      `  _example: |\n${many(size, (at) => `    registries-skipping-tag-resolving: "a${at}"\n`)}`,
    ),
  "unknown settings in the example": (size) =>
    config(`  _example: |\n${many(size, (at) => `    k${at}: v\n`)}`),
  "comments in the example": (size) => config(`  _example: |\n${many(size, () => "    # a\n")}`),
  "blanks in the example": (size) =>
    config(`  _example: |\n    a: b\n${many(size, () => `    ${" ".repeat(20)}\n`)}    c: d\n`),
  "runtime classes": (size) =>
    config(`  runtime-class-name: |\n${many(size, (at) => `    c${at}: {selector: {a: b}}\n`)}`),
  "keys of a pull secret": (size) =>
    secret(`{"auths":{${many(size, (at) => `"a${at}.test":{"auth":"YTpi"},`)}"z":{}}}`),
  "wrong keys of a pull secret": (size) =>
    secret(`{"auths":{${many(size, (at) => `"docker.io${at}":{},`)}"docker.io":{}}}`),
  "equal keys of a pull secret": (size) =>
    secret(`{"auths":{${many(size, () => `"docker.io":{"auth":"YTpi"},`)}"z":{}}}`),
  "repeated auths of a pull secret": (size) =>
    secret(`{${many(size, (at) => `"auths":{"a${at}":{}},`)}"auths":{}}`),
  "nesting in a pull secret": (size) => secret(`{"auths":${"[".repeat(size)}`),
  "stars in a pull secret": (size) => secret(`{"auths":{"${"*.".repeat(size)}a":{}}}`),
};

/** Values, as they come from a file, a registry, a program or somebody who types. */
const values: Readonly<
  Record<string, readonly [read: (text: string) => unknown, shape: Shape, smallest?: number]>
> = {
  "a base64 text": [(text) => decodeGoBase64(text, true), (size) => "YW\n".repeat(size)],
  "a duration": [parseDuration, (size) => "1h".repeat(size)],
  "a duration's digits": [parseDuration, (size) => `${"1".repeat(size)}h`],
  "a fraction of a duration": [parseDuration, (size) => `0.${"1".repeat(size)}h`],
  "a quantity": [quantityProblem, (size) => `${"0".repeat(size)}x`],
  "JSON of many keys": [decodeGoJson, (size) => `{${many(size, (at) => `"k${at}":1,`)}"z":1}`],
  "JSON of one key many times": [
    decodeGoJson,
    (size) => `{${many(size, () => `"k":{"a":1},`)}"z":1}`,
  ],
  "JSON of escapes": [decodeGoJson, (size) => `"${"\\ud800".repeat(size)}"`],
  "a URL": [parseGoUrl, (size) => `http://${"[:@".repeat(size)}`],
  "a docker config": [
    (text) => parseConfigFile(text, "docker"),
    (size) => `{"auths":{${many(size, (at) => `"a${at}":{"auth":"YTpi"},`)}"z":{}}}`,
  ],
  "a docker config of repeated auths": [
    (text) => parseConfigFile(text, "docker"),
    (size) => `{${many(size, (at) => `"auths":{"a${at}":{}},`)}"auths":{}}`,
  ],
  "a challenge": [
    (text) => parseChallenges([text]),
    (size) => `Bearer ${many(size, (at) => `a${at}="b",`)}`,
  ],
  "a challenge of commas": [
    (text) => parseChallenges([text]),
    (size) => `Bearer realm="x"${", ".repeat(size)}`,
  ],
  "a pull secret of repeated auths": [
    (text) => readPullSecret({ type: "kubernetes.io/dockerconfigjson", text }),
    (size) => `{${many(size, () => '"auths":{},')}"auths":{}}`,
    8192,
  ],
  "lines of placeholders": [maskTemplates, (size) => "__A__\n".repeat(size)],
  "padding of a sign-in": [
    (text) => parseConfigFile(text, "docker"),
    (size) => `{"auths":{"a.test":{"auth":"YTpi${"=".repeat(size)}a"}}}`,
  ],
  "slashes of a mirror": [
    (text) => registryHost("a.test", { registries: { "a.test": { mirror: text } } } as never),
    (size) => `b.test${"/".repeat(size)}\n`,
  ],
  "dots of a host": [classifyHost, (size) => `a${".".repeat(size)}b`],
  "a message of the YAML library": [withoutSource, (size) => ': "'.repeat(size)],
  "an image that is nearly one": [meantImages, (size) => `a${"\t".repeat(size)}b`],
  "a registry that is typed": [imageTextBefore, (size) => `${" - ".repeat(size)}image`],
  "a link": [(text) => nextLink([text]), (size) => `${"<".repeat(size)}>; rel="next`],
  "a link of parameters": [(text) => nextLink([text]), (size) => `</a>${"; rel=x".repeat(size)}`],
  "a text of a server": [safeText, (size) => `${"[a](".repeat(size)}\u001b[${"0;".repeat(size)}`],
  "a text of a server with blanks": [safeText, (size) => `a${" ".repeat(size)}b`],
  "a secret in a text": [
    (text) => {
      const secrets = createSecretsInHand();
      secrets.add("abcdefghabcdefghX");
      return secrets.areIn(text);
    },
    (size) => "abcdefg".repeat(size),
  ],
  "a text to show": [shownText, (size) => `a${" ".repeat(size)}${"\u202e".repeat(size)}`],
  "a line that is typed": [imageTextBefore, (size) => `  image: "${"a ".repeat(size)}`],
  "a line of blanks that is typed": [imageTextBefore, (size) => `${" ".repeat(size)}image`],
  "a paragraph of Markdown": [
    (text) => toMarkdown([{ kind: "paragraph", pieces: [{ kind: "text", text }] }]),
    (size) => `${"_a_ ".repeat(size)}${" ".repeat(size)}`,
  ],
  "an ignore file": [
    (text) =>
      isIgnored([parseIgnoreFile(text, 0)], ["a", "b", "c.yaml"], {
        isFolder: false,
        effort: { spent: 0 },
      }),
    (size) => many(size, (at) => `/k${at}/**/x*\n`),
  ],
  "text that may be a manifest": [
    (text) => isWorthReading(searchable(text), defaultAnalysisOptions),
    (size) => `${"apiVersion: ".repeat(size)}${"image:\n ".repeat(size)}`,
  ],
};

const settings = {
  diagnostics: Object.fromEntries(findingCodes.map((code) => [code, "warning" as const])),
};

describe("the time of reading", function () {
  this.timeout(120_000);

  function assertLinear<Result>(
    prepare: (size: number) => () => Result,
    isWhole?: (result: Result) => boolean,
    smallest?: number,
  ): Result {
    const { small, large, ratio, result } = growthOf(prepare, isWhole, smallest);
    assert.ok(ratio < maxRatio, `${small} ms, and ${large} ms at eight times the size`);
    return result;
  }

  // What is beyond a limit is not read at all, and tells nothing of reading.
  const isWhole = ({ parts }: FileReading): boolean =>
    parts.every(({ document }) => document.syntaxProblems.every(({ isLimit }) => isLimit !== true));

  for (const [name, shape] of Object.entries(manifests)) {
    it(`grows as a manifest does: ${name}`, () => {
      const read = (size: number) => {
        const text = shape(size);
        return () => readText(text, { settings });
      };
      assert.ok(isWhole(assertLinear(read, isWhole)));
    });
  }
  it("grows as spans do that are compared with each other", () => {
    assertLinear((size) => {
      const spans = Array.from({ length: size }, (_, at) => ({ start: 2 * at, end: 2 * at + 1 }));
      return () => spans.filter(touchedBy(spans)).length;
    });
  });
  for (const [name, [read, shape, smallest]] of Object.entries(values)) {
    it(`grows as a value does: ${name}`, () => {
      const prepare = (size: number) => {
        const text = shape(size);
        return () => read(text);
      };
      assertLinear(prepare, undefined, smallest);
    });
  }
});
