// The README's first steps, in an empty folder, line by line: the commands say what is printed below them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { runBuilt } from "../../support/builtCommand.ts";
import { projectPath } from "../../support/projectRoot.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";

interface Step {
  readonly command: string;
  /** What is printed, to the last line. */
  readonly prints: string;
}

/** The file of the first steps, and each command with what stands below it. */
function firstSteps(readme: string): { file: string; steps: readonly Step[] } {
  const start = readme.search(/^## (?:First steps|第一步)$/m);
  const section = readme.slice(start, readme.indexOf("\n## ", start + 1));
  const [, file = ""] = /^```yaml\n([^]*?)^```$/m.exec(section) ?? [];
  const pairs = section.matchAll(/^```sh\n(.*)\n```\n\n```\n([^]*?)^```$/gm);
  const steps = [...pairs].map(([, command = "", prints = ""]) => ({
    command,
    prints,
  }));
  return { file, steps };
}

describe("the first steps", () => {
  for (const name of ["README.md", "README.zh-CN.md"]) {
    it(`of ${name} print what it says`, async () => {
      const { file, steps } = firstSteps(readFileSync(projectPath(name), "utf8"));
      assert.deepEqual(
        steps.map(({ command }) => command),
        ["knative-digest list", "knative-digest check --offline"],
      );
      const folder = await temporaryFolder();
      try {
        await writeFile(path.join(folder.path, "service.yaml"), file);
        for (const { command, prints } of steps) {
          const { stdout } = await runBuilt(command.split(" ").slice(1), { cwd: folder.path });
          assert.equal(stdout, prints, command);
        }
      } finally {
        await folder.remove();
      }
    });
  }
});
