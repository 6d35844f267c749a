// `list`: every image, its place and its outcome, from files, folders, patterns and standard input.

import assert from "node:assert/strict";
import { runCommand, type CommandWorld } from "../../support/commandLine.ts";
import { digestA, service } from "../../support/reading.ts";

interface Listed {
  readonly images: readonly Record<string, unknown>[];
  readonly skipList: unknown;
  readonly findings: readonly unknown[];
}

async function list(args: string, world: CommandWorld): Promise<Listed> {
  const { code, stdout, stderr } = await runCommand(`list --output json ${args}`, world);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Listed;
}

async function names(args: string, world: CommandWorld): Promise<unknown[]> {
  return (await list(args, world)).images.map((image) => image["file"]);
}

const configMap = (list: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\ndata:\n  queue-sidecar-image: q.test/proxy@${digestA}\n  registries-skipping-tag-resolving: ${list}\n`;

describe("list --output json", () => {
  it("prints the object of the contract", async () => {
    const { stdout } = await runCommand("list --output json", {
      files: { "a.yaml": service("nginx:1.25") },
    });
    assert.deepEqual(JSON.parse(stdout), {
      version: 1,
      images: [
        {
          file: "a.yaml",
          line: 10,
          column: 18,
          image: "nginx:1.25",
          apiVersion: "serving.knative.dev/v1",
          kind: "Service",
          name: "app",
          namespace: null,
          container: "user",
          path: "spec.template.spec.containers[0].image",
          outcome: "resolve",
          knative: {
            registry: "index.docker.io",
            repository: "library/nginx",
            tag: "1.25",
            digest: null,
          },
        },
      ],
      skipList: {
        registries: ["dev.local", "kind.local", "ko.local"],
        source: "default",
        file: null,
        line: null,
      },
      findings: [],
    });
  });

  it("reads nothing of what is not a reference, and nothing of templates", async () => {
    const files = { "a.yaml": service("'{{ .Values.image }}'"), "b.yaml": service("a") };
    const { images } = await list("", { files });
    assert.deepEqual(
      images.map(({ outcome, knative }) => [outcome, knative]),
      [
        ["template", null],
        ["reject", null],
      ],
    );
  });

  it("says of a digest what Knative reads of it", async () => {
    const { images } = await list("", { files: { "a.yaml": service(`nginx:1@${digestA}`) } });
    assert.deepEqual(images[0]?.["knative"], {
      registry: "index.docker.io",
      repository: "library/nginx",
      tag: null,
      digest: digestA,
    });
  });

  it("places a quoted image at its quote, and its findings, too", async () => {
    const files = { "a.yaml": service('"ko://example.com/app"') };
    const { images, findings } = await list("", { files });
    assert.equal(images[0]?.["column"], 18);
    const { column, endColumn } = findings[0] as Record<string, number>;
    assert.deepEqual([column, endColumn], [18, 18 + '"ko://example.com/app"'.length]);
  });

  it("places an alias where the alias stands", async () => {
    const text = service("&image nginx:1") + "      initContainers:\n        - image: *image\n";
    const { images } = await list("", { files: { "a.yaml": text } });
    assert.deepEqual(
      images.map(({ line, column }) => [line, column]),
      [
        [10, 25],
        [12, 18],
      ],
    );
  });

  it("tells each skip list that is not the first image's", async () => {
    const files = {
      "a/service.yaml": service("nginx:1"),
      "b/config.yaml": configMap("b.test,a.test"),
      "b/service.yaml": service("a.test/app:1"),
    };
    const { images, skipList } = await list("", { files });
    const near = {
      registries: ["a.test", "b.test"],
      source: "config-map",
      file: "b/config.yaml",
      line: 7,
    };
    // The configuration is two steps from a/ and none from b/: it is the only one, so both have it.
    assert.deepEqual(skipList, near);
    assert.deepEqual(
      images.map((image) => image["skipList"]),
      [undefined, undefined, undefined],
    );
    const more = { ...files, "a/config.yaml": configMap("''") };
    const both = await list("", { files: more });
    assert.deepEqual(both.skipList, { ...near, registries: [""], file: "a/config.yaml" });
    assert.deepEqual(
      both.images.map(({ file, skipList: own }) => [file, own]),
      [
        ["a/config.yaml", undefined],
        ["a/service.yaml", undefined],
        ["b/config.yaml", near],
        ["b/service.yaml", near],
      ],
    );
  });

  it("takes the skip list of the call before all others", async () => {
    const files = { "a.yaml": service("nginx:1"), "c.yaml": configMap("a.test") };
    const { images, skipList } = await list("--skip-registries index.docker.io", { files });
    assert.equal(images[0]?.["outcome"], "skip");
    assert.deepEqual(skipList, {
      registries: ["index.docker.io"],
      source: "setting",
      file: null,
      line: null,
    });
  });

  it("says where on the command line the list was set", async () => {
    const a = service("index.docker.io/a/b:1");
    const named = "skipRegistries: [index.docker.io]\n";
    for (const [args, files, words] of [
      ["--skip-registries index.docker.io", {}, "--skip-registries"],
      ["--config k.yaml", { "k.yaml": named }, "skipRegistries in k.yaml"],
      [".", { ".knative-digest.yaml": named }, "skipRegistries in .knative-digest.yaml"],
      [
        "--skip-registries index.docker.io",
        { ".knative-digest.yaml": "skipRegistries: [a.io]\n" },
        "--skip-registries",
      ],
    ] as const) {
      const world = { files: { "a.yaml": a, ...files } };
      const listed = await runCommand(`list ${args}`, world);
      assert.ok(listed.stdout.includes(`Skipped registries: index.docker.io (${words}).`), words);
      const checked = await runCommand(`check --offline ${args}`, world);
      assert.ok(checked.stdout.includes(`on the skip list (${words})`), checked.stdout);
    }
  });

  it("tells the list that would apply where there is no image", async () => {
    const { images, skipList } = await list("", { files: {} });
    assert.deepEqual(images, []);
    assert.equal((skipList as { source: string }).source, "default");
  });

  it("looks at Kubernetes' own workloads where the user says so", async () => {
    const text =
      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  containers:\n    - image: nginx\n";
    assert.deepEqual(await names("", { files: { "p.yaml": text } }), []);
    assert.deepEqual(await names("--kubernetes-workloads", { files: { "p.yaml": text } }), [
      "p.yaml",
    ]);
  });

  it("asks nobody", async () => {
    const { questions } = await runCommand("list", { files: { "a.yaml": service("nginx") } });
    assert.deepEqual(questions, []);
  });
});

describe("the paths of a call", () => {
  const files = {
    "a.yaml": service("nginx"),
    "b.yml": service("nginx"),
    "c.txt": service("nginx"),
    "sub/d.yaml": service("nginx"),
    "../outside.yaml": service("nginx"),
  };
  const cases = [
    ["", ["a.yaml", "b.yml", "sub/d.yaml"]],
    [".", ["a.yaml", "b.yml", "sub/d.yaml"]],
    ["sub", ["sub/d.yaml"]],
    ["./sub/", ["sub/d.yaml"]],
    ["sub/d.yaml a.yaml", ["sub/d.yaml", "a.yaml"]],
    ["a.yaml . a.yaml", ["a.yaml", "b.yml", "sub/d.yaml"]],
    ["c.txt", ["c.txt"]],
    ["*.yml", ["b.yml"]],
    ["../outside.yaml", ["../outside.yaml"]],
    ["/work/outside.yaml", ["/work/outside.yaml"]],
    ["/work/project/a.yaml", ["a.yaml"]],
    ["-", ["-"]],
    ["- a.yaml", ["-", "a.yaml"]],
  ] as const;
  for (const [args, expected] of cases) {
    it(`mean the right files: ${args === "" ? "none" : args}`, async () => {
      assert.deepEqual(await names(args, { files, stdin: service("nginx") }), expected);
    });
  }

  const bad = [
    ["nowhere.yaml", "nowhere.yaml: No such file or folder."],
    ["*.toml", "*.toml: No file matches this pattern."],
    ["!b.yml", "!b.yml: A pattern cannot start with “!”: use --exclude to leave files out."],
    ["sub/!d.yaml", "A pattern cannot start with"],
  ] as const;
  for (const [args, words] of bad) {
    it(`end with 2 where they name nothing, the rest still done: ${args}`, async () => {
      const { code, stdout, stderr } = await runCommand(`list ${args} a.yaml`, { files });
      assert.equal(code, 2);
      assert.ok(stderr.includes(words), stderr);
      assert.match(stdout, /^a\.yaml\n/);
    });
  }
});

describe("what cannot be read", () => {
  it("is all that is said where there is nothing else", async () => {
    for (const args of ["list nowhere.yaml", "check nowhere.yaml", "pin nowhere.yaml", "list -"]) {
      const { code, stdout, stderr } = await runCommand(args, { stdin: new Uint8Array([0xff]) });
      assert.deepEqual([code, stdout], [2, ""]);
      assert.equal(stderr.split("\n").length, 2);
    }
  });

  const latin1 = (text: string): Buffer => Buffer.from(`# \u00e9\n${text}`, "latin1");
  const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, "utf16le");
  const knative = service("nginx");
  const problems = [
    // What nobody could read counts, since nobody knows what it holds.
    [{ problem: "denied" }, 2, "b.yaml: Permission denied"],
    [{ problem: "name-not-utf-8" }, 2, "b.yaml: .*name is not UTF-8"],
    // What names Knative counts.
    [utf16(knative), 2, "b.yaml: UTF-16 text"],
    [utf16(knative).subarray(2), 2, "b.yaml: UTF-16 text"],
    [utf16(knative).swap16(), 2, "b.yaml: UTF-16 text"],
    [latin1(knative), 2, "b.yaml: Not UTF-8 text"],
    [{ problem: "too-large", matters: true }, 2, "b.yaml: Larger than 20 MB"],
    [`${knative}  bad: [\n`, 2, "b.yaml:\\d+: Invalid YAML document"],
    // The rest is counted in one line.
    [utf16("image: a\n"), 0, "1 file that is not UTF-8 was not read"],
    [latin1("image: a\n"), 0, "1 file that is not UTF-8 was not read"],
    [new Uint8Array([1, 0, 2]), 0, "1 binary file was not read"],
    [{ problem: "too-large" }, 0, "1 file larger than 20 MB was not read"],
    [{ problem: "not-a-file" }, 0, "1 special file was not read"],
    [{ problem: "missing" }, 0, "1 broken link was not read"],
    ["specVersion: [\n", 0, "1 invalid YAML document was not read"],
    ["specVersion: {{ a }}\nb: [\n", 0, "1 template was not read"],
  ] as const;
  for (const [content, expected, words] of problems) {
    it(`ends with ${expected} in a folder: ${words}`, async () => {
      const files = { "a.yaml": knative, "b.yaml": content };
      for (const verb of ["list", "check --offline", "unpin"]) {
        const { code, stderr } = await runCommand(verb, { files });
        assert.equal(code, expected);
        assert.match(stderr, new RegExp(`^knative-digest: ${words}`));
      }
      const { stderr } = await runCommand("list --verbose", { files });
      assert.match(stderr, /b\.yaml/);
      const named = await runCommand("list b.yaml", { files });
      assert.equal(named.code, content === "specVersion: {{ a }}\nb: [\n" ? 0 : 2);
    });
  }

  it("is counted in one line", async () => {
    const binary = new Uint8Array([0]);
    const files = { "a.yaml": binary, "b.yaml": binary, "c.yaml": { problem: "missing" } } as const;
    const { stderr } = await runCommand("list", { files });
    assert.equal(
      stderr,
      "knative-digest: 2 binary files and 1 broken link were not read; --verbose names them.\n",
    );
  });

  it("is one broken document of many, told with its line", async () => {
    const text = `${service("nginx:1")}---\n# apiVersion: serving.knative.dev/v1\nimage: [broken\n---\n${service("nginx:2")}`;
    const { code, stdout, stderr } = await runCommand("list", { files: { "a.yaml": text } });
    assert.equal(code, 2);
    assert.match(stderr, /^knative-digest: a\.yaml:1[345]: Invalid YAML document: /);
    assert.match(stdout, /nginx:1[^]*nginx:2[^]*2 images/);
  });

  it("shows nothing of a broken document, which may hold a secret", async () => {
    const secret = "S3cret-canary";
    for (const broken of [`- a\n${secret}: x`, `image: |${secret}\n x`, `image: "\\q${secret}"`]) {
      const { code, stdout, stderr } = await runCommand("list a.yaml", {
        files: { "a.yaml": broken },
      });
      assert.equal(code, 2, broken);
      assert.ok(!`${stdout}${stderr}`.includes(secret), stderr);
    }
  });

  it("is not a template: that is YAML only when some tool has filled it in", async () => {
    const text = `${service("nginx:1")}      {{- with .Values.more }}\n`;
    const { code, stdout, stderr } = await runCommand("list", { files: { "a.yaml": text } });
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /1 image/);
  });

  it("is what stands behind more than we read of one document, a template's, too", async () => {
    const containers = (count: number): string =>
      service("nginx:1") + "        - image: nginx:2\n".repeat(count - 1);
    const item = service("nginx:1").replace(/^/gm, "  ").replace("  apiVersion", "- apiVersion");
    const listOf = (count: number): string =>
      `apiVersion: v1\nkind: List\nitems:\n${item.trimEnd()}\n`.replace(item.trimEnd(), () =>
        Array(count).fill(item.trimEnd()).join("\n"),
      );
    const run = async (text: string) => {
      const { code, stdout, stderr } = await runCommand("list", { files: { "a.yaml": text } });
      return [code, /(\d+) images/.exec(stdout)?.[1], stderr] as const;
    };
    assert.deepEqual(await run(containers(5000)), [0, "5000", ""]);
    for (const [text, shown] of [
      [containers(5001), "5000"],
      [containers(5001).replace("nginx:2", '"{{ .image }}"'), "5000"],
      [listOf(10_001), "10000"],
    ] as const) {
      const [code, count, stderr] = await run(text);
      assert.deepEqual([code, count], [2, shown]);
      assert.match(
        stderr,
        /a\.yaml:1: Only a part of this YAML document could be read: More than \d+/,
      );
    }
  });

  it("is not what says nothing of images, unless it is named", async () => {
    const files = { "other.yaml": "a: [broken\n" };
    assert.equal((await runCommand("list", { files })).code, 0);
    assert.equal((await runCommand("list other.yaml", { files })).code, 2);
  });
});

describe("what a kustomization names", () => {
  it("is not read through a link out of the repository", async () => {
    const files = {
      ".git/HEAD": "",
      "base/app.yaml": service("reg.test/app:1"),
      "overlay/kustomization.yaml":
        "resources: [../base/app.yaml]\nimages: [{ name: reg.test/app, newTag: '2' }]\n",
    };
    const reach = async (links: Readonly<Record<string, string>>): Promise<unknown> => {
      const { stdout } = await runCommand("list overlay --output json", { files, links });
      const { images } = JSON.parse(stdout) as { images: { reaches?: string }[] };
      return images.map(({ reaches }) => reaches);
    };
    assert.deepEqual(await reach({}), ["knative"]);
    assert.deepEqual(await reach({ "base/app.yaml": "/etc/secret.yaml" }), ["unknown"]);
    // The repository itself may be reached through a link.
    const real = { "": "/real", "base/app.yaml": "/real/base/app.yaml" };
    assert.deepEqual(await reach(real), ["knative"]);
  });
});

describe("list for people", () => {
  it("shows a table by file, counts, and the skip list with its origin", async () => {
    const files = {
      "a.yaml": service("nginx:1.25"),
      "b.yaml": `${service("dev.local/app")}---\n${service(`nginx@${digestA}`)}`,
    };
    const { stdout } = await runCommand("list", { files });
    assert.equal(
      stdout,
      `a.yaml
  10:18  resolve  nginx:1.25  Service app user

b.yaml
  10:18  skip  dev.local/app                                                                  Service app user
  21:18  keep  nginx@${digestA}  Service app user

3 images: 1 resolve, 1 skip, 1 keep.
Skipped registries: dev.local, kind.local, ko.local (Knative’s default).
`,
    );
  });

  it("has clear words for an empty folder and for one without anything of Knative's", async () => {
    const empty = await runCommand("list");
    assert.deepEqual(
      [empty.code, empty.stdout],
      [0, "No YAML files found in the current folder.\n"],
    );
    const files = { "a.yaml": "a: 1\n", "b.yaml": "b: 2\n" };
    const other = await runCommand("list .", { files });
    assert.equal(other.stdout, "No Knative images found in the current folder (2 files read).\n");
  });
});
