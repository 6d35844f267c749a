// What is no file, no text, or too much of it, wherever the command line takes a file: a sentence, and an end.

import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { startBuilt, type BuiltResult } from "../../support/builtCommand.ts";
import { timeoutMs, within } from "../../support/deadline.ts";
import { service } from "../../support/reading.ts";
import { runProgram, temporaryFolder } from "../../support/registry/programs.ts";

/** Puts something at a path. */
type Make = (file: string) => unknown;

const odd: readonly (readonly [what: string, make: Make, says: RegExp])[] = [
  ["a FIFO", (file) => runProgram("mkfifo", [file]), /Not a regular file/],
  ["a device without an end", (file) => symlink("/dev/zero", file), /Not a regular file/],
  ["a folder", (file) => mkdir(file), /Is a folder/],
  [
    "a link to itself",
    (file) => symlink(path.basename(file), file),
    /Broken symbolic link|No such/,
  ],
  ["a link to nowhere", (file) => symlink("nowhere", file), /No such file/],
  ["30 MB", (file) => writeFile(file, Buffer.alloc(30_000_000, "# a\n")), /Larger than 20 MB/],
  ["binary", (file) => writeFile(file, Buffer.alloc(1000)), /Binary file/],
  ["UTF-16", (file) => writeFile(file, `\ufeff${service("a")}`, "utf16le"), /UTF-16/],
  ["Latin-1", (file) => writeFile(file, service("a:ü"), "latin1"), /Not UTF-8/],
];

/** What is said of a device before it is looked at: the link to it leads out of the repository. */
const leadsOut = /is a symbolic link out of its repository/;

/** Calls that name the file `odd.yaml`. */
const named: Readonly<Record<string, readonly string[]>> = {
  check: ["check", "odd.yaml"],
  pin: ["pin", "odd.yaml"],
  "--config": ["list", "--config", "odd.yaml", "a.yaml"],
  "--pull-secret": ["explain", "nginx", "--pull-secret", "odd.yaml"],
};

/** Files that are read without being named: by which call, and because of which other files. */
const found: Readonly<
  Record<string, { args: readonly string[]; others?: Readonly<Record<string, string>> }>
> = {
  ".knative-digest.yaml": { args: ["list", "a.yaml"] },
  ".gitignore": { args: ["list"], others: { ".git/HEAD": "ref: refs/heads/main\n" } },
  ".docker/config.json": { args: ["explain", "nginx"] },
  "kustomization.yaml": { args: ["list"] },
  "patch.yaml": {
    args: ["list"],
    others: { "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: patch.yaml}]\n" },
  },
  "values.yaml": {
    args: ["list"],
    others: {
      "Chart.yaml": "name: c\nversion: 1.0.0\n",
      "templates/s.yaml": service('"{{ .Values.image }}"'),
    },
  },
};

describe("what is no file of text", function () {
  this.timeout(2 * timeoutMs);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(folder.path, name)), { recursive: true });
    await writeFile(path.join(folder.path, name), text);
  };

  beforeEach(async () => {
    folder = await temporaryFolder();
    await write("a.yaml", service("nginx"));
  });
  afterEach(() => folder.remove());

  /** Runs to the end; one that hangs fails the test and is ended. */
  async function run(args: readonly string[]): Promise<BuiltResult> {
    const started = startBuilt(args, { cwd: folder.path });
    try {
      const result = await within(timeoutMs, `The end of ${args.join(" ")}`, started.ended);
      assert.doesNotMatch(result.stderr, /Internal error|\n +at /);
      return result;
    } finally {
      started.kill("SIGKILL");
    }
  }

  for (const [what, make, says] of odd) {
    for (const [where, args] of Object.entries(named)) {
      // A folder is as good an operand as a file.
      if (what === "a folder" && args.at(-1) === "odd.yaml" && args.length === 2) continue;
      it(`is refused with a sentence: ${what}, given to ${where}`, async () => {
        await make(path.join(folder.path, "odd.yaml"));
        const { code, stdout, stderr } = await run(args);
        assert.deepEqual([code, /nginx/.test(stdout)], [2, false], stderr);
        assert.match(stderr, says);
        assert.match(stderr, /^knative-digest: .*odd\.yaml: /);
      });
    }
    for (const [name, { args, others = {} }] of Object.entries(found)) {
      it(`stops nothing where it is found: ${what}, as ${name}`, async () => {
        for (const [other, text] of Object.entries(others)) await write(other, text);
        await mkdir(path.dirname(path.join(folder.path, name)), { recursive: true });
        await make(path.join(folder.path, name));
        const { code, stdout, stderr } = await run(args);
        // What ends badly says so, and what ends well has done its work.
        if (code === 0) assert.match(stdout, /nginx/);
        else
          assert.deepEqual([code, says.test(stderr) || leadsOut.test(stderr)], [2, true], stderr);
      });
    }
  }
});
