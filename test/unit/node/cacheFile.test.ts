// The file of the disk cache: private, bounded, and not stopped by what a session that died has left.

import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { createCacheFile } from "../../../server/src/node/files/cacheFile.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import { runProgram, temporaryFolder } from "../../support/registry/programs.ts";

describe("the cache's file", function () {
  this.timeout(20_000);
  const { use, run } = createCleanUp();
  afterEach(run);

  async function start(): Promise<{
    folder: string;
    file: string;
    cache: ReturnType<typeof createCacheFile>;
  }> {
    const folder = path.join(use(await temporaryFolder()).path, "cache");
    const cache = createCacheFile(folder, () => undefined);
    return { folder, file: path.join(folder, "digests.json"), cache };
  }

  it("and its folder are for their owner alone", async () => {
    const { folder, file, cache } = await start();
    await cache.update(() => "text");
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it("is not read where it is larger than a cache is", async () => {
    const { folder, file, cache } = await start();
    await mkdir(folder);
    await writeFile(file, "x".repeat(4 * 1024 * 1024 + 1));
    assert.equal(await cache.read(), undefined);
    await writeFile(file, "x".repeat(4 * 1024 * 1024));
    assert.equal((await cache.read())?.length, 4 * 1024 * 1024);
  });

  it("is locked by one session, and a lock of one that died counts no more", async () => {
    const { folder, file, cache } = await start();
    await mkdir(folder);
    const lock = `${file}.lock`;
    // One of the future is what a clock that was set back leaves: it would never get old.
    for (const [text, away] of [
      ["first", -6000],
      ["second", 3_600_000],
    ] as const) {
      await writeFile(lock, "");
      const time = new Date(Date.now() + away);
      await utimes(lock, time, time);
      await cache.update(() => text);
      assert.equal(await readFile(file, "utf8"), text);
      await assert.rejects(stat(lock), { code: "ENOENT" });
    }
  });

  it("is written although its lock is not a file", async () => {
    const { folder, file, cache } = await start();
    await mkdir(`${file}.lock`, { recursive: true });
    const long = new Date(Date.now() - 6000);
    await utimes(`${file}.lock`, long, long);
    await cache.update(() => "text");
    assert.equal(await readFile(file, "utf8"), "text");
    assert.deepEqual((await readdir(folder)).sort(), ["digests.json", "digests.json.lock"]);
  });

  const odd: readonly (readonly [what: string, make: (file: string) => unknown])[] = [
    ["a FIFO", (file) => runProgram("mkfifo", [file])],
    ["a device without an end", (file) => symlink("/dev/zero", file)],
    ["a folder", (file) => mkdir(file)],
    ["a link to nowhere", (file) => symlink("nowhere", file)],
    ["a link to itself", (file) => symlink(file, file)],
  ];
  for (const [what, make] of odd) {
    it(`is not read where it is ${what}, and a file takes its place if one can`, async () => {
      const { folder, file, cache } = await start();
      await mkdir(folder);
      await make(file);
      assert.equal(await cache.read(), undefined);
      await cache.update(() => "text");
      assert.equal(await cache.read(), what === "a folder" ? undefined : "text");
      // What could not be put in its place leaves nothing behind.
      assert.deepEqual(await readdir(folder), ["digests.json"]);
    });
  }

  it("leaves what a link points to as it was", async () => {
    const { folder, file, cache } = await start();
    await mkdir(folder);
    const elsewhere = path.join(folder, "..", "elsewhere");
    await writeFile(elsewhere, "somebody else's");
    await symlink(elsewhere, file);
    await cache.update(() => "text");
    assert.equal(await cache.read(), "text");
    assert.equal(await readFile(elsewhere, "utf8"), "somebody else's");
  });

  it("fails without harm where its folder cannot be made", async () => {
    const { folder } = await start();
    await writeFile(folder, "a file");
    const told: string[] = [];
    const inner = createCacheFile(path.join(folder, "cache"), (_, message) => told.push(message));
    assert.equal(await inner.read(), undefined);
    await inner.update(() => "text");
    await inner.remove();
    assert.match(told.join("\n"), /the cache in .* failed/);
  });

  it("is neither written nor read where its folder counts from the current one", async () => {
    const { folder, file } = await start();
    const cache = createCacheFile(path.relative(process.cwd(), folder), () => undefined);
    await cache.update(() => "text");
    await assert.rejects(stat(folder), { code: "ENOENT" });
    await mkdir(folder);
    await writeFile(file, "text");
    assert.equal(await cache.read(), undefined);
  });

  it("waits for no lock that can never be had", async () => {
    const old = new Date(Date.now() - 60_000);
    const { file, cache } = await start();
    await mkdir(`${file}.lock`, { recursive: true });
    await utimes(`${file}.lock`, old, old);
    const pause = globalThis.setTimeout;
    // Deadlines are allowed, pauses are not.
    globalThis.setTimeout = ((done: () => void, milliseconds: number) => {
      assert.ok(milliseconds >= 1000, "it waits");
      return pause(done, milliseconds);
    }) as never;
    try {
      await cache.update(() => "text");
      assert.equal(await cache.read(), "text");
      // A folder in which nothing can be made, whoever tries.
      const lines: string[] = [];
      await createCacheFile("/proc/self", (_, line) => lines.push(line)).update(() => "text");
      assert.match(lines.join(), /the cache in \/proc\/self failed/);
      assert.doesNotMatch(lines.join(), /it waits/);
    } finally {
      globalThis.setTimeout = pause;
    }
  });
  it("is rid of what sessions left that were killed while they wrote", async () => {
    const { folder, file, cache } = await start();
    await mkdir(folder);
    const [old, young] = [`${file}.${"a".repeat(12)}`, `${file}.${"b".repeat(12)}`];
    const others = `${file}.bak`;
    for (const each of [old, young, others]) await writeFile(each, "");
    const long = new Date(Date.now() - 120_000);
    for (const each of [old, others]) await utimes(each, long, long);
    await cache.update(() => "text");
    const left = ["digests.json", "digests.json.bak", `digests.json.${"b".repeat(12)}`];
    assert.deepEqual((await readdir(folder)).sort(), left.sort());
    await rm(young);
  });

  it("loses nothing where many sessions write at once", async () => {
    const { folder } = await start();
    const sessions = Array.from({ length: 8 }, () => createCacheFile(folder, () => undefined));
    await Promise.all(
      sessions.map((session, index) => session.update((text = "") => `${text}${index}`)),
    );
    const text = (await createCacheFile(folder, () => undefined).read()) ?? "";
    assert.deepEqual(Array.from(text).sort(), Array.from("01234567"));
  });
});
