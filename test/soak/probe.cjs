// Loaded into the server before its own code: tells on SIGUSR2 what the process holds, as one line of JSON.

const { writeSync } = require("node:fs");

process.on("SIGUSR2", () => {
  // Twice: what is freed by finalizers of the first run is collected by the second.
  globalThis.gc();
  globalThis.gc();
  const counts = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  const { heapUsed, external, rss } = process.memoryUsage();
  writeSync(2, `PROBE ${JSON.stringify({ heapUsed, external, rss, counts })}\n`);
});
