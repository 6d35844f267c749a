// The command line as a plugin of kubectl, with completion in bash, and packed as krew's manifest says.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { projectPath } from "../../support/projectRoot.ts";
import { service } from "../../support/reading.ts";
import { requireProgram, temporaryFolder } from "../../support/registry/programs.ts";

interface Krew {
  readonly spec: {
    readonly version: string;
    readonly platforms: readonly {
      readonly uri: string;
      readonly bin: string;
      readonly files: readonly { readonly from: string; readonly to: string }[];
    }[];
  };
}

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(projectPath("package.json"), "utf8")) as Manifest;
const krew = parse(readFileSync(projectPath(".github/krew/knative-digest.yaml"), "utf8")) as Krew;

describe("the plugins", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    await writeFile(path.join(folder.path, "a.yaml"), service("dev.local/app:v1"));
  });
  afterEach(() => folder.remove());

  it("kubectl finds its own by the name in package.json", async () => {
    const kubectl = requireProgram("kubectl");
    const bin = path.join(folder.path, "bin");
    await mkdir(bin);
    const target = manifest.bin["kubectl-knative_digest"] ?? assert.fail("no such bin");
    await symlink(projectPath(target), path.join(bin, "kubectl-knative_digest"));
    const env = { PATH: `${bin}:${process.env["PATH"] ?? ""}`, HOME: folder.path };
    const args = ["knative-digest", "list", "a.yaml"];
    const printed = execFileSync(kubectl, args, { cwd: folder.path, env, encoding: "utf8" });
    assert.match(printed, /skip {2}dev\.local\/app:v1/);
  });

  it("kn has a name for it, too", () => {
    assert.equal(manifest.bin["kn-digest"], manifest.bin["knative-digest"]);
  });

  it("krew unpacks a command that runs", async () => {
    const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
    execFileSync("npm", ["pack", ...quiet, "--ignore-scripts", "--pack-destination", folder.path], {
      cwd: projectPath(),
    });
    const archive = (await readdir(folder.path)).find((name) => name.endsWith(".tgz")) ?? "";
    execFileSync("tar", ["-xzf", archive], { cwd: folder.path });
    const [platform] = krew.spec.platforms;
    assert.ok(platform !== undefined);
    assert.ok(platform.uri.endsWith(`/${archive}`));
    assert.equal(krew.spec.version, `v${manifest.version}`);
    const installed = path.join(folder.path, "krew");
    for (const { from, to } of platform.files) {
      await mkdir(path.join(installed, to), { recursive: true });
      execFileSync("sh", ["-c", `cp ${from} "$0"`, path.join(installed, to)], { cwd: folder.path });
    }
    const command = path.join(installed, platform.bin);
    const printed = execFileSync(command, ["list", "a.yaml"], {
      cwd: folder.path,
      encoding: "utf8",
    });
    assert.match(printed, /skip {2}dev\.local\/app:v1/);
  });

  it("krew's manifest gets the checksum of the release", async () => {
    const { krewManifest } = (await import(projectPath("test", "setup", "krewManifest.mjs"))) as {
      krewManifest(archive: Uint8Array): string;
    };
    const filled = krewManifest(Buffer.from("an archive"));
    assert.match(filled, /sha256: "[0-9a-f]{64}"/);
    assert.doesNotMatch(filled, /"0{64}"/);
    assert.match(filled, /^apiVersion: krew/);
  });
});

describe("completion in bash", () => {
  const cases: readonly (readonly [line: readonly string[], expected: readonly string[]])[] = [
    [["knative-digest", "p"], ["pin"]],
    [["kubectl-knative_digest", "li"], ["list"]],
    [["knative-digest", "check", "--off"], ["--offline"]],
    [["knative-digest", "pin", "--mi"], ["--min-age"]],
    [["knative-digest", "check", "--mi"], []],
    [["knative-digest", "check", "--output", "s"], ["sarif"]],
    [["knative-digest", "check", "apps"], []],
  ];
  for (const [line, expected] of cases) {
    it(`${line.join(" ")} becomes ${expected.join(" ") || "a file"}`, async () => {
      const script = await readFile(projectPath("docs/completion/knative-digest.bash"), "utf8");
      const words = line.map((word) => `'${word}'`).join(" ");
      const ask = `COMP_WORDS=(${words}); COMP_CWORD=${line.length - 1}; _knative_digest; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const bash = ["--noprofile", "--norc", "-euo", "pipefail", "-c", `${script}\n${ask}`];
      const printed = execFileSync("bash", bash, { encoding: "utf8" });
      assert.deepEqual(
        printed.split("\n").filter((word) => word !== ""),
        expected,
      );
    });
  }
});
