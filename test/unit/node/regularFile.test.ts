// Files that others may have made: asked what they are before they are opened and after, bounded in bytes and time.

import assert from "node:assert/strict";
import { mkdir, open, rename, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  findInRegularFile,
  readRegularFile,
  readSmallFile,
} from "../../../server/src/node/files/regularFile.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import { runProgram, temporaryFolder } from "../../support/registry/programs.ts";

describe("a file that others may have made", function () {
  this.timeout(20_000);
  const { use, run } = createCleanUp();
  afterEach(run);

  const maxBytes = 1000;
  const rows: readonly (readonly [
    what: string,
    make: (file: string) => unknown,
    expected: string,
  ])[] = [
    ["a regular file", (file) => writeFile(file, "text"), "text"],
    ["empty", (file) => writeFile(file, ""), ""],
    [
      "as long as is allowed",
      (file) => writeFile(file, "x".repeat(maxBytes)),
      "x".repeat(maxBytes),
    ],
    ["longer", (file) => writeFile(file, "x".repeat(maxBytes + 1)), "too-large"],
    [
      "larger than memory",
      async (file) => {
        await writeFile(file, "");
        await truncate(file, 2 ** 42);
      },
      "too-large",
    ],
    ["a folder", (file) => mkdir(file), "folder"],
    ["a FIFO", (file) => runProgram("mkfifo", [file]), "not-a-file"],
    ["a device", (file) => symlink("/dev/zero", file), "not-a-file"],
    ["a link to nowhere", (file) => symlink("nowhere", file), "missing"],
    ["a link to itself", (file) => symlink(file, file), "too-many-links"],
  ];
  for (const [what, make, expected] of rows) {
    it(`is read, or told why not, where it is ${what}`, async () => {
      const file = path.join(use(await temporaryFolder()).path, "file");
      await make(file);
      for (const read of [
        await readRegularFile(file, maxBytes),
        await readSmallFile(file, maxBytes),
      ]) {
        assert.equal(read.kind === "bytes" ? read.bytes.toString() : read.problem, expected);
      }
    });
  }

  it("is read within its bound where its size is not told", async () => {
    const read = await readRegularFile("/proc/self/status", 64 * 1024);
    assert.ok(read.kind === "bytes" && read.bytes.length > 100);
    const cut = await readRegularFile("/proc/self/status", 100);
    assert.deepEqual(cut, { kind: "problem", problem: "too-large" });
  });

  it("is not even opened where it is no file, or too long: opening may wait, or have effects", async () => {
    const file = path.join(use(await temporaryFolder()).path, "file");
    const never: typeof open = () => assert.fail("it was opened");
    runProgram("mkfifo", [file]);
    assert.deepEqual(await readRegularFile(file, maxBytes, { opening: never }), {
      ...{ kind: "problem", problem: "not-a-file" },
    });
    await writeFile(`${file}.long`, "x".repeat(maxBytes + 1));
    // In memory that is there already a short file is read at once, of which the same holds.
    for (const memory of [undefined, Buffer.alloc(10 * maxBytes)]) {
      const options = { opening: never, ...(memory === undefined ? {} : { memory }) };
      assert.deepEqual(await readRegularFile(`${file}.long`, maxBytes, options), {
        ...{ kind: "problem", problem: "too-large" },
      });
    }
  });

  const replacements: typeof rows = [
    ["a FIFO", (file) => runProgram("mkfifo", [file]), "not-a-file"],
    ["a device", (file) => symlink("/dev/zero", file), "not-a-file"],
    [
      "a file larger than memory",
      async (file) => {
        await writeFile(file, "");
        await truncate(file, 2 ** 42);
      },
      "too-large",
    ],
  ];
  for (const [what, make, expected] of replacements) {
    it(`is asked again once it is open: it may have become ${what} meanwhile`, async () => {
      const folder = use(await temporaryFolder()).path;
      const [file, other] = [path.join(folder, "file"), path.join(folder, "other")];
      await writeFile(file, "text");
      await make(other);
      const swapping: typeof open = async (name, flags) => {
        await rename(other, file);
        return open(name, flags);
      };
      const read = await readRegularFile(file, maxBytes, { opening: swapping });
      assert.deepEqual(read, { kind: "problem", problem: expected });
    });
  }

  it("is searched only where it is a regular file, and so far", async () => {
    const folder = use(await temporaryFolder()).path;
    const [file, device] = [path.join(folder, "file"), path.join(folder, "device")];
    await writeFile(file, Buffer.alloc(4_000_000, "x"));
    await symlink("/dev/zero", device);
    const pieces: number[] = [];
    const see = (piece: Buffer): boolean => {
      pieces.push(piece.length);
      return false;
    };
    assert.equal(await findInRegularFile(device, 4_000_000, see), false);
    assert.deepEqual(pieces, []);
    assert.equal(await findInRegularFile(file, 1_000_000, see), false);
    assert.equal(pieces.length, 1);
  });

  it("is given up where reading takes too long", async () => {
    const never = () => new Promise<never>(() => undefined);
    const read = await readSmallFile("file", maxBytes, never, 5);
    assert.deepEqual(read, { kind: "problem", problem: "failed" });
  });
});
