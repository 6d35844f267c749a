// `knative-digest explain` gives the answers of the tables, through its own door.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createCredentialFiles } from "../../server/src/node/credentialFiles.ts";
import { runArguments } from "../support/commandLine.ts";
import { readRows } from "./readRows.ts";

interface ReferenceRow {
  readonly image: string;
  readonly outcome: "tag" | "digest" | "error";
  readonly registry?: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly scheme?: string;
  readonly repositoryString?: string;
  readonly error?: string;
}

interface Answer {
  readonly anonymous?: true;
  readonly username?: string;
  readonly error?: true;
}

interface KeychainRow {
  readonly config: unknown;
  readonly image: string;
  readonly dockerConfig: Answer;
  readonly imagePullSecret: Answer;
}

interface PullSecretRow {
  readonly dockerconfigjson: string;
  readonly image: string;
  readonly credential?: { readonly username?: string } | null;
  readonly error?: string;
}

interface Explained {
  readonly image: string;
  readonly credential: null | { readonly username?: string | null; readonly error?: string };
  readonly [field: string]: unknown;
}

async function explain(args: readonly string[], world = {}): Promise<Explained[]> {
  const { code, stdout, stderr } = await runArguments(
    ["explain", "--output", "json", ...args],
    world,
  );
  assert.equal(code, 0, stderr);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Explained);
}

/** What a row of a table says, in the words that `explain` has for it. */
function credentialOf(answer: Answer): unknown {
  if (answer.anonymous === true) return "anonymous";
  return answer.error === true ? "error" : (answer.username ?? null);
}

function told({ credential }: Explained): unknown {
  if (credential === null) return "anonymous";
  return credential.error === undefined ? (credential.username ?? null) : "error";
}

describe("conformance: explain and image references", () => {
  const rows = readRows<ReferenceRow>("image-references");
  const explained = new Map<number, Explained>();

  before(async () => {
    const stdin = rows.map(({ image }) => `${JSON.stringify(image)}\n`).join("");
    for (const [index, row] of (await explain(["-"], { stdin })).entries())
      explained.set(index, row);
  });

  it("has one answer a row", () => {
    assert.equal(explained.size, rows.length);
  });
  for (const [index, row] of rows.entries()) {
    it(JSON.stringify(row.image).slice(0, 100), () => {
      const told = explained.get(index) ?? assert.fail("there is no answer");
      const expected = {
        image: row.image,
        kind: row.outcome === "error" ? "invalid" : row.outcome,
        registry: row.registry ?? null,
        repository: row.repository ?? null,
        tag: row.tag ?? null,
        digest: row.digest ?? null,
        runsAs: row.repositoryString ?? null,
        scheme: row.scheme ?? null,
        problem: row.error ?? null,
      };
      const compared = Object.keys(expected).map((name) => [name, told[name]]);
      assert.deepEqual(Object.fromEntries(compared), expected);
    });
  }
});

describe("conformance: explain and credentials", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "knative-digest-"));
  });
  after(() => rm(folder, { recursive: true }));

  for (const [index, row] of readRows<KeychainRow>("keychain").entries()) {
    const text = JSON.stringify(row.config);
    it(`docker config, row ${index + 1}: ${row.image}`, async () => {
      await writeFile(path.join(folder, "config.json"), text);
      const { files } = await createCredentialFiles({
        variables: { DOCKER_CONFIG: folder },
        home: "/nonexistent",
        platform: "linux",
        uid: undefined,
        workspaceFolders: () => [],
      })();
      const [found] = await explain([row.image], { credentialFiles: files });
      assert.equal(told(found ?? assert.fail()), credentialOf(row.dockerConfig));
    });
    it(`pull secret, row ${index + 1}: ${row.image}`, async () => {
      const [found] = await explain(["--pull-secret", "s", row.image], { files: { s: text } });
      assert.equal(told(found ?? assert.fail()), credentialOf(row.imagePullSecret));
    });
  }

  for (const [index, row] of readRows<PullSecretRow>("pull-secrets").entries()) {
    const data = Buffer.from(row.dockerconfigjson).toString("base64");
    const manifest = `apiVersion: v1\nkind: Secret\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: ${data}\n`;
    it(`pull secret, row ${index + 1} of its own table: ${row.image}`, async () => {
      for (const text of [manifest, row.dockerconfigjson]) {
        const [found] = await explain(["--pull-secret", "s", row.image], { files: { s: text } });
        const { credential } = found ?? assert.fail();
        if (row.error !== undefined) assert.equal(credential?.error, row.error);
        else if (row.credential === null) assert.equal(credential, null);
        else assert.equal(credential?.username, row.credential?.username ?? null);
      }
    });
  }
});
