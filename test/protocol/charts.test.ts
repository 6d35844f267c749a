// Helm charts and models in an editor: from a template to its values and back, and from a model to its runtime.

import assert from "node:assert/strict";
import type { Hover, Location } from "vscode-languageserver/node";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { positionOf, withSession, type TestSession } from "../support/session.ts";

const capabilities = visualStudioCode;
const configuration = (): unknown => ({ resolve: "on-demand" });

const values = "image:\n  repository: ghcr.io/acme/web\n  tag: v1\nother: {}\n";
const template = (image: string): string =>
  `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - image: "${image}"\n`;
const both = "{{ .Values.image.repository }}:{{ .Values.image.tag }}";

/** The lines, counted from 1, that a place leads to, by the name of their file. */
async function definition(
  { client }: TestSession,
  uri: string,
  at: { readonly line: number; readonly character: number },
): Promise<readonly string[]> {
  const params = { textDocument: { uri }, position: at };
  const found = await client.connection.sendRequest<readonly Location[]>(
    "textDocument/definition",
    params,
  );
  return found.map(
    ({ uri: target, range }) =>
      `${target.slice(target.lastIndexOf("/") + 1)}:${range.start.line + 1}:${range.start.character + 1}`,
  );
}

async function hoverText({ client }: TestSession, uri: string, text: string, at: string) {
  const { line, character } = positionOf(text, at);
  const hover: Hover | null = await client.hover(uri, line, character);
  return JSON.stringify(hover?.contents ?? null);
}

describe("charts in an editor", () => {
  it("lead from a template's fields to their values, and back", async () => {
    await withSession({ capabilities, configuration }, async (session) => {
      const { open } = session;
      await open("web/Chart.yaml", "name: web\nappVersion: v2\n");
      const file = await open("web/values.yaml", values);
      await open("web/values-prod.yaml", "image:\n  tag: v3\n");
      const text = template(both);
      const service = await open("web/templates/service.yaml", text);

      assert.deepEqual(await definition(session, service.uri, positionOf(text, "image.tag")), [
        "values.yaml:3:8",
        "values-prod.yaml:2:8",
      ]);
      assert.deepEqual(await definition(session, service.uri, positionOf(text, "repository")), [
        "values.yaml:2:15",
      ]);
      // Between the two: all that make the image.
      assert.deepEqual(await definition(session, service.uri, positionOf(text, "}}:{{")), [
        "values.yaml:2:15",
        "values.yaml:3:8",
        "values-prod.yaml:2:8",
      ]);
      assert.deepEqual(await definition(session, service.uri, positionOf(text, "kind")), []);

      assert.match(await hoverText(session, file.uri, values, "v1"), /service\.yaml:9\]/);
      const made = await hoverText(session, service.uri, text, "image.tag");
      assert.match(made, /ghcr\.io\/acme\/web:v1` \(\[values\.yaml:3\]/);
      assert.match(made, /ghcr\.io\/acme\/web:v3` \(\[values-prod\.yaml:2\]/);
    });
  });

  it("lead there from a template of another language's name, too, and leave others alone", async () => {
    await withSession({ capabilities, configuration }, async (session) => {
      const { client, open, uriOf } = session;
      await open("web/Chart.yaml", "name: web\n");
      await open("web/values.yaml", values);
      const text = template(both);
      for (const [name, expected] of [
        ["web/templates/service.yaml", ["values.yaml:3:8"]],
        ["elsewhere/service.yaml", []],
      ] as const) {
        await client.open(uriOf(name), text, "helm");
        const at = positionOf(text, "image.tag");
        assert.deepEqual(await definition(session, uriOf(name), at), expected);
      }
    });
  });

  it("say where a template is not understood, and where no value is", async () => {
    await withSession({ capabilities, configuration }, async (session) => {
      const { client, open } = session;
      await open("web/Chart.yaml", "name: web\n");
      await open("web/values.yaml", values);
      const unread = template("{{ .Values.image.repository | lower }}:x");
      const service = await open("web/templates/service.yaml", unread);
      assert.match(
        await hoverText(session, service.uri, unread, "lower"),
        /is unknown without running Helm/,
      );
      const unset = template("{{ .Values.nothing }}");
      await client.change(service.uri, [{ text: unset }]);
      assert.match(
        await hoverText(session, service.uri, unset, "nothing"),
        /No values file of this chart/,
      );
    });
  });
});

describe("models in an editor", () => {
  it("lead to the images of their runtime", async () => {
    await withSession({ capabilities, configuration }, async (session) => {
      const { open } = session;
      await open(
        "runtime.yaml",
        "apiVersion: serving.kserve.io/v1alpha1\nkind: ClusterServingRuntime\nmetadata:\n  name: sklearn\nspec:\n  containers:\n    - name: kserve-container\n      image: ghcr.io/acme/sklearn:v1\n",
      );
      const model =
        "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata:\n  name: m\nspec:\n  predictor:\n    model:\n      modelFormat:\n        name: sklearn\n      runtime: sklearn\n";
      const { uri } = await open("model.yaml", model);
      const at = positionOf(model, "runtime: sklearn");
      assert.deepEqual(await definition(session, uri, at), ["runtime.yaml:8:14"]);
      assert.deepEqual(await definition(session, uri, positionOf(model, "name: sklearn")), []);
    });
  });
});
