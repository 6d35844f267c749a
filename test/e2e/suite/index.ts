// The entry point inside the extension host: runs the suite beside it, and writes the results where the runner reads them.

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";
import { resultsVariable, type TestResult } from "../suiteResults.ts";

/**
 * Called by VS Code.
 * @throws {Error} if a test has failed, which makes VS Code's exit code 1
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: "bdd", timeout: 1_200_000, reporter: "min", color: false });
  const files = readdirSync(__dirname).filter((file) => file.endsWith(".test.cjs"));
  for (const file of files.sort()) mocha.addFile(join(__dirname, file));
  const results: TestResult[] = [];
  // Written after each test: the runner sees that it goes on, and how far it came if it does not.
  const report = (result: TestResult): void => {
    results.push(result);
    writeFileSync(process.env[resultsVariable] ?? "results.json", JSON.stringify(results));
  };
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on("pass", (test) => report({ title: test.fullTitle(), error: null }));
    // A failing hook has no test of its own, and is reported here all the same.
    runner.on("fail", (test, error: Error) => {
      report({ title: test.fullTitle(), error: error.stack ?? error.message });
    });
  });
  if (failures > 0) throw new Error(`${failures} tests failed.`);
}
