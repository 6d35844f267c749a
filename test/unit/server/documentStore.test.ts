// What is read of files ends with them.

import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { TextDocument } from "vscode-languageserver-textdocument";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeFile, type ReadElsewhere } from "../../../server/src/document/documentAnalysis.ts";
import { analyzeDocument } from "../../../server/src/document/oneDocument.ts";
import { createDocumentStore } from "../../../server/src/server/state/documentStore.ts";
import { defaultSettings } from "../../../server/src/settings.ts";
import { createWorkspaceIndex } from "../../../server/src/workspace/workspaceIndex.ts";
import { createHandClock } from "../../support/handClock.ts";
import { digestA, digestB, resolved, service } from "../../support/reading.ts";
import { keyText, type ManifestKey } from "../../../server/src/resolver/resolution.ts";

const collect = (): void => {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
};

/**
 * @param lookupMs how long it takes to look up what is known of an image
 * @param elsewhere reads long documents
 */
function setUp(
  answers: Readonly<Record<string, string>> = {},
  lookupMs = 0,
  elsewhere?: ReadElsewhere,
) {
  const clock = createHandClock();
  const told = { count: 0 };
  const index = createWorkspaceIndex();
  const store = createDocumentStore(index, {
    settings: () => defaultSettings,
    isExcluded: () => false,
    known: {
      resolutions: (key: ManifestKey) => {
        clock.advance(lookupMs);
        const digest = answers[keyText(key)];
        return digest === undefined ? { status: "not-asked", reason: "not-yet" } : resolved(digest);
      },
      details: () => undefined,
    },
    generation: () => 0,
    cluster: () => undefined,
    clock,
    elsewhere,
    readInSlices: () => void (told.count += 1),
  });
  return { clock, index, store, told };
}

const uri = "file:///work/large.yaml";
const largeText = Array.from({ length: 50 }, (_, at) => service(`reg.test/a${at}:1`)).join("---\n");
/** Lets whatever waits go on, and not the clock. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

describe("a document whose address the client escapes in another way", () => {
  it("is joined with the files around it, and known once", () => {
    const { index, store } = setUp();
    const options = { ...defaultAnalysisOptions, fileName: "kustomization.yaml" };
    const overlay =
      "resources: [svc.yaml]\nimages: [{ name: app, newName: reg.test/a, newTag: v1 }]\n";
    index.set("file:///a%2Bb/kustomization.yaml", analyzeFile(overlay, options));
    index.set("file:///a%2Bb/svc.yaml", analyzeFile(service("other"), defaultAnalysisOptions));
    const document = TextDocument.create("file:///a+b/svc.yaml", "yaml", 1, service("app"));
    const states = store.reading(document)?.parts.flatMap((part) => part.states);
    assert.deepEqual(
      states?.map(({ fate }) => fate?.kind),
      ["replaced"],
    );
    assert.equal(index.files().length, 2);
    assert.ok(store.isOpen("file:///a%2Bb/svc.yaml"));
  });
});

describe("a document that takes longer than a slice", () => {
  it("is read with pauses, is ready in the end, and is reported then", async () => {
    const { clock, store, told } = setUp({}, 1);
    const document = TextDocument.create(uri, "yaml", 1, largeText);
    const work = store.prepare(document);
    assert.ok(work !== undefined && store.isOpen(uri));
    assert.equal(store.prepare(document), work);
    assert.equal(store.readingIfReady(document), undefined);
    let pauses = 0;
    for (; store.readingIfReady(document) === undefined; pauses += 1) {
      assert.equal(told.count, 0);
      clock.advance(0);
      await settle();
    }
    await work;
    assert.equal(pauses, 6);
    assert.equal(told.count, 1);
    assert.equal(store.prepare(document), undefined);
    assert.equal(store.reading(document)?.parts.length, 50);
  });

  it("is what it is in the end when it changes, or is read by who cannot wait, meanwhile", async () => {
    const { clock, store } = setUp({}, 1);
    const document = TextDocument.create(uri, "yaml", 1, largeText);
    const work = store.prepare(document);
    assert.equal(store.reading(document)?.text, largeText);
    TextDocument.update(document, [{ text: `${largeText}# end\n` }], 2);
    for (let pause = 0; pause < 50; pause += 1) {
      clock.advance(0);
      await settle();
    }
    await work;
    assert.equal(store.readingIfReady(document)?.text, `${largeText}# end\n`);
  });

  it("is forgotten when it is closed meanwhile", async () => {
    const { clock, index, store } = setUp({}, 1);
    const work = store.prepare(TextDocument.create(uri, "yaml", 1, largeText));
    store.close(uri);
    for (let pause = 0; pause < 50; pause += 1) {
      clock.advance(0);
      await settle();
    }
    await work;
    assert.equal(store.isOpen(uri), false);
    assert.equal(index.get(uri)?.parts.length ?? 0, 50);
  });
});

describe("a document that is read elsewhere", () => {
  const long = `${service("reg.test/a:1")}# ${"long ".repeat(9000)}\nextra: { a: b }\n`;

  /** A store whose long documents wait for the test. */
  function setUpWaiting() {
    const waiting: (() => void)[] = [];
    const texts: string[] = [];
    const set = setUp({}, 0, async (text, options) => {
      texts.push(text);
      await new Promise<void>((resolve) => waiting.push(resolve));
      return analyzeDocument(text, options);
    });
    return { ...set, texts, answer: () => waiting.shift()?.() };
  }

  it("is ready when it was read, which is reported", async () => {
    const { store, told, texts, answer } = setUpWaiting();
    const document = TextDocument.create(uri, "yaml", 1, long);
    const work = store.prepare(document);
    await settle();
    assert.equal(store.readingIfReady(document), undefined);
    assert.equal(store.isOpen(uri), true);
    answer();
    await work;
    assert.equal(told.count, 1);
    assert.equal(store.readingIfReady(document)?.parts.length, 1);
    assert.equal(store.reading(document)?.text, long);
    assert.deepEqual(texts, [long]);
  });

  it("is read again where it changed meanwhile", async () => {
    const { store, texts, answer } = setUpWaiting();
    const document = TextDocument.create(uri, "yaml", 1, long);
    const work = store.prepare(document);
    TextDocument.update(document, [{ text: `${long}# end\n` }], 2);
    assert.equal(store.prepare(document), work);
    answer();
    await settle();
    assert.equal(store.readingIfReady(document), undefined);
    answer();
    await work;
    assert.deepEqual(texts, [long, `${long}# end\n`]);
    assert.equal(store.readingIfReady(document)?.text, `${long}# end\n`);
  });

  it("is forgotten when it is closed meanwhile", async () => {
    const { index, store, answer } = setUpWaiting();
    const work = store.prepare(TextDocument.create(uri, "yaml", 1, long));
    store.close(uri);
    answer();
    await work;
    assert.equal(store.isOpen(uri), false);
    assert.equal(index.get(uri), undefined);
  });
});

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
