// The file of the disk cache: private, bounded, and not stopped by what a session that died has left.

import assert from "node:assert/strict";
import { mkdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { createCacheFile } from "../../../server/src/node/cacheFile.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";

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
    await writeFile(lock, "");
    const long = new Date(Date.now() - 6000);
    await utimes(lock, long, long);
    await cache.update(() => "text");
    assert.equal(await readFile(file, "utf8"), "text");
    await assert.rejects(stat(lock), { code: "ENOENT" });
  });
});
