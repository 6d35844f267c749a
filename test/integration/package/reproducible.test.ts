// Two builds of the same sources give the same bytes, whenever and wherever they run.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageExtension } from "../../support/packagedExtension.ts";
import { projectPath } from "../../support/projectRoot.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";

interface Sbom {
  readonly bomFormat: string;
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly hashes: readonly unknown[];
    readonly licenses: readonly unknown[];
  }[];
}

const run = promisify(execFile);

describe("a package", () => {
  it("for an editor and one for npm are the same bytes when they are made again", async () => {
    const folder = await temporaryFolder();
    try {
      const made = [await make(folder.path), await make(folder.path)];
      assert.deepEqual(made[0], made[1]);
      await assertSbom();
    } finally {
      await folder.remove();
    }
  });

  /** The list for programs names what the notices name, each with its hash and licence. */
  async function assertSbom(): Promise<void> {
    const read = (file: string): Promise<string> => readFile(projectPath("dist", file), "utf8");
    const titles = (await read("THIRD_PARTY_NOTICES.txt")).matchAll(/^-{78}\n(\S+) (\S+) \(/gm);
    const sbom = JSON.parse(await read("sbom.cdx.json")) as Sbom;
    assert.equal(sbom.bomFormat, "CycloneDX");
    assert.deepEqual(
      sbom.components.map(({ name, version }) => `${name}@${version}`).sort(),
      [...titles].map(([, name, version]) => `${name}@${version}`).sort(),
    );
    for (const { name, hashes, licenses } of sbom.components) {
      assert.ok(hashes.length > 0 && licenses.length > 0, name);
    }
  }

  /** The hashes of both packages. */
  async function make(folder: string): Promise<readonly string[]> {
    const vsix = await packageExtension(folder);
    const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
    await run("npm", ["pack", ...quiet, "--ignore-scripts", "--pack-destination", folder], {
      cwd: projectPath(),
    });
    const tarball = (await readdir(folder)).find((file) => file.endsWith(".tgz")) ?? "";
    return await Promise.all([vsix, join(folder, tarball)].map(takeHash));
  }

  async function takeHash(file: string): Promise<string> {
    const hash = createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
    await rename(file, `${file}.before`);
    return hash;
  }
});
