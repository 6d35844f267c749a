// Which files of the workspace are read when: those that a scan finds and no others, never what git ignores, is open or
// excluded, and with pauses in which requests go first.

import assert from "node:assert/strict";
import { defaultSettings } from "../../../server/src/settings.ts";
import { decodeIf } from "../../../server/src/node/files/yamlFiles.ts";
import { analyzeDocument } from "../../../server/src/document/oneDocument.ts";
import { createWorkspaceFiles } from "../../../server/src/server/state/workspaceFiles.ts";
import { createWorkspaceIndex } from "../../../server/src/workspace/workspaceIndex.ts";
import { createHandClock } from "../../support/handClock.ts";
import { service } from "../../support/reading.ts";

const folder = "file:///work";

function setUp(texts: Record<string, string>) {
  const clock = createHandClock();
  const index = createWorkspaceIndex();
  const read: string[] = [];
  const world = {
    texts,
    ignored: [] as string[],
    excluded: [] as string[],
    open: [] as string[],
    /** Links that lead out of the workspace. */
    outside: [] as string[],
    /** Documents that were read elsewhere. */
    elsewhere: [] as string[],
    /** Files that name Knative and that cannot be read. */
    tooLarge: [] as string[],
    logged: [] as string[],
    changes: 0,
    /** Runs while a file is read. */
    whileReading: (): void => undefined,
    /** Runs while what was read is looked through. */
    whileLooking: undefined as ((file: string) => void) | undefined,
  };
  const files = createWorkspaceFiles({
    access: {
      find: (root) =>
        Promise.resolve(
          Object.keys(world.texts).filter(
            (file) => file.startsWith(`${root}/`) && !world.ignored.includes(file),
          ),
        ),
      isFound: (_, file) => Promise.resolve(!world.ignored.includes(file)),
      isWithin: (_, file) => Promise.resolve(!world.outside.includes(file)),
      async readIf(file, interest) {
        read.push(file);
        world.whileReading();
        const text = world.texts[file];
        await interest.turn?.();
        world.whileLooking?.(file);
        const missing = { kind: "problem", problem: "missing" } as const;
        if (world.tooLarge.includes(file))
          return { kind: "problem", problem: "too-large", matters: true };
        return text === undefined ? missing : decodeIf(Buffer.from(text), interest);
      },
    },
    ...{ clock, index, log: (level, text) => void world.logged.push(`${level}: ${text}`) },
    settings: () => defaultSettings,
    isExcluded: (uri) => world.excluded.some((file) => uri === `file://${file}`),
    isOpen: (uri) => world.open.some((file) => uri === `file://${file}`),
    elsewhere: (text, options) => {
      world.elsewhere.push(text);
      return Promise.resolve(analyzeDocument(text, options));
    },
    changed: () => void (world.changes += 1),
  });
  const known = (): string[] => index.files().map(({ uri }) => uri.replace("file://", ""));
  return { clock, files, index, known, read, world };
}

const app = service("registry.test/app:v1");

describe("the files of a workspace", () => {
  it("are those of its folders, and go with them", async () => {
    const { files, known, world } = setUp({ "/work/a.yaml": app, "/work/b.yaml": "a: 1\n" });
    await files.addFolders([folder]);
    assert.deepEqual(known(), ["/work/a.yaml"]);
    assert.equal(world.changes, 1);
    files.removeFolders([folder]);
    assert.deepEqual(known(), []);
  });

  it("that take long are read elsewhere", async () => {
    const long = `${app}# ${"long ".repeat(9000)}\nextra: { a: b }\n`;
    const { files, index, world } = setUp({ "/work/a.yaml": app, "/work/b.yaml": long });
    await files.addFolders([folder]);
    assert.deepEqual(world.elsewhere, [long]);
    const images = index.files().map(({ analysis }) => analysis.parts[0]?.document.images.length);
    assert.deepEqual(images, [1, 1]);
  });

  it("that change are read again, and no others", async () => {
    const { files, known, read, world } = setUp({ "/work/a.yaml": app });
    await files.addFolders([folder]);
    world.texts["/work/c.yaml"] = app;
    await files.refresh("file:///work/c.yaml");
    assert.deepEqual(known(), ["/work/a.yaml", "/work/c.yaml"]);
    delete world.texts["/work/c.yaml"];
    await files.refresh("file:///work/c.yaml");
    assert.deepEqual(known(), ["/work/a.yaml"]);
    await files.refresh("file:///elsewhere/d.yaml");
    assert.ok(!read.includes("/elsewhere/d.yaml"));
  });

  it("that git ignores are not read when they change, and are forgotten once git ignores them", async () => {
    const { files, known, read, world } = setUp({ "/work/a.yaml": app, "/work/gen.yaml": app });
    world.ignored = ["/work/gen.yaml"];
    await files.addFolders([folder]);
    await files.refresh("file:///work/gen.yaml");
    assert.deepEqual(read, ["/work/a.yaml"]);
    assert.deepEqual(known(), ["/work/a.yaml"]);
    world.ignored = ["/work/a.yaml"];
    await files.refresh("file:///work/a.yaml");
    assert.deepEqual(known(), []);
  });

  it("that the settings leave out are not read", async () => {
    const { files, known, read, world } = setUp({ "/work/a.yaml": app, "/work/b.yaml": app });
    world.excluded = ["/work/b.yaml"];
    await files.addFolders([folder]);
    await files.refresh("file:///work/b.yaml");
    assert.deepEqual(read, ["/work/a.yaml"]);
    world.excluded = ["/work/a.yaml"];
    await files.refreshAll();
    assert.deepEqual(known(), ["/work/b.yaml"]);
  });

  it("that a kustomization names are not read where a link leads out of the workspace", async () => {
    const names = "resources:\n  - inside.yaml\n  - outside.yaml\n";
    const kustomization = `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n${names}`;
    const { files, read, world } = setUp({ "/work/kustomization.yaml": kustomization });
    world.outside.push("/work/outside.yaml");
    await files.addFolders([folder]);
    assert.deepEqual(read, ["/work/kustomization.yaml", "/work/inside.yaml"]);
    await files.refresh(`${folder}/outside.yaml`);
    assert.equal(read.length, 2);
  });
  const kustomizationOf = (...names: readonly string[]): string =>
    `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n${names.map((name) => `  - ${name}\n`).join("")}`;

  it("that a kustomization names are not read where they lie outside of all folders", async () => {
    const text = kustomizationOf("../secret.yaml", "../other/app.yaml", "plain.yaml");
    const { files, read } = setUp({
      ...{ "/work/kustomization.yaml": text, "/work/plain.yaml": "a: 1\n" },
      ...{ "/secret.yaml": app, "/other/app.yaml": app },
    });
    await files.addFolders([folder]);
    assert.deepEqual(
      read.filter((file) => !file.startsWith("/work/")),
      [],
    );
    await files.refresh("file:///secret.yaml");
    assert.deepEqual(
      read.filter((file) => !file.startsWith("/work/")),
      [],
    );
    // In another folder of the workspace it is ours.
    await files.addFolders(["file:///other"]);
    await files.refresh("file:///work/kustomization.yaml");
    assert.ok(read.includes("/other/app.yaml"));
  });

  it("that a kustomization names count, whatever they are, until it names them no more", async () => {
    const deployment = app.replace("serving.knative.dev/v1", "apps/v1");
    const { files, index, world } = setUp({
      "/work/kustomization.yaml": `${kustomizationOf("plain.yaml")}images:\n  - name: registry.test/app\n    newTag: v2\n`,
      "/work/plain.yaml": deployment.replace("Service", "Deployment"),
    });
    await files.addFolders([folder]);
    const reached = () =>
      [...(index.facts().kustomize.get("file:///work/kustomization.yaml")?.values() ?? [])].map(
        (fate) => (fate.kind === "reaches" ? fate.reach.kind : fate.kind),
      );
    assert.deepEqual(reached(), ["workloads"]);
    delete world.texts["/work/plain.yaml"];
    await files.refresh("file:///work/plain.yaml");
    assert.deepEqual(reached(), ["unknown"]);
  });

  it("that kustomizations name are read in twenty rounds, and no more than are kept", async () => {
    const chain = Array.from({ length: 30 }, (_, at) => `/work/k${at}/kustomization.yaml`);
    const missing = Array.from({ length: 4000 }, (_, at) => `x${at}.yaml`);
    const { files, read, world } = setUp({ [chain[0] ?? ""]: kustomizationOf("../k1") });
    // Not found by the scan, as in a folder that git ignores.
    world.ignored = chain.slice(1);
    for (const [at, file] of chain.entries()) {
      if (at > 0) world.texts[file] = kustomizationOf(`../k${at + 1}`);
    }
    await files.addFolders([folder]);
    assert.ok(read.includes(chain[20] ?? ""));
    assert.ok(!read.includes(chain[21] ?? ""));
    read.length = 0;
    for (const name of ["a", "b"]) {
      world.texts[`/work/${name}/kustomization.yaml`] = kustomizationOf(...missing);
      await files.refresh(`file:///work/${name}/kustomization.yaml`);
    }
    const named = read.filter((file) => /\/x\d+\.yaml$/.test(file)).length;
    assert.ok(named > 4000 && named <= 5000, String(named));
  });

  it("are twenty thousand at most", async () => {
    const names = Array.from({ length: 20_001 }, (_, at) => `/work/${at}.yaml`);
    const { files, read, world } = setUp(Object.fromEntries(names.map((name) => [name, "a: 1\n"])));
    await files.addFolders([folder]);
    assert.equal(read.length, 20_000);
    assert.match(world.logged.join(), /first 20000 of 20001/);
  });

  it("that name Knative and cannot be read are named in the log, once it is tried", async () => {
    const { files, known, world } = setUp({ "/work/a.yaml": app, "/work/b.yaml": "a: 1\n" });
    world.tooLarge = ["/work/a.yaml"];
    await files.addFolders([folder]);
    assert.deepEqual(known(), []);
    assert.deepEqual(world.logged, [
      "warning: file:///work/a.yaml names Knative and is not read: too-large",
    ]);
  });

  it("are read from folders on the disk alone", async () => {
    const { files, read, world } = setUp({ "/work/a.yaml": app });
    await files.addFolders(["vscode-vfs://github/acme"]);
    await files.refresh("vscode-vfs://github/acme/a.yaml");
    assert.deepEqual([read.filter((file) => file === "/work/a.yaml"), world.logged], [[], []]);
  });

  it("are read again alone or all, as they are on the disk by now, and nobody is told", async () => {
    const { files, index, read, world } = setUp({ "/work/a.yaml": app, "/work/b.yaml": app });
    await files.addFolders([folder]);
    read.length = 0;
    const { changes } = world;
    world.texts["/work/b.yaml"] = `# new\n${app}`;
    await files.readAgain("file:///work/b.yaml");
    assert.deepEqual(read, ["/work/b.yaml"]);
    assert.ok(index.get("file:///work/b.yaml")?.text.startsWith("# new") === true);
    await files.readAgain();
    assert.deepEqual(read, ["/work/b.yaml", "/work/a.yaml", "/work/b.yaml"]);
    assert.equal(world.changes, changes);
  });

  it("that are open stay when their folder goes", async () => {
    const { files, known, world } = setUp({ "/work/a.yaml": app, "/work/b.yaml": app });
    await files.addFolders([folder]);
    world.open = ["/work/a.yaml"];
    const { changes } = world;
    files.removeFolders([folder]);
    assert.deepEqual([known(), world.changes], [["/work/a.yaml"], changes + 1]);
  });

  it("have one name each, however a client writes it", async () => {
    const { files, known } = setUp({ "/work/a b.yaml": app });
    await files.addFolders([folder]);
    await files.refresh("file:///work/a b.yaml");
    assert.deepEqual(known(), ["/work/a%20b.yaml"]);
  });

  it("that are open are the editor's, also if they were opened while they were read", async () => {
    const { files, known, read, world } = setUp({ "/work/a.yaml": app, "/work/b.yaml": app });
    world.open = ["/work/a.yaml"];
    world.whileReading = () => void (world.open = ["/work/a.yaml", "/work/b.yaml"]);
    await files.addFolders([folder]);
    assert.deepEqual(read, ["/work/b.yaml"]);
    assert.deepEqual(known(), []);
  });

  it("are read a few at once and with pauses, so that requests go first, and known in their order", async () => {
    const names = Array.from({ length: 12 }, (_, n) => `/work/${String(n).padStart(2, "0")}.yaml`);
    const { clock, files, known, read, world } = setUp(
      Object.fromEntries(names.map((name) => [name, app])),
    );
    // Each file takes more than half of a slice.
    const looked: string[] = [];
    world.whileLooking = (file) => {
      looked.push(file);
      clock.advance(6);
    };
    const scan = files.addFolders([folder]);
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    assert.deepEqual(looked, names.slice(0, 2));
    assert.deepEqual(read, names.slice(0, 10));
    let most = 2;
    while (looked.length < names.length) {
      const before = looked.length;
      clock.advance(0);
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      most = Math.max(most, looked.length - before);
    }
    assert.equal(most, 2);
    for (let pause = 0; pause < 12; pause += 1) {
      clock.advance(0);
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    }
    await scan;
    assert.deepEqual(known(), names);
  });
});
