// A file is replaced as a whole, or left as it was.

import assert from "node:assert/strict";
import {
  chmod,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import {
  replaceWhole,
  writeFileAtomically,
} from "../../../server/src/node/files/writeFileAtomically.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";

describe("writing a file atomically", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let file: string;

  beforeEach(async () => {
    folder = await temporaryFolder();
    file = path.join(folder.path, "a.yaml");
    await writeFile(file, "before\r\n");
  });
  afterEach(() => folder.remove());

  const text = (): Promise<string> => readFile(file, "utf8");
  const names = (): Promise<string[]> => readdir(folder.path);

  it("replaces the text and leaves no other file", async () => {
    assert.equal(await writeFileAtomically(file, "before\r\n", "nach\u00e4her"), "written");
    assert.equal(await text(), "nach\u00e4her");
    assert.deepEqual(await names(), ["a.yaml"]);
  });

  it("keeps the mode", async () => {
    await chmod(file, 0o640);
    await writeFileAtomically(file, "before\r\n", "after");
    assert.equal((await stat(file)).mode & 0o7777, 0o640);
  });

  it("keeps a link a link, and replaces what it points at", async () => {
    const linked = path.join(folder.path, "linked.yaml");
    await mkdir(path.join(folder.path, "other"));
    await writeFile(path.join(folder.path, "other/target.yaml"), "x");
    await symlink("other/target.yaml", linked);
    assert.equal(await writeFileAtomically(linked, "x", "y"), "written");
    assert.ok((await lstat(linked)).isSymbolicLink());
    assert.equal(await readFile(path.join(folder.path, "other/target.yaml"), "utf8"), "y");
  });

  it("leaves a file alone that somebody else changed", async () => {
    await writeFile(file, "theirs");
    assert.equal(await writeFileAtomically(file, "before\r\n", "after"), "changed-meanwhile");
    assert.equal(await text(), "theirs");
    assert.deepEqual(await names(), ["a.yaml"]);
  });

  it("leaves a file alone that somebody changed before, without writing another, or while it was written", async () => {
    const write = (copying: () => Promise<boolean>): ReturnType<typeof replaceWhole> =>
      replaceWhole(file, { before: "before\r\n", after: "after" }, copying);
    const answer = await write(async () => {
      await writeFile(file, "theirs");
      return true;
    });
    assert.deepEqual([answer, await text()], ["changed-meanwhile", "theirs"]);
    const never = (): Promise<boolean> => assert.fail("another file is written");
    assert.equal(await write(never), "changed-meanwhile");
    assert.deepEqual(await names(), ["a.yaml"]);
  });

  it("tells a changed byte order mark and changed line ends from none", async () => {
    assert.equal(await writeFileAtomically(file, "before\n", "after"), "changed-meanwhile");
    assert.equal(await writeFileAtomically(file, "\ufeffbefore\r\n", "after"), "changed-meanwhile");
  });

  it("makes no file that is gone", async () => {
    const gone = path.join(folder.path, "gone.yaml");
    assert.equal(await writeFileAtomically(gone, "", "after"), "changed-meanwhile");
    assert.deepEqual(await names(), ["a.yaml"]);
  });

  it("fails without a trace where a folder stands in the file's place", async () => {
    assert.equal(await writeFileAtomically(folder.path, "", "after"), "failed");
    assert.deepEqual(await names(), ["a.yaml"]);
  });

  it("does not write through another name of the file", async () => {
    const other = path.join(folder.path, "other.yaml");
    await link(file, other);
    await writeFileAtomically(file, "before\r\n", "after");
    assert.equal(await readFile(other, "utf8"), "before\r\n");
  });
});
