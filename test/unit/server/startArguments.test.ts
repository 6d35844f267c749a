// The server's arguments: every form that editors write, and what is refused instead of waiting for nobody.

import assert from "node:assert/strict";
import { readStartArguments } from "../../../server/src/server/startArguments.ts";

describe("the server's arguments", () => {
  for (const args of [
    ["--stdio"],
    ["--node-ipc"],
    ["--socket=5000"],
    ["--socket", "5000"],
    ["--pipe=/tmp/a.sock"],
    ["--pipe", String.raw`\\.\pipe\a`],
    ["--stdio", "--clientProcessId=7"],
    ["--clientProcessId", "7", "--node-ipc"],
  ]) {
    it(`serve over what they name: ${args.join(" ")}`, () => {
      assert.deepEqual(readStartArguments(args), { kind: "serve", namesTransport: true });
    });
  }

  for (const args of [[], ["--clientProcessId=7"]]) {
    it(`name no transport: ${args.join(" ")}`, () => {
      assert.deepEqual(readStartArguments(args), { kind: "serve", namesTransport: false });
    });
  }

  for (const [arg, kind] of [
    ["-h", "help"],
    ["--help", "help"],
    ["-V", "version"],
    ["--version", "version"],
  ] as const) {
    it(`ask for ${kind}: ${arg}`, () => {
      assert.deepEqual(readStartArguments([arg, "--stdio"]), { kind });
    });
  }

  for (const [args, named] of [
    [["--stdoi"], "--stdoi"],
    [["--stdio", "-x"], "-x"],
    [["check", "."], "check"],
    [["--stdio=yes"], "--stdio"],
    [["--socket"], "--socket"],
    [["--socket="], "--socket"],
    [["--socket=0"], "--socket"],
    [["--socket=65536"], "--socket"],
    [["--socket=five"], "--socket"],
    [["--socket=1e3"], "--socket"],
    [["--socket=0x50"], "--socket"],
    [["--pipe="], "--pipe"],
  ] as const) {
    it(`are refused by name: ${args.join(" ")}`, () => {
      const start = readStartArguments(args);
      assert.ok(start.kind === "misused");
      assert.ok(start.problem.includes(named), start.problem);
      assert.ok(!start.problem.includes("Error"), start.problem);
    });
  }

  it("that hold a command for a terminal are said without it", () => {
    const start = readStartArguments(["--\u001b[31mred\r\n::error::x"]);
    assert.ok(start.kind === "misused");
    assert.doesNotMatch(start.problem, /\p{Cc}/u);
  });
});
