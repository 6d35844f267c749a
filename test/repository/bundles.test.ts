// What is in the bundle of the command line: nothing of an editor's protocol.

import assert from "node:assert/strict";
import { build } from "esbuild";
import { projectPath } from "../support/projectRoot.ts";

describe("the bundle of the command line", () => {
  it("holds nothing of the language server", async () => {
    const { metafile } = await build({
      absWorkingDir: projectPath(),
      entryPoints: ["server/src/cli/main.ts"],
      bundle: true,
      write: false,
      metafile: true,
      platform: "node",
      format: "cjs",
      external: ["undici"],
      logLevel: "silent",
    });
    const inputs = Object.keys(metafile.inputs);
    assert.ok(inputs.includes("server/src/cli/run.ts"));
    const foreign = inputs.filter((file) =>
      /node_modules\/vscode-|^server\/src\/(server|features)\/|^client\//.test(file),
    );
    assert.deepEqual(foreign, []);
  });
});
