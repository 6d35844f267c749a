// `node test/setup/pictures.mjs`: builds, and takes the pictures of the documents in a real editor.

import { build } from "./build.mjs";
import { compile } from "./checks.mjs";
import { ensureEditor } from "./ensureEditor.mjs";
import { ensureNodeModules } from "./ensureNodeModules.mjs";
import { root, runOrFail } from "./processes.mjs";

await ensureNodeModules();
await build();
await compile();
await ensureEditor();
await runOrFail("Taking pictures", process.execPath, ["out/test/e2e/pictures.js"], { cwd: root });
