// The suite inside the extension host of the browser-hosted VS Code, each of its tests reported as one here.

import { runInBrowser, runSuite } from "./runSuite.ts";

const results = await runSuite(runInBrowser);

describe("in the extension host of the browser-hosted VS Code", () => {
  for (const { title, error } of results) {
    it(title, () => {
      if (error !== null) throw new Error(error);
    });
  }

  it("ran the suite", () => {
    if (results.length === 0) throw new Error("The suite has no tests.");
  });
});
