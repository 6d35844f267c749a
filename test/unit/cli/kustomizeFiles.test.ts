// Which files the command line reads because kustomizations name them, and how many at most.

import assert from "node:assert/strict";
import type { CommandEnvironment } from "../../../server/src/cli/commandEnvironment.ts";
import { readFates } from "../../../server/src/cli/input/kustomizeFiles.ts";
import type { Exclusions } from "../../../server/src/node/files/findFiles.ts";
import { parseExclusion } from "../../../server/src/paths/pathPattern.ts";
import { defaultSettings } from "../../../server/src/settings.ts";
import { analyzeNamed, type Files } from "../../support/workspaceFiles.ts";

/** The files that are read where one kustomization was named, in order. */
async function readFor(
  file: string,
  files: Files,
  exclude: readonly Exclusions[] = [],
): Promise<readonly string[]> {
  const read: string[] = [];
  const environment = {
    folder: "/work",
    signal: new AbortController().signal,
    files: {
      read: (path: string) => {
        read.push(path);
        const text = files[path];
        return Promise.resolve(
          text === undefined ? { kind: "problem", problem: "missing" } : { kind: "text", text },
        );
      },
      kindOf: () => Promise.resolve("missing"),
      realPath: (path: string) => Promise.resolve(path),
    },
  } as unknown as CommandEnvironment;
  await readFates({
    files: [{ uri: file, analysis: analyzeNamed(file, files[file] ?? "") }],
    folders: [file.slice(0, file.lastIndexOf("/"))],
    settings: defaultSettings,
    environment,
    exclude,
  });
  return read;
}

const naming = (names: readonly string[]): string =>
  `resources:\n${names.map((name) => `  - ${name}\n`).join("")}`;

describe("the files that kustomizations name", () => {
  it("are read in fifty rounds: what the last of them names is not", async () => {
    const folders = Array.from({ length: 60 }, (_, at) => `/work/k${at}/kustomization.yaml`);
    const files = Object.fromEntries(
      folders.map((folder, at) => [folder, naming([`../k${at + 1}`])]),
    );
    const read = await readFor("/work/k0/kustomization.yaml", files);
    assert.ok(read.includes("/work/k50/kustomization.yaml"));
    assert.ok(!read.includes("/work/k51/kustomization.yaml"));
  });

  it("are not read where the user leaves them out", async () => {
    const file = "/work/a/kustomization.yaml";
    const files = { [file]: naming(["x.yaml", "y.yaml"]) };
    const patterns = [parseExclusion("x.yaml")].flatMap((each) => each ?? []);
    const read = await readFor(file, files, [{ folder: "/work", patterns }]);
    assert.ok(read.includes("/work/a/y.yaml"));
    assert.ok(!read.includes("/work/a/x.yaml"));
  });

  it("are no more than are kept", async () => {
    const file = "/work/a/kustomization.yaml";
    const names = (letter: string): string[] =>
      Array.from({ length: 3000 }, (_, at) => `${letter}${at}.yaml`);
    const text = `${naming(names("x"))}components:\n${names("y")
      .map((name) => `  - ${name}\n`)
      .join("")}`;
    const read = await readFor(file, { [file]: text });
    const named = read.filter((path) => /\/[xy]\d+\.yaml$/.test(path)).length;
    assert.ok(named > 4900 && named <= 5000, String(named));
  });

  it("are read by kustomizations of the folder itself and of the eleven above", async () => {
    const deep = Array.from({ length: 13 }, (_, at) => `d${at}`);
    const at = (depth: number): string =>
      ["/work", ...deep.slice(0, depth), "kustomization.yaml"].join("/");
    const read = await readFor(at(13), { [at(13)]: naming([]) });
    assert.ok(read.includes(at(2)));
    assert.ok(!read.includes(at(1)));
  });
});
