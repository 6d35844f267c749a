// Which entry of which secret signs an image in, and what breaks them all.

import assert from "node:assert/strict";
import { parseImageReference } from "../../../server/src/image/imageReference.ts";
import {
  matchesTarget,
  pullCredential,
  type PullCredential,
} from "../../../server/src/knative/pullSecret/pullSecret.ts";
import type { PullSecret } from "../../../server/src/knative/pullSecret/pullSecretEntries.ts";
import { cpuTimed } from "../../support/cpuTime.ts";

function config(text: string): PullSecret {
  return { type: "kubernetes.io/dockerconfigjson", text };
}

function auths(entries: Readonly<Record<string, string>>): PullSecret {
  const named = Object.entries(entries).map(
    ([key, username]) => [key, { username, password: "p" }] as const,
  );
  return config(JSON.stringify({ auths: Object.fromEntries(named) }));
}

function credential(image: string, ...secrets: PullSecret[]): PullCredential {
  const reference = parseImageReference(image);
  assert.ok(reference.kind !== "invalid");
  return pullCredential(secrets, reference);
}

function nameFor(image: string, ...secrets: PullSecret[]): string {
  const found = credential(image, ...secrets);
  return found.kind === "credential" ? found.username : found.kind;
}

describe("pullCredential", () => {
  it("breaks on a secret whose text is not the map that its type wants", () => {
    for (const type of ["kubernetes.io/dockercfg", "kubernetes.io/dockerconfigjson"] as const) {
      for (const text of ["[]", "1", '"x"']) {
        assert.equal(nameFor("gcr.io/team/app", { type, text }), "error", `${type} ${text}`);
      }
      assert.equal(nameFor("gcr.io/team/app", { type, text: "null" }), "anonymous", type);
    }
  });
  it("prefers the longer path and the explicit host, whatever the order", () => {
    const secret = auths({ "*.io": "glob", "gcr.io": "host", "gcr.io/team": "team" });
    assert.equal(nameFor("gcr.io/team/app", secret), "team");
    assert.equal(nameFor("gcr.io/other/app", secret), "host");
    assert.equal(nameFor("quay.io/other/app", secret), "glob");
  });
  it("prefers the earlier secret where keys are equal", () => {
    assert.equal(
      nameFor(
        "gcr.io/team/app",
        auths({ "gcr.io": "first" }),
        auths({ "https://gcr.io/": "second" }),
      ),
      "first",
    );
  });
  it("takes a longer key of a later secret", () => {
    assert.equal(
      nameFor("gcr.io/team/app", auths({ "gcr.io": "first" }), auths({ "gcr.io/team": "second" })),
      "second",
    );
  });
  it("reads the old format, which is the map alone", () => {
    const text = '{"gcr.io":{"username":"u","password":"p","email":"x"}}';
    assert.equal(nameFor("gcr.io/team/app", { type: "kubernetes.io/dockercfg", text }), "u");
  });
  it("names the entry that was used, without a password in its key", () => {
    const found = credential("gcr.io/team/app", auths({ "https://bob:secret@gcr.io": "u" }));
    assert.equal(found.kind === "credential" ? found.key : "", "https://***@gcr.io");
  });
  it("is anonymous with an entry that is empty, which still counts as found", () => {
    assert.deepEqual(credential("gcr.io/aa", config('{"auths":{"gcr.io":{}}}')), {
      kind: "anonymous",
      key: "gcr.io",
    });
    assert.deepEqual(credential("gcr.io/aa"), { kind: "anonymous", key: undefined });
  });
  it("ignores a secret without text, and helpers", () => {
    const helpers = config('{"credsStore":"desktop","credHelpers":{"gcr.io":"gcloud"}}');
    assert.equal(nameFor("gcr.io/aa", config(""), helpers), "anonymous");
  });
  it("is broken by an entry that no image uses", () => {
    const broken = config('{"auths":{"other.io":{"auth":"bad!"}}}');
    assert.deepEqual(credential("gcr.io/aa", auths({ "gcr.io": "u" }), broken), {
      kind: "error",
      message: "unable to decode auth field: illegal base64 data at input byte 3",
    });
  });
  for (const [text, message] of [
    ["[]", "json: cannot unmarshal array into Go value of type kubernetes.dockerConfigJSON"],
    [
      '{"auths":[]}',
      "json: cannot unmarshal array into Go struct field dockerConfigJSON.Auths of type map[string]authn.AuthConfig",
    ],
    [
      '{"auths":{"a.io":"x"}}',
      "json: cannot unmarshal string into Go struct field dockerConfigJSON.Auths of type authn.authConfig",
    ],
    [
      '{"auths":{"a.io":{"password":1}}}',
      "json: cannot unmarshal number into Go struct field dockerConfigJSON.Auths.password of type string",
    ],
    [
      // What is overwritten later breaks the secret all the same, and an entry goes before a wrong map.
      '{"auths":{"a.io":[],"a.io":{}}}',
      "json: cannot unmarshal array into Go struct field dockerConfigJSON.Auths of type authn.authConfig",
    ],
    [
      '{"auths":7,"AUTHS":{"a.io":{"auth":"bad!"}},"auths":null}',
      "unable to decode auth field: illegal base64 data at input byte 3",
    ],
    [
      '{"auths":{"a.io/%:\u0663":{}}}',
      'Entry "https://a.io/%:\u0663" in dockercfg invalid (parse "https://a.io/%:\u0663": invalid URL escape "%:\\xd9")',
    ],
    [
      '{"auths":{"a b":{}}}',
      'Entry "https://a b" in dockercfg invalid (parse "https://a b": invalid character " " in host name)',
    ],
    [
      '{"auths":{"https://bob:secret@a b":{}}}',
      'Entry "https://***@a b" in dockercfg invalid (parse "https://***@a b": invalid character " " in host name)',
    ],
  ] as const) {
    it(`is broken by ${text}`, () => {
      assert.deepEqual(credential("gcr.io/aa", config(text)), { kind: "error", message });
    });
  }
  it("lays a repeated map over itself, until null empties it", () => {
    const one = '"a.io":{"auth":"dTpw"},"b.io":{"auth":"dTpw"}';
    const two = '"b.io":{"auth":"djpw"}';
    const twice = config(`{"auths":{${one}},"Auths":{${two}}}`);
    assert.deepEqual(
      ["a.io/xx", "b.io/xx"].map((image) => nameFor(image, twice)),
      ["u", "v"],
    );
    const emptied = config(`{"auths":{${one}},"auths":null,"auths":{${two}}}`);
    assert.deepEqual(
      ["a.io/xx", "b.io/xx"].map((image) => nameFor(image, emptied)),
      ["anonymous", "v"],
    );
  });
  it("takes auth before a user name and a password that stand next to it", () => {
    const entry = '{"auth":"dTpw","username":"other","password":"other"}';
    const found = credential("a.io/xx", config(`{"auths":{"a.io":${entry}}}`));
    assert.deepEqual(found.kind === "credential" && [found.username, found.password], ["u", "p"]);
  });
  it("leaves the version at the beginning of a key's path out, and only there", () => {
    for (const [key, name] of [
      ["https://a.io/v1/", "u"],
      ["https://a.io/v2/", "u"],
      ["a.io/v2/team", "u"],
      ["a.io/v2", "anonymous"],
      ["a.io/v3/", "anonymous"],
      ["a.io/team/v2/", "anonymous"],
    ] as const) {
      assert.equal(nameFor("a.io/team/app", auths({ [key]: "u" })), name, key);
    }
  });
  it("folds the names of fields as Go does", () => {
    const folded = config('{"auth\u017f":{"a.io":{"registryto\u212aen":"t"}}}');
    const found = credential("a.io/xx", folded);
    assert.equal(found.kind === "credential" && found.registryToken, "t");
  });
  it("reports a broken entry before a broken key", () => {
    const found = credential("gcr.io/aa", config('{"auths":{"a b":{},"c.io":{"auth":"dQ"}}}'));
    assert.equal(
      found.kind === "error" ? found.message : "",
      "unable to decode auth field: must be formatted as base64(username:password)",
    );
  });
});

describe("matchesTarget", () => {
  for (const [pattern, target, matches] of [
    ["gcr.io", "gcr.io/p/i", true],
    ["gcr.io/proj", "gcr.io/project/i", true],
    ["gcr.io/project/", "gcr.io/project", false],
    ["*.gcr.io", "eu.gcr.io/p/i", true],
    ["*.gcr.io", "gcr.io/p/i", false],
    ["e*.g[b-d]r.io", "eu.gcr.io/p/i", true],
    ["e[^u].gcr.io", "eu.gcr.io/p/i", false],
    ["e[u.gcr.io", "eu.gcr.io/p/i", false],
    ["e[z-a].gcr.io", "eu.gcr.io/p/i", false],
    ["e[z-au].gcr.io", "eu.gcr.io/p/i", true],
    ["*:5000", "registry:5000/p/i", true],
    ["gcr.io:443", "gcr.io/p/i", false],
    ["[::1]:5000", "[::1]:5000/p/i", true],
    ["g.r.io", "gcr.io/p/i", false],
    ["g.r", "gcr/p/i", false],
  ] as const) {
    it(`${pattern} ${matches ? "matches" : "does not match"} ${target}`, () => {
      assert.equal(matchesTarget(pattern, target), matches);
    });
  }

  it("needs no ages for many stars", () => {
    // As a regular expression the first took more than 20 seconds.
    const matches = (pattern: string): boolean =>
      matchesTarget(pattern, `${"a".repeat(200)}.test/i`);
    const { value, milliseconds } = cpuTimed(() =>
      ["x.test", "*.test"].map((end) => matches("*a".repeat(5) + end)),
    );
    assert.deepEqual(value, [false, true]);
    assert.ok(milliseconds < 2000, `${milliseconds} ms`);
  });
});
