// What a name in `imagePullSecrets` shows: which secret Knative signs in with, and never what is secret in it.

import assert from "node:assert/strict";
import { fileOffset } from "../../../server/src/document/span.ts";
import { namedSecretHints, namedSecretHover } from "../../../server/src/features/namedSecrets.ts";
import { toPlainText } from "../../../server/src/features/markdown.ts";
import { auth, password, pullSecretText } from "../../support/pullSecretText.ts";
import { readText, type World } from "../../support/reading.ts";

/** A Secret with an entry for each key. */
function secret(name: string, keys: readonly string[], namespace?: string): string {
  return pullSecretText(name, Object.fromEntries(keys.map((key) => [key, { auth }])), namespace);
}

function service(images: readonly string[], names: readonly string[]): string {
  const containers = images.map((image) => `{ image: "${image}" }`).join(", ");
  const secrets = names.map((name) => `{ name: ${name} }`).join(", ");
  return `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: app, namespace: shop }\nspec: { template: { spec: { imagePullSecrets: [${secrets}], containers: [${containers}] } } }\n`;
}

const secrets = [
  secret("wide", ["ghcr.io", "https://index.docker.io/v1/"]),
  secret("narrow", ["ghcr.io/acme"]),
  secret("docker", ["docker.io"]),
  secret("far", ["ghcr.io"], "bank"),
];

function read(text: string, world: World = {}) {
  const known = secrets.flatMap((each) =>
    readText(each).parts.flatMap(({ document }) => document.pullSecrets),
  );
  const reading = readText(text, world);
  return { reading, known: () => known };
}

/** The hint behind each name, in the order of the names. */
function hints(images: readonly string[], names: readonly string[], world: World = {}): string[] {
  const { reading, known } = read(service(images, names), world);
  return reading.parts.flatMap((part) => namedSecretHints(part, known)).map(({ label }) => label);
}

const acme = "ghcr.io/acme/app:v1";
const other = "ghcr.io/other/app:v1";
const pinned = `ghcr.io/acme/app@sha256:${"a".repeat(64)}`;
const unused = "○ not used by Knative";

describe("a hint behind a name in imagePullSecrets", () => {
  const rows: readonly (readonly [string, string[], string[], string[]])[] = [
    ["names the registry that is signed in to", [acme], ["wide"], ["✓ ghcr.io"]],
    [
      "marks the secret whose key is the longer one",
      [acme],
      ["wide", "narrow"],
      [unused, "✓ ghcr.io"],
    ],
    ["marks both where each counts", [acme, other], ["narrow", "wide"], ["✓ ghcr.io", "✓ ghcr.io"]],
    ["counts registries", [other, "nginx:1"], ["wide"], ["✓ ghcr.io +1"]],
    ["marks a key that Knative never uses", ["nginx:1"], ["docker"], [unused]],
    ["is none where a secret is unknown: it may count", [acme], ["wide", "elsewhere"], []],
    ["is none for another namespace's secret", [acme], ["far"], []],
    ["is none where nothing is looked up", [pinned], ["wide"], []],
  ];
  for (const [what, images, names, expected] of rows) {
    it(what, () => assert.deepEqual(hints(images, names), expected));
  }

  it("is none where the registry is skipped, so that nobody signs in", () => {
    const settings = { skipRegistries: ["ghcr.io"] };
    assert.deepEqual(hints([acme], ["wide"], { settings }), []);
  });

  it("stands behind its name", () => {
    const text = service([acme], ["wide"]);
    const { reading, known } = read(text);
    const [hint] = reading.parts.flatMap((part) => namedSecretHints(part, known));
    assert.equal(hint?.at, text.indexOf("wide") + "wide".length);
  });
});

describe("the hover on a name in imagePullSecrets", () => {
  const hover = (images: readonly string[], names: readonly string[], at: string): string => {
    const text = service(images, names);
    const { reading, known } = read(text);
    const found = namedSecretHover(reading, fileOffset(text.indexOf(at) + 1), known);
    return found === undefined ? "" : toPlainText(found.blocks);
  };

  it("lists the images with the key that counts, and no password", () => {
    const shown = hover([acme, "nginx:1"], ["wide"], "wide");
    assert.match(shown, /ghcr\.io\/acme\/app ← ghcr\.io/);
    assert.match(shown, /index\.docker\.io\/library\/nginx ← https:/);
    for (const hidden of [password, auth]) assert.ok(!shown.includes(hidden), hidden);
  });

  it("lists eight images, and counts the others", () => {
    const images = Array.from({ length: 10 }, (_, at) => `ghcr.io/acme/app${at}:v1`);
    const shown = hover(images, ["wide"], "wide");
    assert.equal(shown.split(" ← ").length - 1, 8);
    assert.match(shown, /and 2 more$/);
  });

  it("says what is not known, and what follows from that for the others", () => {
    assert.match(hover([acme], ["elsewhere"], "elsewhere"), /not in the workspace/);
    assert.match(hover([acme], ["wide", "elsewhere"], "wide"), /may count instead/);
  });

  it("says that nodes may pull with what Knative does not use", () => {
    assert.match(hover(["nginx:1"], ["docker"], "docker"), /Nodes may still pull with it/);
    assert.match(hover([pinned], ["wide"], "wide"), /needs no secret/);
  });

  it("is none elsewhere", () => {
    assert.equal(hover([acme], ["wide"], "containers"), "");
  });
});
