// Two runs of the tests in one folder: the second waits for the first, and says so.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectPath } from "../support/projectRoot.ts";

const lockModule = pathToFileURL(projectPath("test/setup/lock.mjs")).href;

/** A process that takes the lock, prints "held", and keeps it until its standard input ends. */
const holder = `
  const { withLock } = await import(${JSON.stringify(lockModule)});
  await withLock(process.argv[1], async () => {
    console.log("held");
    for await (const _ of process.stdin);
  });
`;

describe("the lock of the tests", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "knative-digest-lock-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function start() {
    const child = spawn(process.execPath, ["--input-type=module", "-e", holder, lockFile()]);
    return { child, said: once(child.stderr, "data"), held: once(child.stdout, "data") };
  }
  const lockFile = (): string => join(folder, "test.lock");

  it("makes the second wait with words until the first ends", async () => {
    const first = start();
    await first.held;
    const second = start();
    const [words] = (await second.said) as [Buffer];
    assert.match(words.toString(), /^Waiting for another run that holds /);
    assert.equal(await readFile(lockFile(), "utf8"), String(first.child.pid));
    first.child.stdin.end();
    await second.held;
    second.child.stdin.end();
    await once(second.child, "close");
  });

  it("is taken over from a process that was killed", async () => {
    const first = start();
    await first.held;
    first.child.kill("SIGKILL");
    await once(first.child, "close");
    const second = start();
    await second.held;
    second.child.stdin.end();
    const [code] = (await once(second.child, "close")) as [number];
    assert.equal(code, 0);
  });

  it("is taken over from a number that no process has", async () => {
    await writeFile(lockFile(), "999999999");
    const only = start();
    await only.held;
    only.child.stdin.end();
    await once(only.child, "close");
  });
});
