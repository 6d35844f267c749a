// What reaches a terminal or a log: nothing that moves the cursor, is not seen, or is a command, whoever wrote it.

import assert from "node:assert/strict";
import { safeOutput } from "../../../server/src/cli/output/safeOutput.ts";

describe("what is written to a terminal", () => {
  const rows = [
    ["a\u001b[2J\u202eb\r\n", false, "a\\u{1b}[2J\\u{202e}b\\u{d}\n"],
    ["\u001b[31mred\u001b[39m", true, "\u001b[31mred\u001b[39m"],
    ["\u001b[31mred", false, "\\u{1b}[31mred"],
    ["\u001b[5mblinks", true, "\\u{1b}[5mblinks"],
    ["::error::x\n", false, "\\u{3a}:error::x\n"],
  ] as const;
  for (const [text, keepsColours, expected] of rows) {
    it(`is ${JSON.stringify(expected)}`, () => {
      let written = "";
      const output = { write: (said: string) => void (written += said), isTerminal: true };
      safeOutput(output, { keepsColours, variables: {} }).write(text);
      assert.equal(written, expected);
    });
  }
});
