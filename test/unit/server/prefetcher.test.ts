// When images of open documents are looked up by themselves: by the hand clock, never on a key, what is seen first.

import assert from "node:assert/strict";
import { fileOffset } from "../../../server/src/document/span.ts";
import type { FileReading } from "../../../server/src/findings/reading.ts";
import { keyText, type ManifestKey } from "../../../server/src/resolver/resolution.ts";
import { createPrefetcher, maxReferences } from "../../../server/src/server/state/prefetcher.ts";
import { createHandClock } from "../../support/handClock.ts";
import {
  digestA,
  digestB,
  readText,
  resolved,
  service,
  type World,
} from "../../support/reading.ts";

const uri = "file:///work/app.yaml";
const index = "application/vnd.oci.image.index.v1+json";

function setUp(text: string, world: World = {}) {
  const clock = createHandClock();
  const asked: string[][] = [];
  const details: string[] = [];
  let open: FileReading | undefined = readText(text, world);
  const prefetcher = createPrefetcher({
    clock,
    answers: {
      prefetch: (keys: readonly ManifestKey[], priority: string) => {
        if (keys.length > 0) asked.push([priority, ...keys.map(keyText)]);
      },
      prefetchDetails: (key: ManifestKey) => {
        details.push(keyText(key));
        return Promise.resolve();
      },
    } as never,
    documents: {
      all: () => [{ uri }],
      get: () => (open === undefined ? undefined : { uri }),
    } as never,
    store: { readingIfReady: () => open } as never,
  });
  return { asked, clock, close: () => (open = undefined), details, prefetcher };
}

const app = "registry.test/app:v1";

describe("images of an open document", () => {
  it("are looked up at once when it is opened", () => {
    const { asked, clock, prefetcher } = setUp(service(app));
    prefetcher.opened(uri);
    assert.deepEqual(asked, []);
    clock.advance(0);
    assert.deepEqual(asked, [["rest", app]]);
  });

  it("are looked up when the typing has paused, and not on a key", () => {
    const { asked, clock, prefetcher } = setUp(service(app));
    for (let key = 0; key < 5; key += 1) {
      prefetcher.typed(uri);
      prefetcher.changed(uri);
      clock.advance(499);
      assert.equal(prefetcher.isTyping(uri), true);
      assert.deepEqual(asked, []);
    }
    clock.advance(1);
    assert.deepEqual(asked, [["rest", app]]);
    assert.equal(prefetcher.isTyping(uri), false);
  });

  it("come first where the user sees them", () => {
    const text = `${service("registry.test/one:v1")}---\n${service("registry.test/two:v1")}`;
    const { asked, clock, prefetcher } = setUp(text);
    const at = fileOffset(text.indexOf("registry.test/two"));
    prefetcher.seen(uri, { start: at, end: at });
    clock.advance(500);
    assert.deepEqual(asked, [
      ["visible", "registry.test/two:v1"],
      ["rest", "registry.test/one:v1", "registry.test/two:v1"],
    ]);
    const seen = prefetcher.inSight(uri).map(({ use }) => use.reference.text);
    assert.deepEqual(seen, ["registry.test/two:v1"]);
  });

  it("are at most two hundred of a document", () => {
    const images = Array.from({ length: maxReferences + 50 }, (_, n) =>
      service(`registry.test/one:${n}`),
    );
    const { asked, clock, prefetcher } = setUp(images.join("---\n"));
    prefetcher.opened(uri);
    clock.advance(0);
    assert.equal(asked[0]?.length, 1 + maxReferences);
    assert.equal(prefetcher.inSight(uri).length, maxReferences);
  });

  it("whose tag moved have the index read that may still hold their digest", () => {
    const known = { [app]: resolved(digestB, index) };
    const { clock, details, prefetcher } = setUp(service(`${app}@${digestA}`), { known });
    prefetcher.opened(uri);
    clock.advance(0);
    assert.deepEqual(details, [app]);
  });

  it("are left alone once it is closed, or the server ends", () => {
    for (const end of ["closed", "dispose"] as const) {
      const { asked, clock, prefetcher } = setUp(service(app));
      prefetcher.changed(uri);
      prefetcher[end](uri);
      clock.advance(1000);
      assert.deepEqual(asked, [], end);
    }
    const { asked, clock, close, prefetcher } = setUp(service(app));
    prefetcher.changed(uri);
    close();
    clock.advance(1000);
    assert.deepEqual(asked, []);
  });

  it("are looked up again after a change of settings, but not before somebody has stopped typing", () => {
    const { asked, clock, prefetcher } = setUp(service(app));
    prefetcher.changed(uri);
    prefetcher.again();
    clock.advance(0);
    assert.deepEqual(asked, []);
    clock.advance(500);
    prefetcher.again();
    clock.advance(0);
    assert.equal(asked.length, 2);
  });
});
