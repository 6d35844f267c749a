// Why a cluster said nothing: told by kubectl's words, each with its own sentence.

import assert from "node:assert/strict";
import {
  clusterFailureWords,
  failed,
  failureOf,
  type ClusterFailureKind,
} from "../../../server/src/cluster/clusterFailure.ts";

describe("why a cluster said nothing", () => {
  const rows: readonly [ClusterFailureKind, RegExp, ...string[]][] = [
    ["no-kubectl", /Install kubectl/],
    [
      "no-context",
      /use-context/,
      "error: current-context is not set",
      "The connection to the server localhost:8080 was refused",
    ],
    ["unknown-context", /another context/, 'error: context "x" does not exist'],
    ["expired-login", /Sign in to the cluster again/, "error: You must be logged in to the server"],
    [
      "no-permission",
      /your account may not/,
      "Error from server (Forbidden): services is forbidden",
    ],
    [
      "no-knative",
      /not installed/,
      `error: the server doesn't have a resource type "services"`,
      "Error from server (NotFound): namespaces",
    ],
    ["old-knative", /too old/],
    ["untrusted-certificate", /certificate is not trusted/, "tls: x509: unknown authority"],
    [
      "unreachable",
      /cannot be reached/,
      "dial tcp: lookup c.test: no such host",
      "Unable to connect to the server: EOF",
    ],
    ["too-slow", /in time/, "context deadline exceeded"],
    ["too-large", /8 MB/],
    ["cut-off", /cut off/, "unexpected EOF"],
    ["changed-meanwhile", /changed while/, "Error from server (Expired): too old"],
    ["failed", /kubectl get ksvc/, "something else"],
  ];
  for (const [kind, sentence, ...said] of rows) {
    it(`is ${kind}`, () => {
      assert.match(clusterFailureWords(failed(kind)), sentence);
      for (const stderr of said) {
        assert.deepEqual(failureOf({ exitCode: 1, stdout: "", stderr }), failed(kind));
      }
    });
  }

  it("is not that the address names a time", () => {
    const stderr = 'Get "https://c.test/api?timeout=4s": something else';
    assert.deepEqual(failureOf({ exitCode: 1, stdout: "", stderr }), failed("failed"));
  });

  it("is what became of kubectl itself", () => {
    const kind = (answer: Parameters<typeof failureOf>[0]): unknown => failureOf(answer)?.failure;
    assert.equal(kind("not-found"), "no-kubectl");
    assert.equal(kind("timeout"), "too-slow");
    assert.equal(kind("too-much-output"), "too-large");
    assert.equal(kind("failed"), "failed");
    assert.equal(kind({ exitCode: 0, stdout: "", stderr: "Warning: EOF" }), undefined);
  });
});
