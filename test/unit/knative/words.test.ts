// Every key, type and mistake has its sentence.

import assert from "node:assert/strict";
import { configKeys, type ConfigValueType } from "../../../server/src/knative/config/configKeys.ts";
import {
  configKeyMeaning,
  configTypeWords,
} from "../../../server/src/knative/config/configKeyWords.ts";
import { validatePullSecret } from "../../../server/src/knative/pullSecret/pullSecretProblems.ts";
import { pullSecretWords } from "../../../server/src/knative/pullSecret/pullSecretWords.ts";
import { validateSkipEntry } from "../../../server/src/knative/skipList/skipEntry.ts";
import { skipEntryWords } from "../../../server/src/knative/skipList/skipEntryWords.ts";

describe("the words for config-deployment", () => {
  for (const { name, type } of configKeys) {
    it(`explain ${name}`, () => {
      assert.match(configKeyMeaning(name), /^[A-Z].+\.$/);
      assert.notEqual(configTypeWords(type), "");
    });
  }
  it("have a few words for each type", () => {
    const types: Readonly<Record<ConfigValueType, string>> = {
      image: "image reference",
      duration: "duration, such as 10s or 1m30s",
      registries: "comma-separated registries",
      "string-set": "comma-separated strings",
      quantity: "Kubernetes quantity, such as 25m or 400Mi",
      boolean: "true or false",
      string: "text",
      affinity: "none or prefer-spread-revision-over-nodes",
      "runtime-classes": "YAML map of runtime classes to selectors",
    };
    for (const [type, words] of Object.entries(types)) {
      assert.equal(configTypeWords(type as ConfigValueType), words);
    }
  });
  it("explain nothing that is not a key", () => {
    assert.equal(configKeyMeaning("constructor"), "");
  });
});

describe("the words for an entry of the skip list", () => {
  it("name the entry and what was meant", () => {
    const problem = validateSkipEntry("docker.io");
    assert.ok(problem);
    assert.equal(
      skipEntryWords("docker.io", problem),
      "“docker.io” matches no image: Docker Hub is index.docker.io here.",
    );
  });
});

describe("the words for a pull secret", () => {
  function words(auths: unknown): string[] {
    const text = JSON.stringify({ auths });
    return validatePullSecret({ type: "kubernetes.io/dockerconfigjson", text }).map(
      pullSecretWords,
    );
  }
  it("name the key that works", () => {
    assert.deepEqual(words({ "docker.io": { auth: "dTpw" } }), [
      "Key “docker.io” is not used for digest resolution; use https://index.docker.io/v1/.",
    ]);
  });
  it("say that every image fails, in Knative's words", () => {
    assert.deepEqual(words({ "gcr.io": { auth: "dQ" } }), [
      "Invalid pull secret: all images using it fail (failed to initialize authentication: " +
        "unable to decode auth field: must be formatted as base64(username:password)).",
    ]);
  });
});
