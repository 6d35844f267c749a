// `node test/setup/pictures.mjs [NAME…]`: builds, and takes the pictures of the documents in a real editor.

import { build } from "./build.mjs";
import { compile } from "./checks.mjs";
import { ensureEditor } from "./ensureEditor.mjs";
import { ensureNodeModules } from "./ensureNodeModules.mjs";
import { findProgram, root, runOrFail } from "./processes.mjs";

/** They make the pictures small. On Debian and Ubuntu: apt-get install pngquant webp. */
const missing = ["pngquant", "img2webp"].filter((name) => findProgram([name]) === undefined);
if (missing.length > 0) throw new Error(`Install ${missing.join(" and ")} first (pngquant, webp).`);

await ensureNodeModules();
await build();
await compile();
await ensureEditor();
const args = ["out/test/e2e/pictures.js", ...process.argv.slice(2)];
await runOrFail("Taking pictures", process.execPath, args, { cwd: root });
