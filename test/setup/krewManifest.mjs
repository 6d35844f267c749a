// `node test/setup/krewManifest.mjs PACKAGE.tgz`: prints the krew manifest with the checksum of a packed release.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./processes.mjs";

const unknown = "0".repeat(64);

/**
 * @param {Uint8Array} archive the npm package
 * @returns {string} the manifest to send to krew's index
 */
export function krewManifest(archive) {
  const sum = createHash("sha256").update(archive).digest("hex");
  return readFileSync(join(root, ".github/krew/knative-digest.yaml"), "utf8")
    .replace(unknown, sum)
    .replace(/^# .*\n/, "");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.stdout.write(krewManifest(readFileSync(process.argv[2])));
}
