// The first thing a newcomer does: `npm start`, opening the address it prints, looking, and Ctrl-C.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { within } from "../support/deadline.ts";
import { projectPath } from "../support/projectRoot.ts";
import { createEditorDriver, eventually, shownMs } from "./editorDriver.ts";
import { withPage } from "./withEditor.ts";

/** `npm start` builds everything first. */
const startMs = 2 * shownMs;

/** A started `npm start`: what it said, and its end. */
interface Started {
  readonly said: (pattern: RegExp) => Promise<string>;
  readonly end: () => Promise<void>;
}

async function withStart(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  body: (started: Started) => Promise<void>,
): Promise<void> {
  const child = spawn("npm", ["start", "--", ...args], {
    cwd: projectPath(),
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const closed = once(child, "close");
  // A terminal's Ctrl-C goes to the whole foreground group.
  const interrupt = (signal: NodeJS.Signals): void => {
    const isOver = child.exitCode !== null || child.signalCode !== null;
    if (!isOver && child.pid !== undefined) process.kill(-child.pid, signal);
  };
  try {
    await body({
      said: (pattern) =>
        eventually(`npm start saying ${pattern.source}`, () => pattern.exec(output)?.[0], startMs),
      async end() {
        interrupt("SIGINT");
        await within(shownMs, "The end of npm start", closed);
      },
    });
  } catch (error) {
    throw new Error(`npm start said:\n${output}`, { cause: error });
  } finally {
    interrupt("SIGKILL");
  }
}

/** Command lines of all processes that name a folder. */
function processesIn(folder: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return command.includes(folder) ? [command] : [];
      } catch {
        return [];
      }
    });
}

/** A process that was ended by force is still there for a moment. */
async function noneIn(folder: string): Promise<void> {
  await eventually(
    `The end of what names ${folder}`,
    () => processesIn(folder).length === 0 || undefined,
  );
}

describe("npm start", () => {
  it("opens the demo at an address, and leaves nothing behind", async () => {
    await withStart(["--browser"], {}, async ({ said, end }) => {
      const address = await said(/http:\/\/localhost:\S+/);
      const registry = await said(/answers at \S+\d/);
      const sample = new URL(address).searchParams.get("folder") ?? "";
      const folder = join(sample, "..");
      await withPage(address, async (page) => {
        const editor = createEditorDriver(page);
        await editor.ready();
        const popup = await editor.hoverText("/shop/frontend:2.1", (text) => /sha256:/.test(text));
        // As a real one would be named; the popup tells that a mirror answers.
        assert.match(popup, /registry\.acme\.example\/shop\/frontend@sha256:[0-9a-f]{64}/);
        assert.match(popup, /mirror localhost:\d+/);
        await editor.screenshot("start");
      });
      assert.ok(processesIn(folder).length > 0);
      await end();
      await noneIn(folder);
      assert.equal(existsSync(folder), false);
      await assert.rejects(fetch(new URL(address).origin));
      await assert.rejects(fetch(`http://${registry.replace(/^.* /, "")}/v2/`));
    });
  });

  it("takes the desktop VS Code where there is one, with the demo's own sign-in", async () => {
    const bin = await mkdtemp(join(tmpdir(), "knative-digest-code-"));
    try {
      const seen = join(bin, "seen");
      // Stands for `code --wait`: tells how it was called, and stays until it is ended.
      const code = `#!/bin/sh\nprintf '%s\\n' "$DOCKER_CONFIG" "$@" > "${seen}.part"\nmv "${seen}.part" "${seen}"\nexec sleep 600\n`;
      await writeFile(join(bin, "code"), code);
      await chmod(join(bin, "code"), 0o755);
      const path = `${bin}${delimiter}${process.env["PATH"] ?? ""}`;
      await withStart([], { PATH: path }, async ({ said, end }) => {
        await said(/opens in VS Code/);
        await eventually("Starting code", () => (existsSync(seen) ? true : undefined));
        const [dockerConfig = "", ...args] = (await readFile(seen, "utf8")).trim().split("\n");
        assert.ok(args.includes(`--extensionDevelopmentPath=${projectPath()}`));
        assert.match(await readFile(join(dockerConfig, "config.json"), "utf8"), /localhost:\d+/);
        await end();
        assert.equal(existsSync(dockerConfig), false);
        await noneIn(bin);
      });
    } finally {
      await rm(bin, { recursive: true, force: true });
    }
  });
});
