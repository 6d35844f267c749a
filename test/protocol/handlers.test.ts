// What requests are answered where the happy path ends: at other states of an image, at other places of a file, and when
// the text changes while a registry is asked.

import assert from "node:assert/strict";
import {
  ErrorCodes,
  type CodeAction,
  type Command,
  type Diagnostic,
} from "vscode-languageserver/node";
import type {
  CheckReport,
  EditReport,
  FindTagReport,
  ImageAnswer,
  PlatformsReport,
} from "../../server/src/protocol.ts";
import type { RegistryProblem } from "../../server/src/registry/registryError.ts";
import type { ManifestDetails } from "../../server/src/resolver/resolution.ts";
import { visualStudioCode } from "../support/clientProfiles.ts";
import {
  withRead,
  type InProcessOptions,
  type InProcessServer,
} from "../support/inProcessServer.ts";
import { digestA, digestB, service } from "../support/reading.ts";
import { edited, positionOf } from "../support/session.ts";

const uri = "file:///work/app.yaml";
const own = { commandLinks: true };
const image = "ghcr.io/acme/app:v1";
const notFound: RegistryProblem = { kind: "not-found", error: undefined, url: "https://r.test/" };
const unreachable: RegistryProblem = {
  kind: "server-error",
  status: 500,
  error: undefined,
  url: "",
};
const details: ManifestDetails = {
  ...{ digest: digestA, mediaType: "application/vnd.oci.image.index.v1+json", platforms: [] },
  ...{ layersSize: undefined, created: undefined, source: undefined },
};

/** Runs `body` with a server that has read this text. */
function withText(
  text: string,
  options: InProcessOptions,
  body: (server: InProcessServer) => Promise<void>,
): Promise<void> {
  return withRead({ uri, text }, options, body);
}

/** Lets the time pass that a hover waits at most for each of its questions. */
async function waited<Result>(server: InProcessServer, answer: Promise<Result>): Promise<Result> {
  for (let step = 0; step < 4; step += 1) {
    await server.idle();
    server.clock.advance(1000);
  }
  return await answer;
}

describe("the links of a hover", () => {
  const digested = `ghcr.io/acme/app@${digestA}`;
  const both = `${image}@${digestA}`;
  const read = { [digested]: details, [image]: details };
  const rows: readonly [
    name: string,
    written: string,
    options: InProcessOptions,
    links: readonly string[],
  ][] = [
    ["an image that nobody answers for", image, {}, ["Refresh"]],
    [
      "a tag that is resolved",
      image,
      { registry: { manifests: { [image]: digestA } } },
      ["Pin", "Copy digest", "Show platforms", "Refresh"],
    ],
    [
      "a tag whose manifest was read",
      image,
      { registry: { manifests: { [image]: digestA }, details: read } },
      ["Pin", "Copy digest", "Refresh"],
    ],
    [
      "a tag that is not there",
      image,
      { registry: { manifests: { [image]: notFound }, tags: {} } },
      ["Refresh"],
    ],
    [
      "a tag of a registry that fails",
      image,
      { registry: { manifests: { [image]: unreachable } } },
      ["Refresh"],
    ],
    [
      "a tag that is skipped, and looked up on demand",
      image,
      { settings: { skipRegistries: ["ghcr.io"] } },
      ["Refresh"],
    ],
    ["an image that is not asked about", image, { settings: { resolve: "off" } }, []],
    [
      "an image that is asked about on demand",
      image,
      { settings: { resolve: "on-demand" } },
      ["Refresh"],
    ],
    [
      "a digest without a tag",
      digested,
      { registry: { manifests: { [digested]: digestA } } },
      ["Copy digest", "Show platforms", "Find tag", "Refresh"],
    ],
    [
      "a digest that is gone",
      digested,
      { registry: { manifests: { [digested]: notFound } } },
      ["Copy digest", "Refresh"],
    ],
    [
      "a pin that is current",
      both,
      { registry: { manifests: { [digested]: digestA, [image]: digestA }, details: read } },
      ["Copy digest", "Refresh"],
    ],
    [
      "a pin whose tag has moved",
      both,
      { registry: { manifests: { [digested]: digestA, [image]: digestB }, details: read } },
      ["Update", "Copy digest", "Refresh"],
    ],
  ];
  for (const [name, written, options, expected] of rows) {
    it(`are those that make sense for ${name}`, async () => {
      const text = service(written);
      const initializationOptions = own;
      await withText(text, { ...options, initializationOptions }, async (server) => {
        const hover = await waited(server, server.hover(uri, positionOf(text, "ghcr.io")));
        const shown = JSON.stringify(hover?.contents);
        const links = [...shown.matchAll(/\[([^[\]]+)\]\(command:knativeDigest\.(\w+)/g)];
        assert.deepEqual(
          links.map(([, title]) => title),
          expected,
        );
      });
    });
  }
  it("are for our own client alone", async () => {
    const text = service(image);
    await withText(text, { registry: { manifests: { [image]: digestA } } }, async (server) => {
      const hover = await waited(server, server.hover(uri, positionOf(text, "ghcr.io")));
      const shown = JSON.stringify(hover?.contents);
      assert.ok(shown.includes(digestA.slice(0, 19)) && !shown.includes("command:"));
    });
  });
});

describe("a hover", () => {
  const text = service(image);
  it("is nothing where no image stands", async () => {
    await withText(text, {}, async (server) => {
      assert.equal(await server.hover(uri, { line: 0, character: 0 }), null);
    });
  });
  it("is nothing once somebody has typed: its place means something else by then", async () => {
    await withText(text, {}, async (server) => {
      const hover = server.hover(uri, positionOf(text, "ghcr.io"));
      await server.idle();
      await server.type(uri, 0, 0, "# x\n");
      await server.idle();
      server.lookups[0]?.answer(digestA);
      assert.equal(await waited(server, hover), null);
    });
  });
});

describe("a code action that asks first", () => {
  const text = service(image);
  const start = positionOf(text, "ghcr.io");
  const range = { start, end: start };
  const listed = async (server: InProcessServer): Promise<CodeAction> => {
    const actions = (await server.codeActions(uri, range)) as readonly CodeAction[];
    const action = actions.find(({ title }) => title === "Pin the image to its digest");
    assert.ok(action);
    assert.equal(action.edit, undefined);
    return action;
  };
  const resolved = (server: InProcessServer, action: CodeAction): Promise<CodeAction> =>
    server.connection.sendRequest<CodeAction>("codeAction/resolve", action);
  it("has its edit once the registry has answered", async () => {
    await withText(text, {}, async (server) => {
      const answer = resolved(server, await listed(server));
      await server.idle();
      server.lookups[0]?.answer(digestA);
      const { edit } = await answer;
      assert.equal(edited(text, edit, uri), text.replace(image, `${image}@${digestA}`));
    });
  });
  it("has none if the text has changed meanwhile", async () => {
    await withText(text, {}, async (server) => {
      const answer = resolved(server, await listed(server));
      await server.idle();
      await server.type(uri, 0, 0, "# x\n");
      await server.idle();
      server.lookups[0]?.answer(digestA);
      assert.equal((await answer).edit, undefined);
    });
  });
  it("has none, and asks nobody, if the text had changed before", async () => {
    await withText(text, {}, async (server) => {
      const action = await listed(server);
      await server.type(uri, 0, 0, "# x\n");
      assert.equal((await resolved(server, action)).edit, undefined);
      assert.deepEqual(server.lookups, []);
    });
  });
  it("has none if the registry has no answer", async () => {
    const registry = { manifests: { [image]: notFound } };
    await withText(text, { registry }, async (server) => {
      assert.equal((await resolved(server, await listed(server))).edit, undefined);
    });
  });
  it("of nobody knows whom is given back", async () => {
    await withText(text, {}, async (server) => {
      assert.deepEqual(await resolved(server, { title: "Another's" }), { title: "Another's" });
    });
  });
});

describe("the code actions of a file", () => {
  const two = `${service(image)}---\n${service("ghcr.io/acme/web:v2")}`;
  const titlesAt = async (server: InProcessServer, word: string): Promise<readonly string[]> => {
    const start = word === "" ? { line: 0, character: 0 } : positionOf(two, word);
    const actions = await server.codeActions(uri, { start, end: start });
    return (actions as readonly (CodeAction | Command)[]).map(({ title }) => title);
  };
  it("are offered at its images, and nowhere else", async () => {
    await withText(two, {}, async (server) => {
      assert.deepEqual(await titlesAt(server, ""), []);
      const titles = ["Pin the image to its digest", "Pin every image in this file (2)"];
      assert.deepEqual(await titlesAt(server, image), titles);
    });
  });
  it("are commands where a client knows no others", async () => {
    const capabilities = { ...visualStudioCode, textDocument: {} };
    await withText(two, { capabilities }, async (server) => {
      assert.deepEqual(await titlesAt(server, ""), []);
      const start = positionOf(two, image);
      const actions = (await server.codeActions(uri, { start, end: start })) as readonly Command[];
      const command = "knativeDigest.server.pin";
      assert.deepEqual(actions, [
        { title: "Pin the image to its digest", command, arguments: [{ uri, position: start }] },
        { title: "Pin every image in this file (2)", command, arguments: [{ uri }] },
      ]);
    });
    await withText(service(image), { capabilities }, async (server) => {
      const start = positionOf(service(image), image);
      assert.equal((await server.codeActions(uri, { start, end: start })).length, 1);
    });
  });
  it("are left out where they could not be carried out: what is not known cannot come later", async () => {
    const codeAction = { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } };
    const capabilities = { ...visualStudioCode, textDocument: { codeAction } };
    await withText(two, { capabilities }, async (server) => {
      assert.deepEqual(await titlesAt(server, image), []);
    });
    const registry = { manifests: { [image]: digestA } };
    await withText(two, { capabilities, registry }, async (server) => {
      server.clock.advance(0);
      await server.idle();
      const titles = await titlesAt(server, image);
      assert.ok(titles[0]?.startsWith(`Pin the image to ${digestA.slice(0, 19)}`), titles.join());
      assert.equal(titles[1], "Pin every image in this file (2)");
    });
  });
});

describe("a quick fix", () => {
  const text = service("docker://ghcr.io/acme/app:v1");
  const start = positionOf(text, "docker:");
  const range = { start, end: start };
  const fixesOf = async (
    server: InProcessServer,
    diagnostics: readonly Diagnostic[],
  ): Promise<readonly CodeAction[]> => {
    const params = { textDocument: { uri }, range, context: { diagnostics } };
    const all: CodeAction[] = await server.connection.sendRequest(
      "textDocument/codeAction",
      params,
    );
    return all.filter(({ title }) => title.startsWith("Change to"));
  };
  it("names of the client's diagnostics those that it fixes, and whether it is the best", async () => {
    await withText(text, {}, async (server) => {
      const shown = await server.diagnostics(uri);
      assert.equal(shown.length, 1);
      const foreign: Diagnostic = { range: shown[0]!.range, message: "another's", code: "x" };
      const elsewhere: Diagnostic = {
        ...shown[0]!,
        range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } },
      };
      const [fix, ...more] = await fixesOf(server, [foreign, elsewhere, ...shown]);
      assert.deepEqual(more, []);
      assert.deepEqual(fix?.diagnostics, shown);
      assert.equal(fix.isPreferred, true);
      assert.equal("diagnostics" in (await fixesOf(server, [foreign]))[0]!, false);
    });
  });
});

describe("a command", () => {
  const text = service(image);
  const position = positionOf(text, "ghcr.io");
  const nothing = { changed: 0, files: 0, applied: false, failed: [] };
  it("at a place without an image changes nothing", async () => {
    await withText(text, {}, async (server) => {
      const at = { uri, position: { line: 0, character: 0 } };
      assert.deepEqual(await server.execute<EditReport>("pin", at), nothing);
      assert.deepEqual(await server.execute("platforms", at), { problem: null });
      assert.deepEqual(await server.execute("findTag", at), { problem: null });
      assert.deepEqual(server.lookups, []);
      assert.deepEqual(server.edits, []);
    });
  });
  it("about another file leaves this one alone", async () => {
    await withText(text, {}, async (server) => {
      const other = { uri: "file:///work/other.yaml" };
      assert.deepEqual(await server.execute<EditReport>("pin", other), nothing);
      assert.deepEqual(server.lookups, []);
    });
  });
  it("says of an image that was typed while registries were asked that it was not pinned", async () => {
    await withText(text, {}, async (server) => {
      const report = server.execute<EditReport>("pin", { uri });
      await server.idle();
      const end = { ...position, character: position.character + image.length };
      await server.type(uri, end.line, end.character, "-next");
      await server.idle();
      server.lookups[0]?.answer(digestA);
      const problem = null;
      assert.deepEqual(await report, {
        ...nothing,
        failed: [{ image: `${image}-next`, problem, uri, position }],
      });
    });
  });
  it("passes over what is pinned, and what is filled in or fails in any case", async () => {
    const others = [`${image}@${digestA}`, "${IMAGE}", "Nginx:1", "dev.local/app:v1"];
    await withText(others.map(service).join("---\n"), {}, async (server) => {
      assert.deepEqual(await server.execute<EditReport>("pin", { uri }), nothing);
    });
  });
  it("pins what it can, and says whether the client did it", async () => {
    const registry = { manifests: { [image]: digestA } };
    await withText(text, { registry }, async (server) => {
      const report = await server.execute<EditReport>("pin", { uri, position });
      assert.deepEqual(report, { changed: 1, files: 1, applied: true, failed: [] });
      assert.equal(edited(text, server.edits[0], uri), text.replace(image, `${image}@${digestA}`));
    });
  });
  it("says why an image was not pinned, once for all uses of an anchor", async () => {
    const aliased = text.replace(image, `&i ${image}\n        - image: *i`);
    const registry = { manifests: { [image]: notFound } };
    await withText(aliased, { registry }, async (server) => {
      const { changed, failed } = await server.execute<EditReport>("pin", { uri });
      assert.equal(changed, 0);
      assert.deepEqual(
        failed.map((each) => [each.image, each.problem?.startsWith("Tag v1 not found")]),
        [[image, true]],
      );
    });
  });
  it("that edits says so to a client that lets nobody edit", async () => {
    const workspace = { ...visualStudioCode.workspace, applyEdit: false };
    const capabilities = { ...visualStudioCode, workspace };
    const registry = { manifests: { [image]: digestA } };
    await withText(text, { capabilities, registry }, async (server) => {
      const shown: unknown[] = [];
      server.connection.onRequest("window/showMessageRequest", (params) => {
        shown.push(params);
        return null;
      });
      const report = await server.execute<EditReport>("pin", { uri });
      assert.deepEqual(report, { changed: 1, files: 1, applied: false, failed: [] });
      await server.idle();
      assert.match(JSON.stringify(shown), /Nothing was changed/);
      assert.deepEqual(server.edits, []);
    });
  });
  it("that nobody knows is refused", async () => {
    await withText(text, {}, async (server) => {
      await assert.rejects(server.execute("brew"), { code: ErrorCodes.InvalidParams });
    });
  });
  it("reads the manifest of a person's image, on Docker Hub, too, and says why it cannot", async () => {
    const hub = "index.docker.io/acme/app:v1";
    const pinned = `index.docker.io/acme/app@${digestA}`;
    const hubText = service("acme/app:v1");
    const at = { uri, position: positionOf(hubText, "acme/app") };
    const manifests = { [hub]: digestA };
    for (const [answer, problem] of [
      [details, /^null$/],
      [{ ...unreachable, status: 503 } as const, /HTTP 503/],
    ] as const) {
      const registry = { manifests, details: { [hub]: answer, [pinned]: answer } };
      await withText(hubText, { registry }, async (server) => {
        const report = await server.execute<PlatformsReport>("platforms", at);
        assert.match(String(report.problem), problem);
        assert.ok(server.detailsReads.length > 0);
        assert.ok(server.detailsReads.every(({ mayPull }) => mayPull));
      });
    }
    await withText(hubText, { settings: { resolve: "off" } }, async (server) => {
      const report = await server.execute<PlatformsReport>("platforms", at);
      assert.equal(typeof report.problem, "string");
      assert.deepEqual(server.detailsReads, []);
    });
  });
  it("refreshes one image before it answers, and of many only sees to it", async () => {
    await withText(text, {}, async (server) => {
      server.clock.advance(0);
      await server.idle();
      server.lookups[0]?.answer(digestA);
      await server.idle();
      let isDone = false;
      const one = server.execute("refresh", { uri, position }).then(() => void (isDone = true));
      await server.idle();
      assert.deepEqual([server.lookups.length, isDone], [2, false]);
      server.lookups[1]?.answer(digestB);
      await one;
      await server.execute("refresh", { uri });
      server.clock.advance(0);
      await server.idle();
      assert.equal(server.lookups.length, 3);
    });
  });
  it("tells of a bare digest that its tags cannot be listed", async () => {
    const bare = service(`ghcr.io/acme/app@${digestA}`);
    const at = { uri, position: positionOf(bare, "ghcr.io") };
    await withText(bare, { settings: { resolve: "off" } }, async (server) => {
      const { problem } = await server.execute<FindTagReport>("findTag", at);
      assert.equal(typeof problem, "string");
    });
  });
});

describe("the check of pins", () => {
  it("counts what moved, what is gone and what nobody answers for, each once", async () => {
    const pin = (name: string): string => `r.test/${name}:v1@${digestA}`;
    const names = ["same", "moved", "gone", "silent", "away", "far"];
    const text = [...names.map(pin), "r.test/tag:v1"].map(service).join("---\n");
    const manifests: Record<string, string | RegistryProblem> = {
      "r.test/same:v1": digestA,
      [`r.test/same@${digestA}`]: digestA,
      "r.test/moved:v1": digestB,
      [`r.test/moved@${digestA}`]: digestA,
      "r.test/gone:v1": digestB,
      [`r.test/gone@${digestA}`]: notFound,
      "r.test/silent:v1": unreachable,
      [`r.test/silent@${digestA}`]: unreachable,
      "r.test/away:v1": unreachable,
      [`r.test/away@${digestA}`]: unreachable,
      "r.test/far:v1": unreachable,
      [`r.test/far@${digestA}`]: unreachable,
    };
    const read = { "r.test/moved:v1": details, "r.test/gone:v1": details };
    await withText(text, { registry: { manifests, details: read } }, async (server) => {
      const report = await server.execute<CheckReport>("check");
      assert.deepEqual(report, { pins: 6, moved: 2, gone: 1, unanswered: 3 });
      assert.ok(!server.lookups.some(({ key }) => key.includes("/tag:")));
    });
  });
});

describe("a question about one image", () => {
  const ask = async (named: string, options: InProcessOptions = {}): Promise<ImageAnswer> => {
    let answer: ImageAnswer | undefined;
    await withText(service(image), options, async (server) => {
      answer = await server.execute<ImageAnswer>("resolveImage", { image: named, ask: true });
    });
    assert.ok(answer);
    return answer;
  };
  it("has the digest, or why there is none", async () => {
    const manifests = { [image]: digestA, "r.test/app:v1": notFound };
    const found = await ask(image, { registry: { manifests } });
    assert.deepEqual(
      [found.status, found.digest, found.runs, found.problem],
      ["resolved", digestA, `ghcr.io/acme/app@${digestA}`, null],
    );
    const missing = await ask("r.test/app:v1", { registry: { manifests } });
    assert.deepEqual(
      [missing.status, missing.registry, missing.digest],
      ["failed", "r.test", null],
    );
    assert.match(missing.problem ?? "", /Tag v1 not found/);
  });
  it("asks nobody about what is loaded onto the nodes, or fails in any case", async () => {
    for (const named of ["dev.local/app:v1", "Nginx:1"]) {
      const answer = await ask(named, { registry: { manifests: {} } });
      assert.deepEqual([answer.status, answer.registry], ["not-asked", null]);
    }
  });
});
