// The colours of an image, laid over VS Code's own YAML grammar: each part apart, and nothing else touched.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import oniguruma from "vscode-oniguruma";
import textmate, { type IGrammar, type IRawGrammar } from "vscode-textmate";
import { findEditorPieces } from "../e2e/installed.ts";
import { projectPath } from "../support/projectRoot.ts";

const injection = "knative-digest.image-reference.injection";
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

interface Contribution {
  readonly scopeName: string;
  readonly path: string;
}

/** Loads the grammar of the installed VS Code, with the injection or without. */
async function loadYaml(injected: boolean): Promise<IGrammar> {
  const { server } = await findEditorPieces();
  const folder = path.join(path.dirname(server), "../extensions/yaml");
  const manifest = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8")) as {
    readonly contributes: { readonly grammars: readonly Contribution[] };
  };
  const files = new Map(
    manifest.contributes.grammars.map((each) => [each.scopeName, path.join(folder, each.path)]),
  );
  files.set(injection, projectPath("syntaxes/image-reference.injection.tmLanguage.json"));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    async loadGrammar(scope): Promise<IRawGrammar | null> {
      const file = files.get(scope);
      return file === undefined
        ? null
        : textmate.parseRawGrammar(await readFile(file, "utf8"), file);
    },
    getInjections: (scope) => (injected && scope === "source.yaml" ? [injection] : []),
  });
  const grammar = await registry.loadGrammar("source.yaml");
  assert.ok(grammar);
  return grammar;
}

interface Token {
  readonly text: string;
  readonly scopes: readonly string[];
}

function tokens(grammar: IGrammar, text: string): Token[] {
  let state = textmate.INITIAL;
  return text.split("\n").flatMap((line) => {
    const { tokens: found, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    return found.map(({ startIndex, endIndex, scopes }) => ({
      text: line.slice(startIndex, endIndex),
      scopes,
    }));
  });
}

function isOurs(scope: string): boolean {
  return scope.endsWith(".image-reference");
}

/** One entry a character: its scopes without ours. */
function withoutOurs(grammar: IGrammar, text: string): string[] {
  return tokens(grammar, text).flatMap((token) =>
    Array.from(token.text, () => token.scopes.filter((scope) => !isOurs(scope)).join(" ")),
  );
}

const names: Readonly<Record<string, string>> = {
  "entity.name.namespace.registry.image-reference": "registry",
  "string.other.repository.image-reference": "repository",
  "constant.numeric.tag.image-reference": "tag",
  "variable.other.constant.digest.image-reference": "digest",
};

describe("the colours of an image", () => {
  let plain: IGrammar;
  let coloured: IGrammar;

  before(async function () {
    this.timeout(600_000);
    const wasm = createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm");
    const { buffer } = new Uint8Array(await readFile(wasm));
    await oniguruma.loadWASM({ data: buffer });
    [plain, coloured] = [await loadYaml(false), await loadYaml(true)];
  });

  /** The parts of the images in a text: `registry ghcr.io`. */
  function parts(text: string): string[] {
    const found: [name: string, text: string][] = [];
    for (const token of tokens(coloured, text)) {
      const name = token.scopes.map((scope) => names[scope]).find((each) => each !== undefined);
      if (name === undefined) continue;
      const last = found.at(-1);
      // A port is a part of its registry with a scope of its own inside.
      if (last?.[0] === name && name === "registry") last[1] += token.text;
      else found.push([name, token.text]);
    }
    return found.map((part) => part.join(" "));
  }

  const whole = ["registry ghcr.io:5000", "repository acme/app", "tag v1.2", `digest ${digest}`];
  const image = `ghcr.io:5000/acme/app:v1.2@${digest}`;

  for (const [form, text] of [
    ["a plain scalar", `image: ${image}`],
    ["a plain scalar before a comment", `- image: ${image} # why`],
    ["double quotes", `spec:\n  - image: "${image}"`],
    ["single quotes", `  image:   '${image}'`],
    ["a flow map", `a: [{ name: b, image: ${image} }]`],
    ["a flow map of JSON", `{"name":"b","image":"${image}"}`],
    ["a quoted key", `"image": ${image}`],
    ["an anchored value", `image: &base ${image}`],
  ] as const) {
    it(`tell its parts apart in ${form}`, () => {
      assert.deepEqual(parts(text), whole);
    });
  }

  for (const [text, expected] of [
    ["image: nginx", ["repository nginx"]],
    ["image: nginx:latest", ["repository nginx", "tag latest"]],
    ["image: localhost:5000/app", ["registry localhost:5000", "repository app"]],
    ["image: registry:5000/app:1", ["registry registry:5000", "repository app", "tag 1"]],
    [`image: nginx@${digest}`, ["repository nginx", `digest ${digest}`]],
    ["image: acme/app:1", ["repository acme/app", "tag 1"]],
  ] as const) {
    it(`are right for ${text.slice(0, 40)}`, () => {
      assert.deepEqual(parts(text), expected);
    });
  }

  for (const text of [
    "imagePullPolicy: Always",
    "myimage: nginx:1",
    "image.tag: nginx:1",
    "# image: nginx:1",
    'text: "the image: nginx:1"',
    "text: 'image: nginx:1'",
    "script: |\n  image: nginx:1\n  more\n",
    "script: >-\n  image: nginx:1\n",
    "- image:nginx:1",
    "image: {{ .Values.image }}:1",
    'image: "{{ .Values.image }}"',
    "image: ${REGISTRY}/app:1",
    "image: Nginx:1",
    "image: nginx:1 and more",
    "image: nginx@sha256:short",
    "image:\n  repository: nginx\n  tag: '1'",
    "image: [a, b]",
    "image: |-\n  nginx:1",
    "image: nginx:1: 2",
  ]) {
    it(`are silent in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parts(text), []);
    });
  }

  it("change no scope of YAML's own, in images and elsewhere", () => {
    const text = [
      "apiVersion: serving.knative.dev/v1 # image: nginx",
      "metadata: { name: a, labels: {image: \"nginx:1\", other: 'x'} }",
      "spec:",
      "  - &a",
      `    image: &b "${image}" # c`,
      "    args: [--image, nginx:1, 'image: x']",
      "    text: |",
      "      image: nginx:1",
      "        # not a comment",
      "    folded: >",
      "      image: nginx:1",
      "  - <<: *a",
      "    image: *b",
      `  - image: ${image}`,
      "    imagePullPolicy: Always",
      "---",
      "image:",
      "  nginx:1",
      "...",
    ].join("\n");
    assert.deepEqual(withoutOurs(coloured, text), withoutOurs(plain, text));
    assert.equal(parts(text).filter((part) => part.startsWith("digest")).length, 2);
  });
});
