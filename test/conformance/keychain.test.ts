// The credential for an image is the one that command-line tools choose from the same docker config.

import assert from "node:assert/strict";
import { parseImageReference } from "../../server/src/image/imageReference.ts";
import type { Secret } from "../../server/src/registry/credentials/credential.ts";
import { parseConfigFile } from "../../server/src/registry/credentials/dockerConfig.ts";
import {
  findCredential,
  type CredentialFile,
  type CredentialFinding,
} from "../../server/src/registry/credentials/findCredential.ts";
import { readRows } from "./readRows.ts";

interface KeychainRow {
  readonly config: unknown;
  readonly image: string;
  readonly dockerConfig: Record<string, unknown>;
}

function find(row: KeychainRow): CredentialFinding {
  const reference = parseImageReference(row.image);
  assert.notEqual(reference.kind, "invalid");
  if (reference.kind === "invalid") throw new Error("unreachable");
  const file: CredentialFile = {
    source: "docker-config",
    format: "docker",
    place: "~/.docker/config.json",
    stamp: "1",
    config: parseConfigFile(JSON.stringify(row.config), "docker"),
  };
  return findCredential(reference, [file]);
}

function describeFinding(finding: CredentialFinding): Record<string, unknown> {
  switch (finding.kind) {
    case "none":
      return { anonymous: true };
    case "unreadable":
      return { error: true };
    case "helper":
      return { helper: finding.helper };
    case "entry":
      return describeSecret(finding.secret);
  }
}

function describeSecret(secret: Secret): Record<string, unknown> {
  if (secret.kind === "registry-token") return { registryToken: secret.token };
  return {
    ...(secret.kind === "identity-token" ? { identityToken: secret.token } : {}),
    ...(secret.password === "" ? {} : { password: secret.password }),
    ...(secret.username === "" ? {} : { username: secret.username }),
  };
}

describe("keychain.jsonl", () => {
  for (const [index, row] of readRows<KeychainRow>("keychain").entries()) {
    it(`row ${index + 1}: ${row.image} with ${JSON.stringify(row.config)}`, () => {
      assert.deepEqual(describeFinding(find(row)), row.dockerConfig);
    });
  }
});
