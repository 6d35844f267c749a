// What is answered from the other files of a workspace and from a registry's tags: in this process, with a disk and a
// registry that the test plays.

import assert from "node:assert/strict";
import type {
  CodeAction,
  CompletionItem,
  CompletionList,
  Location,
} from "vscode-languageserver/node";
import type { SkipListReport } from "../../server/src/protocol.ts";
import type { RegistryProblem } from "../../server/src/registry/registryError.ts";
import { withInProcess, withOpened, type InProcessServer } from "../support/inProcessServer.ts";
import { readMarks } from "../support/markedText.ts";
import { digestA, digestB, service } from "../support/reading.ts";
import { edited, positionOf } from "../support/session.ts";

const uri = "file:///work/app.yaml";
const own = { commandLinks: true };
const image = "ghcr.io/acme/app:v1";
const notFound: RegistryProblem = { kind: "not-found", error: undefined, url: "https://r.test/" };
const denied: RegistryProblem = {
  ...{ kind: "denied", status: 401, at: "registry", error: undefined, url: "https://ghcr.io/v2/" },
};

describe("the fixes for what a registry answered", () => {
  const titlesOf = async (
    server: InProcessServer,
    text: string,
  ): Promise<readonly CodeAction[]> => {
    const start = positionOf(text, "ghcr.io");
    const diagnostics = await server.diagnostics(uri);
    const params = { textDocument: { uri }, range: { start, end: start } };
    return await server.connection.sendRequest<readonly CodeAction[]>("textDocument/codeAction", {
      ...params,
      context: { diagnostics, triggerKind: 1 },
    });
  };
  it("begin with the tag that was meant", async () => {
    const written = "ghcr.io/acme/app:v1.27.0";
    const registry = {
      manifests: { [written]: notFound },
      tags: { "ghcr.io/acme/app": { tags: ["v1.26.0", "v1.28.0", "v1.27.1"], truncated: false } },
    };
    const text = service(written);
    await withOpened({ uri, text }, { registry }, async (server) => {
      const [first, ...others] = await titlesOf(server, text);
      assert.equal(first?.title, "Change “v1.27.0” to “v1.28.0”");
      assert.deepEqual(
        [first.isPreferred, first.kind, first.diagnostics?.map(({ code }) => code)],
        [true, "quickfix", ["tag-not-found"]],
      );
      assert.equal(edited(text, first.edit, uri), text.replace("v1.27.0", "v1.28.0"));
      assert.ok(!others.some(({ isPreferred }) => isPreferred === true));
    });
  });
  it("begin with the sign-in where it is refused, for our own client alone", async () => {
    const registry = { manifests: { [image]: denied } };
    for (const initializationOptions of [own, {}]) {
      await withOpened(
        { uri, text: service(image) },
        { registry, initializationOptions },
        async (server) => {
          const actions = await titlesOf(server, service(image));
          const signIn = actions.filter(({ title }) => title.startsWith("Run “docker login"));
          assert.deepEqual(
            signIn.map(({ command, diagnostics, isPreferred, kind }) => ({
              ...{ arguments: command?.arguments, isPreferred, kind },
              codes: diagnostics?.map(({ code }) => code),
            })),
            initializationOptions === own
              ? [
                  {
                    ...{ arguments: [{ line: "docker login ghcr.io" }], isPreferred: true },
                    ...{ kind: "quickfix", codes: ["access-denied"] },
                  },
                ]
              : [],
          );
        },
      );
    }
  });
});

describe("completion", () => {
  const tags = { "ghcr.io/acme/app": { tags: ["v1", "v2", "v10"], truncated: false } };
  const complete = async (
    server: InProcessServer,
    marked: string,
    triggerKind = 1,
  ): Promise<CompletionList | null> => {
    const { text, cursor } = readMarks(marked);
    await server.open(uri, text);
    await server.idle();
    const before = text.slice(0, cursor).split("\n");
    const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    const context = { triggerKind };
    const params = { textDocument: { uri }, position, context };
    return await server.connection.sendRequest<CompletionList | null>(
      "textDocument/completion",
      params,
    );
  };
  const labels = (list: CompletionList | null): readonly string[] =>
    (list?.items ?? []).map(({ label }) => label);
  it("has a repository's tags", async () => {
    await withInProcess({ registry: { tags } }, async (server) => {
      const list = await complete(server, service("ghcr.io/acme/app:<|>"));
      assert.deepEqual([...labels(list)].toSorted(), ["v1", "v10", "v2"]);
    });
  });
  it("asks nobody while somebody types, if lookups are on demand", async () => {
    for (const [triggerKind, count] of [
      [1, 3],
      [2, 0],
    ] as const) {
      const options = { registry: { tags }, settings: { resolve: "on-demand" } };
      await withInProcess(options, async (server) => {
        const list = await complete(server, service("ghcr.io/acme/app:<|>"), triggerKind);
        assert.equal(labels(list).filter((label) => label.startsWith("v")).length, count);
      });
    }
  });
  it("has the workspace's repositories, and none of a tag that is missing", async () => {
    const files = {
      "/work/a.yaml": service("ghcr.io/acme/web:v1"),
      "/work/b.yaml": service("https://ghcr.io/acme/url:v1"),
    };
    await withInProcess({ files, folders: ["/work"] }, async (server) => {
      const list = await complete(server, service("ghcr.io/<|>"));
      assert.deepEqual(labels(list), ["ghcr.io/acme/web"]);
    });
  });
  it("is nothing behind an @, on other lines, in other files and in what is not open", async () => {
    for (const marked of [
      service("ghcr.io/acme/app@<|>"),
      service(image).replace("apiVersion: ", "apiVersion: <|>"),
      "image: ghcr.io/acme/app:<|>\n",
    ]) {
      await withInProcess({ registry: { tags } }, async (server) => {
        assert.equal(await complete(server, marked), null, marked);
      });
    }
  });
  it("replaces a tag to its end, and the digest of a pin with it", async () => {
    const marked = service(`ghcr.io/acme/app:v<|>1@${digestA}`);
    const { text } = readMarks(marked);
    const manifests = { "ghcr.io/acme/app:v2": digestB };
    const itemOf = (list: CompletionList | null): CompletionItem => {
      const item = list?.items.find(({ label }) => label === "v2");
      assert.ok(item);
      return item;
    };
    const applied = ({ textEdit }: CompletionItem): string => {
      assert.ok(textEdit && "range" in textEdit);
      return edited(text, { changes: { [uri]: [textEdit] } }, uri);
    };
    await withInProcess({ registry: { tags }, initializationOptions: own }, async (server) => {
      const item = itemOf(await complete(server, marked));
      assert.equal(applied(item), text.replace(":v1@", ":v2@"));
      assert.equal(item.command?.command, "knativeDigest.updateImage");
    });
    await withInProcess({ registry: { tags } }, async (server) => {
      const item = itemOf(await complete(server, marked));
      assert.equal(item.command, undefined);
    });
    await withInProcess({ registry: { tags, manifests } }, async (server) => {
      await server.execute("resolveImage", { image: "ghcr.io/acme/app:v2", ask: true });
      const item = itemOf(await complete(server, marked));
      assert.equal(applied(item), text.replace(`:v1@${digestA}`, `:v2@${digestB}`));
      const resolved = await server.connection.sendRequest<CompletionItem>(
        "completionItem/resolve",
        item,
      );
      assert.ok(JSON.stringify(resolved.documentation).includes(digestB.slice(0, 19)));
      const [other] =
        (await complete(server, marked))?.items.filter(({ label }) => label === "v10") ?? [];
      const unknown = await server.connection.sendRequest<CompletionItem>(
        "completionItem/resolve",
        other,
      );
      assert.equal(unknown.documentation, undefined);
    });
  });
});

describe("the definition", () => {
  const files = {
    "/work/c/Chart.yaml": "name: c\n",
    "/work/c/values.yaml": "image:\n  name: a/b\n  tag: v1\n",
  };
  const template = service('"{{ .Values.image.name }}:{{ .Values.image.tag }}"');
  const runtime = `apiVersion: serving.kserve.io/v1alpha1\nkind: ServingRuntime\nmetadata: { name: mine }\nspec:\n  containers:\n    - name: kserve-container\n      image: ghcr.io/acme/runtime:v1\n`;
  const model = `apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: { name: m }\nspec:\n  predictor:\n    model:\n      runtime: mine\n`;
  const definitions = async (
    name: string,
    text: string,
    word: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<readonly string[]> => {
    const all: Record<string, string> = { ...files, ...more };
    let found: readonly string[] = [];
    await withInProcess({ files: all, folders: ["/work"] }, async (server) => {
      const at = `file:///work/${name}`;
      await server.open(at, text);
      await server.idle();
      const locations = await server.connection.sendRequest<readonly Location[]>(
        "textDocument/definition",
        { textDocument: { uri: at }, position: positionOf(text, word) },
      );
      found = locations.map(({ uri: target, range }) => {
        const line = all[target.replace("file://", "")]?.split("\n")[range.start.line] ?? "";
        return `${target.replace("file:///work/", "")} ${line.slice(range.start.character, range.end.character)}`;
      });
    });
    return found;
  };
  it("of a value in a template is where the values say it", async () => {
    const name = "c/templates/s.yaml";
    assert.deepEqual(await definitions(name, template, "image.tag"), ["c/values.yaml v1"]);
    assert.deepEqual(await definitions(name, template, "image.name"), ["c/values.yaml a/b"]);
  });
  it("of a template's image, beside its values, is all of them", async () => {
    assert.deepEqual(await definitions("c/templates/s.yaml", template, ":{{"), [
      "c/values.yaml a/b",
      "c/values.yaml v1",
    ]);
  });
  it("of a model's runtime is the runtime's image", async () => {
    const more = {
      "/work/runtime.yaml": runtime,
      "/work/other.yaml": runtime.replace("mine", "x"),
    };
    assert.deepEqual(await definitions("model.yaml", model, "mine", more), [
      "runtime.yaml ghcr.io/acme/runtime:v1",
    ]);
  });
  it("is nothing elsewhere", async () => {
    assert.deepEqual(await definitions("app.yaml", service(image), "ghcr.io"), []);
    assert.deepEqual(await definitions("model.yaml", model, "mine"), []);
  });
});

describe("reports over several folders", () => {
  const list = "registries-skipping-tag-resolving";
  const config = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: config-deployment }\ndata:\n  ${list}: a.test,b.test\n`;
  const files = { "/work/one/app.yaml": service(image), "/work/two/c d.yaml": config };
  it("name files by their folder where there are several, and by their path in the only one", async () => {
    for (const [folders, name, place] of [
      [["/work/one", "/work/two"], "one/app.yaml", "two/c d.yaml:5"],
      [["/work"], "one/app.yaml", "two/c d.yaml:5"],
      [["/work/one"], "app.yaml", undefined],
    ] as const) {
      await withInProcess({ files, folders }, async (server) => {
        const csv = await server.execute<string>("inventory", { format: "csv" });
        assert.ok(csv.includes(`"${name}"`), csv);
        const at = { uri: "file:///work/one/app.yaml" };
        const report = await server.execute<SkipListReport>("skipList", at);
        assert.equal(report.location?.name, place);
        assert.deepEqual(
          report.entries.map((entry) => entry.place?.position.character),
          place === undefined ? [undefined, undefined, undefined] : [37, 44],
        );
      });
    }
  });
});
