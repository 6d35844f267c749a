// The command line as npm installs it: both programs start, and the part that is loaded late is found.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { startLanguageServer } from "../support/lspClient.ts";
import { projectPath } from "../support/projectRoot.ts";
import { withSample } from "../support/sampleEnvironment.ts";

const run = promisify(execFile);

/** Packs the project and installs that into a folder. @returns where npm puts the programs */
async function installPackage(folder: string): Promise<string> {
  const npm = ["--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", ["pack", ...npm, "--pack-destination", folder], { cwd: projectPath() });
  const file = (await readdir(folder)).find((name) => name.endsWith(".tgz")) ?? "";
  await run("npm", ["install", ...npm, "--prefix", folder, join(folder, file)]);
  return join(folder, "node_modules/.bin");
}

describe("the npm package", () => {
  it("installs a command line and a language server that run by themselves", async () => {
    await withSample(async ({ registry, digests, scratch, env }) => {
      const programs = await installPackage(scratch);
      const image = `${registry.host}/accounting/invoices:7`;
      const { stdout } = await run(join(programs, "knative-digest"), ["resolve", image], {
        cwd: scratch,
        env: { ...process.env, ...env },
      });
      assert.equal(stdout, `${registry.host}/accounting/invoices@${digests.invoices}\n`);
      const command = [join(programs, "knative-digest-language-server"), "--stdio"];
      const server = await startLanguageServer({ command });
      assert.equal(await server.stop(), 0);
    });
  });
});
