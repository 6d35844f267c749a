// Credential files by what they are and where they lie: only regular files, of bounded size, outside the workspace.

import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { createCredentialFiles } from "../../../server/src/node/credentialFiles.ts";
import type { CredentialFiles } from "../../../server/src/registry/credentials/keychain.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import { runProgram, temporaryFolder } from "../../support/registry/programs.ts";

describe("credential files", function () {
  this.timeout(20_000);
  const { use, run } = createCleanUp();
  afterEach(run);

  function read(
    folder: string,
    workspaceFolders: readonly string[] = [],
  ): Promise<CredentialFiles> {
    const places = {
      variables: { DOCKER_CONFIG: folder },
      home: "/nonexistent",
      platform: "linux",
      uid: 0,
      workspaceFolders: () => workspaceFolders,
    } as const;
    return createCredentialFiles(places)();
  }
  const config = JSON.stringify({ auths: { "registry.example": { auth: "dTpw" } } });

  const odd: readonly (readonly [
    what: string,
    make: (file: string) => Promise<unknown> | string,
  ])[] = [
    ["a FIFO", (file) => runProgram("mkfifo", [file])],
    ["a device", (file) => symlink("/dev/zero", file)],
    ["a folder", (file) => mkdir(file)],
    [
      "larger than a credential file is",
      (file) => writeFile(file, " ".repeat(1024 * 1024) + config),
    ],
    ["UTF-16", (file) => writeFile(file, Buffer.from(config, "utf16le"))],
  ];
  for (const [what, make] of odd) {
    it(`are not read where one is ${what}, and that is reported`, async () => {
      const folder = use(await temporaryFolder()).path;
      await make(path.join(folder, "config.json"));
      const { files, notices } = await read(folder);
      assert.deepEqual(files, []);
      assert.equal(notices.length, 1);
      assert.match(notices[0] ?? "", /config\.json/);
    });
  }

  it("are not read inside a workspace that was opened through a link, nor in a folder of two dots there", async () => {
    const folder = use(await temporaryFolder()).path;
    const inner = path.join(folder, "real/..docker");
    await mkdir(inner, { recursive: true });
    await writeFile(path.join(inner, "config.json"), config);
    await symlink(path.join(folder, "real"), path.join(folder, "link"));
    const seen = async (workspace: string): Promise<number> =>
      (await read(inner, [path.join(folder, workspace)])).files.length;
    assert.equal(await seen("link"), 0);
    assert.equal(await seen("real"), 0);
    assert.equal(await seen("other"), 1);
  });
});
