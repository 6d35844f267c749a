// The command line's entry: puts the commands together with this machine.

import path from "node:path";
import { processEnvironment, processStreams } from "../node/commandLine.ts";
import { run } from "./run.ts";

async function main(): Promise<void> {
  const manifest = path.join(import.meta.dirname, "..", "package.json");
  const args = process.argv.slice(2);
  process.exitCode = await run(args, processStreams(), processEnvironment(manifest));
}

void main();
