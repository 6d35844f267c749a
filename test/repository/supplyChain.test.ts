// What the lock file brings: whole, from the registry, under known licences, and without a fault that is known.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { projectPath } from "../support/projectRoot.ts";

interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly link?: boolean;
}

const lock = JSON.parse(readFileSync(projectPath("package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

/** Every installed package: its name and what the lock file says of it. */
const packages = Object.entries(lock.packages)
  .filter(([path]) => path !== "")
  .map(([path, locked]) => ({ name: path.replace(/^.*node_modules\//, ""), ...locked }));

/** What a package may be under that is used for development; `build.mjs` has the shorter list of what is packed. */
const licences: readonly string[] = [
  ...["MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "BlueOak-1.0.0"],
  ...["CC0-1.0", "CC-BY-3.0", "CC-BY-4.0", "Python-2.0", "Unlicense", "WTFPL", "MPL-2.0", "MIT-0"],
  ...["Artistic-2.0", "PSF-2.0", "Zlib"],
];

/**
 * Faults that were published, each with the versions that have it no more. No advisory service is asked: these are
 * the ones of packages that we use, known by 2026-11.
 */
const advisories: readonly {
  readonly name: string;
  readonly fixed: readonly string[];
  readonly id: string;
}[] = [
  // Response-queue poisoning, SOCKS5 across origins, `Authorization` in the cache, `Content-Range` and retries.
  { name: "undici", fixed: ["7.29.0"], id: "CVE-2026-6733, CVE-2026-6734, GHSA-8xcm-r25x-g524" },
  { name: "yaml", fixed: ["2.2.2"], id: "CVE-2023-2251" },
  { name: "braces", fixed: ["3.0.3"], id: "CVE-2024-4068" },
  { name: "micromatch", fixed: ["4.0.8"], id: "CVE-2024-4067" },
  { name: "brace-expansion", fixed: ["1.1.12", "2.0.2", "4.0.1"], id: "CVE-2025-5889" },
  { name: "semver", fixed: ["5.7.2", "6.3.1", "7.5.2"], id: "CVE-2022-25883" },
  { name: "cross-spawn", fixed: ["7.0.5"], id: "CVE-2024-21538" },
  { name: "js-yaml", fixed: ["3.14.2", "4.1.1"], id: "CVE-2025-64718" },
  { name: "esbuild", fixed: ["0.25.0"], id: "GHSA-67mh-4wv8-2f99" },
];

describe("the packages of the lock file", () => {
  it("come with a hash that npm checks, and from nowhere but the registry", () => {
    assert.ok(packages.length > 0);
    for (const { name, integrity = "", resolved, link } of packages) {
      assert.match(integrity, /^sha512-/, name);
      assert.equal(link, undefined, name);
      if (resolved !== undefined) assert.match(resolved, /^https:\/\/registry\.npmjs\.org\//, name);
    }
  });

  // Microsoft's signing program, a part of vsce, has a licence of its own; it is never packed.
  it("are under licences that somebody has looked at", () => {
    const unknown = packages.filter(
      ({ name, license = "" }) => !isAccepted(license) && !/^@vscode\/vsce-sign/.test(name),
    );
    assert.deepEqual(
      unknown.map(({ name, license }) => `${name}: ${String(license)}`),
      [],
    );
  });

  for (const { name, fixed, id } of advisories) {
    it(`have no ${name} with ${id}`, () => {
      const affected = packages
        .filter((each) => each.name === name)
        .filter(({ version }) => !isFixed(version, fixed));
      assert.deepEqual(
        affected.map(({ version }) => version),
        [],
      );
    });
  }
});

describe("the comparison of versions", () => {
  const cases: readonly (readonly [string, readonly string[], boolean])[] = [
    ["7.28.9", ["7.29.0"], false],
    ["7.29.0", ["7.29.0"], true],
    ["8.0.0", ["7.29.0"], true],
    ["1.1.11", ["1.1.12", "2.0.2"], false],
    ["1.1.12", ["1.1.12", "2.0.2"], true],
    ["2.0.1", ["1.1.12", "2.0.2"], false],
    ["7.29.0-beta.1", ["7.29.0"], false],
  ];
  for (const [version, fixed, expected] of cases) {
    it(`takes ${version} as ${expected ? "" : "not "}fixed in ${fixed.join(" and ")}`, () => {
      assert.equal(isFixed(version, fixed), expected);
    });
  }
});

/** Whether one of several licences, or all that must hold together, are known. */
function isAccepted(license: string): boolean {
  const choices = license.replace(/[()]/g, "").split(" OR ");
  return choices.some((choice) => choice.split(" AND ").every((each) => licences.includes(each)));
}

/** Whether a version has a fix: the one of its own major version, or a newer major than all that were fixed. */
function isFixed(version: string, fixed: readonly string[]): boolean {
  const own = fixed.find((each) => major(each) === major(version));
  if (own !== undefined) return !version.includes("-") && compare(version, own) >= 0;
  return fixed.every((each) => major(version) > major(each));
}

function major(version: string): number {
  return Number(version.split(".")[0]);
}

function compare(one: string, other: string): number {
  const [a, b] = [numbers(one), numbers(other)];
  return (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0) || (a[2] ?? 0) - (b[2] ?? 0);
}

function numbers(version: string): readonly number[] {
  return version.split(/[.-]/).map(Number);
}
