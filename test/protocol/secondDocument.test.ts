// Every answer about the second document of a file is the one that it has as the first, two lines further down.

import assert from "node:assert/strict";
import type { CodeAction, Command, InlayHint } from "vscode-languageserver/node";
import type { ImageReport, SkipListReport } from "../../server/src/protocol.ts";
import { documentInFront } from "../support/behindToo.ts";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { eventually } from "../support/deadline.ts";
import { positionOf, withSession, type TestSession } from "../support/session.ts";

const lines = documentInFront.split("\n").length - 1;
const wholeFile = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };
const own = { commandLinks: true };

/** Words at which everything is asked. */
const words = [
  "shop/frontend:2.1",
  "shop/cart:1.4@",
  "shop/checkout:3.0",
  "localhost/team/app",
  "registries-skipping-tag-resolving",
  "127.0.0.1:5000",
  "regis",
] as const;

function manifest(host: string, cartBefore: string): string {
  const images = [
    `"${host}/shop/frontend:2.1"`,
    `${host}/shop/cart:1.4@${cartBefore} # the cart`,
    `&anchor ${host}/shop/checkout:3.0`,
    "*anchor",
    "localhost/team/app:1",
  ];
  return `apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: shop }
spec:
  template:
    metadata: { name: shop-v1 }
    spec:
      containers:
${images.map((image) => `        - image: ${image}\n`).join("")}---
apiVersion: v1
kind: ConfigMap
metadata: { name: config-deployment }
data:
  registries-skipping-tag-resolving: "127.0.0.1:5000, https://r.io"
  regis
`;
}

/** All that is answered about a file, places counted from where the manifest begins. */
async function allAnswers(session: TestSession, front: string): Promise<unknown> {
  const { client, sample } = session;
  const { connection } = client;
  // What other files say is in the answers, too: all have been read when this is answered.
  await execute(session, "images");
  const { host } = sample.registry;
  const { uri, text } = await session.open(
    "x.yaml",
    front + manifest(host, sample.digests.cartBefore),
  );
  await eventually("The digest in a hint", async () => {
    const hints = JSON.stringify(await client.inlayHints(uri, wholeFile));
    return hints.includes(sample.digests.checkout.slice(7, 19)) ? true : undefined;
  });
  const diagnostics = await client.diagnostics(uri, (all) =>
    all.some(({ code }) => code === "tag-moved"),
  );
  const textDocument = { uri };
  const answers: unknown[] = [diagnostics];
  const hints = await client.inlayHints(uri, wholeFile);
  for (const hint of hints) {
    answers.push(await connection.sendRequest<InlayHint>("inlayHint/resolve", hint));
  }
  answers.push(await connection.sendRequest("textDocument/documentLink", { textDocument }));
  for (const word of words) {
    const position = positionOf(text, word);
    answers.push(await connection.sendRequest("textDocument/hover", { textDocument, position }));
    const range = { start: position, end: position };
    for (const action of await client.codeActions(uri, range, diagnostics)) {
      answers.push(await resolved(session, action));
    }
    // A line's own hints: the range counts, too.
    answers.push((await client.inlayHints(uri, range)).map(({ label }) => label));
    const end = { ...position, character: position.character + "regis".length };
    const completion = { textDocument, position: end, context: { triggerKind: 1 } };
    answers.push(await connection.sendRequest("textDocument/completion", completion));
  }
  const argument = { uri, position: positionOf(text, "shop/frontend:2.1") };
  await execute(session, "pin", argument);
  answers.push(client.received.findLast(({ method }) => method === "workspace/applyEdit")?.params);
  const images = await execute<readonly ImageReport[]>(session, "images");
  answers.push(images.filter((image) => image.uri === uri));
  const { others, ...skipList } = await execute<SkipListReport>(session, "skipList", { uri });
  answers.push(skipList);
  await client.close(uri);
  // The lists that are not used stand in other files, whose lines stay.
  return [moved(answers, front === "" ? 0 : lines, session), moved(others, 0, session)];
}

async function resolved({ client }: TestSession, action: Command | CodeAction): Promise<unknown> {
  if (!("kind" in action) || action.edit !== undefined) return action;
  return await client.connection.sendRequest<CodeAction>("codeAction/resolve", action);
}

async function execute<Result>(
  { client }: TestSession,
  command: string,
  argument: unknown = {},
): Promise<Result> {
  const params = { command: `knativeDigest.server.${command}`, arguments: [argument] };
  return await client.connection.sendRequest<Result>("workspace/executeCommand", params);
}

/** A value with every line number less, and without what differs between two sessions: version, folder and port. */
function moved(value: unknown, by: number, { sample }: TestSession): unknown {
  const text = JSON.stringify(value, (key, each: unknown) => {
    if (key === "version" || key === "offset") return 0;
    return key === "line" && typeof each === "number" ? each - by : each;
  });
  const { port } = new URL(`http://${sample.registry.host}`);
  const inLinks = (_: string, line: string): string => `%22line%22%3A${Number(line) - by}`;
  return JSON.parse(
    text
      .replaceAll(sample.scratch.slice(sample.scratch.lastIndexOf("/") + 1), "scratch")
      .replaceAll(port, "PORT")
      .replace(/%22line%22%3A(\d+)/g, inLinks)
      .replace(
        /x\.yaml(#L?|:)(\d+)/g,
        (_, sign: string, line: string) => `x.yaml${sign}${Number(line) - by}`,
      ),
  ) as unknown;
}

describe("the second document of a file", () => {
  it("has the answers that it has as the first", async () => {
    const ask = async (front: string): Promise<unknown> => {
      const found: unknown[] = [];
      await withSession(
        { capabilities: visualStudioCode, initializationOptions: own },
        async (session) => {
          found.push(await allAnswers(session, front));
        },
      );
      return found;
    };
    assert.deepEqual(await ask(documentInFront), await ask(""));
  });
});
