// What the bundles are made of, for programs: a CycloneDX list of the packages, written by npm and cut to those packed.

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "./build.mjs";
import { ensureNodeModules } from "./ensureNodeModules.mjs";
import { root } from "./processes.mjs";

const run = promisify(execFile);

/**
 * Writes dist/sbom.cdx.json. The bundles and the notices must be built.
 * @throws {Error} if a package of the notices is not in the lock file
 */
export async function writeSbom() {
  const args = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"];
  const quiet = ["--no-update-notifier", "--loglevel=error"];
  const shell = process.platform === "win32";
  const { stdout } = await run("npm", [...args, ...quiet], {
    cwd: root,
    maxBuffer: 64_000_000,
    shell,
  });
  const sbom = packedOnly(JSON.parse(stdout), packedPackages());
  writeFileSync(join(root, "dist/sbom.cdx.json"), `${JSON.stringify(sbom, undefined, 1)}\n`);
}

/** The packages of the notices, as `name@version`. */
function packedPackages() {
  const notices = readFileSync(join(root, "dist/THIRD_PARTY_NOTICES.txt"), "utf8");
  const titles = notices.matchAll(/^-{78}\n(\S+) (\S+) \(.+\)$/gm);
  return new Set([...titles].map(([, name, version]) => `${name}@${version}`));
}

/** The list without what is not packed, and without what differs from run to run. */
function packedOnly({ $schema, bomFormat, specVersion, version, metadata, components }, packed) {
  const kept = components
    .filter((component) => packed.delete(component["bom-ref"]))
    // The scope is left out: for npm all of them are needed for development alone, since they are bundled.
    .map(({ type, name, version: own, purl, hashes, licenses, "bom-ref": ref }) => ({
      ...{ "bom-ref": ref, type, name, version: own, purl, hashes, licenses },
    }));
  if (packed.size > 0) throw new Error(`Not in package-lock.json: ${[...packed].join(", ")}.`);
  const { name, version: ownVersion } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  const { purl, licenses } = metadata.component;
  const component = { "bom-ref": `${name}@${ownVersion}`, type: "application", name };
  return {
    ...{ $schema, bomFormat, specVersion, version },
    metadata: { component: { ...component, version: ownVersion, purl, licenses } },
    components: kept.sort((a, b) => (a["bom-ref"] < b["bom-ref"] ? -1 : 1)),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await ensureNodeModules();
  await build();
  await writeSbom();
}
