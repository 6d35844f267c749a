// `pin`, `update` and `unpin`: what is written, what is left and why, and that it can be taken back.

import assert from "node:assert/strict";
import { runCommand, type CommandResult, type CommandWorld } from "../../support/commandLine.ts";
import {
  digestA,
  digestB,
  failed,
  resolved,
  service,
  type KnownAnswers,
} from "../../support/reading.ts";

const hub = "index.docker.io/library/nginx";
const known: KnownAnswers = {
  [`${hub}:1`]: resolved(digestA),
  [`${hub}:latest`]: resolved(digestB),
  "reg.test/app:v1": resolved(digestB),
  "reg.test/app:gone": failed("tag-not-found", "There is no such tag."),
};

const file = "a.yaml";

async function edited(args: string, text: string, world: CommandWorld = {}): Promise<string> {
  const { files } = await runCommand(`${args} ${file}`, {
    known,
    ...world,
    files: { [file]: text },
  });
  return files[file] ?? assert.fail("the file is gone");
}

function run(args: string, text: string, world: CommandWorld = {}): Promise<CommandResult> {
  return runCommand(`${args} ${file}`, { known, ...world, files: { [file]: text } });
}

describe("pin", () => {
  it("writes the digest behind the tag and nothing else", async () => {
    const before = `# site\r\n${service('"nginx:1" # web').replaceAll("\n", "\r\n")}`.trimEnd();
    const after = before.replace('nginx:1"', `nginx:1@${digestA}"`);
    assert.equal(await edited("pin", before), after);
  });

  const styles = [
    ["tag-and-digest", `nginx:1@${digestA}`],
    ["digest", `nginx@${digestA}`],
    ["digest-and-comment", `nginx@${digestA} # 1`],
  ] as const;
  for (const [style, image] of styles) {
    it(`writes the style ${style}`, async () => {
      const text = await edited(`pin --pin-style ${style}`, service("nginx:1"));
      assert.equal(text, service(image));
    });
  }

  for (const [empty, filled] of [
    ["newTag:", `newTag: 1@${digestA}`],
    ["newTag: ''", `newTag: '1@${digestA}'`],
    ["newTag: null", `newTag: 1@${digestA}`],
    ["digest: ~", `digest: ${digestA}`],
  ] as const) {
    it(`fills the empty field of a kustomization and writes no second one: ${empty}`, async () => {
      const entry = (field: string): string =>
        `resources: [a.yaml]\nimages:\n  - name: web\n    newName: nginx\n    ${field}\n`;
      const files = { "a.yaml": service("web:1"), "kustomization.yaml": entry(empty) };
      const result = await runCommand("pin .", { known, files });
      assert.equal(result.files["kustomization.yaml"], entry(filled), result.stderr);
    });
  }

  it("tells what it did", async () => {
    const { code, stdout, stderr } = await run("pin", service("nginx:1"));
    assert.equal(
      stdout,
      `a.yaml\n  10:18  pinned  nginx:1 → sha256:aaaaaaaaaaaa…\n\n1 image pinned in 1 file.\n`,
    );
    assert.deepEqual([code, stderr], [0, ""]);
  });

  it("tells it as JSON", async () => {
    const text = `${service("nginx:1")}---\n${service("reg.test/app:gone")}`;
    const { code, stdout } = await run("pin --output json", text);
    assert.equal(code, 1);
    const common = { file, column: 18 };
    const left = { code: "tag-not-found", message: "There is no such tag." };
    assert.deepEqual(JSON.parse(stdout), {
      version: 1,
      updates: [
        {
          ...common,
          line: 10,
          image: "nginx:1",
          digest: null,
          updated_digest: digestA,
          notes: [],
        },
      ],
      left: [{ ...common, line: 21, image: "reg.test/app:gone", ...left }],
    });
  });

  it("edits an anchored image once, at its anchor", async () => {
    const text = `${service("&image nginx:1")}      initContainers:\n        - image: *image\n`;
    assert.equal(await edited("pin", text), text.replace("nginx:1", `nginx:1@${digestA}`));
  });

  it("leaves what a comment says to leave, and what is a template", async () => {
    const text = `${service("nginx:1 # knative-digest: ignore floats")}---\n${service("'{{ x }}'")}`;
    const { stdout, files, questions } = await run("pin", text);
    assert.equal(files[file], text);
    assert.match(stdout, /ignored {2}nginx:1\n +Ignored by a comment/);
    assert.deepEqual(questions, []);
  });

  it("says that a named revision needs another name, once for all its images", async () => {
    const text = service("nginx:1")
      .replace("  template:\n", "  template:\n    metadata:\n      name: app-v1\n")
      .concat("        - image: reg.test/app:v1\n");
    const { stdout } = await run("pin", text);
    assert.equal(stdout.match(/Rename the revision app-v1 too.* \(2 images\)$/gm)?.length, 1);
  });

  it("says with a note how many images it concerns", async () => {
    const text = [1, 2, 3, 4].map((tag) => service(`reg.test/app${tag}:1`)).join("---\n");
    const known = Object.fromEntries(
      [1, 2, 3, 4].map((tag) => [`reg.test/app${tag}:1`, resolved(digestA)] as const),
    );
    const { stdout } = await run("pin --min-age 3d", text, { known });
    assert.deepEqual(stdout.match(/Age unknown.*/g), [
      "Age unknown, so --min-age was not applied. (4 images)",
    ]);
  });

  it("pins to what only a GET finds, since Knative cannot see that", async () => {
    const answer = failed("no-digest-header");
    assert.ok(answer.status === "failed");
    const lacking = { ...answer, error: { ...answer.error, digest: digestB } };
    const text = await edited("pin", service("nginx:1"), { known: { [`${hub}:1`]: lacking } });
    assert.equal(text, service(`nginx:1@${digestB}`));
  });

  const failures = [
    ["reg.test/app:gone", 1, "tag-not-found"],
    ["away.test/app:1", 3, "registry-unreachable"],
  ] as const;
  for (const [image, expected, reason] of failures) {
    it(`leaves ${image}, ends with ${expected}, and pins the rest`, async () => {
      const text = `${service(image)}---\n${service("nginx:1")}`;
      const { code, stdout, files } = await run("pin", text);
      assert.equal(code, expected);
      assert.equal(files[file], text.replace("nginx:1", `nginx:1@${digestA}`));
      assert.match(stdout, new RegExp(`10:18 {2}${reason}`));
      assert.match(stdout, /1 image pinned in 1 file, 1 left\./);
    });
  }

  it("asks nobody offline, and says so", async () => {
    const { code, stdout, files, questions } = await run("pin --offline", service("nginx:1"));
    assert.deepEqual([code, questions], [3, []]);
    assert.match(stdout, /not-asked/);
    assert.equal(files[file], service("nginx:1"));
  });

  it("leaves a broken document as it is, and pins the others", async () => {
    const broken = "kind: Service\nimage: [nginx:1\n";
    const text = `${service("nginx:1")}---\n${broken}---\n${service("nginx:1")}`;
    const { code, files } = await run("pin", text);
    assert.equal(code, 2);
    assert.equal(files[file], text.replaceAll("image: nginx:1", `image: nginx:1@${digestA}`));
  });

  it("has nothing to change where all is pinned, and clear words where there is nothing", async () => {
    const pinned = await run("pin", service(`nginx:1@${digestA}`));
    assert.deepEqual([pinned.code, pinned.stdout], [0, "Nothing to change.\n"]);
    const none = await runCommand("pin");
    assert.deepEqual([none.code, none.stdout], [0, "No YAML files found in the current folder.\n"]);
  });

  it("takes standard input to standard output, and speaks on standard error", async () => {
    const { code, stdout, stderr } = await runCommand("pin -", {
      known,
      stdin: service("nginx:1"),
    });
    assert.deepEqual([code, stdout], [0, service(`nginx:1@${digestA}`)]);
    assert.match(stderr, /1 image pinned/);
    const other = await runCommand("pin -", { known, stdin: "a: 1\n" });
    assert.deepEqual([other.code, other.stdout], [0, "a: 1\n"]);
  });

  it("takes a byte order mark through, and nothing that is not text", async () => {
    const text = `\ufeff${service("nginx:1")}`;
    const { stdout } = await runCommand("pin -", { known, stdin: text });
    assert.equal(stdout, text.replace("nginx:1", `nginx:1@${digestA}`));
    const stdin = Buffer.concat([Buffer.from(text), Buffer.from([0xff])]);
    const other = await runCommand("pin -", { known, stdin });
    assert.deepEqual([other.code, other.stdout], [2, ""]);
    assert.match(other.stderr, /-: Not UTF-8 text/);
  });

  it("takes byte order marks through that joining files left between documents", async () => {
    const first = service("nginx:1");
    for (const joined of [
      `\ufeff${first}---\n\ufeff${first}`,
      `${first}---\r\n# c\r\n\r\n\ufeff${first}`,
      `${first}\ufeff---\n${first}`,
      `${first}---\n\ufeff---\n${first}`,
      `${first}--- # c\n\ufeff# d\n${first}`,
      `${first}...\n\ufeff${first}`,
    ]) {
      const { code, stdout, stderr } = await runCommand("pin -", { known, stdin: joined });
      assert.deepEqual([code, stderr.includes("Invalid YAML")], [0, false], stderr);
      assert.equal(stdout, joined.replaceAll("nginx:1", `nginx:1@${digestA}`));
    }
  });

  it("changes only the reference where lines end with a carriage return alone, or with two", async () => {
    for (const end of ["\r", "\r\r\n"]) {
      const lines = service("nginx:1").replaceAll("\n", end);
      for (const text of [lines, `# c${end}${lines}`, `${lines}---${end}${lines}`]) {
        const { code, stdout } = await runCommand("pin -", { known, stdin: text });
        assert.deepEqual([code, stdout], [0, text.replaceAll("nginx:1", `nginx:1@${digestA}`)]);
        assert.equal((await runCommand("unpin -", { stdin: stdout })).stdout, text);
      }
    }
  });

  it("minds no carriage return that makes no difference", async () => {
    const text = `${service("nginx:1")}# a\r# b\n`;
    const { code, stdout } = await runCommand("pin -", { known, stdin: text });
    assert.deepEqual([code, stdout], [0, text.replace("nginx:1", `nginx:1@${digestA}`)]);
  });

  it("says what it leaves since there is no registry to ask", async () => {
    const { code, stdout } = await run("pin", service("dev.local/app:v1"));
    assert.equal(code, 0);
    assert.match(stdout, /not-asked {2}dev\.local\/app:v1\n +No registry to contact/);
  });

  it("does not say that there was nothing to change where it could not be written", async () => {
    const world = { known, files: { "a.yaml": service("nginx:1") } };
    const { stdout } = await runCommand("pin", { ...world, writes: { "a.yaml": "failed" } });
    assert.equal(stdout, "0 images pinned in 0 files.\n");
  });

  const writes = [
    ["changed-meanwhile", "Not written: the file was changed"],
    ["denied", "Not written: permission denied"],
    ["full", "Not written: no space left"],
    ["attributes-lost", "Not written: its access control list"],
    ["failed", "Not written"],
  ] as const;
  for (const [answer, words] of writes) {
    it(`leaves a file alone, tells why, and does the rest: ${answer}`, async () => {
      const files = { "a.yaml": service("nginx:1"), "b.yaml": service("nginx:1") };
      const world = { known, files, writes: { "a.yaml": answer } };
      const { code, stdout, stderr, files: after } = await runCommand("pin", world);
      assert.equal(code, 2);
      assert.match(stderr, new RegExp(`^knative-digest: a\\.yaml: ${words}`));
      assert.equal(after["a.yaml"], service("nginx:1"));
      assert.equal(after["b.yaml"], service(`nginx:1@${digestA}`));
      assert.match(stdout, /1 image pinned in 1 file\./);
    });
  }

  it("ends with 130 when it is interrupted, and no file is touched", async () => {
    const world: CommandWorld = { onQuestion: (_, interrupt) => interrupt() };
    const { code, files } = await run("pin", service("nginx:1"), world);
    assert.equal(code, 130);
    assert.equal(files[file], service("nginx:1"));
  });
});

describe("update", () => {
  it("moves a pin to what its tag points at now, whichever way the tag is kept", async () => {
    const text = await edited("update", service(`nginx:1@${digestB}`));
    assert.equal(text, service(`nginx:1@${digestA}`));
    const comment = await edited("update", service(`nginx@${digestB} # 1`));
    assert.equal(comment, service(`nginx@${digestA} # 1`));
  });

  it("leaves tags, and pins that are current", async () => {
    for (const image of ["nginx:1", `nginx:1@${digestA}`]) {
      const { code, stdout, files } = await run("update", service(image));
      assert.deepEqual([code, stdout], [0, "Nothing to change.\n"]);
      assert.equal(files[file], service(image));
    }
  });

  it("leaves a pin that remembers no tag, and says so", async () => {
    const { code, stdout } = await run("update", service(`nginx@${digestB}`));
    assert.equal(code, 0);
    assert.match(stdout, /no-tag .*\n +No tag is known/);
  });
});

describe("--min-age", () => {
  const now = Date.parse("2026-05-10T00:00:00Z");
  const made = (created: string | undefined, digest = digestA): CommandWorld => ({
    now,
    details: {
      [`${hub}:1`]: {
        digest,
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        platforms: [],
        layersSize: undefined,
        created,
        source: undefined,
      },
    },
  });

  it("leaves an image that is too young", async () => {
    const world = made("2026-05-09T12:00:00Z");
    const { code, stdout, files } = await run("pin --min-age 72h", service("nginx:1"), world);
    assert.equal(code, 0);
    assert.equal(files[file], service("nginx:1"));
    assert.match(stdout, /too-young .*\n +Built at 2026-05-09T12:00:00Z, less than 72h0m0s ago/);
  });

  it("takes one that is old enough", async () => {
    const text = await edited(
      "pin --min-age 72h",
      service("nginx:1"),
      made("2026-05-01T00:00:00Z"),
    );
    assert.equal(text, service(`nginx:1@${digestA}`));
  });

  const unknown = [
    ["nothing says when it was made", made(undefined)],
    ["it says what no image's date is", made("1970-01-01T00:00:00Z")],
    ["its date has not come yet", made("2030-01-01T00:00:00Z")],
    ["what was read is another image by now", made("2026-05-09T12:00:00Z", digestB)],
    ["the manifest cannot be read", { now }],
  ] as const;
  for (const [what, world] of unknown) {
    it(`takes one of which ${what}, and says so`, async () => {
      const { stdout, files } = await run("pin --min-age 3d", service("nginx:1"), world);
      assert.equal(files[file], service(`nginx:1@${digestA}`));
      assert.match(stdout, /Age unknown, so --min-age/);
    });
  }

  it("holds updates back, too", async () => {
    const world = made("2026-05-09T12:00:00Z");
    const text = await edited("update --min-age 72h", service(`nginx:1@${digestB}`), world);
    assert.equal(text, service(`nginx:1@${digestB}`));
  });
});

describe("unpin", () => {
  const images = [
    "nginx:1",
    "nginx:latest",
    '"nginx:1" # web',
    "reg.test/app:v1",
    "'docker.io/nginx:1'",
  ];
  for (const style of ["tag-and-digest", "digest-and-comment"]) {
    for (const image of images) {
      it(`gives back the first bytes: ${image} pinned as ${style}`, async () => {
        const pinned = await edited(`pin --pin-style ${style}`, service(image));
        assert.notEqual(pinned, service(image));
        assert.equal(await edited("unpin", pinned), service(image));
      });
    }
  }

  it("asks nobody", async () => {
    const { code, stdout, questions } = await run("unpin", service(`nginx:1@${digestA}`));
    assert.deepEqual([code, questions], [0, []]);
    assert.match(stdout, /10:18 {2}unpinned {2}nginx:1@/);
  });

  it("leaves a digest whose tag nothing remembers: nobody asked for latest", async () => {
    const text = service(`nginx@${digestA}`);
    const { code, stdout, files } = await run("unpin", text);
    assert.deepEqual([code, files[file]], [0, text]);
    assert.match(stdout, /10:18 {2}no-tag {2}nginx@/);
  });
});

describe("--diff", () => {
  it("shows a patch and writes nothing", async () => {
    const { code, stdout, stderr, files } = await run("pin --diff", service("nginx:1"));
    assert.equal(
      stdout,
      `--- a/a.yaml
+++ b/a.yaml
@@ -7,4 +7,4 @@
     spec:
       containers:
         - name: user
-          image: nginx:1
+          image: nginx:1@${digestA}
`,
    );
    assert.equal(code, 0);
    assert.match(stderr, /1 image pinned in 1 file/);
    assert.equal(files[file], service("nginx:1"));
  });

  it("names files outside the current folder from one that holds all, and says which", async () => {
    const files = {
      "sub/a.yaml": service("nginx:1"),
      "../other/b.yaml": service("nginx:1"),
    };
    const { stdout, stderr } = await runCommand("pin --diff sub ../other /work/other", {
      files,
      known,
    });
    assert.deepEqual(
      [...stdout.matchAll(/^(?:---|\+\+\+) (.*)$/gm)].map(([, name]) => name).sort(),
      ["a/other/b.yaml", "a/project/sub/a.yaml", "b/other/b.yaml", "b/project/sub/a.yaml"],
    );
    assert.match(stderr, /Apply this patch in \/work: /);
    const inside = await runCommand("pin --diff sub", { files, known });
    assert.match(inside.stdout, /^--- a\/sub\/a\.yaml$/m);
    assert.doesNotMatch(inside.stderr, /count from/);
  });

  it("shows nothing where nothing changes", async () => {
    const { stdout } = await run("pin --diff", service(`nginx:1@${digestA}`));
    assert.equal(stdout, "");
  });
});

describe("pin and then check", () => {
  it("is clean, notes included", async () => {
    const files = {
      "a.yaml": service("nginx:1"),
      "b.yaml": `${service("reg.test/app:v1")}      initContainers:\n        - image: nginx\n`,
      "c.yaml":
        "apiVersion: sources.knative.dev/v1\nkind: ContainerSource\nspec:\n  template:\n    spec:\n      containers:\n        - image: nginx:1\n",
    };
    const first = await runCommand("check --fail-on information", { known, files });
    assert.equal(first.code, 1);
    const pinned = await runCommand("pin", { known, files });
    assert.equal(pinned.code, 0, pinned.stdout);
    const digests = {
      [`${hub}@${digestA}`]: resolved(digestA),
      [`${hub}@${digestB}`]: resolved(digestB),
      [`reg.test/app@${digestB}`]: resolved(digestB),
    };
    const world = { known: { ...known, ...digests }, files: pinned.files };
    const { code, stdout } = await runCommand("check --fail-on information", world);
    assert.equal(code, 0, stdout);
  });
});
