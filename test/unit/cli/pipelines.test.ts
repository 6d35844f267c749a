// The logs of pipelines are read for commands: nothing of a file, a registry or the call becomes one.

import assert from "node:assert/strict";
import { runArguments, runCommand } from "../../support/commandLine.ts";
import { digestA, failed, resolved, service } from "../../support/reading.ts";

const github = { GITHUB_ACTIONS: "true" };

/** What GitHub Actions, Azure Pipelines and TeamCity take for a command, with what may stand before it. */
const command = new RegExp(String.raw`^\s*(?:\x1b\[\d+m)*::|##(?:vso|teamcity)?\[`, "m");

describe("the log of a pipeline", () => {
  const name = "::set-output name=a::x ##[error] ##vso[task.complete]y ##teamcity[z.yaml";
  const image = "reg.test/app:1";
  const files = {
    [name]: service(image),
    "b.yaml": service('"reg.test/##[error]##vso[a]:1"'),
    "c.yaml": service("ko://##teamcity[a]"),
  };
  const known = { [image]: failed("tag-not-found", "::warning::##vso[said] ##[by the registry]") };
  const verbs = [
    ...["check --output text", "check --output json", "check --output sarif", "list"],
    ...["list --output json", "pin", "pin --output json", "unpin", "check --ofline", "help"],
  ];
  for (const args of verbs) {
    for (const variables of [github, { FORCE_COLOR: "1" }, {}]) {
      it(`holds no command: ${args} with ${JSON.stringify(variables)}`, async () => {
        const { stdout, stderr } = await runCommand(args, { files, known, variables });
        assert.doesNotMatch(stdout, command);
        assert.doesNotMatch(stderr, command);
        if (args.includes("json") || args.includes("sarif")) JSON.parse(stdout);
      });
    }
  }

  for (const args of [
    ["list", "::set-output name=a::b"],
    ["list", "\n::set-output name=a::b"],
    ["::set-output name=a::b"],
    ["list", "--x\n::error::b"],
    ["check", "--output", "\n::error::b"],
    ["resolve", "::error::b", `\n::error::b@${digestA}`, "##vso[a]"],
    ["explain", "::error::b", "  ::error::c", "##[a]"],
    ["explain", "--output", "json", "::error::b", "##[a]"],
    ["list", "--config", "::error::b"],
    ["list", "--exclude", "\n::error::["],
  ]) {
    it(`holds no command of the call: ${JSON.stringify(args)}`, async () => {
      const { stdout, stderr } = await runArguments(args, { variables: github });
      assert.doesNotMatch(stdout, command);
      assert.doesNotMatch(stderr, command);
    });
  }

  it("holds our own annotations, and no other command", async () => {
    const { stdout } = await runCommand("check", { files, known, variables: github });
    const lines = stdout.trimEnd().split("\n");
    const annotations = lines.filter((line) => line.startsWith("::"));
    assert.ok(annotations.length >= 2);
    for (const line of annotations) {
      assert.match(line, /^::(?:error|warning|notice) file=[^:]*,title=[a-z-]*::/);
    }
    assert.doesNotMatch(lines.at(-1) ?? "", command);
  });

  describe("and a text that must come out as it is", () => {
    const text = `${service("nginx:1")}note: |\n  ::set-output name=a::b\n`;
    const resolutions = { "index.docker.io/library/nginx:1": resolved(digestA) };

    it("is refused where it holds a command, and no file is written", async () => {
      for (const args of ["unpin -", "pin - a.yaml", "pin --diff -"]) {
        const world = { stdin: text, files: { "a.yaml": service("nginx:1") }, known: resolutions };
        const {
          code,
          stdout,
          stderr,
          files: after,
        } = await runCommand(args, {
          ...{ ...world, variables: github },
        });
        assert.deepEqual([code, stdout], [2, ""], args);
        assert.match(stderr, /this pipeline would run a command/);
        assert.equal(after["a.yaml"], service("nginx:1"));
      }
    });

    it("comes out where nobody reads commands, where it holds none, and into a file", async () => {
      const plain = service("nginx:1");
      for (const [stdin, world] of [
        [text, {}],
        [text, { variables: github, isFile: true }],
        [plain, { variables: github }],
      ] as const) {
        assert.equal((await runCommand("unpin -", { stdin, ...world })).stdout, stdin);
      }
    });
  });
});
