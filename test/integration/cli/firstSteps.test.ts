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
  /** What is printed, each line to its first two blanks. */
  readonly prints: readonly string[];
}

/** The file of the first steps, and each command with what stands below it. */
function firstSteps(readme: string): { file: string; steps: readonly Step[] } {
  const start = readme.search(/^## (?:First steps|第一步)$/m);
  const section = readme.slice(start, readme.indexOf("\n## ", start + 1));
  const [, file = ""] = /^```yaml\n# service\.yaml\n([^]*?)^```$/m.exec(section) ?? [];
  const pairs = section.matchAll(/^```sh\n(.*)\n```\n\n```\n([^]*?)^```$/gm);
  const steps = [...pairs].map(([, command = "", prints = ""]) => ({
    command,
    prints: prints.trimEnd().split("\n"),
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
          const printed = stdout.split("\n").slice(0, prints.length);
          for (const [index, line] of prints.entries()) {
            assert.ok(printed[index]?.startsWith(line), `${command}\n${stdout}`);
          }
        }
      } finally {
        await folder.remove();
      }
    });
  }
});
