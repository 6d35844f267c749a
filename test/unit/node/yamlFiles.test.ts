// Which files are found, and what is said of those that cannot be read.

import assert from "node:assert/strict";
import { once } from "node:events";
import { appendFile, mkdir, readdir, symlink, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import {
  findManifests,
  isWorkspaceFile,
  kindOfPath,
  matchFiles,
  createManifestReader,
} from "../../../server/src/node/files/yamlFiles.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";

describe("finding YAML files", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const at = (...parts: readonly string[]): string => path.join(folder.path, ...parts);

  async function write(...files: readonly string[]): Promise<void> {
    for (const file of files) {
      await mkdir(path.dirname(at(file)), { recursive: true });
      await writeFile(at(file), "");
    }
  }
  /** What is found; each file by itself is one that would be found exactly if it is. */
  async function found(of = ""): Promise<string[]> {
    const { files } = await findManifests(at(of));
    // A folder's name that is not UTF-8 cannot be followed.
    const all = await readdir(at(of), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of all.filter((each) => each.isFile())) {
      const file = path.join(entry.parentPath, entry.name);
      assert.equal(await isWorkspaceFile(at(of), file), files.includes(file), file);
    }
    return files.map((file) => path.relative(folder.path, file));
  }

  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  it("takes what kubectl takes below the folder, in order", async () => {
    await write("b.yml", "a.yaml", "sub/deep/c.yaml", "d.yaml.bak", "e.json");
    assert.deepEqual(await found(), ["a.yaml", "b.yml", "e.json", "sub/deep/c.yaml"]);
  });

  it("takes *.tpl of a chart's templates, and no other", async () => {
    await write("c/Chart.yaml", "c/a.tpl", "c/templates/b.tpl", "c/templates/x/c.tpl", "d.tpl");
    await write("templates/e.tpl");
    assert.deepEqual(await found(), ["c/Chart.yaml", "c/templates/b.tpl", "c/templates/x/c.tpl"]);
  });

  it("takes a link to a file for that file, once, and tells of a link that leads nowhere", async () => {
    await write("in/a.yaml", "out/b.yaml");
    await symlink("a.yaml", at("in/again.yaml"));
    await symlink("../out/b.yaml", at("in/b.yaml"));
    await symlink("../out/b.yaml", at("in/c.yaml"));
    await symlink("nowhere", at("in/d.yaml"));
    await symlink("../out", at("in/e.yaml"));
    assert.deepEqual(await found("in"), ["in/a.yaml", "in/b.yaml"]);
    const { unreadable } = await findManifests(at("in"));
    assert.deepEqual(unreadable, [{ path: at("in/d.yaml"), problem: "missing" }]);
  });

  it("takes names with line breaks, and tells of those that are not UTF-8", async function () {
    // Elsewhere the file system refuses such names.
    if (process.platform !== "linux") this.skip();
    await write("a\nb/c\n.yaml");
    await writeFile(Buffer.from(`${at("x")}\xff.yaml`, "latin1"), "");
    await mkdir(Buffer.from(`${at("y")}\xff`, "latin1"));
    assert.deepEqual(await found(), ["a\nb/c\n.yaml"]);
    const { unreadable } = await findManifests(folder.path);
    assert.deepEqual(
      unreadable.map(({ problem }) => problem),
      ["name-not-utf-8", "name-not-utf-8"],
    );
  });

  it("leaves out hidden folders, node_modules, and what git ignores", async () => {
    await write(
      ".hidden/a.yaml",
      "node_modules/b.yaml",
      "build/c.yaml",
      "sub/gen.yaml",
      "sub/d.yaml",
    );
    await writeFile(at(".gitignore"), "build/\ngen.yaml\n");
    await writeFile(at("sub/.gitignore"), "!gen.yaml\n");
    assert.deepEqual(await found(), ["sub/d.yaml", "sub/gen.yaml"]);
  });

  it("minds what git ignores above the folder, up to the repository's root", async () => {
    await write("sub/a.yaml", "sub/gen/b.yaml");
    await writeFile(at(".gitignore"), "gen/\n");
    await mkdir(at(".git"));
    assert.deepEqual(await found("sub"), ["sub/a.yaml"]);
  });

  it("takes names that look like patterns as they are", async () => {
    await write("[a] {b}/c.yaml");
    assert.deepEqual(await found("[a] {b}"), ["[a] {b}/c.yaml"]);
  });

  it("does not follow links to folders, which may form circles", async () => {
    await write("sub/a.yaml");
    await symlink("..", at("sub/up"));
    assert.deepEqual(await found(), ["sub/a.yaml"]);
  });

  it("leaves out what the user's own git configuration ignores", async () => {
    await write("a.yaml", "b.yaml");
    await mkdir(at(".git"));
    await writeFile(at("ignored"), "b.yaml\n");
    await writeFile(at("gitconfig"), "[core]\n  excludesFile = ignored\n");
    const before = process.env["GIT_CONFIG_GLOBAL"];
    process.env["GIT_CONFIG_GLOBAL"] = at("gitconfig");
    try {
      assert.deepEqual(await found(), ["a.yaml"]);
    } finally {
      if (before === undefined) delete process.env["GIT_CONFIG_GLOBAL"];
      else process.env["GIT_CONFIG_GLOBAL"] = before;
    }
  });

  it("finds what a pattern names", async () => {
    await write("a/x.yaml", "b/x.yaml", "b/y.yaml", "c/z.txt");
    const matched = async (pattern: string) => (await matchFiles(pattern, folder.path))?.files;
    assert.deepEqual(await matched("{a,b}/x.*"), [at("a/x.yaml"), at("b/x.yaml")]);
    assert.deepEqual(await matched("nowhere/*.yaml"), []);
    assert.equal(await matched("a/[x.yaml"), undefined);
  });
});

describe("reading a manifest", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const at = (name: string): string => path.join(folder.path, name);

  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());

  for (const isAlone of [false, true]) {
    const { read: readManifest } = createManifestReader({ isAlone });
    const whom = isAlone ? "a process that has nothing else to do" : "others";

    it(`gives ${whom} the text as it is, byte order mark and line ends included`, async () => {
      await writeFile(at("a"), "\ufeffa: \u00e9\r\n");
      assert.deepEqual(await readManifest(at("a")), { kind: "text", text: "\ufeffa: \u00e9\r\n" });
    });

    it(`tells ${whom} why it is not one`, async () => {
      await writeFile(at("binary"), Buffer.from([1, 0, 2]));
      await writeFile(at("latin"), Buffer.from([0x61, 0xe9]));
      await writeFile(at("large"), "");
      await truncate(at("large"), 100_000_000);
      const server = createServer();
      server.listen(at("pipe"));
      await once(server, "listening");
      const problems = await Promise.all(
        ["binary", "latin", "large", "nowhere", ".", "pipe"].map((name) => readManifest(at(name))),
      );
      server.close();
      assert.deepEqual(
        problems.map((read) => (read.kind === "problem" ? read.problem : "")),
        ["binary", "not-utf-8", "too-large", "missing", "folder", "not-a-file"],
      );
    });
  }

  it("is decoded only if it is wanted, and reads many files into the same memory", async () => {
    const { readIf } = createManifestReader();
    await writeFile(at("one"), "one");
    await writeFile(at("two"), "x".repeat(600_000));
    const seen: Buffer[] = [];
    const isWanted = (bytes: Buffer): boolean => {
      seen.push(bytes);
      return bytes.length > 3;
    };
    const interest = { isWanted, matters: () => false };
    const read = [];
    for (const name of ["one", "two", "one", "one"]) read.push(await readIf(at(name), interest));
    assert.deepEqual(
      read.map((each) => (each.kind === "text" ? each.text.length : each.kind)),
      ["unwanted", 600_000, "unwanted", "unwanted"],
    );
    assert.equal(seen[2]?.buffer, seen[3]?.buffer);
  });

  it("is searched for what would matter where it is too large", async () => {
    const { readIf } = createManifestReader();
    const matters = (bytes: Buffer): boolean => bytes.includes("word");
    const interest = { isWanted: () => true, matters };
    const write = async (name: string, before: number): Promise<void> => {
      await writeFile(at(name), "");
      await truncate(at(name), before);
      await appendFile(at(name), "a word");
      await truncate(at(name), 30_000_000);
    };
    // Across the border of two pieces, too.
    await write("far", (1 << 20) * 5 - 4);
    await write("near", 10);
    await writeFile(at("none"), "");
    await truncate(at("none"), 30_000_000);
    const found = [];
    for (const name of ["far", "near", "none"]) {
      const read = await readIf(at(name), interest);
      found.push(read.kind === "problem" ? [read.problem, read.matters] : read.kind);
    }
    assert.deepEqual(found, [
      ["too-large", true],
      ["too-large", true],
      ["too-large", false],
    ]);
  });

  it("tells files from folders", async () => {
    assert.equal(await kindOfPath(folder.path), "folder");
    assert.equal(await kindOfPath(at("a")), "file");
    assert.equal(await kindOfPath(at("nowhere")), "missing");
    assert.equal(await kindOfPath(path.join(at("a"), "below")), "missing");
  });
});
