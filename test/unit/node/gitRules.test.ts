// Ignore files against git itself, and what becomes of those that cannot be read.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { findFiles } from "../../../server/src/node/files/findFiles.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";

/** Without the configuration of whoever runs the tests. */
const variables = { HOME: "/nonexistent", PATH: process.env["PATH"], GIT_CONFIG_NOSYSTEM: "1" };

/** The files that git would track, from the folder. */
function trackable(folder: string): string[] {
  const args = ["ls-files", "--others", "--exclude-standard", "-z"];
  const listed = execFileSync("git", args, { cwd: folder, env: variables, encoding: "utf8" });
  return listed.split("\0").filter((name) => name.endsWith(".yaml"));
}

const pieces = fc.constantFrom(
  ...["a", "b", "ab", "x", ".yaml", "*", "*", "**", "/", "/", "?", "[ab]", "[!a]", "[a-c]", "[]b]"],
  ...["[[:alpha:]]", "[^[:digit:]]", "[", "]", "\\", "\\*", "!", "#", " ", "\\ ", "-", "[\\]a]"],
);
const line = fc.array(pieces, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(""));
const likely = fc.constantFrom(
  ...["*.yaml", "!a.yaml", "a/", "/a", "a/**", "**/b", "a/**/b", "!*/", "b/*", "!b/a.yaml", "**"],
);
const ignoreFile = fc.record({
  top: fc.array(fc.oneof(line, likely), { minLength: 1, maxLength: 4 }),
  inner: fc.array(fc.oneof(line, likely), { maxLength: 2 }),
  end: fc.constantFrom("\n", "\r\n"),
});

const tree = [
  ...["a.yaml", "b.yaml", "ab.yaml", "x y.yaml", "[a].yaml", "a*.yaml", "#a.yaml", "!a.yaml"],
  ...["a/a.yaml", "a/b.yaml", "a/b/a.yaml", "b/a.yaml", "b/x.yaml", "ab/a.yaml", "x/a/b/b.yaml"],
];

describe("ignore files", function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const at = (...names: readonly string[]): string => path.join(folder.path, ...names);
  const found = async (of = folder.path): Promise<string[]> => {
    const { files } = await findFiles(of, { variables });
    return files.map((file) => path.relative(of, file));
  };
  async function write(root: string, files: readonly string[], text = ""): Promise<void> {
    for (const file of files) {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await writeFile(path.join(root, file), text);
    }
  }

  beforeEach(async () => {
    folder = await temporaryFolder();
    execFileSync("git", ["init", "--quiet"], { cwd: folder.path, env: variables });
  });
  afterEach(() => folder.remove());

  it("leave out what git leaves out", async () => {
    const samples = fc.sample(ignoreFile, { seed: 20_261_129, numRuns: 60 });
    const rules = new Map<string, unknown>();
    for (const sample of samples) {
      const root = await mkdtemp(at("case-"));
      rules.set(path.basename(root), sample);
      await write(root, tree);
      await writeFile(path.join(root, ".gitignore"), sample.top.join(sample.end));
      await writeFile(path.join(root, "a", ".gitignore"), sample.inner.join(sample.end));
    }
    const ours = await found();
    const gits = trackable(folder.path).sort();
    for (const [name, sample] of rules) {
      const of = (all: readonly string[]): string[] =>
        all.filter((file) => file.startsWith(`${name}/`)).sort();
      assert.deepEqual(of(ours), of(gits), JSON.stringify(sample));
    }
    assert.ok(gits.length > 100 && gits.length < 60 * tree.length);
  });

  it("count from the repository's root, with .git/info/exclude, and start again in another one", async () => {
    await write(folder.path, ["sub/a.yaml", "sub/b.yaml", "sub/c.yaml", "sub/in/b.yaml", "d.yaml"]);
    await writeFile(at(".gitignore"), "b.yaml\nd.yaml\n");
    await writeFile(at(".git/info/exclude"), "c.yaml\n");
    execFileSync("git", ["init", "--quiet"], { cwd: at("sub/in"), env: variables });
    assert.deepEqual(await found(at("sub")), ["a.yaml", "in/b.yaml"]);
    await writeFile(at(".gitignore"), "sub/\n");
    assert.deepEqual(await found(at("sub")), []);
  });

  it("that cannot be read leave nothing to read, and are reported", async () => {
    await write(folder.path, ["a.yaml", "sub/b.yaml"]);
    await writeFile(at("sub/.gitignore"), "");
    await truncate(at("sub/.gitignore"), 2_000_000);
    const { files, unreadable } = await findFiles(folder.path, { variables });
    assert.deepEqual(files, [at("a.yaml")]);
    assert.deepEqual(unreadable, [{ path: at("sub/.gitignore"), problem: "too-large" }]);
  });

  it("that are links are not followed, as git does not", async () => {
    await write(folder.path, ["a.yaml", "b.yaml"]);
    await writeFile(at("rules"), "b.yaml\n");
    await symlink("rules", at(".gitignore"));
    assert.deepEqual(await found(), trackable(folder.path));
  });

  it("by the thousand end the search, and that is reported", async () => {
    const names = Array.from({ length: 200 }, (_, index) => `${"a".repeat(200)}${index}.yaml`);
    await write(folder.path, names);
    await writeFile(at(".gitignore"), `${"*a".repeat(50)}b\n`.repeat(9_000));
    const { unreadable } = await findFiles(folder.path, { variables });
    assert.deepEqual(unreadable, [{ path: folder.path, problem: "ignore-too-costly" }]);
  });
});
