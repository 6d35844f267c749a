// The checklist of a release: everything is asked, and what is wrong is named with what to do.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { projectPath } from "../support/projectRoot.ts";

interface World {
  readonly read: (file: string) => string;
  readonly version: string;
  readonly tag?: string;
  readonly changed: string;
  readonly written: ReadonlyMap<string, string>;
}

interface ReleaseCheck {
  readonly name: string;
  readonly problem: string | undefined;
}

const read = (file: string): string => readFileSync(projectPath(file), "utf8");
const { version } = JSON.parse(read("package.json")) as { version: string };
const dated = read("CHANGELOG.md").replace(/^## .*$/m, `## ${version} – 2026-12-01`);

const readReady = (file: string): string => (file === "CHANGELOG.md" ? dated : read(file));
/** Everything as it has to be; no document is written by a program. */
const ready = { read: readReady, version, changed: "" };

describe("the checklist of a release", () => {
  let releaseChecks: (world: World) => readonly ReleaseCheck[];
  before(async () => {
    const script = projectPath("test/setup/releaseCheck.mjs");
    ({ releaseChecks } = (await import(script)) as { releaseChecks: typeof releaseChecks });
  });
  const problems = (world: Partial<World>): string[] =>
    releaseChecks({ ...ready, written: new Map(), ...world }).flatMap(
      ({ problem }) => problem ?? [],
    );

  it("has nothing to say of what is ready, with its tag or before it has one", () => {
    assert.deepEqual(problems({ tag: `v${version}` }), []);
    assert.deepEqual(problems({}), []);
  });

  const rows: readonly (readonly [what: string, world: Partial<World>, problem: RegExp])[] = [
    ["another tag", { tag: "v9.9.9" }, /^The tag v9\.9\.9 is not /],
    [
      "changes without a date",
      { read: (file) => readReady(file).replace(/^(## .*) – .*$/m, "$1") },
      /^Rename “Unreleased” to /,
    ],
    [
      "an action of another version",
      { read: (file) => (file === "action.yml" ? "default: 0.0.1" : readReady(file)) },
      /^Change action\.yml to /,
    ],
    ["a document of yesterday", { written: new Map([["LICENSE", "new"]]) }, /^Run .*: LICENSE\.$/],
    ["something not committed", { changed: "?? a" }, /^Commit or remove:\n\?\? a$/],
  ];
  for (const [what, world, problem] of rows) {
    it(`names ${what}, and that alone`, () => {
      const found = problems(world);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0] ?? "", problem);
    });
  }
});
