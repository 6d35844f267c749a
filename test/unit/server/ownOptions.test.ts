// What a client may say of itself: our own more than others, and nothing that has another form.

import assert from "node:assert/strict";
import { readEditorProxy, readOwnOptions } from "../../../server/src/server/ownOptions.ts";

const proxy = {
  url: "http://proxy.test:3128",
  authorization: "Basic x",
  strictSsl: false,
  noProxy: ["a"],
};

describe("a client's own options", () => {
  it("are trusted, English and without a proxy if nothing is said", () => {
    for (const raw of [undefined, null, "x", {}, []]) {
      const own = readOwnOptions(raw);
      assert.deepEqual(
        { ...own, proxy: own.proxy.url },
        { isOwnClient: false, trusted: true, l10nBundle: "", cacheFolder: "", proxy: "" },
      );
    }
  });

  it("bring the editor's proxy and texts only from our own client", () => {
    const raw = { l10nBundle: "/x.json", proxy };
    assert.equal(readOwnOptions(raw).proxy.url, "");
    assert.equal(readOwnOptions(raw).l10nBundle, "");
    const own = readOwnOptions({ ...raw, commandLinks: true });
    assert.deepEqual(own.proxy, proxy);
    assert.equal(own.l10nBundle, "/x.json");
  });

  it("take trust away only if it is said in so many words", () => {
    assert.equal(readOwnOptions({ trusted: false }).trusted, false);
    assert.equal(readOwnOptions({ trusted: "false" }).trusted, true);
  });

  it("with values of other types are as if they were not there", () => {
    assert.deepEqual(readEditorProxy({ url: 1, noProxy: [1, "b", null], strictSsl: "no" }), {
      url: "",
      authorization: "",
      strictSsl: true,
      noProxy: ["b"],
    });
  });
});
