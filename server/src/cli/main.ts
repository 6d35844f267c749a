// The command line's entry: puts the commands together with this machine.

import path from "node:path";
import * as l10n from "@vscode/l10n";
import { processEnvironment, processStreams } from "../node/commandLine.ts";
import { run } from "./run.ts";
import { shownText } from "../shownText.ts";

async function main(): Promise<void> {
  const manifest = path.join(import.meta.dirname, "..", "package.json");
  const args = process.argv.slice(2);
  process.exitCode = await run(args, processStreams(), processEnvironment(manifest));
}

/** Nothing of what went wrong may look like a finding: 1 is the code of those. */
function fail(error: unknown): void {
  const isGone = error instanceof Error && "syscall" in error && error.syscall === "uv_cwd";
  const message = isGone
    ? l10n.t("The current folder no longer exists.")
    : l10n.t("Internal error: {0}", String(error));
  process.stderr.write(`knative-digest: ${shownText(message)}\n`);
  process.exitCode = 2;
}

process.on("uncaughtException", (error) => {
  fail(error);
  process.exit();
});
main().catch(fail);
