// The built command line as a process: streams, signals, permissions, and what it does without a home.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { startDemoRegistry, type DemoRegistry } from "../../demo/demoRegistry.ts";
import { singleImage } from "../../demo/sampleImages.ts";
import { giveAway, runBuilt, startBuilt } from "../../support/builtCommand.ts";
import { eventually, timeoutMs, within } from "../../support/deadline.ts";
import { projectPath } from "../../support/projectRoot.ts";
import { service } from "../../support/reading.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";

describe("the command line as a process", function () {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const at = (...parts: readonly string[]): string => path.join(folder.path, ...parts);

  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  it("runs by its own first line", async () => {
    await writeFile(at("a.yaml"), service("nginx"));
    // Its first line looks for Node on the PATH; whether colours are forced is not this test's matter.
    const env = { PATH: process.env["PATH"] };
    const stdout = execFileSync(projectPath("dist/cli.cjs"), ["list"], { cwd: folder.path, env });
    assert.match(stdout.toString(), /^a\.yaml\n/);
  });

  it("reads standard input and writes the same text again", async () => {
    const text = `${service("nginx")}# ü\r\n`;
    const { code, stdout } = await runBuilt(["unpin", "-"], { cwd: folder.path, stdin: text });
    assert.deepEqual([code, stdout], [0, text]);
  });

  it("reads standard input letter for letter", async () => {
    const text = `\ufeff${service("nginx")}`;
    const marked = await runBuilt(["unpin", "-"], { cwd: folder.path, stdin: text });
    assert.deepEqual([marked.code, marked.stdout.length], [0, text.length]);
    const stdin = Buffer.concat([Buffer.from(service("nginx")), Buffer.from([0xff])]);
    const broken = await runBuilt(["unpin", "-"], { cwd: folder.path, stdin });
    assert.deepEqual([broken.code, broken.stdout], [2, ""]);
  });

  it("reads as many images as there are lines", async () => {
    const options = { cwd: folder.path, stdin: "nginx\n".repeat(200_000) };
    const { code, stdout } = await runBuilt(["explain", "--output", "json", "-"], options);
    assert.deepEqual([code, stdout.split("\n").length], [0, 200_001]);
  });

  it("hears Ctrl-C while it waits for standard input", async () => {
    for (const args of [
      ["pin", "-"],
      ["explain", "-"],
    ]) {
      // More than fits into a pipe, so that what is written has been read.
      const stdin = "# a line\n".repeat(100_000);
      const waiting = startBuilt(args, { cwd: folder.path, stdin, keepsStdinOpen: true });
      await within(timeoutMs, "the reading of standard input", waiting.written);
      waiting.kill("SIGINT");
      const ended = await within(timeoutMs, "the end", waiting.ended);
      assert.deepEqual([ended.code, ended.stderr.includes("Interrupted")], [130, true]);
    }
  });

  it("says that its result was lost, and does not end well then", async function () {
    // A device that is always full.
    if (process.platform !== "linux") this.skip();
    await writeFile(at("a.yaml"), service("nginx"));
    const command = `"${process.execPath}" "${projectPath("dist/cli.cjs")}" list > /dev/full`;
    const { status, stderr } = spawnSync("sh", ["-c", command], { cwd: folder.path });
    assert.equal(status, 2);
    assert.match(stderr.toString(), /Cannot write the output \(ENOSPC\)/);
  });

  it("pins a file once that is named twice, by a link and by itself", async () => {
    await writeFile(at("a.yaml"), service("nginx:1.25@sha256:" + "a".repeat(64)));
    await symlink("a.yaml", at("b.yaml"));
    const { code, stdout } = await runBuilt(["unpin", "a.yaml", "b.yaml"], { cwd: folder.path });
    assert.equal(code, 0);
    assert.match(stdout, /1 image unpinned in 1 file/);
    assert.equal(await readFile(at("a.yaml"), "utf8"), service("nginx:1.25"));
  });

  it("minds .gitignore in the folder that a pattern names", async () => {
    await mkdir(at("apps"));
    await mkdir(at("other"));
    for (const name of ["a", "b"]) await writeFile(at(`apps/${name}.yaml`), service("nginx"));
    await writeFile(at("apps/.gitignore"), "b.yaml\n");
    for (const pattern of ["../apps/*.yaml", at("apps/*.yaml"), at("*/*.yaml")]) {
      const { stdout } = await runBuilt(["list", pattern], { cwd: at("other") });
      assert.match(stdout, /apps\/a\.yaml\n/);
      assert.doesNotMatch(stdout, /b\.yaml/);
    }
  });

  it("ends quietly when nobody reads on", async () => {
    await writeFile(
      at("a.yaml"),
      Array.from({ length: 2000 }, () => service("nginx")).join("---\n"),
    );
    const command = `"${process.execPath}" "${projectPath("dist/cli.cjs")}" list --output json | head -c 10`;
    const stderr = execFileSync("sh", ["-c", `${command} 2>&1`], { cwd: folder.path });
    assert.equal(stderr.length, 10);
  });

  it("needs no home", async () => {
    await writeFile(at("a.yaml"), service("nginx"));
    // Without a home the current folder's .docker must not stand in for it.
    await mkdir(at(".docker"));
    const auths = { "https://index.docker.io/v1/": { auth: "YTpi" } };
    await writeFile(at(".docker/config.json"), JSON.stringify({ auths }));
    await chmod(folder.path, 0o755);
    const options = { cwd: folder.path, variables: { HOME: "" }, unprivileged: true };
    const explained = await runBuilt(["explain", "nginx", "--output", "json"], options);
    assert.equal(explained.code, 0, explained.stderr);
    assert.match(explained.stdout, /"credential":null/);
    assert.equal((await runBuilt(["list"], options)).code, 0);
  });

  it("tells what it may not read, and does the rest", async () => {
    await mkdir(at("locked"));
    await writeFile(at("locked/a.yaml"), service("nginx"));
    await writeFile(at("secret.yaml"), service("nginx"));
    await writeFile(at("open.yaml"), service("nginx"));
    await writeFile(at("large.yaml"), "image: x\n");
    await truncate(at("large.yaml"), 100_000_000);
    for (const name of ["locked", "secret.yaml"]) await chmod(at(name), 0);
    await chmod(folder.path, 0o755);
    const options = { cwd: folder.path, unprivileged: true };
    const { code, stdout, stderr } = await runBuilt(["list"], options);
    await chmod(at("locked"), 0o700);
    assert.equal(code, 2);
    assert.match(stderr, /knative-digest: locked: Permission denied/);
    assert.match(stderr, /knative-digest: secret\.yaml: Permission denied/);
    assert.match(stderr, /1 file larger than 20 MB was not read/);
    assert.match(stdout, /^open\.yaml\n/);
  });

  describe("with a registry", () => {
    const count = 200;
    let registry: DemoRegistry;
    let tagged: string;
    let pinned: string;

    before(async () => {
      registry = await startDemoRegistry("private/");
      const digest = registry.push("team/app", "1", singleImage("one"));
      const image = `${registry.host}/team/app:1`;
      // Long enough that writing one takes a while.
      const rest = "# a line\n".repeat(2_000);
      tagged = service(image) + rest;
      pinned = service(`${image}@${digest}`) + rest;
    });
    after(() => registry.stop());

    const names = Array.from({ length: count }, (_, index) => `${index}.yaml`);

    /** Makes those files anew that are not as they should be at the beginning. */
    async function writeAll(changed: readonly string[] = names): Promise<void> {
      await mkdir(at("m"), { recursive: true });
      for (const name of changed) await writeFile(at("m", name), tagged);
    }
    /** The files that are pinned; fails if one is neither as before nor as after. */
    async function findPinned(): Promise<string[]> {
      const found: string[] = [];
      for (const name of names) {
        const text = await readFile(at("m", name), "utf8");
        assert.ok(text === tagged || text === pinned, `${name} is half-written: ${text}`);
        if (text === pinned) found.push(name);
      }
      return found;
    }

    it("may not write what it may not write, and does the rest", async () => {
      await writeFile(at("a.yaml"), tagged);
      await writeFile(at("b.yaml"), tagged);
      await chmod(at("a.yaml"), 0o444);
      await giveAway(folder.path, at("a.yaml"), at("b.yaml"));
      const options = { cwd: folder.path, unprivileged: true };
      const { code, stderr } = await runBuilt(["pin"], options);
      assert.equal(code, 2);
      assert.match(stderr, /a\.yaml: Not written: permission denied/);
      assert.equal(await readFile(at("a.yaml"), "utf8"), tagged);
      assert.equal(await readFile(at("b.yaml"), "utf8"), pinned);
    });

    it("leaves every file whole at Ctrl-C, and says so", async () => {
      await writeAll();
      const asked = registry.requests.length;
      const process = startBuilt(["pin", "m"], { cwd: folder.path });
      // By then it listens for signals; what it does at that moment is left to chance.
      await eventually("a question to the registry", () => registry.requests[asked]);
      process.kill("SIGINT");
      const { code } = await process.ended;
      // The signal may come when all is done.
      assert.ok(code === 130 || code === 0, String(code));
      await findPinned();
    });

    it("is killed 50 times while it pins 200 files, and no file is half-written", async function () {
      this.timeout(1_200_000);
      await writeAll();
      const start = performance.now();
      assert.equal((await runBuilt(["pin", "m"], { cwd: folder.path })).code, 0);
      let total = performance.now() - start;
      let interrupted = 0;
      let changed = await findPinned();
      for (let round = 0; round < 50; round++) {
        await writeAll(changed);
        const begin = performance.now();
        const process = startBuilt(["pin", "m"], { cwd: folder.path });
        const moment = total * (0.2 + 0.8 * Math.random());
        const timer = setTimeout(() => process.kill("SIGKILL"), moment);
        const { code } = await process.ended;
        clearTimeout(timer);
        // One that came to its end in time was quicker than the first.
        if (code === 0) total = Math.min(total, performance.now() - begin);
        changed = await findPinned();
        if (changed.length > 0 && changed.length < count) interrupted += 1;
      }
      // Else no kill fell into the writing and the test says nothing.
      assert.ok(interrupted > 0, "no run was interrupted while it wrote");
      const all = await readdir(at("m"));
      const beside = all.filter((name) => !name.endsWith(".yaml"));
      for (const name of beside) assert.match(name, /^\.\d+\.yaml\.[0-9a-f]+\.tmp$/);
      const { stdout } = await runBuilt(["list", "--output", "json"], { cwd: folder.path });
      assert.equal((JSON.parse(stdout) as { images: unknown[] }).images.length, count);
    });
  });
});
