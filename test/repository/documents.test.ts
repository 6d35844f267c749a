// Settings, diagnostics and documents say the same.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import {
  defaultSeverity,
  documentationUrl,
  findingCodes,
} from "../../server/src/findings/findingCodes.ts";
import { defaultSettings, parseSettings } from "../../server/src/settings.ts";
import { projectPath } from "../support/projectRoot.ts";

interface Setting {
  readonly default: unknown;
  readonly scope: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<
    Record<string, { readonly default: string; readonly enum: readonly string[] }>
  >;
  readonly additionalProperties?: unknown;
}

interface Manifest {
  readonly contributes: {
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Setting>> }[];
  };
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
}

const read = (file: string): string => readFileSync(projectPath(file), "utf8");
const manifest = JSON.parse(read("package.json")) as Manifest;
const settings = new Map(
  manifest.contributes.configuration.flatMap(({ properties }) => Object.entries(properties)),
);

describe("the settings in package.json", () => {
  it("have the defaults and the names that settings.ts has", () => {
    const raw = Object.fromEntries(
      [...settings].map(([name, setting]) => [name.replace("knativeDigest.", ""), setting.default]),
    );
    const { settings: parsed, problems } = parseSettings(raw);
    assert.deepEqual(problems, []);
    assert.deepEqual(parsed, defaultSettings);
  });

  it("leave none of settings.ts out", () => {
    const names = [...settings.keys()].map((name) => name.replace("knativeDigest.", ""));
    for (const [name, value] of Object.entries(defaultSettings)) {
      const isGroup = typeof value === "object" && value !== null && !names.includes(name);
      const expected = isGroup
        ? Object.keys(value as object).map((key) => `${name}.${key}`)
        : [name];
      for (const one of expected) assert.ok(names.includes(one), one);
    }
  });

  it("take only the values that settings.ts takes", () => {
    for (const [name, setting] of settings) {
      for (const value of setting.enum ?? []) {
        const { problems } = parseSettings({ [name.replace("knativeDigest.", "")]: value });
        assert.deepEqual(problems, [], `${name}: ${value}`);
      }
    }
  });

  it("restrict in an untrusted workspace what decides where requests and credentials go", () => {
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    const machine = [...settings].filter(([, { scope }]) => scope === "machine");
    const guards = ["registries", "caFile", "proxy", "trustedAuthHosts"];
    for (const name of [...guards, "cluster.enabled", "cluster.context"]) {
      assert.equal(settings.get(`knativeDigest.${name}`)?.scope, "machine", name);
    }
    // How often and for how long a registry is asked, too.
    const others = ["resolve", "timeoutSeconds", "requestsPerRegistry"];
    for (const name of [
      ...machine.map(([one]) => one),
      ...others.map((one) => `knativeDigest.${one}`),
    ])
      assert.ok(restricted.includes(name), name);
  });
});

describe("the diagnostics", () => {
  it("each have a property in the setting, with the severities to choose from and their default", () => {
    const setting = settings.get("knativeDigest.diagnostics");
    const { properties = {}, additionalProperties } = setting ?? {};
    assert.deepEqual(Object.keys(properties).sort(), [...findingCodes].sort());
    assert.equal(additionalProperties, false);
    for (const code of findingCodes) {
      const { default: shown, enum: severities } = properties[code] ?? {};
      assert.deepEqual(severities, ["error", "warning", "information", "hint", "off"], code);
      // Being offline is calm in an editor.
      const isCalm = code === "registry-unreachable";
      assert.equal(shown, isCalm ? "off" : defaultSeverity(code), code);
    }
  });

  it("each have a page, which their link leads to, and no other page is there", () => {
    const pages = readdirSync(projectPath("docs/diagnostics")).filter((name) => /\.md$/.test(name));
    assert.deepEqual(pages.sort(), findingCodes.map((code) => `${code}.md`).sort());
    for (const code of findingCodes) {
      assert.match(
        documentationUrl(code),
        new RegExp(`/blob/main/docs/diagnostics/${code}\\.md#${code}$`),
      );
    }
  });

  it("each have a section in DIAGNOSTICS.md that begins with their default severity", () => {
    const text = read("DIAGNOSTICS.md");
    for (const code of findingCodes) {
      assert.ok(text.includes(`\n### ${code}\n\nDefault: ${defaultSeverity(code)}`), code);
    }
    assert.equal(text.match(/^### /gm)?.length, findingCodes.length);
  });
});

describe("the documents", () => {
  for (const file of [
    "README.md",
    "README.zh-CN.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "DIAGNOSTICS.md",
    "SECURITY.md",
  ]) {
    it(`name files that are there: ${file}`, () => {
      const targets = [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
        ([, path]) => path,
      );
      const missing = targets.filter((path) => !existsSync(projectPath(path ?? "")));
      assert.deepEqual(missing, []);
    });
  }
});

describe("the documents that `npm run docs` writes", () => {
  it("are as it writes them", async () => {
    const docs = (await import(projectPath("test", "setup", "docs.mjs"))) as {
      writtenDocuments(): Promise<ReadonlyMap<string, string>>;
    };
    for (const [file, text] of await docs.writtenDocuments()) {
      assert.ok(existsSync(projectPath(file)), `Run “npm run docs”: ${file} is missing.`);
      assert.equal(read(file), text, `Run “npm run docs”: ${file} is out of date.`);
    }
  });
});
