// What lies inside a folder: as paths are written, and as they really are.

import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  isReallyWithin,
  isWithin,
  namesBelow,
  type PathSystem,
} from "../../../server/src/node/files/insideFolder.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";

const linux: PathSystem = { paths: path.posix, ignoresCase: false };
const mac: PathSystem = { paths: path.posix, ignoresCase: true };
const windows: PathSystem = { paths: path.win32, ignoresCase: true };

describe("what lies inside a folder", () => {
  const rows: readonly (readonly [PathSystem, string, string, string | undefined])[] = [
    [linux, "/w", "/w", ""],
    [linux, "/w", "/w/a", "a"],
    [linux, "/w/", "/w/a/b", "a/b"],
    [linux, "/w", "/w/..a", "..a"],
    [linux, "/w", "/w/..a/b", "..a/b"],
    [linux, "/w", "/w/...", "..."],
    [linux, "/w", "/w/..", undefined],
    [linux, "/w", "/w/a/../../x", undefined],
    [linux, "/w", "/ww", undefined],
    [linux, "/w/a", "/w", undefined],
    [linux, "/w", "/W/a", undefined],
    [linux, "/", "/a", "a"],
    [mac, "/w", "/W/A", "A"],
    [mac, "/w", "/ww", undefined],
    [windows, "C:\\w", "c:\\W\\A\\b", "A/b"],
    [windows, "C:\\w", "C:\\w\\..a", "..a"],
    [windows, "C:\\w", "C:\\ww", undefined],
    [windows, "C:\\w", "D:\\w\\a", undefined],
    [windows, "C:\\", "C:\\a", "a"],
    [windows, "\\\\host\\share\\w", "\\\\HOST\\share\\w\\a", "a"],
    [windows, "\\\\host\\share\\w", "\\\\other\\share\\w\\a", undefined],
  ];
  for (const [system, folder, at, names] of rows) {
    it(`${folder} ${names === undefined ? "does not hold" : "holds"} ${at}`, () => {
      assert.deepEqual(namesBelow(folder, at, system)?.join("/"), names);
      assert.equal(isWithin(folder, at, system), names !== undefined);
    });
  }

  it("follows links, of what does not exist yet, too", async () => {
    const outer = await temporaryFolder();
    const at = (name: string): string => path.join(outer.path, name);
    try {
      await mkdir(at("w/..tools"), { recursive: true });
      await mkdir(at("other"));
      await writeFile(at("other/helper"), "");
      await symlink("../other", at("w/out"));
      await symlink("w", at("link"));
      await symlink("../w/..tools", at("other/in"));
      const inside = (name: string): Promise<boolean> => isReallyWithin([at("w")], at(name));
      for (const name of ["w", "w/..tools", "w/new/file", "link/file", "other/in/helper"]) {
        assert.equal(await inside(name), true, name);
      }
      for (const name of ["other", "w/out/helper", "w/out/new", "nowhere"]) {
        assert.equal(await inside(name), false, name);
      }
      assert.equal(await isReallyWithin([at("link")], at("w/..tools")), true);
      assert.equal(await isReallyWithin([], at("w")), false);
    } finally {
      await outer.remove();
    }
  });
});
