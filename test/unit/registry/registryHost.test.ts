// Where a registry is asked, and which names are refused before anything is sent.

import assert from "node:assert/strict";
import {
  credentialHost,
  manifestPath,
  mayBePlain,
  portOfOtherProtocol,
  referenceProblem,
  registryHost,
  repositoryProblem,
  type RegistryHost,
} from "../../../server/src/registry/registryHost.ts";
import type { RegistrySettings } from "../../../server/src/settings.ts";

function host(registry: string, settings: Record<string, RegistrySettings> = {}): RegistryHost {
  const answer = registryHost(registry, settings);
  if (typeof answer === "string") throw new Error(answer);
  return answer;
}

describe("where a registry is asked", () => {
  it("over https, and over http only at loopback and where the user says so", () => {
    assert.deepEqual(host("ghcr.io").schemes, ["https"]);
    for (const registry of ["localhost:5000", "127.0.0.1:5000", "[::1]:5000", "app.localhost:80"]) {
      assert.deepEqual(host(registry).schemes, ["https", "http"], registry);
    }
    for (const registry of ["10.0.0.1:5000", "registry.local:5000", "registry:5000"]) {
      assert.deepEqual(host(registry).schemes, ["https"], registry);
      const settings = { [registry]: { insecure: true } };
      assert.deepEqual(host(registry, settings).schemes, ["https", "http"], registry);
    }
  });

  it("not over http at a port of another protocol, unless the user named the host", () => {
    assert.deepEqual(host("localhost:25").schemes, ["https"]);
    for (const registry of ["localhost:25", "registry.test:6000"]) {
      const settings = { [registry]: { insecure: true } };
      assert.deepEqual(host(registry, settings).schemes, ["https", "http"], registry);
    }
    assert.equal(portOfOtherProtocol("127.0.0.1:6667"), 6667);
    for (const registry of ["localhost:5000", "registry.test:25", "ghcr.io"]) {
      assert.equal(portOfOtherProtocol(registry), undefined, registry);
    }
  });

  it("Docker Hub at the host that Knative asks", () => {
    const hub = host("index.docker.io");
    assert.equal(hub.asked, "index.docker.io");
    assert.ok(hub.isDockerHub);
    assert.ok(!host("ghcr.io").isDockerHub);
  });

  it("at a mirror, with its path before the repository", () => {
    const settings = { "docker.io": { mirror: "https://mirror.example:8443/hub/" } };
    const mirrored = host("index.docker.io", settings);
    assert.equal(mirrored.asked, "mirror.example:8443");
    assert.ok(mirrored.isMirror && !mirrored.isDockerHub);
    assert.equal(manifestPath(mirrored, "library/nginx", "1"), "/v2/hub/library/nginx/manifests/1");
    assert.equal(host("index.docker.io", { "docker.io": { mirror: "m.example" } }).pathPrefix, "");
  });

  it("with the credential of the name that was written, and at a mirror with the mirror's own", () => {
    assert.equal(credentialHost(host("registry.example:443")), "registry.example:443");
    const settings = { "registry.example": { mirror: "https://mirror.example/hub" } };
    assert.equal(credentialHost(host("registry.example", settings)), "mirror.example");
  });

  it("over http at no mirror that is named for another registry", () => {
    assert.ok(mayBePlain("localhost:5000", {}));
    assert.ok(!mayBePlain("registry.example", {}));
    const settings = { "registry.example": { mirror: "http://localhost:5000" } };
    assert.ok(!mayBePlain("registry.example", settings));
  });

  it("settings are found without regard to case and to the port that https has anyway", () => {
    const settings = { "Registry.Example:443": { insecure: true } };
    assert.ok(host("registry.example", settings).insecure);
  });

  for (const registry of [
    "https:",
    "ko:",
    "regi stry",
    "a@b",
    "é.com",
    "docker.iо",
    "[::1",
    "a:b:c",
    "",
    // Where no document may lead, however it is written.
    "169.254.169.254",
    "2852039166",
    "metadata.google.internal:80",
  ]) {
    it(`${JSON.stringify(registry)} is not the host of a registry`, () => {
      assert.equal(typeof registryHost(registry, {}), "string");
    });
  }

  it("letters that only look Latin are shown as they would be looked up", () => {
    const problem = registryHost("docker.iо", {});
    assert.ok(typeof problem === "string" && problem.includes("xn--"));
  });
});

describe("names in requests", () => {
  it("P20 what the specification does not allow is refused", () => {
    for (const name of [
      "App",
      "a..b",
      "a//b",
      "/a",
      "a/",
      "../a",
      "a%2fb",
      "a?b",
      "a b",
      "",
      "-a",
    ]) {
      assert.notEqual(repositoryProblem("host", name), undefined, name);
    }
    assert.notEqual(repositoryProblem("host", "a".repeat(251)), undefined);
    for (const tag of ["", "-a", ".a", "a/b", "a:b", "sha256:zz", "ü", "a".repeat(129)]) {
      assert.notEqual(referenceProblem(tag), undefined, tag);
    }
  });

  it("what it allows is not", () => {
    for (const name of ["a", "a/b", "a__b", "a--b", "a.b-c_d/e1", "library/nginx"]) {
      assert.equal(repositoryProblem("host", name), undefined, name);
    }
    for (const tag of ["latest", "_a", "V1.2-x", "a".repeat(128), `sha256:${"a".repeat(64)}`]) {
      assert.equal(referenceProblem(tag), undefined, tag);
    }
  });
});

describe("the message about a name", () => {
  it("shows 80 characters of it", () => {
    for (const [length, shown] of [
      [80, `"${"A".repeat(80)}"`],
      [81, `"${"A".repeat(79)}…"`],
    ] as const) {
      const message = repositoryProblem("r.io", "A".repeat(length));
      assert.ok(message?.startsWith(`${shown} is not a valid repository name`), message);
    }
  });
  it("comes for one that is longer than 255 characters with its host", () => {
    assert.equal(repositoryProblem("r.io", "a".repeat(250)), undefined);
    assert.notEqual(repositoryProblem("r.io", "a".repeat(251)), undefined);
    assert.equal(referenceProblem("a".repeat(128)), undefined);
    assert.notEqual(referenceProblem("a".repeat(129)), undefined);
  });
});
