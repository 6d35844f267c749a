// The configuration file: where it is found, and that one which comes with the manifests redirects nothing.

import assert from "node:assert/strict";
import { runCommand, type CommandWorld } from "../../support/commandLine.ts";
import { service } from "../../support/reading.ts";

const network =
  "registries:\n  index.docker.io:\n    mirror: evil.test\ncaFile: evil.pem\nproxy: http://evil.test\n" +
  "trustedAuthHosts:\n  index.docker.io: [evil.test]\ncluster:\n  enabled: true\ntimeoutSeconds: 7\n";

const authority = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";

async function settingsWith(args: string, world: CommandWorld) {
  const files = { "a.yaml": service("nginx"), ...world.files };
  const result = await runCommand(`check a.yaml ${args}`, { ...world, files });
  return { ...result, settings: result.settings ?? assert.fail(result.stderr) };
}

describe(".knative-digest.yaml", () => {
  it("is found in the folder and above it, the nearest first", async () => {
    const above = { "../.knative-digest.yaml": "timeoutSeconds: 3\n" };
    assert.equal((await settingsWith("", { files: above })).settings.timeoutSeconds, 3);
    const both = { ...above, ".knative-digest.yaml": "knativeDigest:\n  timeoutSeconds: 4\n" };
    assert.equal((await settingsWith("", { files: both })).settings.timeoutSeconds, 4);
  });

  it("is looked for from the first path on, and from the current folder where there is none", async () => {
    const other = {
      "../other/a.yaml": service("nginx"),
      ".knative-digest.yaml": "timeoutSeconds: 3\n",
    };
    const timeout = async (path: string, files: CommandWorld["files"]): Promise<number> => {
      const { settings } = await runCommand(`check ${path}`, { files: { ...other, ...files } });
      return settings?.timeoutSeconds ?? assert.fail("no registry was opened");
    };
    assert.equal(await timeout("../other", {}), 3);
    const own = { "../other/.knative-digest.yaml": "timeoutSeconds: 4\n" };
    assert.equal(await timeout("../other", own), 4);
    assert.equal(await timeout("../other/a.yaml", own), 4);
  });

  it("is not looked for above the repository", async () => {
    const files = { "../.knative-digest.yaml": "timeoutSeconds: 3\n", ".git/HEAD": "" };
    assert.equal((await settingsWith("", { files })).settings.timeoutSeconds, 10);
  });

  it("cannot say where requests and credentials go, and a warning names what did not count", async () => {
    const { settings, stderr } = await settingsWith("", {
      files: { ".knative-digest.yaml": network },
    });
    assert.deepEqual(settings.registries, {});
    assert.deepEqual(settings.trustedAuthHosts, {});
    assert.deepEqual([settings.caFile, settings.proxy, settings.cluster.enabled], ["", "", false]);
    assert.equal(settings.timeoutSeconds, 7);
    for (const name of ["registries", "caFile", "proxy", "trustedAuthHosts", "cluster"]) {
      assert.match(stderr, new RegExp(`\\.knative-digest\\.yaml: “${name}” is ignored`));
    }
  });

  it("may say all of it where the user names the file", async () => {
    const files = {
      "conf/k.yaml": network,
      "conf/evil.pem": authority,
      ".knative-digest.yaml": "timeoutSeconds: 3\n",
    };
    const { settings, stderr } = await settingsWith("--config conf/k.yaml", { files });
    assert.equal(settings.registries["index.docker.io"]?.mirror, "evil.test");
    assert.equal(settings.caFile, "/work/project/conf/evil.pem");
    assert.equal(settings.timeoutSeconds, 7);
    assert.doesNotMatch(stderr, /does not count/);
  });

  it("gives way to the flags", async () => {
    const files = {
      ".knative-digest.yaml": "timeoutSeconds: 3\nrequestsPerRegistry: 2\n",
      "ca.pem": authority,
    };
    const args = "--timeout 5 --insecure reg.test:5000 --ca-file ca.pem --jobs 9";
    const { settings } = await settingsWith(args, { files });
    assert.equal(settings.timeoutSeconds, 5);
    assert.equal(settings.requestsPerRegistry, 9);
    assert.equal(settings.caFile, "/work/project/ca.pem");
    assert.deepEqual(settings.registries, { "reg.test:5000": { insecure: true } });
  });

  it("that names what is not a setting is used without it, with a warning", async () => {
    const files = { ".knative-digest.yaml": "timeoutSecond: 3\ntimeoutSeconds: 4\n" };
    const { settings, stderr } = await settingsWith("", { files });
    assert.equal(settings.timeoutSeconds, 4);
    assert.match(stderr, /Unknown setting timeoutSecond\./);
  });

  it("with a value that cannot be used ends the run with 2 where the user names it", async () => {
    for (const text of ["timeoutSeconds: soon\n", "skipRegistries: 3\n", "pin: {style: none}\n"]) {
      const files = { ".knative-digest.yaml": text, "a.yaml": service("nginx:1") };
      const named = await runCommand("list --config .knative-digest.yaml", { files });
      assert.deepEqual([named.code, named.stdout], [2, ""]);
      assert.match(named.stderr, /\.knative-digest\.yaml: Invalid value of the setting/);
      const found = await runCommand("list", { files });
      assert.equal(found.code, 0);
      assert.match(found.stderr, /\.knative-digest\.yaml: Invalid value of the setting/);
    }
  });

  it("that names no diagnostic is used without it, with a warning", async () => {
    const files = { ".knative-digest.yaml": "diagnostics:\n  unpined-tag: error\n" };
    const { stderr } = await settingsWith("", { files });
    assert.match(stderr, /\.knative-digest\.yaml: Unknown diagnostic unpined-tag\./);
  });

  it("with one severity that is none is used without it, with a warning", async () => {
    const text = "diagnostics:\n  tag-moved: eror\n  unpinned-tag: hint\n";
    const { settings, stderr } = await settingsWith("", {
      files: { ".knative-digest.yaml": text },
    });
    assert.deepEqual(settings.diagnostics, { "unpinned-tag": "hint" });
    assert.match(stderr, /Invalid value for tag-moved in the setting diagnostics/);
  });

  const authorities = [
    ["is missing", {}, /No such file/],
    ["holds no certificate", { "ca.pem": "AA==\n" }, /No PEM certificate found/],
    ["is binary", { "ca.pem": new Uint8Array([48, 0, 1]) }, /No PEM certificate found/],
  ] as const;
  for (const [what, given, words] of authorities) {
    it(`ends the run with 2 where the file of certificates ${what}`, async () => {
      for (const [args, config] of [
        ["--ca-file ca.pem", ""],
        ["--config k.yaml", "caFile: ca.pem\n"],
        ["--config k.yaml", "registries:\n  reg.test:\n    caFile: ca.pem\n"],
      ] as const) {
        const files = { "a.yaml": service("nginx"), "k.yaml": config, ...given };
        const { code, stderr, questions } = await runCommand(`check a.yaml ${args}`, { files });
        assert.deepEqual([code, questions], [2, []]);
        assert.match(stderr, words);
      }
    });
  }

  it("may name certificates with words in another encoding", async () => {
    const files = { "ca.pem": Buffer.from(`# \u00e9\n${authority}`, "latin1") };
    const { settings } = await settingsWith("--ca-file ca.pem", { files });
    assert.equal(settings.caFile, "/work/project/ca.pem");
  });

  const secret = "s3cretCanary";
  for (const [what, text, words] of [
    [
      "is not YAML",
      `a: 1\n${secret}: [\n`,
      /\.knative-digest\.yaml:\d: Invalid YAML in the configuration/,
    ],
    ["is not a map", `- ${secret}\n`, /must be a YAML map/],
    ["is a secret", `${secret}\n`, /must be a YAML map/],
    ["merges itself", `a: &a\n  ${secret}: *a\n`, /Unknown setting \(name not shown\)/],
    ["holds itself", `diagnostics: &a\n  ${secret}: *a\n`, /Invalid value for \(name not shown\)/],
    ["is nested deeply", `${"[".repeat(50_000)}${secret}`, /Cannot read|Invalid YAML/],
    ["is large", `${secret}: ${"x".repeat(200_000)}\n`, /is too large/],
  ] as const) {
    it(`that ${what} is not quoted, and is not an internal error`, async () => {
      const files = { ".knative-digest.yaml": text, "a.yaml": service("nginx") };
      const { stdout, stderr } = await runCommand("list", { files });
      assert.match(stderr, words);
      assert.ok(!`${stdout}${stderr}`.includes(secret), stderr);
      assert.doesNotMatch(stderr, /Internal/);
    });
  }

  it("that is not valid ends the run with 2", async () => {
    for (const text of ["a: [\n", "- a\n"]) {
      const files = { ".knative-digest.yaml": text, "a.yaml": service("nginx") };
      const { code, questions } = await runCommand("check", { files });
      assert.deepEqual([code, questions], [2, []]);
    }
  });

  it("that is a link out of the repository is not read, unless it is named", async () => {
    const files = { ".knative-digest.yaml": "pin.style: digest\n", "a.yaml": service("nginx") };
    const links = { ".knative-digest.yaml": "/etc/secret" };
    const found = await runCommand("list", { files, links });
    assert.equal(found.code, 2);
    assert.match(
      found.stderr,
      /\.knative-digest\.yaml was not read, because it is a symbolic link/,
    );
    const named = await runCommand("list --config .knative-digest.yaml", { files, links });
    assert.equal(named.code, 0);
    const inside = { ".knative-digest.yaml": "/work/project/conf/k.yaml" };
    assert.equal((await runCommand("list", { files, links: inside })).code, 0);
  });

  describe("exclude", () => {
    const files = {
      "a.yaml": service("nginx:1"),
      "vendor/b.yaml": service("nginx:2"),
      "sub/vendor/c.yaml": service("nginx:3"),
      "sub/d.gen.yaml": service("nginx:4"),
    };
    const images = async (args: string, config?: string, at = ""): Promise<string> => {
      const all = config === undefined ? {} : { [`${at}.knative-digest.yaml`]: config };
      const { code, stdout } = await runCommand(`list ${args}`, { files: { ...files, ...all } });
      return code === 0 ? (stdout.match(/(?<=nginx:)\d/g) ?? []).join("") : `exit ${code}`;
    };
    const rows = [
      ["", undefined, "1432"],
      ["", "exclude: [vendor/**]\n", "143"],
      ["", "exclude: [vendor]\n", "14"],
      ["", "exclude: ['*.gen.yaml', sub/vendor]\n", "12"],
      ["--exclude vendor/**", undefined, "143"],
      ["--exclude *.gen.yaml", "exclude: [vendor/**]\n", "13"],
      ["--exclude a.yaml --exclude sub", undefined, "2"],
      // Also where it is named: as hooks name every file that was changed.
      ["--exclude vendor/** vendor/b.yaml", undefined, ""],
      ["sub --exclude sub/vendor", undefined, "4"],
      ["--exclude [", undefined, "exit 2"],
      ["", "exclude: ['[']\n", "exit 2"],
      ["", "exclude: vendor\n", "exit 2"],
    ] as const;
    for (const [args, config, expected] of rows) {
      it(`${args} with ${config ?? "no file"}: ${expected}`, async () => {
        assert.equal(await images(args, config), expected);
      });
    }

    it("counts from the folder of a file that was found, and from the current one of a named one", async () => {
      assert.equal(await images("", "exclude: [vendor/**]\n", "sub/"), "1432");
      assert.equal(await images("sub", "exclude: [vendor/**]\n", "sub/"), "4");
      const named = "--config sub/.knative-digest.yaml";
      assert.equal(await images(named, "exclude: [vendor/**]\n", "sub/"), "143");
    });

    it("says how many named files were left out", async () => {
      const args = "check --offline --exclude vendor/** vendor/b.yaml a.yaml";
      const { code, stderr } = await runCommand(args, { files });
      assert.equal(code, 0);
      assert.equal(stderr, "knative-digest: 1 excluded file was not read; --verbose names it.\n");
    });
  });

  it("that unfolds into far more than is written ends the run with 2", async () => {
    const levels = Array.from(
      { length: 9 },
      (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at},`.repeat(9)}]`,
    );
    const bomb = ["l0: &l0 [x]", ...levels, ""].join("\n");
    const files = { ".knative-digest.yaml": bomb, "a.yaml": service("nginx") };
    const { code, stderr } = await runCommand("check", { files });
    assert.equal(code, 2);
    assert.match(stderr, /Cannot read the configuration \.knative-digest\.yaml/);
  });

  it("can switch registries off, which is --offline", async () => {
    const files = { ".knative-digest.yaml": "resolve: off\n", "a.yaml": service("nginx") };
    const { code, questions } = await runCommand("check", { files });
    assert.deepEqual([code, questions], [0, []]);
  });
});
