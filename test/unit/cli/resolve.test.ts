// `resolve`: digests as Knative would write them.

import assert from "node:assert/strict";
import { runCommand } from "../../support/commandLine.ts";
import { digestA, digestB, failed, resolved } from "../../support/reading.ts";

const hub = "index.docker.io/library/nginx";
const known = {
  [`${hub}:1`]: resolved(digestA, "application/vnd.oci.image.index.v1+json"),
  [`${hub}@${digestB}`]: resolved(digestB),
  "reg.test/app:gone": failed("tag-not-found", "There is no such tag."),
  "reg.test/app:secret": failed("access-denied", "Sign in."),
};

describe("resolve", () => {
  it("prints REPOSITORY@DIGEST a line, in order", async () => {
    const { code, stdout, stderr } = await runCommand(`resolve nginx:1 nginx:x@${digestB}`, {
      known,
    });
    assert.equal(stdout, `${hub}@${digestA}\nnginx:x@${digestB}\n`);
    assert.deepEqual([code, stderr], [0, ""]);
  });

  it("reads images from standard input", async () => {
    const { stdout } = await runCommand("resolve -", { known, stdin: "nginx:1\n" });
    assert.equal(stdout, `${hub}@${digestA}\n`);
  });

  const failures = [
    ["reg.test/app:gone", 1, "There is no such tag."],
    ["reg.test/app:secret", 3, "Sign in."],
    ["away.test/app:1", 3, "away.test does not answer."],
    ["https://reg.test/app", 1, "Remove “https://”"],
    ["dev.local/app:1", 3, "No registry to contact"],
    ["A", 2, "Invalid image reference"],
    ["{{x}}", 2, "Templated value"],
  ] as const;
  for (const [image, expected, words] of failures) {
    it(`ends with ${expected} for ${image}, the others still resolved`, async () => {
      const { code, stdout, stderr } = await runCommand(`resolve ${image} nginx:1`, { known });
      assert.equal(code, expected);
      assert.equal(stdout, `${hub}@${digestA}\n`);
      assert.ok(stderr.startsWith(`knative-digest: ${image}: ${words}`), stderr);
    });
  }

  it("says what Knative will do with a skipped registry", async () => {
    const { code, stdout, stderr } = await runCommand(
      "resolve nginx:1 --skip-registries index.docker.io",
      { known },
    );
    assert.deepEqual([code, stdout], [0, `${hub}@${digestA}\n`]);
    assert.match(stderr, /Not resolved: index\.docker\.io is on the skip list/);
  });

  it("knows a digest offline, and nothing else", async () => {
    const digest = await runCommand(`resolve --offline nginx@${digestA}`);
    assert.deepEqual([digest.code, digest.stdout], [0, `nginx@${digestA}\n`]);
    const tag = await runCommand("resolve --offline nginx:1", { known });
    assert.deepEqual([tag.code, tag.stdout, tag.questions], [3, "", []]);
  });

  it("adds as JSON what is known", async () => {
    const { stdout } = await runCommand("resolve --output json nginx:1 reg.test/app:gone", {
      known,
    });
    const [first, second] = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    assert.deepEqual(first, {
      image: "nginx:1",
      outcome: "resolve",
      reference: `${hub}@${digestA}`,
      digest: digestA,
      runs: `${hub}@${digestA}`,
      mediaType: "application/vnd.oci.image.index.v1+json",
      host: "registry.test",
      status: "resolved",
      error: null,
    });
    assert.deepEqual(second, {
      image: "reg.test/app:gone",
      outcome: "resolve",
      reference: null,
      digest: null,
      runs: null,
      mediaType: null,
      host: null,
      status: "failed",
      error: { kind: "tag-not-found", message: "There is no such tag." },
    });
  });

  it("ends with 130 when it is interrupted", async () => {
    const { code, stderr } = await runCommand("resolve nginx:1", {
      known,
      onQuestion: (_, interrupt) => interrupt(),
    });
    assert.equal(code, 130);
    assert.match(stderr, /Interrupted/);
  });
});
