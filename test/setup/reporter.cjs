// Mocha's usual report, and at the end the counts and the failures in a file, so that npm test can add them up.

const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

/** A test that failed, with its error's first lines: what to look for in a long log. */
function failure(test, error) {
  const lines = String(error?.message ?? error).split("\n");
  return `${test.fullTitle()}: ${lines.slice(0, 5).join("\n    ")}`;
}

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failures = [];
    runner.on("fail", (test, error) => failures.push(failure(test, error)));
    runner.once("end", () => {
      const { passes, failures: failed, pending } = this.stats;
      const counts = { passed: passes, failed, skipped: pending, failures };
      writeFileSync(options.reporterOptions.countsFile, JSON.stringify(counts));
    });
  }
};
