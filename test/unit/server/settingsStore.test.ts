// Whose settings a document has: asked once and kept, the folder's for what is not open, and those of clients that answer none.

import assert from "node:assert/strict";
import { createSettingsStore } from "../../../server/src/server/state/settingsStore.ts";

interface Item {
  readonly section: string;
  readonly scopeUri?: string;
}

function setUp(
  answers: (item: Item) => unknown,
  { configuration = true, initial = {} }: { configuration?: boolean; initial?: unknown } = {},
) {
  const asked: (string | undefined)[] = [];
  const lines: string[] = [];
  const store = createSettingsStore({
    connection: {
      workspace: {
        getConfiguration: (item: Item) => {
          asked.push(item.scopeUri);
          return Promise.resolve(answers(item));
        },
      },
    } as never,
    profile: { configuration } as never,
    log: (_, line) => void lines.push(line),
    initial,
  });
  return { asked, lines, store };
}

const folder = "file:///work/one";
const file = `${folder}/a.yaml`;

describe("the settings of a document", () => {
  it("are asked for once, until they change", async () => {
    let digestLength = 8;
    const { asked, store } = setUp(() => ({ inlayHints: { digestLength } }));
    const [first, second] = await Promise.all([store.for(file), store.for(file)]);
    assert.equal(first.inlayHints.digestLength, 8);
    assert.equal(first, second);
    assert.deepEqual(asked, [file]);
    digestLength = 16;
    assert.equal((await store.for(file)).inlayHints.digestLength, 8);
    store.changed(undefined);
    // Until the new ones are there, the old ones hold.
    assert.equal(store.known(file).inlayHints.digestLength, 8);
    assert.equal((await store.for(file)).inlayHints.digestLength, 16);
    assert.equal(store.known(file).inlayHints.digestLength, 16);
  });

  it("are those of its folder, the nearest, where nobody asked for its own", async () => {
    const inner = `${folder}/inner`;
    const { store } = setUp(({ scopeUri }) => ({
      pin: { style: scopeUri === inner ? "digest" : "digest-and-comment" },
    }));
    for (const each of [folder, inner]) await store.for(each);
    assert.equal(store.known(file).pin.style, "digest-and-comment");
    assert.equal(store.known(`${inner}/b.yaml`).pin.style, "digest");
    // A folder whose name only begins alike.
    assert.equal(store.known(`${folder}-2/b.yaml`).pin.style, "tag-and-digest");
  });

  it("are kept for two thousand: of more, those that were asked for longest ago are forgotten", async () => {
    const { asked, store } = setUp(() => ({ pin: { style: "digest" } }));
    for (let at = 0; at <= 2000; at += 1) await store.for(`file:///work/${at}.yaml`);
    assert.notEqual(store.known("file:///work/0.yaml").pin.style, "digest");
    assert.equal(store.known("file:///work/1.yaml").pin.style, "digest");
    await store.for("file:///work/1.yaml");
    await store.for("file:///work/0.yaml");
    assert.deepEqual(asked.slice(2001), ["file:///work/0.yaml"]);
  });

  it("are asked for again once it was closed", async () => {
    const { asked, store } = setUp(() => ({}));
    await store.for(file);
    store.forget(file);
    await store.for(file);
    assert.equal(asked.length, 2);
  });

  it("are what the client said at the start where it answers nothing", async () => {
    for (const initial of [
      { pin: { style: "digest" } },
      { knativeDigest: { pin: { style: "digest" } } },
    ]) {
      const { asked, store } = setUp(() => undefined, { configuration: false, initial });
      assert.equal((await store.for(file)).pin.style, "digest");
      store.changed({ knativeDigest: { pin: { style: "digest-and-comment" } } });
      assert.equal((await store.for(file)).pin.style, "digest-and-comment");
      assert.deepEqual(asked, []);
    }
  });

  it("survive an answer that is an error or nonsense, which the log names", async () => {
    const failing = setUp(() => {
      throw new Error("no such method");
    });
    assert.equal((await failing.store.for(file)).enable, true);
    assert.match(failing.lines.join(), /no such method/);
    const odd = setUp(() => ({ pin: { style: "sideways" } }));
    assert.equal((await odd.store.for(file)).pin.style, "tag-and-digest");
    assert.match(odd.lines.join(), /pin\.style/);
  });

  it("keep the editor calm about silent registries unless the user wants otherwise", async () => {
    const calm = setUp(() => ({ diagnostics: { "unpinned-tag": "warning" } }));
    assert.deepEqual((await calm.store.for(file)).diagnostics, {
      "registry-unreachable": "off",
      "unpinned-tag": "warning",
    });
    const loud = setUp(() => ({ diagnostics: { "registry-unreachable": "warning" } }));
    assert.deepEqual((await loud.store.for(file)).diagnostics, {
      "registry-unreachable": "warning",
    });
  });
});
