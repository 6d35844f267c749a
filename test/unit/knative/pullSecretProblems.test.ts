// Keys that Knative never uses are told, with the key that works, and nothing secret is shown.

import assert from "node:assert/strict";
import fc from "fast-check";
import { parseImageReference } from "../../../server/src/image/imageReference.ts";
import { pullCredential } from "../../../server/src/knative/pullSecret/pullSecret.ts";
import {
  validatePullSecret,
  type PullKeyMistake,
} from "../../../server/src/knative/pullSecret/pullSecretProblems.ts";

const seen = ["index.docker.io", "reg.example.com:5000", "localhost:5001", "quay.example.com"];

function judge(key: string, entry = '{"auth":"dTpw"}'): unknown {
  const text = `{"auths":{${JSON.stringify(key)}:${entry}}}`;
  const [problem] = validatePullSecret({ type: "kubernetes.io/dockerconfigjson", text }, seen);
  if (problem === undefined) return undefined;
  assert.equal(text.slice(problem.start, problem.end), JSON.stringify(key).slice(1, -1));
  return problem.kind === "pull-secret-invalid"
    ? problem.message
    : { mistake: problem.mistake, works: problem.works };
}

describe("validatePullSecret", () => {
  const dockerHub = "https://index.docker.io/v1/";
  const rows: readonly (readonly [string, PullKeyMistake, string | undefined])[] = [
    ["docker.io", "docker-hub", dockerHub],
    ["https://docker.io/", "docker-hub", dockerHub],
    ["https://docker.io/v1/", "docker-hub", dockerHub],
    ["Docker.io", "docker-hub", dockerHub],
    ["registry-1.docker.io", "docker-hub", dockerHub],
    ["index.docker.io:443", "docker-hub", dockerHub],
    ["https://index.docker.io/v1", "version-path", dockerHub],
    ["gcr.io/v2", "version-path", "gcr.io/v2/"],
    ["r?.example.com", "question-mark", "r*.example.com"],
    ["https://?.io/team", "question-mark", "https://*.io/team"],
    ["localhost", "bare-host", "localhost:5001"],
    ["registry", "bare-host", undefined],
    ["*", "bare-host", undefined],
    ["gcr.io/project/img:1", "image-path", "gcr.io/project/img"],
    ["gcr.io/Project@sha256:00", "image-path", "gcr.io/project"],
    ["docker://gcr.io", "scheme", "gcr.io"],
    ["HTTPS://docker.io", "scheme", dockerHub],
    ["", "empty", undefined],
    ["g[c-]r.io", "pattern", undefined],
    ["reg.example.com", "port", "reg.example.com:5000"],
    ["https://quay.example.com:443/v2/", "port", "https://quay.example.com/v2/"],
    ["GCR.io", "case", "gcr.io"],
    ["Reg.example.com", "case", "reg.example.com:5000"],
  ];
  for (const [key, mistake, works] of rows) {
    it(`${JSON.stringify(key)} is the mistake ${mistake}`, () => {
      assert.deepEqual(judge(key), { mistake, works });
    });
  }
  for (const key of [
    dockerHub,
    "index.docker.io",
    "https://index.docker.io",
    "https://index.docker.io/v2/",
    "*.docker.io",
    "gcr.io",
    "https://gcr.io/team?x",
    "*:5000",
    "r[0-9].example.com",
    "reg.example.com:5000",
    "[::1]:5000",
  ]) {
    it(`${key} can match`, () => {
      assert.equal(judge(key), undefined);
    });
  }
  for (const entry of ["{}", '{"username":"u"}', '{"auth":"dXNlcjo="}', "null"]) {
    it(`the entry ${entry} gives nothing to sign in with`, () => {
      assert.deepEqual(judge("gcr.io", entry), { mistake: "no-credential", works: undefined });
    });
  }
  it("is content with a token", () => {
    assert.equal(judge("gcr.io", '{"identitytoken":"T"}'), undefined);
    assert.equal(judge("gcr.io", '{"registrytoken":"T"}'), undefined);
  });
  it("gives every entry that breaks a revision its own words and place", () => {
    assert.equal(
      judge("gcr.io", '{"auth":"bad!"}'),
      "unable to decode auth field: illegal base64 data at input byte 3",
    );
    assert.equal(
      judge("%zz"),
      'Entry "https://%zz" in dockercfg invalid (parse "https://%zz": invalid URL escape "%zz")',
    );
  });
  it("points at the place where the text is not JSON", () => {
    for (const [text, start, end] of [
      ['{"auths": x}', 10, 11],
      ["{", 0, 1],
      ["[]", 0, 1],
    ] as const) {
      const secret = { type: "kubernetes.io/dockerconfigjson", text } as const;
      assert.deepEqual(
        validatePullSecret(secret).map((problem) => [problem.kind, problem.start, problem.end]),
        [["pull-secret-invalid", start, end]],
      );
    }
  });
  for (const text of ["{}", "null", '{"gcr.io":{"auth":"dTpw"}}', '{"credsStore":"desktop"}']) {
    it(`misses the registries in ${text}`, () => {
      const secret = { type: "kubernetes.io/dockerconfigjson", text } as const;
      assert.deepEqual(
        validatePullSecret(secret).map((problem) => "mistake" in problem && problem.mistake),
        ["no-auths"],
      );
    });
  }
  it("says nothing of a secret that is empty, or whose map is", () => {
    for (const text of ["", '{"auths":{}}', '{"auths":null}']) {
      assert.deepEqual(validatePullSecret({ type: "kubernetes.io/dockerconfigjson", text }), []);
    }
  });
  it("shows no character of a password that breaks the JSON", () => {
    const words = (text: string): unknown => {
      const [problem] = validatePullSecret({ type: "kubernetes.io/dockerconfigjson", text });
      return problem?.kind === "pull-secret-invalid" ? problem.message : undefined;
    };
    assert.equal(
      words('{"auths":{"a.io":{"password":"x"y"}}}'),
      "invalid character '…' after object key:value pair",
    );
    assert.equal(
      words("{auths"),
      "invalid character 'a' looking for beginning of object key string",
    );
  });
  it("shows no credential, wherever it stands", () => {
    const marks = { username: "SECRET", password: "SECRET", identitytoken: "SECRET" };
    const key = fc.constantFrom(
      "docker.io",
      "https://SECRET:SECRET@docker.io",
      "https://SECRET@a b",
      "SECRET@gcr.io/v1",
      "https://SECRET:SECRET@%zz",
    );
    const entry = fc.constantFrom<unknown>(
      marks,
      { auth: "SECRET!" },
      { auth: "U0VDUkVU" },
      "SECRET",
    );
    fc.assert(
      fc.property(fc.dictionary(key, entry), (auths) => {
        const text = JSON.stringify({ auths });
        const problems = validatePullSecret({ type: "kubernetes.io/dockerconfigjson", text });
        assert.doesNotMatch(JSON.stringify(problems), /SECRET|U0VD/);
      }),
    );
  });
  it("means keys that work for the images of Docker Hub", () => {
    const reference = parseImageReference("me/app");
    assert.ok(reference.kind !== "invalid");
    for (const [key, mistake, works] of rows) {
      if (mistake !== "docker-hub" || works === undefined) continue;
      const secret = (name: string) =>
        ({
          type: "kubernetes.io/dockerconfigjson",
          text: JSON.stringify({ auths: { [name]: { auth: "dTpw" } } }),
        }) as const;
      assert.equal(pullCredential([secret(key)], reference).kind, "anonymous");
      assert.equal(pullCredential([secret(works)], reference).kind, "credential");
    }
  });
});
