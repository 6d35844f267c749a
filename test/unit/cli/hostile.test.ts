// Text that somebody wrote into a file to deceive whoever reads the output: it never comes out as it is.

import assert from "node:assert/strict";
import { runArguments, runCommand } from "../../support/commandLine.ts";
import { digestA, failed, service } from "../../support/reading.ts";

/** What moves a terminal's cursor, ends a line, or turns the direction of writing. */
const hostile = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const evil = "\u001b[31m\u009b\u202e\u2028\u{e0041}\u007f";

/** The output without its own line breaks. */
function assertHarmless(output: string): void {
  for (const line of output.split("\n")) assert.doesNotMatch(line, hostile);
}

describe("hostile text", () => {
  const name = `a${evil}\n::error::x.yaml`;
  // A YAML parser takes the escapes of a double-quoted scalar for the characters themselves.
  const image = JSON.stringify(`reg.test/${evil}\r\n::error::x:1`).replace(
    "\u{e0041}",
    "\\U000E0041",
  );
  const files = {
    [name]: service(image),
    "b.yaml": service("reg.test/app:1").replace("name: app", `name: ${image}`),
    "c.yaml": `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: [image: ${evil}\n`,
  };
  const known = { "reg.test/app:1": failed("tag-not-found", `The registry says ${evil}.`) };

  for (const args of [
    "check",
    "check --output json",
    "check --output sarif",
    "check --output github",
    "list",
    "list --output json",
    "pin",
    "pin --output json",
    "unpin",
  ]) {
    it(`is made harmless by ${args}`, async () => {
      const { stdout, stderr } = await runCommand(args, { files, known });
      assert.notEqual(stdout, "");
      assertHarmless(stdout);
      assertHarmless(stderr);
    });
  }

  for (const args of [
    ["explain", evil],
    ["explain", "--output", "json", evil],
    ["resolve", evil, `r\u202eeg.test/app@${digestA}`],
    ["resolve", "--output", "json", evil, `r\u202eeg.test/app@${digestA}`],
    ["list", `${evil}*`],
    ["list", evil],
  ]) {
    it(`is made harmless by ${args.slice(0, -1).join(" ").replace(evil, "…")} …`, async () => {
      const { stdout, stderr } = await runArguments(args);
      assertHarmless(stdout);
      assertHarmless(stderr);
    });
  }

  it("is the same to a program that parses the JSON", async () => {
    const { stdout } = await runArguments(["explain", "--output", "json", evil]);
    assert.equal((JSON.parse(stdout) as { image: string }).image, evil);
  });

  it("is made harmless where SARIF is shown, too", async () => {
    const { stdout } = await runCommand("check --output sarif", { files, known });
    const log = JSON.parse(stdout) as { runs: { results: { message: { text: string } }[] }[] };
    const messages = log.runs.flatMap(({ results }) => results.map(({ message }) => message.text));
    assert.ok(messages.length >= 2);
    for (const message of messages) assertHarmless(message);
  });

  it("ends no property of an annotation", async () => {
    const { stdout } = await runCommand("check --output github", {
      files: { "a,b%0Ac\rd:e.yaml": service("https://reg.test/app") },
    });
    assert.match(stdout, /^::error file=a%2Cb%250Ac%0Dd%3Ae\.yaml,line=/m);
  });

  it("gives an annotation no line of its own", async () => {
    const { stdout } = await runCommand("check --output github", { files, known });
    const commands = stdout.split("\n").filter((line) => line.startsWith("::"));
    assert.ok(commands.length >= 3);
    for (const command of commands) assert.match(command, /^::(error|warning|notice) file=[^:]*::/);
    assert.match(stdout, /file=a[^,]*%0A%3A%3Aerror%3A%3Ax\.yaml,/);
  });
});
