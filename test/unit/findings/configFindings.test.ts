// What is said about config-deployment, KnativeServing and pull secrets, and how each is mended.

import assert from "node:assert/strict";
import { applyChanges } from "../../../server/src/edits/change.ts";
import { spanInFile, type FileOffset } from "../../../server/src/document/span.ts";
import type { Finding } from "../../../server/src/findings/finding.ts";
import { digestA, readText, type World } from "../../support/reading.ts";

const head =
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\n  annotations:\n    knative.dev/example-checksum: "00000000"\ndata:\n';
const sidecar = `  queue-sidecar-image: r.io/q@${digestA}\n`;

interface Placed extends Finding {
  readonly start: FileOffset;
}

function findings(text: string, world: World = {}): Placed[] {
  return readText(text, world).parts.flatMap((part) =>
    part.findings.map((finding) => ({ ...finding, start: part.start })),
  );
}

/** Checks that one finding of this code is made, where it points, and what its first fix makes of the text. */
function check(
  text: string,
  expected: { code: string; at: string; fixed?: string; world?: World },
): void {
  const all = findings(text, expected.world);
  const found = all.filter(({ code }) => code === expected.code);
  assert.equal(found.length, 1, `${expected.code} among ${all.map(({ code }) => code).join(", ")}`);
  const [finding] = found;
  assert.ok(finding !== undefined);
  const { start, span } = finding;
  assert.equal(text.slice(start + span.start, start + span.end), expected.at);
  if (expected.fixed === undefined) return;
  const changes = (finding.fixes[0]?.changes ?? []).map((change) => spanInFile(change, start));
  assert.equal(applyChanges(text, changes), expected.fixed);
}

describe("config-deployment", () => {
  it("has nothing said of it when it is right", () => {
    const text = `${head}${sidecar}  registries-skipping-tag-resolving: "kind.local,ko.local,dev.local, reg.example.com"\n`;
    assert.deepEqual(findings(text), []);
  });
  it("has nothing said of it that is turned off", () => {
    const text = `${head}${sidecar}  registries-skipping-tag-resolution: a.io\n`;
    const settings = { diagnostics: { "unknown-config-key": "off" } } as const;
    assert.deepEqual(findings(text, { settings }), []);
  });
  it("names the key that was meant", () => {
    const text = `${head}${sidecar}  registries-skipping-tag-resolution: a.io # why\n`;
    check(text, {
      code: "unknown-config-key",
      at: "registries-skipping-tag-resolution",
      fixed: text.replace("resolution", "resolving"),
    });
  });
  it("finds a setting inside _example, and sets it where it is read", () => {
    const text = `${head}${sidecar}  _example: |\n    # c\n    progress-deadline: "1234s"\n`;
    check(text, {
      code: "config-in-example",
      at: 'progress-deadline: "1234s"',
      fixed: text.replace("\ndata:\n  ", '\ndata:\n  progress-deadline: "1234s"\n  '),
    });
    const sum = findings(text).find(({ code }) => code === "example-checksum");
    assert.match(sum?.fixes[0]?.changes[0]?.text ?? "", /^[0-9a-f]{8}$/);
  });
  it("has Knative's words for values that it refuses", () => {
    const text = `${head}${sidecar}  progress-deadline: "10"\n`;
    check(text, { code: "invalid-config-value", at: "10", fixed: text.replace('"10"', '"10s"') });
    assert.match(findings(text)[0]?.message ?? "", /time: missing unit in duration/);
  });
  it("has a list refused that is written as YAML, and written as Knative reads it", () => {
    const key = "registries-skipping-tag-resolving";
    const fixed = `${head}${sidecar}  ${key}: "kind.local,ko.local,dev.local"\n`;
    const listed = ["kind.local", "ko.local", "dev.local"];
    for (const [at, between] of [
      ["[kind.local, ko.local, dev.local]", " "],
      [listed.map((item) => `- ${item}`).join("\n  "), "\n  "],
      [listed.map((item) => `- "${item}"`).join("\n      "), "\n      "],
    ] as const) {
      const text = `${head}${sidecar}  ${key}:${between}${at}\n`;
      check(text, { code: "invalid-config-value", at, fixed });
      assert.deepEqual(findings(fixed), []);
    }
    const [finding] = findings(`${head}${sidecar}  ${key}:\n  - a.io # why\n  - b.io\n`);
    assert.match(finding?.message ?? "", /json: cannot unmarshal array into Go struct field/);
    assert.deepEqual(finding?.fixes, []);
    const alias = `${head.replace("\ndata:", "\nx: &l [a.io]\ndata:")}${sidecar}  ${key}: *l\n`;
    assert.deepEqual(findings(alias)[0]?.fixes, []);
    check(`${head}${sidecar}  progress-deadline: {a: b}\n`, {
      ...{ code: "invalid-config-value", at: "{a: b}" },
    });
    const serving = `apiVersion: operator.knative.dev/v1beta1\nkind: KnativeServing\nmetadata:\n  name: s\nspec:\n  config:\n    deployment:\n      ${key}: [a.io]\n`;
    assert.match(findings(serving)[0]?.message ?? "", /must be of type string: "array"/);
  });
  it("loses nothing as a patch of a kustomization, whatever that patches", () => {
    const text = `${head}  progress-deadline: 10s\n`;
    const uri = "file:///work/over/cm.yaml";
    check(text, { code: "config-loses-sidecar-image", at: "config-deployment", world: { uri } });
    const kind = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
    for (const [at, patches] of [
      ["over", "patches:\n- path: cm.yaml\n- patch: |\n    x: y\n"],
      ["over", "patchesStrategicMerge: [./cm.yaml]\n"],
      ["other/deep", "patches:\n- path: ../../over/cm.yaml\n"],
    ] as const) {
      const others = { [`file:///work/${at}/kustomization.yaml`]: kind + patches };
      assert.deepEqual(findings(text, { uri, others }), []);
    }
    const others = { "file:///work/kustomization.yaml": `${kind}patches:\n- path: cm.yaml\n` };
    assert.equal(findings(text, { uri, others }).length, 1);
  });
  it("has runtime classes that are not YAML refused", () => {
    const text = `${head}${sidecar}  runtime-class-name: "{kata"\n`;
    check(text, { code: "invalid-config-value", at: "{kata" });
    // Go's parser takes the last of equal keys.
    const repeated = `${head}${sidecar}  runtime-class-name: "{kata: {}, kata: {}}"\n`;
    assert.deepEqual(findings(repeated), []);
  });
  it("renames the old spelling", () => {
    const text = `${head}${sidecar}  progressDeadline: 10s\n`;
    const fixed = text.replace("progressDeadline", "progress-deadline");
    check(text, { code: "legacy-config-key", at: "progressDeadline", fixed });
  });
  it("fixes one entry of the list and leaves the others", () => {
    const list = "kind.local, docker.io ,ko.local,dev.local";
    const text = `${head}${sidecar}  registries-skipping-tag-resolving: "${list}"\n`;
    const fixed = text.replace("docker.io", "index.docker.io");
    check(text, { code: "skip-entry-never-matches", at: "docker.io", fixed });
  });
  for (const [list, title] of [
    ["kind.local,ko.local,dev.local,docker.io", "Change “docker.io” to “index.docker.io”"],
    ["kind.local,ko.local,dev.local,,a.io", "Remove the empty entry"],
    ["kind.local,ko.local,a.io", "Add dev.local"],
  ] as const) {
    it(`has a fix that says what it does: ${title}`, () => {
      const text = `${head}${sidecar}  registries-skipping-tag-resolving: "${list}"\n`;
      const titles = findings(text).flatMap(({ fixes }) => fixes.map((fix) => fix.title));
      assert.ok(titles.includes(title), titles.join("; "));
    });
  }
  it("finds an entry in a block scalar of several lines", () => {
    const text = `${head}${sidecar}  registries-skipping-tag-resolving: |\n    kind.local,ko.local,\n    dev.local,https://a.io\n`;
    const fixed = text.replace("https://a.io", "a.io");
    check(text, { code: "skip-entry-never-matches", at: "https://a.io", fixed });
  });
  it("knows the ports of the workspace's images", () => {
    const text = `${head}${sidecar}  registries-skipping-tag-resolving: "kind.local,ko.local,dev.local,a.io"\n`;
    const image =
      "apiVersion: serving.knative.dev/v1\nkind: Revision\nspec: {containers: [{image: 'a.io:5000/app'}]}\n";
    check(text, {
      code: "skip-entry-never-matches",
      at: "a.io",
      fixed: text.replace("a.io", "a.io:5000"),
      world: { others: { "file:///work/app.yaml": image }, uri: "file:///work/config.yaml" },
    });
  });
  it("warns of public registries and of lost defaults", () => {
    const text = `${head}${sidecar}  registries-skipping-tag-resolving: ghcr.io\n`;
    check(text, { code: "skip-list-public-registry", at: "ghcr.io" });
    check(text, {
      code: "skip-list-drops-defaults",
      at: "registries-skipping-tag-resolving",
      fixed: text.replace("ghcr.io", '"ghcr.io,kind.local,ko.local,dev.local"'),
    });
  });
  it("would lose the sidecar's image, unless it is a patch of one that has it", () => {
    const text = `${head}  progress-deadline: 10s\n`;
    check(text, { code: "config-loses-sidecar-image", at: "config-deployment" });
    const others = { "file:///work/base/config.yaml": `${head}${sidecar}` };
    assert.deepEqual(findings(text, { others }), []);
  });
});

describe("config-deployment as a kustomization generates it", () => {
  const world = { uri: "file:///work/kustomization.yaml" };
  const text = (literal: string): string =>
    `configMapGenerator:\n  - name: config-deployment\n    behavior: merge\n    literals:\n      - ${literal}\n`;
  it("is validated like the ConfigMap, and fixed inside its literal", () => {
    const literal = text("progress-deadline=10 # why");
    const fixed = literal.replace("=10", "=10s");
    check(literal, { code: "invalid-config-value", at: "10", fixed, world });
    const list = text(
      "registries-skipping-tag-resolving='kind.local,ko.local,dev.local,docker.io'",
    );
    check(list, {
      ...{ code: "skip-entry-never-matches", at: "docker.io", world },
      fixed: list.replace("docker.io", "index.docker.io"),
    });
  });
});

describe("KnativeServing", () => {
  const serving =
    "apiVersion: operator.knative.dev/v1beta1\nkind: KnativeServing\nmetadata: {name: k}\nspec:\n  config:\n    deployment:\n";
  it("is validated like the ConfigMap, and needs no sidecar's image", () => {
    const text = `${serving}      registries-skipping-tag-resolution: a.io\n`;
    assert.deepEqual(
      findings(text).map(({ code }) => code),
      ["unknown-config-key"],
    );
  });
});

describe("a pull secret", () => {
  const secret = (value: string): string =>
    `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ntype: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: |\n    ${value}\n`;
  const auth = '"auth":"dXNlcjpzZWNyZXQ="';
  it("has its key fixed where Knative never uses it", () => {
    const text = secret(`{"auths":{"docker.io":{${auth}}}}`);
    check(text, {
      code: "pull-secret-never-matches",
      at: "docker.io",
      fixed: text.replace("docker.io", "https://index.docker.io/v1/"),
    });
  });
  it("that cannot be read is an error, and shows nothing of itself", () => {
    const text = secret('{"auths":{"a.io":{"auth":"!canary!"}}}');
    const [finding] = findings(text);
    assert.equal(finding?.code, "pull-secret-invalid");
    assert.equal(finding.severity, "error");
    assert.ok(!JSON.stringify(finding).includes("canary"));
  });
  it("is read through base64, and then pointed at as a whole", () => {
    const encoded = Buffer.from(`{"auths":{"docker.io":{${auth}}}}`).toString("base64");
    const text = secret("").replace(
      "stringData:\n  .dockerconfigjson: |\n    ",
      `data:\n  .dockerconfigjson: ${encoded}`,
    );
    check(text, { code: "pull-secret-never-matches", at: encoded });
  });
  it("whose data is not valid base64 is an error, and shows nothing of itself", () => {
    const data = (value: string): string =>
      secret("").replace(
        "stringData:\n  .dockerconfigjson: |\n    ",
        `data:\n  .dockerconfigjson: ${value}`,
      );
    for (const value of ["canary#", "canary", '\'{"auths":{"a.io":{"auth":"canary"}}}\'']) {
      const text = data(value);
      check(text, { code: "pull-secret-invalid", at: value });
      const [finding] = findings(text);
      assert.match(
        finding?.message ?? "",
        /^Not valid base64: .* \(illegal base64 data at input byte \d+\)/,
      );
      assert.ok(!JSON.stringify(finding).includes("canary"));
    }
    // Some tool fills these in, or decrypts them.
    for (const value of ["${CONFIG}", "<base64>", "ENC[AES256_GCM,data:x,iv:y]", '""']) {
      assert.deepEqual(findings(data(value)), [], value);
    }
  });
  it("that is right has nothing said of it", () => {
    assert.deepEqual(findings(secret(`{"auths":{"https://index.docker.io/v1/":{${auth}}}}`)), []);
  });
});

describe("a configuration that Knative never reads", () => {
  const elsewhere = `${head.replace("  annotations:", "  namespace: default\n  annotations:")}${sidecar}`;
  it("is in another namespace, which is changed and nothing else", () => {
    check(elsewhere, {
      code: "misplaced-config",
      at: "default",
      fixed: elsewhere.replace("namespace: default", "namespace: knative-serving"),
    });
    assert.equal(findings(elsewhere).length, 1);
  });
  it("is read where the operator puts Knative", () => {
    const operator =
      "apiVersion: operator.knative.dev/v1beta1\nkind: KnativeServing\nmetadata: {name: a, namespace: default}\n";
    assert.deepEqual(findings(elsewhere, { others: { "file:///work/ks.yaml": operator } }), []);
  });
  const nested = (depth: number): string =>
    Array.from({ length: depth }, (_, at) => `${"  ".repeat(at + 1)}a:\n`).join("") +
    `${"  ".repeat(depth + 1)}registries-skipping-tag-resolving: a.io\n`;
  const behind = (maps: number): string =>
    Array.from({ length: maps }, (_, at) => `  a${at}: {b: c}\n`).join("") +
    "  z: {registries-skipping-tag-resolving: a.io}\n";
  for (const [what, isFound, spec] of [
    ["in the fifth map in a map", true, nested(5)],
    ["deeper", false, nested(6)],
    ["behind 198 maps", true, behind(198)],
    ["behind more", false, behind(199)],
  ] as const) {
    it(`is ${isFound ? "" : "not "}found ${what} of a KnativeServing`, () => {
      const text = `apiVersion: operator.knative.dev/v1beta1\nkind: KnativeServing\nmetadata: {name: a}\nspec:\n${spec}`;
      assert.equal(findings(text).length, isFound ? 1 : 0);
    });
  }
  for (const [name, spec, key] of [
    [
      "a level of its own",
      "  registries-skipping-tag-resolving: a.io\n",
      "registries-skipping-tag-resolving",
    ],
    ["another map", "  config:\n    network:\n      progress-deadline: 1s\n", "progress-deadline"],
    ["an override", "  registry:\n    override:\n      queue-proxy: a.io/queue:1\n", "queue-proxy"],
  ] as const) {
    it(`is a KnativeServing's at ${name}`, () => {
      const text = `apiVersion: operator.knative.dev/v1beta1\nkind: KnativeServing\nmetadata: {name: a}\nspec:\n${spec}`;
      check(text, { code: "misplaced-config", at: key });
    });
  }
});

describe("a configuration that a template fills in", () => {
  for (const value of ["${X}", "{{ .Values.x }}", "#@ data.values.x", "$(X)", "X_SECONDS", "<x>"]) {
    it(`has nothing said of its values: ${value}`, () => {
      const keys = [
        "registries-skipping-tag-resolving",
        "progress-deadline",
        "queue-sidecar-cpu-request",
      ];
      const text = `${head}${sidecar}${keys.map((key) => `  ${key}: ${value}\n`).join("")}`;
      assert.deepEqual(findings(text), []);
    });
  }
  it("has a wrong key renamed and never removed", () => {
    const [finding] = findings(`${head}${sidecar}  progres-deadline: \${X}\n`);
    assert.equal(finding?.code, "unknown-config-key");
    assert.deepEqual(
      finding.fixes.map(({ title }) => title),
      ["Rename “progres-deadline” to “progress-deadline”"],
    );
  });
});

describe("a pull secret in base64", () => {
  const encode = (text: string): string => Buffer.from(text).toString("base64");
  const encoded = (data: string): string =>
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: pull\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: ${data} # keep\n`;
  it("has its key changed inside, every other byte as it was", () => {
    const json = '{ "auths": {"docker.io":{"auth":"dTpw"}} , "é": 1}\n';
    const text = encoded(encode(json));
    check(text, {
      code: "pull-secret-never-matches",
      at: encode(json),
      fixed: encoded(encode(json.replace("docker.io", "https://index.docker.io/v1/"))),
    });
  });
  it("has no fix where encoding it again would change more", () => {
    const json = '{"auths":{"docker.io":{"auth":"dTpw"}}}';
    const odd = `"${encode(json).slice(0, 8)}\\n${encode(json).slice(8)}"`;
    const [finding] = findings(encoded(odd));
    assert.equal(finding?.code, "pull-secret-never-matches");
    assert.deepEqual(finding.fixes, []);
  });
});
