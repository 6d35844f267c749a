// Credential files: what stands in them, and which entry is for which image.

import assert from "node:assert/strict";
import type { Secret } from "../../../server/src/registry/credentials/credential.ts";
import {
  parseConfigFile,
  type ConfigFormat,
} from "../../../server/src/registry/credentials/dockerConfig.ts";
import {
  findCredential,
  findCredentials,
  findUnusedKey,
  type CredentialFile,
  type CredentialFinding,
} from "../../../server/src/registry/credentials/findCredential.ts";

function file(config: unknown, format: ConfigFormat = "docker"): CredentialFile {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  const source = format === "podman" ? "podman-auth" : "docker-config";
  return { source, format, place: format, stamp: "1", config: parseConfigFile(text, format) };
}

const encode = (pair: string): string => Buffer.from(pair).toString("base64");
const asUser = (user: string): { auth: string } => ({ auth: encode(`${user}:pw`) });

function userFor(image: string, ...files: CredentialFile[]): string | undefined {
  const slash = image.indexOf("/");
  const target = { registry: image.slice(0, slash), repository: image.slice(slash + 1) };
  const [first] = findCredentials(target, files);
  return first === undefined || first.kind === "none" ? undefined : first.origin.username;
}

function secretOf(entry: unknown): Secret | undefined {
  return parseConfigFile(JSON.stringify({ auths: { host: entry } }), "docker").auths[0]?.secret;
}

describe("entries of credential files", () => {
  it("user and password are split at the first colon, padding is taken off", () => {
    assert.deepEqual(secretOf({ auth: encode("user:pa:ss") }), {
      kind: "password",
      username: "user",
      password: "pa:ss",
    });
    assert.deepEqual(secretOf({ auth: encode("user:pass\0\0") }), {
      kind: "password",
      username: "user",
      password: "pass",
    });
    assert.deepEqual(secretOf({ username: "u", password: "p" }), {
      kind: "password",
      username: "u",
      password: "p",
    });
  });

  it("base64 without padding is read, and told as something that docker refuses", () => {
    const config = parseConfigFile(
      JSON.stringify({ auths: { host: { auth: encode("us:p").replace(/=+$/, "") } } }),
      "docker",
    );
    assert.deepEqual(config.auths[0]?.secret, { kind: "password", username: "us", password: "p" });
    assert.match(config.problem ?? "", /padding/);
  });

  for (const auth of ["not base64!", encode("nocolon"), "a", "ab=c"]) {
    it(`the junk ${JSON.stringify(auth)} is reported, without its value, and leaves the others usable`, () => {
      const config = parseConfigFile(
        JSON.stringify({ auths: { bad: { auth }, good: asUser("good") } }),
        "docker",
      );
      assert.equal(config.auths[0]?.secret, undefined);
      assert.notEqual(config.auths[1]?.secret, undefined);
      assert.match(config.problem ?? "", /entry bad/);
      assert.ok(!(config.problem ?? "").includes(auth) || auth === "a");
    });
  }

  it("tokens go before passwords", () => {
    assert.equal(secretOf({ auth: encode("u:p"), identitytoken: "t" })?.kind, "identity-token");
    assert.equal(secretOf({ auth: encode("u:p"), registrytoken: "t" })?.kind, "registry-token");
  });

  for (const text of [
    "[]",
    "{",
    '{"auths":[]}',
    '{"auths":{"a":7,"a":{}}}',
    '{"auths":{"a":{"auth":7,"auth":""}}}',
    '{"auths":{"a":7}}',
    '{"auths":{"a":{"auth":7}}}',
  ]) {
    it(`the file ${text} is reported and gives nothing`, () => {
      const config = parseConfigFile(text, "docker");
      assert.notEqual(config.problem, undefined);
      assert.ok(config.auths.every(({ secret }) => secret === undefined));
    });
  }

  it("an empty file is none, and a byte order mark does no harm", () => {
    for (const text of ["", " \n", "null"]) {
      assert.equal(parseConfigFile(text, "docker").problem, undefined);
    }
    assert.equal(parseConfigFile('\ufeff{"auths":{}}', "docker").problem, undefined);
  });

  it("names of fields are read without regard to case, as Go does", () => {
    const config = parseConfigFile(
      JSON.stringify({ Auths: { host: { Auth: encode("u:p") } } }),
      "docker",
    );
    assert.equal(config.auths[0]?.username, "u");
  });

  it("repeated names are laid over each other, as Go does", () => {
    const text = `{"auths":{"a":${JSON.stringify(asUser("x"))},"b":${JSON.stringify(asUser("b"))}},"AUTHS":{"a":{"username":"z","UserName":"a","username":null}}}`;
    const { auths, problem } = parseConfigFile(text, "docker");
    assert.equal(problem, undefined);
    assert.deepEqual(
      auths.map(({ key, username }) => [key, username]),
      [
        ["a", "a"],
        ["b", "b"],
      ],
    );
  });

  it("what stands behind the object is not looked at, as docker does not", () => {
    const { auths, problem } = parseConfigFile('{"auths":{"a":{"username":"u"}}} junk', "docker");
    assert.deepEqual([auths[0]?.username, problem], ["u", undefined]);
  });

  for (const field of [
    '"credsStore":{}',
    '"credHelpers":{"host":1}',
    '"credHelpers":"x"',
    '"experimental":true',
    '"HttpHeaders":[]',
  ]) {
    it(`docker refuses a file with ${field}, and its entries stay usable`, () => {
      const config = parseConfigFile(
        `{${field},"auths":{"host":${JSON.stringify(asUser("u"))}}}`,
        "docker",
      );
      assert.match(config.problem ?? "", /wrong type/);
      assert.equal(config.auths[0]?.username, "u");
    });
  }

  const badEntries: readonly (readonly [entry: unknown, problem: string])[] = [
    [7, "is not a JSON object"],
    [{ auth: 7 }, "has a value of a wrong type"],
    [{ auth: "canary" }, "has an auth value that is not base64 of user:password"],
    [{ auth: "dTpwYQ" }, "lacks base64 padding"],
  ];
  for (const [entry, what] of badEntries) {
    it(`a user name and a password in a key are not told of an entry that ${what}`, () => {
      const text = JSON.stringify({ auths: { "https://bob:secret@host": entry } });
      assert.equal(parseConfigFile(text, "docker").problem, `the entry https://***@host ${what}`);
    });
  }

  it("DOCKER_AUTH_CONFIG may hold nothing but auths", () => {
    const read = (value: unknown): string | undefined =>
      parseConfigFile(JSON.stringify(value), "docker-environment").problem;
    assert.equal(read({ auths: { host: asUser("u") } }), undefined);
    assert.notEqual(read({ auths: {}, credsStore: "x" }), undefined);
    assert.notEqual(read({ auths: { host: { ...asUser("u"), email: "e" } } }), undefined);
  });
});

describe("the entry for an image", () => {
  it("docker uses one key for Docker Hub, and points out those that look like it", () => {
    const hub = "index.docker.io/library/nginx";
    const works = "https://index.docker.io/v1/";
    assert.equal(userFor(hub, file({ auths: { [works]: asUser("u") } })), "u");
    const target = { registry: "index.docker.io", repository: "library/nginx" };
    const others = [
      "docker.io",
      "index.docker.io",
      "https://index.docker.io/v2/",
      "registry-1.docker.io",
    ];
    for (const key of others) {
      const files = [file({ auths: { [key]: asUser("u") } })];
      assert.equal(userFor(hub, ...files), undefined);
      assert.deepEqual(findUnusedKey(target, files), { key, place: "docker", works });
    }
    const sibling = [file({ auths: { [`${works}access-token`]: asUser("u") } })];
    assert.equal(userFor(hub, ...sibling), undefined);
    assert.equal(findUnusedKey(target, sibling), undefined);
  });

  it("podman's keys for Docker Hub are its own", () => {
    for (const key of ["docker.io", "index.docker.io", "docker.io/library"]) {
      const podman = file({ auths: { [key]: asUser("u") } }, "podman");
      assert.equal(userFor("index.docker.io/library/nginx", podman), "u", key);
    }
  });

  it("keys with scheme and path count for their host, the longest first", () => {
    const auths = {
      "https://host:5000": asUser("short"),
      "https://host:5000/v2/": asUser("long"),
      "http://host:5000/v1/": asUser("other"),
    };
    assert.equal(userFor("host:5000/team/app", file({ auths })), "long");
    const reversed = Object.fromEntries(Object.entries(auths).reverse());
    assert.equal(userFor("host:5000/team/app", file({ auths: reversed })), "long");
    assert.equal(userFor("host:5001/team/app", file({ auths })), undefined);
  });

  it("podman's keys name a repository, a namespace or a host, exactly", () => {
    const auths = {
      "host.io/team/app": asUser("repository"),
      "host.io/team": asUser("namespace"),
      "host.io": asUser("host"),
    };
    const podman = file({ auths }, "podman");
    assert.equal(userFor("host.io/team/app", podman), "repository");
    assert.equal(userFor("host.io/team/app/sub", podman), "repository");
    assert.equal(userFor("host.io/team/other", podman), "namespace");
    assert.equal(userFor("host.io/teams/app", podman), "host");
    const only = file({ auths: { "host.io/foo": asUser("foo") } }, "podman");
    assert.equal(userFor("host.io/foobar/app", only), undefined);
    assert.equal(userFor("host.io/foo", only), "foo");
  });

  it("the first file that has one counts", () => {
    const first = file({ auths: { other: asUser("x") } });
    const second = file({ auths: { host: asUser("second") } }, "podman");
    assert.equal(userFor("host/app", first, second), "second");
  });

  it("C07 the host's helper, then that of all hosts, then the file's entry", () => {
    const kinds = (config: unknown): string[] =>
      findCredentials({ registry: "host", repository: "app" }, [file(config)]).map((finding) =>
        finding.kind === "helper" ? `${finding.helper} for ${finding.serverKey}` : finding.kind,
      );
    const auths = { host: asUser("u") };
    assert.deepEqual(kinds({ auths, credsStore: "all", credHelpers: { host: "own" } }), [
      "own for host",
      "all for host",
      "entry",
    ]);
    assert.deepEqual(kinds({ auths: { host: {} }, credsStore: "all" }), ["all for host"]);
    const hub: CredentialFinding = findCredential(
      { registry: "index.docker.io", repository: "library/nginx" },
      [file({ credsStore: "desktop" })],
    );
    assert.ok(hub.kind === "helper" && hub.serverKey === "https://index.docker.io/v1/");
  });

  it("the repository's own entry goes before its host's helper; an empty name means no helper", () => {
    const target = { registry: "host.io", repository: "team/app" };
    const kinds = (config: unknown): string[] =>
      findCredentials(target, [file(config)]).map(({ kind }) => kind);
    const auths = { "host.io/team/app": asUser("u"), "host.io": asUser("v") };
    assert.deepEqual(kinds({ auths, credHelpers: { "host.io": "own" } }), [
      "entry",
      "helper",
      "entry",
    ]);
    const none = { credsStore: "all", credHelpers: { "host.io": "", "host.io/team/app": "" } };
    assert.deepEqual(kinds({ auths, ...none }), ["entry", "entry"]);
  });

  it("explain is as strict as docker: one bad entry makes the file unreadable", () => {
    const files = [file({ auths: { other: { auth: "junk!" }, host: asUser("u") } })];
    const finding = findCredential({ registry: "host", repository: "app" }, files);
    assert.equal(finding.kind, "unreadable");
    assert.equal(userFor("host/app", ...files), "u");
  });
});
