// Which realms may be asked, and which may be given a credential.

import assert from "node:assert/strict";
import {
  checkRealm,
  type RealmQuestion,
} from "../../../server/src/registry/authentication/realm.ts";

const usual = {
  registry: new URL("https://registry.example/v2/team/app/manifests/1"),
  addressClass: "public",
  ownReach: "loopback",
  registryName: "registry.example",
  mayBePlain: () => false,
  trusted: {},
} satisfies Omit<RealmQuestion, "realm">;

const plain = { registry: new URL("http://registry.example/v2/"), mayBePlain: () => true };

type Verdict = "refused" | "anonymous" | "credential";

const cases: readonly (readonly [realm: string, Partial<RealmQuestion>, Verdict])[] = [
  ["https://registry.example/token", {}, "credential"],
  ["/token", {}, "credential"],
  ["https://auth.example/token", {}, "anonymous"],
  [
    "https://auth.example/token",
    { trusted: { "registry.example": ["auth.example"] } },
    "credential",
  ],
  ["https://auth.example/token", { trusted: { "other.example": ["auth.example"] } }, "anonymous"],
  [
    "https://auth.example:8443/token",
    { trusted: { "registry.example": ["auth.example"] } },
    "refused",
  ],
  // A fragment never reaches a server: whoever writes one means somebody else who reads the URL.
  ["https://registry.example/token#x", {}, "refused"],
  ["https://user@registry.example/token", {}, "refused"],
  ["https://:pass@registry.example/token", {}, "refused"],
  ["http://registry.example/token", {}, "refused"],
  ["http://registry.example/token", plain, "credential"],
  ["http://auth.example/token", plain, "refused"],
  // A trusted pair over plain http, at another port of the host.
  ["http://registry.example:81/token", { ...plain, addressClass: "private" }, "anonymous"],
  [
    "http://registry.example:81/token",
    {
      ...plain,
      addressClass: "private",
      mayBePlain: (host) => host === "registry.example",
      trusted: { "registry.example": ["registry.example:81"] },
    },
    "anonymous",
  ],
  [
    "http://registry.example:81/token",
    { ...plain, addressClass: "private", trusted: { "registry.example": ["registry.example:81"] } },
    "credential",
  ],
  // A port of another protocol, where a request could be a command.
  ["http://registry.example:25/token", { ...plain, addressClass: "private" }, "refused"],
  // Pairs of the documentation, for a registry that is asked over https.
  [
    "https://auth.docker.io/token",
    { registry: new URL("https://index.docker.io/v2/") },
    "credential",
  ],
  [
    "https://auth.docker.io/token",
    { registry: new URL("http://index.docker.io/v2/") },
    "anonymous",
  ],
  [
    "https://auth.docker.io/token",
    { registry: new URL("https://index.docker.io:5000/v2/") },
    "anonymous",
  ],
  [
    "https://gitlab.com/jwt/auth",
    { registry: new URL("https://index.docker.io/v2/") },
    "anonymous",
  ],
  // Never further inside than the registry is.
  ["https://auth.internal/token", {}, "refused"],
  ["https://10.0.0.1/token", {}, "refused"],
  ["https://10.0.0.1/token", { addressClass: "private" }, "anonymous"],
  ["https://127.0.0.1/token", { addressClass: "private" }, "refused"],
  ["https://[fec0::1]/token", {}, "refused"],
  ["https://[fec0::1]/token", { addressClass: "private" }, "anonymous"],
  ["https://169.254.169.254/token", { addressClass: "loopback" }, "refused"],
  ["https://registry.example/token", { ownReach: "public" }, "credential"],
  [
    "https://10.0.0.1/token",
    { registry: new URL("https://10.0.0.1/v2/"), ownReach: "public" },
    "refused",
  ],
];

describe("realms by themselves", () => {
  for (const [realm, different, verdict] of cases) {
    const { registry = usual.registry } = different;
    it(`of ${registry.origin}: ${realm} is ${verdict === "refused" ? "refused" : `asked, ${verdict}`}`, () => {
      const answer = checkRealm({ ...usual, ...different, realm });
      const found =
        answer.kind === "refused"
          ? "refused"
          : answer.mayHaveCredential
            ? "credential"
            : "anonymous";
      assert.equal(found, verdict);
    });
  }

  it("reach as far inside as their registry does, and the registry's own as far as it may", () => {
    const reachOf = (realm: string): string | undefined => {
      const answer = checkRealm({ ...usual, realm });
      return answer.kind === "usable" ? answer.reach : undefined;
    };
    assert.equal(reachOf("https://auth.example/token"), "public");
    assert.equal(reachOf("https://registry.example/token"), "loopback");
  });
});
