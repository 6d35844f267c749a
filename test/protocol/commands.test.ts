// The server's commands: what they change, what they ask, and what they tell.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  ErrorCodes,
  WorkDoneProgress,
  type ClientCapabilities,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import type {
  CheckReport,
  EditReport,
  FileProblems,
  ImageAnswer,
  ImageReport,
  SkipListReport,
} from "../../server/src/protocol.ts";
import { singleImage } from "../demo/sampleImages.ts";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { eventually } from "../support/deadline.ts";
import { edited, positionOf, withSession, type TestSession } from "../support/session.ts";

/** VS Code with all that its own client can do with edits. */
const capabilities: ClientCapabilities = {
  ...visualStudioCode,
  workspace: {
    ...visualStudioCode.workspace,
    workspaceEdit: {
      documentChanges: true,
      resourceOperations: ["create", "rename", "delete"],
      changeAnnotationSupport: { groupsOnLabel: true },
    },
  },
};

const own = { commandLinks: true };

async function execute<Result>(
  { client }: TestSession,
  command: string,
  argument: unknown = {},
): Promise<Result> {
  const params = { command: `knativeDigest.server.${command}`, arguments: [argument] };
  return await client.connection.sendRequest<Result>("workspace/executeCommand", params);
}

/** The edits that the server had the client make. */
function edits({ client }: TestSession): WorkspaceEdit[] {
  return client.received
    .filter(({ method }) => method === "workspace/applyEdit")
    .map(({ params }) => (params as { edit: WorkspaceEdit }).edit);
}

/** A Service with one image. */
function manifest(image: string): string {
  return `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: a }\nspec:\n  template:\n    spec:\n      containers:\n        - image: ${image}\n`;
}

/** All images of the workspace: the first answer has them, however early it is asked for. */
async function allImages(session: TestSession): Promise<readonly ImageReport[]> {
  const images = await execute<readonly ImageReport[]>(session, "images");
  assert.ok(images.length >= 8, `${images.length} images`);
  return images;
}

describe("a command of the pin family", () => {
  it("pins one image, and renames its revision because Knative would refuse it else", async () => {
    await withSession({ capabilities }, async (session) => {
      const { sample, open } = session;
      const original = await readFile(join(sample.workspace, "service.yaml"), "utf8");
      const named = original.replace(
        "  template:\n",
        "  template:\n    metadata: { name: frontend-v1 }\n",
      );
      const { uri, text } = await open("service.yaml", named);
      const position = positionOf(text, "/shop/frontend:2.1");
      const report = await execute<EditReport>(session, "pin", { uri, position });
      assert.deepEqual(report, { changed: 1, files: 1, applied: true, failed: [] });
      const tag = "/shop/frontend:2.1";
      assert.equal(
        edited(text, edits(session)[0], uri),
        text
          .replace(tag, `${tag}@${sample.digests.frontend}`)
          .replace("frontend-v1", "frontend-v2"),
      );
    });
  });

  it("pins what it can of a file, and says what it could not and why", async () => {
    await withSession({ capabilities }, async (session) => {
      const { sample, open } = session;
      const { uri, text } = await open("shop.yaml");
      const report = await execute<EditReport>(session, "pin", { uri });
      const after = edited(text, edits(session)[0], uri);
      assert.ok(after.includes(`/shop/checkout:3.0@${sample.digests.checkout}`));
      assert.equal(
        report.changed,
        edits(session)[0]?.documentChanges?.flatMap((change) =>
          "edits" in change ? change.edits : [],
        ).length,
      );
      const missing = report.failed.find(({ image }) => image.endsWith("/shop/cart:1.44"));
      assert.match(missing?.problem ?? "", /Tag 1\.44 not found/);
    });
  });

  it("pins the workspace with a preview whose boxes are ticked, closed files by today's text", async () => {
    await withSession({ capabilities, initializationOptions: own }, async (session) => {
      const { sample, uriOf } = session;
      await allImages(session);
      // The file changes on the disk, and nobody tells the server.
      const file = join(sample.workspace, "service.yaml");
      const text = `# a line on top\n${await readFile(file, "utf8")}`;
      await writeFile(file, text);
      const report = await execute<EditReport>(session, "pin");
      const [edit] = edits(session);
      assert.ok(edit && report.changed >= 4);
      const tag = "/shop/frontend:2.1";
      const pinned = text.replace(tag, `${tag}@${sample.digests.frontend}`);
      assert.equal(edited(text, edit, uriOf("service.yaml")), pinned);
      const [trigger, ...changes] = edit.documentChanges ?? [];
      assert.ok(trigger && "kind" in trigger && trigger.kind === "create");
      assert.equal(trigger.options?.ignoreIfExists, true);
      const annotations = edit.changeAnnotations ?? {};
      const confirmed = changes
        .flatMap((change) => ("edits" in change ? change.edits : []))
        .map((each) => ("annotationId" in each ? annotations[each.annotationId] : undefined));
      assert.ok(confirmed.every((annotation) => annotation?.needsConfirmation === false));
      assert.ok(annotations[trigger.annotationId ?? ""]?.needsConfirmation);
    });
  });

  it("asks about new names of revisions where many images are pinned", async () => {
    await withSession({ capabilities, initializationOptions: own }, async (session) => {
      const { sample, open } = session;
      const original = await readFile(join(sample.workspace, "service.yaml"), "utf8");
      const named = original.replace(
        "  template:\n",
        "  template:\n    metadata: { name: frontend-v1 }\n",
      );
      const { uri } = await open("service.yaml", named);
      await execute<EditReport>(session, "pin", { uri });
      const [edit] = edits(session);
      const all = (edit?.documentChanges ?? []).flatMap((change) =>
        "edits" in change ? change.edits : [],
      );
      const asked = all.filter(
        (each) =>
          "annotationId" in each &&
          edit?.changeAnnotations?.[each.annotationId]?.needsConfirmation === true,
      );
      assert.deepEqual(
        asked.map((each) => ("newText" in each ? each.newText : "")),
        ["frontend-v2"],
      );
    });
  });

  for (const [what, argument] of [
    ["a document", { uri: 1 }],
    ["a place", { uri: "file:///a.yaml", position: { line: "1", character: 0 } }],
    ["a place without a document", { position: { line: 1, character: 0 } }],
    ["an argument", "file:///a.yaml"],
  ] as const) {
    it(`refuses ${what} of the wrong form instead of editing all that it could stand for`, async () => {
      await withSession({ capabilities, initializationOptions: own }, async (session) => {
        await assert.rejects(execute(session, "pin", argument), { code: ErrorCodes.InvalidParams });
        assert.deepEqual(edits(session), []);
      });
    });
  }

  it("updates what moved and leaves what did not", async () => {
    await withSession({ capabilities }, async (session) => {
      const { sample, open } = session;
      const { uri, text } = await open("shop.yaml");
      const { cart, cartBefore } = sample.digests;
      await execute<EditReport>(session, "update", { uri });
      assert.equal(edited(text, edits(session)[0], uri), text.replace(cartBefore, cart));
    });
  });

  it("passes over an image that a comment says to leave, unless it is meant alone", async () => {
    await withSession({ capabilities }, async (session) => {
      const { sample, open } = session;
      const original = await readFile(join(sample.workspace, "service.yaml"), "utf8");
      const tag = "/shop/frontend:2.1";
      const { uri, text } = await open(
        "service.yaml",
        original.replace(tag, `${tag} # knative-digest: ignore`),
      );
      const all = await execute<EditReport>(session, "pin", { uri });
      assert.deepEqual(all, { changed: 0, files: 0, applied: false, failed: [] });
      const position = positionOf(text, tag);
      const one = await execute<EditReport>(session, "pin", { uri, position });
      assert.deepEqual(one, { changed: 1, files: 1, applied: true, failed: [] });
    });
  });

  it("unpins without asking anybody", async () => {
    const configuration = (): unknown => ({ resolve: "off" });
    await withSession({ capabilities, configuration }, async (session) => {
      const { sample, open } = session;
      const { uri, text } = await open("shop.yaml");
      await execute<EditReport>(session, "unpin", { uri });
      const unpinned = text.replace(`@${sample.digests.cartBefore}`, "");
      assert.equal(edited(text, edits(session)[0], uri), unpinned);
      assert.deepEqual(sample.registry.requests, []);
    });
  });

  it("shows its progress, and changes nothing once it is cancelled", async () => {
    await withSession({ capabilities }, async (session) => {
      const { client, sample } = session;
      await allImages(session);
      sample.registry.pause();
      const begun = client.next("window/workDoneProgress/create");
      const work = execute<EditReport | null>(session, "pin");
      const { token } = (await begun) as { token: string };
      await client.connection.sendNotification("window/workDoneProgress/cancel", { token });
      assert.equal(await work, null);
      assert.deepEqual(edits(session), []);
      // To change one's mind is no fault.
      const logged = client.received.filter(({ method }) => method === "window/logMessage");
      assert.ok(!JSON.stringify(logged).includes("command failed"));
      sample.registry.resume();
    });
  });

  it("shows its progress where the client named a place, and ends it before the user is asked", async () => {
    await withSession({ capabilities }, async (session) => {
      const { client } = session;
      await allImages(session);
      const told: string[] = [];
      client.connection.onProgress(WorkDoneProgress.type, "here", ({ kind }) => {
        told.push(kind);
      });
      const applied = client.next("workspace/applyEdit").then(() => told.push("edit"));
      const command = "knativeDigest.server.pin";
      const params = { command, arguments: [{}], workDoneToken: "here" };
      await client.connection.sendRequest("workspace/executeCommand", params);
      await applied;
      const once = told.filter((kind, index) => kind !== told[index - 1]);
      assert.deepEqual(once, ["begin", "report", "end", "edit"]);
      assert.ok(!client.received.some(({ method }) => method.startsWith("window/workDone")));
    });
  });

  it("uses the style of the folder that each file is in", async () => {
    const configuration = (_: unknown, uri?: string): unknown =>
      uri?.endsWith("service.yaml") === true ? { pin: { style: "digest" } } : {};
    await withSession({ capabilities, configuration }, async (session) => {
      const { sample, uriOf } = session;
      await allImages(session);
      await execute<EditReport>(session, "pin");
      const text = await readFile(join(sample.workspace, "service.yaml"), "utf8");
      const after = edited(text, edits(session)[0], uriOf("service.yaml"));
      assert.ok(after.includes(`/shop/frontend@${sample.digests.frontend}`));
    });
  });
});

describe("the check of all pins", () => {
  it("asks for every pin of the workspace, and counts what moved", async () => {
    await withSession({ capabilities }, async (session) => {
      await allImages(session);
      const report = await execute<CheckReport>(session, "check");
      assert.deepEqual(report, { pins: 1, moved: 1, gone: 0, unanswered: 0 });
      const images = await execute<readonly ImageReport[]>(session, "images");
      assert.equal(images.filter(({ group }) => group === "moved").length, 1);
    });
  });
});

describe("a question about the workspace", () => {
  it("lists every image with its place, the urgent ones first", async () => {
    await withSession({ capabilities }, async (session) => {
      const images = await allImages(session);
      const { uri, position } = images.find(({ image }) => image.endsWith("frontend:2.1")) ?? {};
      assert.equal(uri, session.uriOf("service.yaml"));
      assert.equal(position?.line, 9);
      const groups = images.map(({ group }) => group);
      assert.ok(groups.indexOf("failed") < groups.indexOf("unpinned"));
    });
  });

  it("writes the inventory as Markdown and as comma-separated values", async () => {
    await withSession({ capabilities }, async (session) => {
      await allImages(session);
      const markdown = await execute<string>(session, "inventory", { format: "markdown" });
      assert.match(markdown, /^\| Image \| State \|/);
      assert.ok(markdown.includes("`cluster/config-deployment.yaml`"));
      const csv = await execute<string>(session, "inventory", { format: "csv" });
      assert.match(csv, /^"Image","State"/);
    });
  });

  it("tells which skip list applies, and where it stands", async () => {
    await withSession({ capabilities }, async (session) => {
      await allImages(session);
      const uri = session.uriOf("shop.yaml");
      const report = await execute<SkipListReport>(session, "skipList", { uri });
      assert.equal(report.origin, "config-map");
      assert.equal(report.location?.uri, session.uriOf("cluster/config-deployment.yaml"));
      assert.equal(report.location.position.line, 7);
      assert.equal(report.location.name, "cluster/config-deployment.yaml:8");
      const local = report.entries.find(({ registry }) => registry === "kind.local");
      assert.match(local?.meaning ?? "", /Not a registry/);
      const { place } = local ?? {};
      assert.equal(place?.name, "cluster/config-deployment.yaml:8");
      assert.ok(place.position.character > report.location.position.character);
    });
  });

  it("tells which other list would apply without the setting, and calls nothing far", async () => {
    const initializationOptions = { skipRegistries: [] };
    const silent = {
      ...capabilities,
      workspace: { ...capabilities.workspace, configuration: false },
    };
    await withSession({ capabilities: silent, initializationOptions }, async (session) => {
      await allImages(session);
      const uri = session.uriOf("shop.yaml");
      const { explanation, origin } = await execute<SkipListReport>(session, "skipList", { uri });
      assert.equal(origin, "setting");
      assert.match(explanation[1] ?? "", /^Also in this workspace.*config-deployment\.yaml/);
    });
  });
});

describe("a file that is not open", () => {
  it("is read with the settings of its folder, also after they changed", async () => {
    let skipRegistries: string[] | null = null;
    await withSession(
      {
        capabilities,
        configuration: (_, scopeUri) =>
          scopeUri?.endsWith("/sample") === true ? { skipRegistries } : {},
      },
      async (session) => {
        const groupOf = (images: readonly ImageReport[]): string | undefined =>
          images.find(({ image }) => image.endsWith("frontend:2.1"))?.group;
        assert.equal(groupOf(await allImages(session)), "unpinned");
        skipRegistries = [session.sample.registry.host];
        const method = "workspace/didChangeConfiguration";
        await session.client.connection.sendNotification(method, { settings: null });
        await eventually("The group of what is skipped", async () =>
          groupOf(await allImages(session)) === "skipped" ? true : undefined,
        );
      },
    );
  });
});

describe("a question about one image", () => {
  it("names the registry first, and asks it only then", async () => {
    await withSession({ capabilities }, async (session) => {
      const { registry, digests } = session.sample;
      const image = `${registry.host}/shop/checkout:3.0`;
      const first = await execute<ImageAnswer>(session, "resolveImage", { image });
      assert.equal(first.registry, registry.host);
      assert.deepEqual(registry.requests, []);
      const second = await execute<ImageAnswer>(session, "resolveImage", { image, ask: true });
      assert.equal(second.status, "resolved");
      assert.equal(second.runs, `${registry.host}/shop/checkout@${digests.checkout}`);
    });
  });

  it("without trust asks nobody", async () => {
    const initializationOptions = { ...own, trusted: false };
    await withSession({ capabilities, initializationOptions }, async (session) => {
      const { registry } = session.sample;
      const image = `${registry.host}/shop/checkout:3.0`;
      const answer = await execute<ImageAnswer>(session, "resolveImage", { image, ask: true });
      assert.equal(answer.status, "not-asked");
      assert.match(answer.problem ?? "", /Restricted Mode/);
      assert.deepEqual(registry.requests, []);
    });
  });

  it("says why there is nothing to ask", async () => {
    await withSession({ capabilities }, async (session) => {
      for (const image of ["", "Nginx:1", "ko://x.test/y", "{{ .image }}"]) {
        const answer = await execute<ImageAnswer>(session, "resolveImage", { image, ask: true });
        assert.ok(answer.problem, image);
      }
    });
  });
});

describe("platforms", () => {
  it("are read when somebody points at their image, and of no other", async () => {
    await withSession({ capabilities, initializationOptions: own }, async (session) => {
      const { client, sample, open } = session;
      const { uri, text } = await open("service.yaml");
      const position = positionOf(text, "/shop/frontend:2.1");
      const hover = async (): Promise<string> =>
        JSON.stringify(await client.hover(uri, position.line, position.character));
      const isGet = (request: string): boolean =>
        request.startsWith("GET") && request.includes("/manifests/");
      await eventually("The digest in a hint", async () => {
        const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
        const hints = JSON.stringify(await client.inlayHints(uri, range));
        return hints.includes(sample.digests.frontend.slice(7, 19)) ? true : undefined;
      });
      assert.equal(sample.registry.requests.filter(isGet).length, 0);
      const shown = await eventually("The platforms", async () => {
        const text = await hover();
        return text.includes("linux/amd64, linux/arm64") ? text : undefined;
      });
      assert.ok(!shown.includes("Show platforms"));
      const gets = sample.registry.requests.filter(isGet);
      assert.ok(
        gets.every((request) => request.includes("/shop/frontend/")),
        gets.join(),
      );
      assert.deepEqual(await execute(session, "platforms", { uri, position }), { problem: null });
      assert.equal(sample.registry.requests.filter(isGet).length, gets.length);
    });
  });
});

describe("the problems of all files", () => {
  it("are those of files that are not open, each with its diagnostics, and nothing is asked for them", async () => {
    await withSession({ capabilities, initializationOptions: own }, async (session) => {
      const { open, sample, uriOf } = session;
      const codesOf = (files: readonly FileProblems[], name: string) =>
        files.find(({ uri }) => uri === uriOf(name))?.diagnostics.map(({ code }) => code);
      const quiet = await execute<readonly FileProblems[]>(session, "problems");
      assert.deepEqual(codesOf(quiet, "shop.yaml"), ["registry-skipped"]);
      assert.deepEqual(sample.registry.requests, []);
      const asked = await execute<readonly FileProblems[]>(session, "problems", { ask: true });
      const codes = codesOf(asked, "shop.yaml");
      assert.deepEqual(codes?.toSorted(), ["registry-skipped", "tag-moved", "tag-not-found"]);
      // The editor has those of what is open.
      const { uri } = await open("shop.yaml");
      const rest = await execute<readonly FileProblems[]>(session, "problems");
      assert.ok(rest.length > 0 && !rest.some((file) => file.uri === uri));
    });
  });
});

describe("a digest without a tag", () => {
  it("is shown with the tags that have it, once a person asks for them", async () => {
    await withSession({ capabilities, initializationOptions: own }, async (session) => {
      const { client, open, sample } = session;
      const { host, push } = sample.registry;
      for (const tag of ["1.5", "1.6"]) push("shop/cart", tag, singleImage(`cart ${tag}`));
      const text = manifest(`${host}/shop/cart@${sample.digests.cart}`);
      const { uri } = await open("bare.yaml", text);
      const position = positionOf(text, "/shop/cart@");
      const hover = async (): Promise<string> =>
        JSON.stringify(await client.hover(uri, position.line, position.character));
      await eventually("The link", async () =>
        (await hover()).includes("[Find tag]") ? true : undefined,
      );
      assert.deepEqual(await execute(session, "findTag", { uri, position }), { problem: null });
      const shown = await hover();
      assert.match(shown, /Tags with this digest: `1\.4`/);
      assert.ok(!shown.includes("[Find tag]"));
      // Another tag's digest is none of its tags.
      assert.doesNotMatch(shown, /1\.5|1\.6/);
    });
  });

  it("that no tag has is said so", async () => {
    await withSession({ capabilities, initializationOptions: own }, async (session) => {
      const { open, sample } = session;
      const text = manifest(`${sample.registry.host}/shop/cart@${sample.digests.cartBefore}`);
      const { uri } = await open("bare.yaml", text);
      const position = positionOf(text, "/shop/cart@");
      const report = await execute<{ problem: string }>(session, "findTag", { uri, position });
      assert.match(report.problem, /None of the newest 1 tags/);
    });
  });
});

describe("a folder of the workspace", () => {
  it("that comes or goes brings or takes its images", async () => {
    await withSession({ capabilities }, async (session) => {
      const { client, sample } = session;
      const all = await allImages(session);
      const uri = pathToFileURL(sample.workspace).href;
      const folder = { uri, name: "sample" };
      const method = "workspace/didChangeWorkspaceFolders";
      await client.connection.sendNotification(method, { event: { added: [], removed: [folder] } });
      const left = await execute<readonly ImageReport[]>(session, "images");
      assert.deepEqual(left, []);
      await client.connection.sendNotification(method, { event: { added: [folder], removed: [] } });
      assert.equal((await allImages(session)).length, all.length);
    });
  });
});
