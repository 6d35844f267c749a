// Which files lie in which folder, and what the setting `exclude` leaves out, however a client writes its URIs.

import assert from "node:assert/strict";
import {
  createExclusion,
  folderPaths,
  folderUri,
  folderUris,
  isInFolder,
} from "../../../server/src/server/folderUris.ts";
import { defaultSettings, type Settings } from "../../../server/src/settings.ts";

describe("the folders of a workspace", () => {
  const uris = (params: object): readonly string[] => folderUris(params as never);
  const folder = (uri: string): object => ({ uri, name: "x" });
  const rows: readonly [string, object, readonly string[]][] = [
    [
      "several",
      { workspaceFolders: [folder("file:///a"), folder("file:///b/")] },
      ["file:///a", "file:///b"],
    ],
    ["none", { workspaceFolders: [], rootUri: "file:///a" }, []],
    ["one of an older client", { workspaceFolders: null, rootUri: "file:///a/" }, ["file:///a"]],
    ["none of an older client", { rootUri: null }, []],
    ["none that is named", {}, []],
  ];
  for (const [name, params, expected] of rows) {
    it(`are ${name}`, () => {
      assert.deepEqual(uris(params), expected);
    });
  }

  it("are written in one way", () => {
    assert.equal(folderUri("file:///c%3A/a%20b/"), folderUri("file:///c:/a b"));
  });

  it("have a path where they lie on this machine", () => {
    assert.deepEqual(folderPaths(["file:///a%20b", "vscode-vfs://github/a"]), ["/a b"]);
  });

  it("hold the files at any depth, and no folder whose name begins like theirs", () => {
    assert.ok(isInFolder("file:///a", "file:///a/b/c.yaml"));
    assert.ok(!isInFolder("file:///a", "file:///ab/c.yaml"));
    assert.ok(!isInFolder("file:///a", "file:///a"));
  });
});

describe("the setting exclude", () => {
  function isLeftOut(uri: string, exclude: readonly string[], folders = ["file:///w"]): boolean {
    const settings: Settings = { ...defaultSettings, exclude };
    return createExclusion({ settings: () => settings, folders: () => folders })(uri);
  }
  const rows: readonly [string, readonly string[], boolean][] = [
    ["file:///w/a.yaml", [], false],
    ["file:///w/a.yaml", ["a.yaml"], true],
    ["file:///w/x/b.yaml", ["x/**"], true],
    ["file:///w/xy/b.yaml", ["x/**"], false],
    ["file:///w/a%20b.yaml", ["a b.yaml"], true],
    ["file:///w/a%zz.yaml", ["a%zz.yaml"], true],
    ["file:///w/a.yaml", ["b.yaml", "a.yaml"], true],
    ["file:///other/a.yaml", ["a.yaml"], false],
  ];
  for (const [uri, exclude, expected] of rows) {
    it(`leaves ${expected ? "" : "not "}out ${uri} by ${exclude.join() || "nothing"}`, () => {
      assert.equal(isLeftOut(uri, exclude), expected);
    });
  }

  it("counts in each folder", () => {
    assert.ok(isLeftOut("file:///v/a.yaml", ["a.yaml"], ["file:///w", "file:///v"]));
    assert.ok(!isLeftOut("file:///v/a.yaml", ["a.yaml"], []));
  });
});
