// What the server tells of its own accord, and when documents come and go: in this process, with a registry that the test
// plays.

import assert from "node:assert/strict";
import type { Diagnostic, InlayHint } from "vscode-languageserver/node";
import type { CompareReport, ImageReport, ServerStatus } from "../../server/src/protocol.ts";
import type { RegistryProblem } from "../../server/src/registry/registryError.ts";
import { bare, neovim, visualStudioCode } from "../support/clientProfiles.ts";
import { withInProcess, withOpened, type InProcessOptions } from "../support/inProcessServer.ts";
import { digestA, digestB, service } from "../support/reading.ts";
import { edited } from "../support/session.ts";

const uri = "file:///work/app.yaml";
const own = { commandLinks: true };
const image = "ghcr.io/acme/app:v1";
const everything = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };
const notFound: RegistryProblem = { kind: "not-found", error: undefined, url: "https://r.test/" };
const broken: RegistryProblem = { kind: "server-error", status: 500, error: undefined, url: "" };

describe("the status", () => {
  const pin = `${image}@${digestA}`;
  const digest = `ghcr.io/acme/app@${digestA}`;
  const can = (canPin: boolean, canUpdate: boolean, canUnpin: boolean, hasDigest: boolean) => ({
    ...{ canPin, canUpdate, canUnpin, hasDigest },
  });
  const rows: readonly [
    name: string,
    written: string,
    options: InProcessOptions,
    status: Partial<ServerStatus>,
    can: ReturnType<typeof can>,
  ][] = [
    [
      "an image that is looked up",
      image,
      {},
      { images: 1, resolving: 1, problems: 0, unreachable: [], notAsked: null },
      can(true, false, false, false),
    ],
    [
      "an image that is known",
      image,
      { registry: { manifests: { [image]: digestA } } },
      { images: 1, resolving: 0, problems: 0, unreachable: [], notAsked: null },
      can(true, false, false, true),
    ],
    [
      "a tag that is missing",
      image,
      { registry: { manifests: { [image]: notFound } } },
      { images: 1, resolving: 0, problems: 1, unreachable: [], notAsked: null },
      can(false, false, false, false),
    ],
    [
      "a registry that fails",
      image,
      { registry: { manifests: { [image]: broken } } },
      { images: 1, resolving: 0, problems: 0, unreachable: ["ghcr.io"], notAsked: null },
      can(false, false, false, false),
    ],
    [
      "a registry that is not asked",
      image,
      { settings: { resolve: "off" } },
      { images: 1, resolving: 0, unreachable: [], notAsked: "off" },
      can(false, false, false, false),
    ],
    [
      "a pin whose tag has moved",
      pin,
      { registry: { manifests: { [image]: digestB, [digest]: digestA } } },
      { images: 1, resolving: 0, unreachable: [], notAsked: null },
      can(false, true, true, true),
    ],
  ];
  for (const [name, written, options, status, abilities] of rows) {
    it(`is told to our own client: ${name}`, async () => {
      const initializationOptions = own;
      await withOpened(
        { uri, text: service(written) },
        { ...options, initializationOptions },
        async (server) => {
          server.clock.advance(150);
          await server.idle();
          const last = server.told.findLast(({ method }) => method === "knativeDigest/status");
          const told = last?.params as ServerStatus;
          for (const [key, value] of Object.entries(status)) {
            assert.deepEqual(told[key as keyof ServerStatus], value, key);
          }
          const [file] = told.files;
          assert.ok(file);
          const { canPin, canUpdate, canUnpin, hasDigest } = file;
          assert.deepEqual({ canPin, canUpdate, canUnpin, hasDigest }, abilities);
          assert.deepEqual([told.imageFiles, told.hasImages], [[uri], true]);
        },
      );
    });
  }
  it("is told without files where no image is open, and to nobody else's client", async () => {
    await withOpened({ uri, text: "a: 1\n" }, { initializationOptions: own }, async (server) => {
      server.clock.advance(150);
      await server.idle();
      const last = server.told.findLast(({ method }) => method === "knativeDigest/status");
      const { files, images, hasImages } = last?.params as ServerStatus;
      assert.deepEqual([files, images, hasImages], [[], 0, false]);
    });
    await withOpened({ uri, text: service(image) }, {}, async (server) => {
      server.clock.advance(150);
      await server.idle();
      assert.ok(!server.told.some(({ method }) => method === "knativeDigest/status"));
    });
  });
});

describe("a document", () => {
  it("that is closed at once is read by nobody", async () => {
    await withInProcess({}, async (server) => {
      await server.open(uri, service(image));
      await server.close(uri);
      await server.idle();
      assert.deepEqual(await server.execute<readonly ImageReport[]>("images"), []);
      server.clock.advance(1000);
      await server.idle();
      assert.deepEqual(server.lookups, []);
    });
  });
  it("has its diagnostics pushed to a client that does not pull them, and taken back at its end", async () => {
    const text = service("Nginx:1");
    await withOpened({ uri, text }, { capabilities: neovim }, async (server) => {
      const pushed = () =>
        server.told
          .filter(({ method }) => method === "textDocument/publishDiagnostics")
          .map(({ params }) => (params as { diagnostics: readonly Diagnostic[] }).diagnostics);
      assert.deepEqual(
        pushed()
          .at(-1)
          ?.map(({ code }) => code),
        ["invalid-reference"],
      );
      await server.close(uri);
      await server.idle();
      assert.deepEqual(pushed().at(-1), []);
    });
    await withOpened({ uri, text }, {}, (server) => {
      assert.ok(!server.told.some(({ method }) => method === "textDocument/publishDiagnostics"));
      return Promise.resolve();
    });
  });
  it("is answered again when an answer comes: the client is asked to pull once", async () => {
    await withOpened({ uri, text: service(image) }, {}, async (server) => {
      const before = server.told.length;
      server.lookups[0]?.answer(digestA);
      await server.idle();
      server.clock.advance(1000);
      await server.idle();
      const methods = server.told.slice(before).map(({ method }) => method);
      assert.deepEqual(methods.filter((method) => method.endsWith("/refresh")).toSorted(), [
        "workspace/diagnostic/refresh",
        "workspace/inlayHint/refresh",
      ]);
    });
  });
  it("is looked up again once the cache is cleared", async () => {
    const registry = { manifests: { [image]: digestA } };
    await withOpened({ uri, text: service(image) }, { registry }, async (server) => {
      assert.equal(server.lookups.length, 1);
      const before = server.told.length;
      await server.execute("clearCache");
      server.clock.advance(1000);
      await server.idle();
      assert.equal(server.lookups.length, 2);
      assert.ok(server.told.slice(before).some(({ method }) => method.endsWith("/refresh")));
    });
  });
});

describe("the log", () => {
  it("has what decides about all that follows", async () => {
    await withInProcess({ folders: ["/work"] }, ({ logged }) => {
      assert.ok(logged.includes("info: Knative Digest 1.2.3, 1 folders, trusted"), logged.join());
      return Promise.resolve();
    });
    await withInProcess({ initializationOptions: { trusted: false } }, ({ logged }) => {
      const line = "info: Knative Digest 1.2.3, 0 folders, not trusted: no registry is contacted";
      assert.ok(logged.includes(line), logged.join());
      return Promise.resolve();
    });
  });
});

describe("hints", () => {
  it("bring their edit at once and their tooltip later, where a client can ask for it", async () => {
    const registry = { manifests: { [image]: digestA } };
    const text = service(image);
    for (const capabilities of [visualStudioCode, bare]) {
      await withOpened({ uri, text }, { registry, capabilities }, async (server) => {
        const [hint] = await server.hints(uri);
        assert.ok(hint);
        assert.equal(hint.tooltip === undefined, capabilities === visualStudioCode);
        const textEdits = hint.textEdits ?? [];
        assert.equal(
          edited(text, { changes: { [uri]: textEdits } }, uri),
          text.replace(image, `${image}@${digestA}`),
        );
        if (capabilities === bare) return;
        const full = await server.connection.sendRequest<InlayHint>("inlayHint/resolve", hint);
        assert.ok(JSON.stringify(full.tooltip).includes(digestA.slice(0, 19)));
        const elsewhere = { ...hint, data: { ...(hint.data as object), offset: 0 } };
        const none = await server.connection.sendRequest<InlayHint>("inlayHint/resolve", elsewhere);
        assert.equal(none.tooltip, undefined);
      });
    }
  });
  it("are none where they are turned off", async () => {
    const settings = { inlayHints: { enabled: false } };
    const registry = { manifests: { [image]: digestA } };
    await withOpened({ uri, text: service(image) }, { registry, settings }, async (server) => {
      assert.deepEqual(await server.hints(uri), []);
    });
  });
});

describe("links", () => {
  it("lead to the pages of registries that have some, and from no image that certainly fails", async () => {
    const text = [image, "r.test/acme/app:v1", "docker.io/acme/app:v1"].map(service).join("---\n");
    await withOpened({ uri, text }, {}, async (server) => {
      const links = await server.connection.sendRequest<readonly { target: string }[]>(
        "textDocument/documentLink",
        { textDocument: { uri } },
      );
      assert.deepEqual(
        links.map(({ target }) => new URL(target).host),
        ["ghcr.io", "hub.docker.com"],
      );
    });
  });
});

describe("a comparison with the cluster", () => {
  it("is not made without trust, and says what went wrong otherwise", async () => {
    const initializationOptions = { ...own, trusted: false };
    await withOpened({ uri, text: service(image) }, { initializationOptions }, async (server) => {
      const report = await server.execute<CompareReport>("compareCluster");
      assert.match(report.problem ?? "", /Restricted Mode/);
    });
    await withOpened(
      { uri, text: service(image) },
      { initializationOptions: own },
      async (server) => {
        const report = await server.execute<CompareReport>("compareCluster");
        assert.match(report.problem ?? "", /kubectl/);
        assert.deepEqual([report.differs, report.failed], [0, 0]);
      },
    );
  });
});

describe("everything in sight", () => {
  it("is answered with nothing about a document that is not open", async () => {
    await withInProcess({}, async (server) => {
      const textDocument = { uri: "file:///work/none.yaml" };
      const position = { line: 0, character: 0 };
      for (const [method, expected] of [
        ["textDocument/hover", null],
        ["textDocument/completion", null],
        ["textDocument/definition", []],
        ["textDocument/documentLink", []],
      ] as const) {
        const answer = await server.connection.sendRequest(method, { textDocument, position });
        assert.deepEqual(answer, expected, method);
      }
      assert.deepEqual(await server.hints(textDocument.uri), []);
      assert.deepEqual(await server.diagnostics(textDocument.uri), []);
      assert.deepEqual(await server.codeActions(textDocument.uri, everything), []);
    });
  });
});
