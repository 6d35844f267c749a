// The JSON schema of `.knative-digest.yaml` takes what the command line takes, and yaml-language-server finds it by
// the line that the documents tell people to write.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { parseSettings } from "../../server/src/settings.ts";
import { startLanguageServer } from "../support/lspClient.ts";
import { projectPath } from "../support/projectRoot.ts";

const file = projectPath("docs/knative-digest.schema.json");
const schema = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
// `markdownEnumDescriptions` is what editors know, and a validator does not.
const validate = new Ajv({ strict: false, allowUnionTypes: true }).compile(schema);

const fine: readonly string[] = [
  "",
  "skipRegistries: [dev.local]",
  "skipRegistries: null",
  "pin: { style: digest }",
  "pin.style: digest",
  "diagnostics: { unpinned-tag: warning, tag-moved: 'off' }",
  "exclude: ['vendor/**']",
  "kubernetesWorkloads: true",
  "knativeVersion: '1.19'",
  "timeoutSeconds: 30",
  "registries: { a.io: { mirror: b.io, insecure: true, caFile: ca.pem } }",
  "trustedAuthHosts: { a.io: [b.io] }",
  "trustedAuthHosts: { a.io: b.io }",
  "cluster: { enabled: true, context: kind }",
];

const wrong: readonly string[] = [
  "skipRegistries: dev.local",
  "pin: { style: digests }",
  "pin: { colour: red }",
  "skipRegistry: [dev.local]",
  "diagnostics: { unpinned-tag: loud }",
  "exclude: vendor",
  "kubernetesWorkloads: 'yes'",
  "knativeVersion: 2",
  "timeoutSeconds: 0",
  "registries: { a.io: { insecure: 1 } }",
];

describe("the schema of .knative-digest.yaml", () => {
  for (const text of fine) {
    it(`takes what is taken: ${text}`, () => {
      const content: unknown = parse(text);
      assert.deepEqual(parseSettings(content).problems, []);
      assert.ok(validate(content), JSON.stringify(validate.errors));
    });
  }
  for (const text of wrong) {
    it(`refuses what is refused: ${text}`, () => {
      const content: unknown = parse(text);
      assert.notDeepEqual(parseSettings(content).problems, []);
      assert.ok(!validate(content));
    });
  }

  it("is found and used by yaml-language-server", async () => {
    const program = projectPath("node_modules/yaml-language-server/bin/yaml-language-server");
    const server = await startLanguageServer({
      command: [process.execPath, program, "--stdio"],
      configuration: (section) =>
        section === "yaml" ? { validate: true, completion: true } : null,
    });
    try {
      const [comment = ""] = commentLine(projectPath("docs/command-line.md"));
      const line = comment.replace(/=.*$/, `=${pathToFileURL(file).href}`);
      const uri = "file:///work/.knative-digest.yaml";
      await server.open(uri, `${line}\npin:\n  style: digests\nskipRegistry: []\n`);
      const found = await server.diagnostics(uri, (all) => all.length >= 2);
      const messages = JSON.stringify(found);
      assert.match(messages, /tag-and-digest/);
      assert.match(messages, /skipRegistry/);
    } finally {
      await server.stop();
    }
  });

  it("has the address that the line in the documents has", () => {
    for (const guide of ["docs/command-line.md", "docs/zh-CN/command-line.md"]) {
      const [comment = ""] = commentLine(projectPath(guide));
      assert.ok(comment.endsWith(`$schema=${String(schema["$id"])}`), guide);
    }
  });
});

function commentLine(guide: string): readonly string[] {
  return /^# yaml-language-server: .*$/m.exec(readFileSync(guide, "utf8")) ?? [];
}
