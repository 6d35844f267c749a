// The grammar of the command line: what is understood, what is refused, and with which exit code.

import assert from "node:assert/strict";
import { parseArguments, type CommandCall } from "../../../server/src/cli/input/arguments.ts";
import { runArguments, runCommand } from "../../support/commandLine.ts";

function call(args: string): CommandCall {
  const silent = { out: () => undefined, err: () => undefined };
  const parsed = parseArguments(args.split(" "), "1.2.3", silent);
  return parsed.kind === "call" ? parsed.call : assert.fail(`${args}: ${parsed.kind}`);
}

describe("the arguments", () => {
  it("hold a verb and what it is about", () => {
    const { verb, operands } = call("check a.yaml folder -");
    assert.equal(verb, "check");
    assert.deepEqual(operands, ["a.yaml", "folder", "-"]);
  });

  it("may have options before and behind the verb", () => {
    for (const args of ["--offline --jobs 3 check x", "check x --offline --jobs 3"]) {
      const { options } = call(args);
      assert.equal(options.offline, true);
      assert.equal(options.jobs, 3);
    }
  });

  it("name each option of the contract", () => {
    const args =
      "pin --output json --offline --fail-on error --skip-registries a,b --pin-style digest --diff --jobs 2" +
      " --timeout 5 --ca-file ca.pem --insecure a:1 --insecure b:2 --config c.yaml --kubernetes-workloads" +
      " --pull-secret s.yaml --min-age 72h --no-color";
    assert.deepEqual(call(args).options, {
      output: "json",
      offline: true,
      failOn: "error",
      skipRegistries: "a,b",
      pinStyle: "digest",
      diff: true,
      jobs: 2,
      timeout: 5,
      caFile: "ca.pem",
      insecure: ["a:1", "b:2"],
      config: "c.yaml",
      kubernetesWorkloads: true,
      pullSecret: ["s.yaml"],
      minAge: 72 * 3_600_000,
      color: false,
    });
  });

  const ages = [
    ["7d", 7 * 86_400_000],
    ["90m", 5_400_000],
    ["1h30m", 5_400_000],
    ["0", 0],
  ] as const;
  for (const [text, milliseconds] of ages) {
    it(`read ${text} as an age`, () => {
      assert.equal(call(`pin --min-age ${text}`).options.minAge, milliseconds);
    });
  }
});

describe("usage errors", () => {
  const cases = [
    ["", "Usage: knative-digest"],
    ["chekc", "unknown command 'chekc'"],
    ["check --bogus", "unknown option '--bogus'"],
    ["check --ofline", "Did you mean --offline?"],
    ["check --output xml", "Allowed choices are text, json, sarif, github"],
    ["check --fail-on fatal", "Allowed choices are error, warning"],
    ["check --jobs many", "Expected a whole number from 1 to 64"],
    ["check --jobs 1.5", "Expected a whole number from 1 to 64"],
    ["pin --min-age soon", "Expected a duration"],
    ["pin --min-age -5m", "Expected a duration"],
    ["list --diff", "unknown option '--diff'"],
    ["resolve", "missing required argument"],
    ["list --output sarif", "“list” supports only --output text and json"],
    ["explain nginx --output github", "“explain” supports only --output text and json"],
    ["check --jobs 0", "Expected a whole number from 1 to 64"],
    ["check --jobs 65", "Expected a whole number from 1 to 64"],
    ["check --timeout 0", "Expected a number of seconds from 1 to 600"],
    ["check --timeout 601", "Expected a number of seconds from 1 to 600"],
    ["check --config nowhere.yaml", "nowhere.yaml: No such file"],
    ["check --ca-file nowhere.pem", "nowhere.pem: No such file"],
    ["explain nginx --pull-secret nowhere.yaml", "nowhere.yaml: No such file"],
    ["pin --output json -", "--output json cannot be used here"],
  ] as const;
  for (const [args, words] of cases) {
    it(`ends with 2 and says why: ${args}`, async () => {
      const { code, stdout, stderr } = await runCommand(args);
      assert.equal(code, 2);
      assert.ok(stderr.includes(words), stderr);
      assert.equal(stdout, "");
    });
  }
});

describe("help and version", () => {
  it("are answers, not mistakes", async () => {
    const help = await runCommand("--help");
    assert.equal(help.code, 0);
    assert.match(help.stdout, /Usage: knative-digest[^]*Exit code:/);
    const version = await runCommand("--version");
    assert.deepEqual([version.code, version.stdout], [0, "1.2.3\n"]);
  });

  it("tell of each verb its own options and the common ones", async () => {
    const { code, stdout } = await runArguments(["pin", "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /--diff[^]*--min-age[^]*--skip-registries/);
  });
});
