// What is read of files ends with them.

import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { TextDocument } from "vscode-languageserver-textdocument";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../../server/src/document/documentAnalysis.ts";
import { createDocumentStore } from "../../../server/src/server/documentStore.ts";
import { defaultSettings } from "../../../server/src/settings.ts";
import { createWorkspaceIndex } from "../../../server/src/workspace/workspaceIndex.ts";
import { digestA, digestB, resolved, service } from "../../support/reading.ts";
import { keyText, type ManifestKey } from "../../../server/src/resolver/resolution.ts";

const collect = (): void => {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
};

function setUp(answers: Readonly<Record<string, string>> = {}) {
  const index = createWorkspaceIndex();
  const store = createDocumentStore(index, {
    settings: () => defaultSettings,
    isExcluded: () => false,
    known: {
      resolutions: (key: ManifestKey) => {
        const digest = answers[keyText(key)];
        return digest === undefined ? { status: "not-asked", reason: "not-yet" } : resolved(digest);
      },
      details: () => undefined,
    },
    generation: () => 0,
    cluster: () => undefined,
  });
  return { index, store };
}

describe("readings of files that are not open", () => {
  it("end with the files", () => {
    const { index, store } = setUp();
    const seen = Array.from({ length: 50 }, (_, number) => {
      const uri = `file:///work/${number}.yaml`;
      const analysis = analyzeFile(service(`nginx:${number}`), defaultAnalysisOptions);
      index.set(uri, analysis);
      assert.equal(store.readingOf(uri, analysis).parts.length, 1);
      assert.equal(store.readingOf(uri, analysis), store.readingOf(uri, analysis));
      return new WeakRef(analysis);
    });
    for (let number = 0; number < 50; number += 1)
      index.set(`file:///work/${number}.yaml`, undefined);
    index.facts();
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      collect();
      assert.equal(seen.filter((each) => each.deref() !== undefined).length, 0);
    });
  });
});

describe("an open document whose version is changed and whose digest is not", () => {
  it("is told from a tag that moved", () => {
    const { store } = setUp({ "ghcr.io/acme/app:1.26": digestB, "ghcr.io/acme/app:1.25": digestB });
    const uri = "file:///work/app.yaml";
    const codes = (image: string): unknown => {
      const document = TextDocument.create(uri, "yaml", 1, service(image));
      return store
        .reading(document)
        ?.parts.flatMap(({ findings }) => findings.map(({ code }) => code));
    };
    assert.deepEqual(codes(`ghcr.io/acme/app:1.25@${digestA}`), ["tag-moved"]);
    assert.deepEqual(codes(`ghcr.io/acme/app:1.26@${digestA}`), ["tag-digest-mismatch"]);
    assert.deepEqual(codes(`ghcr.io/acme/app:1.26@${digestB}`), []);
    store.close(uri);
    assert.deepEqual(codes(`ghcr.io/acme/app:1.26@${digestA}`), ["tag-moved"]);
  });
});
