// What `pin` keeps, refuses and says, on a real file system.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { runBuilt, startBuilt, giveAway, type BuiltResult } from "../../support/builtCommand.ts";
import { projectPath } from "../../support/projectRoot.ts";
import { service } from "../../support/reading.ts";
import { runProgram, temporaryFolder } from "../../support/registry/programs.ts";

const isRoot = process.getuid?.() === 0;
/** `unpin` writes as `pin` does, and asks no registry. */
const before = service(`nginx:1@sha256:${"a".repeat(64)}`);
const after = service("nginx:1");

describe("writing manifests", function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const at = (...names: readonly string[]): string => path.join(folder.path, ...names);
  const run = (args: readonly string[] = [], options = {}): Promise<BuiltResult> =>
    runBuilt(["unpin", ...args], { cwd: folder.path, ...options });
  const text = (...names: readonly string[]): Promise<string> => readFile(at(...names), "utf8");
  const python = (code: string): string =>
    execFileSync("python3", ["-c", `import os\n${code}`], { cwd: folder.path, encoding: "utf8" });

  beforeEach(async () => {
    folder = await temporaryFolder();
    await writeFile(at("a.yaml"), before);
  });
  afterEach(() => folder.remove());

  async function assertWritten(result: BuiltResult): Promise<void> {
    assert.equal(result.code, 0, result.stderr);
    assert.equal(await text("a.yaml"), after);
    assert.deepEqual(
      (await readdir(folder.path)).filter((name) => name.endsWith(".tmp")),
      [],
    );
  }

  it("keeps the mode, and the owner where that may be kept", async () => {
    await chmod(at("a.yaml"), 0o640);
    if (isRoot) await chown(at("a.yaml"), 65_534, 65_534);
    const { uid } = await stat(at("a.yaml"));
    await assertWritten(await run());
    const status = await stat(at("a.yaml"));
    assert.deepEqual([status.mode & 0o7777, status.uid], [0o640, uid]);
  });

  it("keeps extended attributes and access control lists", async function () {
    if (process.platform !== "linux") this.skip();
    // A version, then tag, permissions and number of each entry: owner rw, 65534 r, group -, mask r, others -.
    const acl = [
      ...["02000000", "01000600ffffffff", "02000400feff0000", "04000000ffffffff"],
      ...["10000400ffffffff", "20000000ffffffff"],
    ].join("");
    python(
      `os.setxattr("a.yaml", "user.owner", b"team")\n` +
        `os.setxattr("a.yaml", "system.posix_acl_access", bytes.fromhex("${acl}"))`,
    );
    await assertWritten(await run());
    const kept = `print(os.getxattr("a.yaml", "user.owner"), os.getxattr("a.yaml", "system.posix_acl_access").hex())`;
    assert.equal(python(kept).trim(), `b'team' ${acl}`);
  });

  it("does not write where an attribute cannot be kept, and says so", async function () {
    // Of others than root no new file takes a capability.
    if (!isRoot || process.platform !== "linux") this.skip();
    await giveAway(folder.path, at("a.yaml"));
    const capability = "0100000200200000000000000000000000000000";
    python(`os.setxattr("a.yaml", "security.capability", bytes.fromhex("${capability}"))`);
    const { code, stderr } = await run([], { unprivileged: true });
    assert.equal(code, 2);
    assert.match(stderr, /a\.yaml: Not written: .*attributes/);
    assert.deepEqual([await text("a.yaml"), await readdir(folder.path)], [before, ["a.yaml"]]);
  });

  it("says that other names of the file keep the old text", async () => {
    await link(at("a.yaml"), at("other.txt"));
    const result = await run();
    await assertWritten(result);
    assert.equal(await text("other.txt"), before);
    assert.match(result.stderr, /a\.yaml: hard links to this file/);
  });

  it("keeps a link, and says where it leads out of the folder", async () => {
    const other = await temporaryFolder();
    try {
      await writeFile(path.join(other.path, "b.yaml"), before);
      await symlink(path.join(other.path, "b.yaml"), at("b.yaml"));
      const result = await run();
      await assertWritten(result);
      assert.ok((await lstat(at("b.yaml"))).isSymbolicLink());
      assert.equal(await readFile(path.join(other.path, "b.yaml"), "utf8"), after);
      assert.match(
        result.stderr,
        /b\.yaml: this symbolic link leads out of the folder; .*b\.yaml was changed/,
      );
    } finally {
      await other.remove();
    }
  });

  it("writes files with the longest names, and with names of any characters", async () => {
    const names = [`${"n".repeat(250)}.yaml`, "line\nbreak.yaml", " -x ' \" $(a).yaml", "süß.yaml"];
    for (const name of names) await writeFile(at(name), before);
    await mkdir(at("in\nner"));
    await writeFile(at("in\nner", "b.yaml"), before);
    await assertWritten(await run());
    for (const name of names) assert.equal(await text(name), after, name);
    assert.equal(await text("in\nner", "b.yaml"), after);
  });

  it("says which names are not UTF-8, and writes the other files", async function () {
    if (process.platform !== "linux") this.skip();
    const odd = (name: string): Buffer =>
      Buffer.concat([Buffer.from(`${folder.path}/`), Buffer.from(name, "latin1")]);
    await mkdir(odd("c\xff"));
    const files = ["b\xff.yaml", "c\xff/d.yaml"].map(odd);
    for (const file of files) await writeFile(file, before);
    const { code, stderr } = await run();
    assert.equal(code, 2);
    assert.match(stderr, /b\ufffd\.yaml: Not read: its name is not UTF-8/);
    assert.match(stderr, /c\ufffd: Not read: its name is not UTF-8/);
    assert.equal(await text("a.yaml"), after);
    for (const file of files) assert.equal(await readFile(file, "utf8"), before);
  });

  it("does not write into a folder that may not be written, and says so", async () => {
    await giveAway(folder.path, at("a.yaml"));
    await chmod(folder.path, 0o555);
    const { code, stderr } = await run([], { unprivileged: true });
    await chmod(folder.path, 0o755);
    assert.equal(code, 2);
    assert.match(stderr, /a\.yaml: Not written: permission denied/);
    assert.equal(await text("a.yaml"), before);
  });

  it("leaves a file as it was on a full disk, and says so", async function () {
    if (!isRoot || process.platform !== "linux") this.skip();
    await mkdir(at("disk"));
    runProgram("mount", ["-t", "tmpfs", "-o", "size=64k", "none", at("disk")]);
    try {
      const long = `${before}${"# a line\n".repeat(3_000)}`;
      await writeFile(at("disk/b.yaml"), long);
      await writeFile(at("disk/fill"), Buffer.alloc(24_000));
      const { code, stderr } = await run();
      assert.equal(code, 2);
      assert.match(stderr, /disk\/b\.yaml: Not written: no space left/);
      assert.equal(await text("disk/b.yaml"), long);
      assert.deepEqual((await readdir(at("disk"))).sort(), ["b.yaml", "fill"]);
      assert.equal(await text("a.yaml"), after);
    } finally {
      runProgram("umount", [at("disk")]);
    }
  });

  it("refuses what is not a regular file, and waits for nothing", async () => {
    runProgram("mkfifo", [at("pipe.yaml")]);
    for (const name of ["pipe.yaml", "/dev/zero", "/dev/null"]) {
      const { code, stderr } = await run([name]);
      assert.equal(code, 2);
      assert.match(stderr, /Not a regular file/);
    }
    const { code, stderr } = await run(["."]);
    assert.equal(code, 0);
    assert.match(stderr, /1 special file was not read/);
  });

  it("reads no more of standard input than of a file", async () => {
    const { code, stderr } = await run(["-"], { stdin: Buffer.alloc(30_000_000, "#") });
    assert.equal(code, 2);
    assert.match(stderr, /-: Larger than 20 MB/);
  });

  it("of two at once leaves whole files, and nothing else", async () => {
    const names = Array.from({ length: 30 }, (_, index) => `m${index}.yaml`);
    for (const name of names) await writeFile(at(name), before);
    const both = [1, 2].map(() => startBuilt(["unpin"], { cwd: folder.path }).ended);
    for (const { code, stderr } of await Promise.all(both)) {
      assert.ok(code === 0 || /Not written: the file was changed/.test(stderr), stderr);
    }
    for (const name of names) assert.equal(await text(name), after);
    assert.equal((await readdir(folder.path)).length, names.length + 1);
  });

  it("says that the current folder is gone, and does not end as with a finding", async () => {
    const gone = at("gone");
    await mkdir(gone);
    const program = `cd "${gone}" && rmdir "${gone}" && "${process.execPath}" "${projectPath("dist/cli.cjs")}" check`;
    const { status, stderr } = spawnSync("sh", ["-c", program], { encoding: "utf8" });
    assert.equal(status, 2);
    assert.match(stderr, /^knative-digest: The current folder no longer exists\.\n$/);
    await rm(gone, { recursive: true, force: true });
  });
});
