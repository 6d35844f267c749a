// Reads a conformance table: one JSON object a line.

import { readFileSync } from "node:fs";
import path from "node:path";

/** The rows of `test/conformance/<name>.jsonl`, as unchecked JSON of the shape the caller names. */
export function readRows<Row>(name: string): Row[] {
  const file = path.join(process.cwd(), "test", "conformance", `${name}.jsonl`);
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row);
}
