// `check`: findings in every form of output, and the exit code that they make.

import assert from "node:assert/strict";
import { runCommand, type CommandWorld } from "../../support/commandLine.ts";
import {
  digestA,
  digestB,
  failed,
  resolved,
  service,
  type KnownAnswers,
} from "../../support/reading.ts";

const hub = "index.docker.io/library/nginx";
const skipping =
  "apiVersion: operator.knative.dev/v1beta1\nkind: KnativeServing\nmetadata:\n  name: knative-serving\nspec:\n" +
  "  config:\n    deployment:\n      registries-skipping-tag-resolving: kind.local,ko.local,dev.local,reg.test:5000\n";

function world(image: string, known: KnownAnswers = {}): CommandWorld {
  return { files: { "a.yaml": service(image) }, known };
}

async function resolutionOf(image: string, known: KnownAnswers, args = ""): Promise<unknown> {
  const { stdout } = await runCommand(`check --output json ${args}`, world(image, known));
  return (JSON.parse(stdout) as { images: { resolution?: unknown }[] }).images[0]?.resolution;
}

describe("check's findings", () => {
  it("stand where they are in the file, whatever document of it they are in", async () => {
    const front = "a: 1\n---\n";
    const rows = async (text: string): Promise<unknown> => {
      const { stdout } = await runCommand("check --output json", { files: { "a.yaml": text } });
      const { findings } = JSON.parse(stdout) as { findings: { line: number; endLine: number }[] };
      return findings.map(({ line, endLine, ...rest }) => [line - endLine, line, rest]);
    };
    const moved = (found: unknown): unknown =>
      (found as [number, number, unknown][]).map(([lines, line, rest]) => [lines, line + 2, rest]);
    const text = service('"https://r.io/app:1"');
    assert.deepEqual(await rows(front + text), moved(await rows(text)));
  });
});

describe("check's exit code", () => {
  const found = { [`${hub}:1`]: resolved(digestA) };
  const gone = { [`${hub}:1`]: failed("tag-not-found") };
  const denied = { [`${hub}:1`]: failed("access-denied") };
  const away = { [`${hub}:1`]: failed("registry-unreachable") };
  const cases: readonly (readonly [string, number, KnownAnswers, string])[] = [
    ["0 when there is nothing to report", 0, found, ""],
    ["1 for an error", 1, gone, ""],
    ["0 for it where nothing fails the run", 0, gone, "--fail-on never"],
    ["1 for a warning", 1, denied, ""],
    [
      "3 for a warning below the threshold about a registry that said nothing",
      3,
      denied,
      "--fail-on error",
    ],
    ["3 for a registry that cannot be reached", 3, away, ""],
    ["1 for it where that is severe enough", 1, away, "--fail-on information"],
    ["0 for it offline, where nobody was asked", 0, away, "--offline"],
  ];
  for (const [what, expected, known, args] of cases) {
    it(`is ${what}`, async () => {
      const { code } = await runCommand(`check ${args}`, world("nginx:1", known));
      assert.equal(code, expected);
    });
  }

  it("is 2 over 1 over 3", async () => {
    const files = {
      "away.yaml": service("away.test/app:1"),
      "gone.yaml": service("nginx:1"),
      "unreadable.yaml": { problem: "denied" } as const,
    };
    const code = async (args: string): Promise<number> =>
      (await runCommand(`check ${args}`, { files, known: gone })).code;
    assert.equal(await code("away.yaml gone.yaml unreadable.yaml"), 2);
    assert.equal(await code("away.yaml gone.yaml"), 1);
    assert.equal(await code("away.yaml"), 3);
  });

  it("counts no registry that a comment says to leave alone", async () => {
    const { code, stdout } = await runCommand(
      "check --fail-on information",
      world("away.test/app:1 # knative-digest: ignore only seen from the cluster"),
    );
    assert.equal(code, 0, stdout);
  });

  it("is 0 for a comment on an image, which it keeps from being pinned, offline, too", async () => {
    const text = world("nginx:1 # knative-digest: ignore for now", found);
    for (const option of ["", "--offline"]) {
      const { code } = await runCommand(`check ${option} --fail-on information`, text);
      assert.equal(code, 0);
    }
  });

  it("is 1 for a comment that ignores nothing, where notes count", async () => {
    const text = world("'{{ .image }}' # knative-digest: ignore no reason", found);
    assert.equal((await runCommand("check", text)).code, 0);
    const { code, stdout } = await runCommand("check --fail-on information", text);
    assert.equal(code, 1);
    assert.match(stdout, /unused-ignore/);
  });
});

describe("check --output json", () => {
  it("tells what a tag resolves to and what will run", async () => {
    const known = { [`${hub}:1`]: resolved(digestA) };
    const runs = `${hub}@${digestA}`;
    assert.deepEqual(await resolutionOf("nginx:1", known), {
      status: "resolved",
      digest: digestA,
      runs,
    });
  });

  it("tells that a skipped tag runs as it is written", async () => {
    const known = { "reg.test:5000/app:1": resolved(digestA) };
    const resolution = await resolutionOf(
      "reg.test:5000/app:1",
      known,
      "--skip-registries reg.test:5000",
    );
    assert.deepEqual(resolution, {
      status: "resolved",
      digest: digestA,
      runs: "reg.test:5000/app:1",
    });
  });

  it("tells that a pinned digest exists", async () => {
    const image = `nginx:1@${digestA}`;
    const known = { [`${hub}@${digestA}`]: resolved(digestA), [`${hub}:1`]: resolved(digestB) };
    const expected = { status: "resolved", digest: digestA, runs: image };
    assert.deepEqual(await resolutionOf(image, known), expected);
  });

  it("says why there is no answer", async () => {
    const known = { [`${hub}:1`]: failed("rate-limited", "Wait.") };
    const error = { kind: "rate-limited", message: "Wait." };
    assert.deepEqual(await resolutionOf("nginx:1", known), { status: "failed", error });
  });

  for (const image of ["'{{ .Values.image }}'", "a", "dev.local/app:1", "https://reg.test/app"]) {
    it(`asks nobody about ${image}`, async () => {
      const { stdout, questions } = await runCommand("check --output json", world(image));
      const { images } = JSON.parse(stdout) as { images: { resolution: unknown }[] };
      assert.deepEqual(images[0]?.resolution, { status: "not-asked" });
      assert.deepEqual(questions, []);
    });
  }

  it("has no resolution offline", async () => {
    assert.equal(await resolutionOf("nginx:1", {}, "--offline"), undefined);
  });

  it("asks each question once, however many files have it", async () => {
    const files = { "a.yaml": service("nginx:1"), "b.yaml": service("docker.io/nginx:1") };
    const { questions } = await runCommand("check", { files });
    assert.deepEqual(questions, [`${hub}:1`]);
  });

  it("looks into an index to tell a moved tag from a pin of one platform", async () => {
    const index = "application/vnd.oci.image.index.v1+json";
    const known = {
      [`${hub}@${digestA}`]: resolved(digestA),
      [`${hub}:1`]: resolved(digestB, index),
    };
    const platform = { os: "linux", architecture: "arm64", variant: undefined };
    const details = {
      [`${hub}:1`]: {
        digest: digestB,
        mediaType: index,
        platforms: [{ platform, digest: digestA }],
        layersSize: undefined,
        created: undefined,
        source: undefined,
      },
    };
    const { stdout } = await runCommand("check", {
      ...world(`nginx:1@${digestA}`, known),
      details,
    });
    assert.match(stdout, /single-platform-digest/);
  });
});

describe("check for people", () => {
  const files = {
    "app/service.yaml": service('"reg.test:5000/app:1"'),
    "knative/serving.yaml": skipping,
    "other.yaml": service("ko://example.com/app"),
  };
  const known = { "reg.test:5000/app:1": resolved(digestA) };

  it("groups by file, says what to do, and sums up", async () => {
    const { code, stdout, stderr } = await runCommand("check", { files, known });
    assert.equal(
      stdout,
      `app/service.yaml
  10:18  warning  registry-skipped  Not resolved: reg.test:5000 is on the skip list (a KnativeServing resource in this workspace), so nodes may run different images under one tag.
         knative/serving.yaml:8:72: reg.test:5000 is skipped here.
         Fix: knative-digest pin app/service.yaml

other.yaml
  10:18  information  doomed-reference  Run “ko resolve” or “ko apply”: this is a Go import path, not an image.

2 images in 2 files: 1 warning, 1 information finding.
`,
    );
    assert.deepEqual([code, stderr], [1, ""]);
  });

  it("shows the first of many images with one message and counts the others", async () => {
    const crowd = Object.fromEntries(
      Array.from({ length: 21 }, (_, index) => [
        `${index}.yaml`,
        service(`reg.test:5000/app${index}:1`),
      ]),
    );
    const count = async (
      args: string,
      names = Object.keys(crowd),
    ): Promise<(number | undefined)[]> => {
      const some = Object.fromEntries(names.map((name) => [name, crowd[name] ?? ""]));
      const { stdout, code } = await runCommand(`check --offline ${args}`, {
        files: { ...some, "knative.yaml": skipping },
      });
      assert.equal(code, 1);
      return [
        stdout.match(/^ .*registry-skipped/gm)?.length,
        stdout.match(/^16 more registry-skipped .*--verbose.*reg\.test:5000/gm)?.length,
        stdout.match(/: 21 warnings\.$/gm)?.length,
      ];
    };
    assert.deepEqual(await count(""), [5, 1, 1]);
    assert.deepEqual(await count("--verbose"), [21, undefined, 1]);
    assert.deepEqual((await count("", Object.keys(crowd).slice(1)))[0], 20);
  });

  it("advises no pin where there is no registry to ask", async () => {
    const { stdout } = await runCommand("check", world("dev.local/app:v1"));
    assert.match(stdout, /registry-skipped/);
    assert.doesNotMatch(stdout, /Fix: /);
  });

  for (const [name, word] of [
    ["my app.yaml", "'my app.yaml'"],
    ["it's;rm *.yaml", "'it'\\''s;rm *.yaml'"],
    ["-rf.yaml", "./-rf.yaml"],
  ] as const) {
    it(`advises a command that a shell takes as it is meant: ${name}`, async () => {
      const { stdout } = await runCommand("check --skip-registries reg.test:5000", {
        files: { [name]: service("reg.test:5000/app:1") },
        known,
      });
      assert.ok(stdout.includes(`Fix: knative-digest pin ${word}\n`), stdout);
    });
  }

  it("says that there is nothing to report", async () => {
    const { stdout } = await runCommand(
      "check",
      world("nginx:1", { [`${hub}:1`]: resolved(digestA) }),
    );
    assert.equal(stdout, "1 image in 1 file: nothing to report.\n");
  });

  it("is coloured on a terminal alone, and there only where nobody objects", async () => {
    const terminal = { files, known, isTerminal: true };
    const coloured = async (args: string, variables: Record<string, string>): Promise<boolean> =>
      (await runCommand(`check ${args}`, { ...terminal, variables })).stdout.includes("\u001b[33m");
    assert.equal(await coloured("", {}), true);
    assert.equal(await coloured("--no-color", {}), false);
    assert.equal(await coloured("", { NO_COLOR: "1" }), false);
    assert.equal(await coloured("", { TERM: "dumb" }), false);
    const piped = await runCommand("check", { files, known });
    assert.ok(!piped.stdout.includes("\u001b"));
    const forced = await runCommand("check", { files, known, variables: { FORCE_COLOR: "1" } });
    assert.ok(forced.stdout.includes("\u001b[33m"));
  });

  it("shows how far it is on a terminal's standard error, and takes that away again", async () => {
    const { stderr } = await runCommand("check", { files, known, isTerminal: true });
    assert.match(stderr, /Looking up digests 0\/1[^]*Looking up digests 1\/1/);
    assert.ok(stderr.endsWith("\r\u001b[K"));
  });
});

describe("check --output github", () => {
  const files = { "a, b.yaml": service('"reg.test:5000/app:1"'), "knative.yaml": skipping };
  const expected =
    "::warning file=a%2C b.yaml,line=10,col=18,endLine=10,endColumn=39,title=registry-skipped::Not resolved:" +
    " reg.test:5000 is on the skip list (a KnativeServing resource in this workspace), so nodes may run different images" +
    " under one tag.\n1 image in 1 file: 1 warning.\n";

  it("prints one command a finding", async () => {
    const { stdout } = await runCommand("check --output github --offline", { files });
    assert.equal(stdout, expected);
  });

  it("is chosen by itself under GitHub Actions", async () => {
    const variables = { GITHUB_ACTIONS: "true" };
    const { stdout } = await runCommand("check --offline", { files, variables });
    assert.equal(stdout, expected);
    const text = await runCommand("check --offline --output text", { files, variables });
    assert.match(text.stdout, /^a, b\.yaml\n/);
    assert.match((await runCommand("list", { files, variables })).stdout, /^a, b\.yaml\n/);
  });

  it("names files from the root of what was checked out", async () => {
    const variables = { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: "/work" };
    const { stdout } = await runCommand("check --offline", { files, variables });
    assert.match(stdout, /^::warning file=project\/a%2C b\.yaml,/);
    const sarif = await runCommand("check --offline --output sarif", { files, variables });
    assert.match(sarif.stdout, /"uri": "project\/a%2C%20b\.yaml"/);
  });

  it("lets no text of a file become a command", async () => {
    const image = "reg.test/app:x%0A::error::x";
    const { stdout } = await runCommand("check --output github", {
      files: { "a.yaml": service(image) },
    });
    assert.equal(stdout.split("\n").filter((line) => line.startsWith("::")).length, 1);
    assert.match(stdout, /x%250A::error|%250A/);
  });

  it("tells of what cannot be read", async () => {
    const unreadable = { "x.yaml": { problem: "denied" } as const };
    const { code, stdout } = await runCommand("check --output github", { files: unreadable });
    assert.equal(code, 2);
    assert.match(stdout, /^::error file=x\.yaml,title=knative-digest::Permission denied/);
  });
});
