// Pull secrets give every image the credential that Knative's controller would use.

import assert from "node:assert/strict";
import { parseImageReference } from "../../server/src/image/imageReference.ts";
import {
  pullCredential,
  secretKeys,
  servingSecret,
} from "../../server/src/knative/pullSecret/pullSecret.ts";
import { readRows } from "./readRows.ts";

interface PullSecretRow {
  readonly dockerconfigjson: string;
  readonly image: string;
  readonly credential?: Readonly<Record<string, string>> | null;
  readonly error?: string;
}

interface KeychainAnswer {
  readonly anonymous?: true;
  readonly username?: string;
  readonly password?: string;
  readonly identityToken?: string;
  readonly registryToken?: string;
  /** The table only says that there was one. */
  readonly error?: true;
}

interface KeychainRow {
  readonly config: unknown;
  readonly image: string;
  readonly imagePullSecret: KeychainAnswer;
}

function credential(text: string, image: string): KeychainAnswer & { message?: string } {
  const reference = parseImageReference(image);
  assert.ok(reference.kind !== "invalid");
  const found = pullCredential([{ type: "kubernetes.io/dockerconfigjson", text }], reference);
  if (found.kind === "error") return { error: true, message: found.message };
  if (found.kind === "anonymous") return { anonymous: true };
  const { username, password, identityToken, registryToken } = found;
  const fields = { username, password, identityToken, registryToken };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
}

/** Whether the entry of a secret counts, told from its keys alone. */
function serving(text: string, image: string): string {
  const reference = parseImageReference(image);
  assert.ok(reference.kind !== "invalid");
  const keys = secretKeys({ type: "kubernetes.io/dockerconfigjson", text });
  return servingSecret([keys], reference).kind;
}

describe("conformance: pull secrets", () => {
  const rows = readRows<PullSecretRow>("pull-secrets");
  it("has its rows", () => {
    assert.equal(rows.length, 26);
  });
  for (const row of rows) {
    it(`${row.dockerconfigjson} and ${row.image}`, () => {
      const found = credential(row.dockerconfigjson, row.image);
      if (row.error !== undefined) {
        assert.deepEqual(found, { error: true, message: row.error });
        assert.equal(serving(row.dockerconfigjson, row.image), "broken");
      } else if (row.credential === null) {
        assert.deepEqual(found, { anonymous: true });
        assert.notEqual(serving(row.dockerconfigjson, row.image), "broken");
      } else {
        const { identityToken: identitytoken, registryToken: registrytoken, ...rest } = found;
        const expected = { identitytoken, registrytoken, ...rest };
        assert.deepEqual(JSON.parse(JSON.stringify(expected)), row.credential);
        assert.equal(serving(row.dockerconfigjson, row.image), "serves");
      }
    });
  }
});

describe("conformance: credentials from a pull secret", () => {
  const rows = readRows<KeychainRow>("keychain");
  it("has its rows", () => {
    assert.equal(rows.length, 228);
  });
  for (const row of rows) {
    const text = JSON.stringify(row.config);
    it(`${text.slice(0, 100)} and ${row.image}`, () => {
      const { message, ...found } = credential(text, row.image);
      assert.deepEqual(found, row.imagePullSecret);
      assert.equal(message !== undefined, row.imagePullSecret.error === true);
    });
  }
});
