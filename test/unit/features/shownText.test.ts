// Text that others wrote, as long and as odd as it can be, at every place from which it reaches somebody's eyes.

import assert from "node:assert/strict";
import fc from "fast-check";
import { TextDocument } from "vscode-languageserver-textdocument";
import { configHover } from "../../../server/src/features/configHover.ts";
import { imageHint } from "../../../server/src/features/hints.ts";
import { imageHover } from "../../../server/src/features/hover.ts";
import { imageRow } from "../../../server/src/features/imageRows.ts";
import { toMarkdown, toPlainText } from "../../../server/src/features/markdown.ts";
import { pinActions } from "../../../server/src/features/pinActions.ts";
import { placedStates, type FileReading } from "../../../server/src/findings/reading.ts";
import { fileOffset } from "../../../server/src/document/span.ts";
import { diagnosticsOf } from "../../../server/src/server/convert.ts";
import { createLog, stackOf } from "../../../server/src/server/log.ts";
import { findingCodes } from "../../../server/src/findings/findingCodes.ts";
import { shownText } from "../../../server/src/shownText.ts";
import type { Resolution } from "../../../server/src/resolver/resolution.ts";
import { runArguments, runCommand } from "../../support/commandLine.ts";
import { digestA, failed, readText, resolved, service } from "../../support/reading.ts";

/** What nobody sees, or what changes how the rest is seen. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const unseenInLines = /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** Control, bidirectional, zero-width, tag and variation characters, a filler, an escape sequence. */
const odd =
  "\u0000\u0007\u009b\u001b[2J\u202e\u2066\u200b\u200d\ufeff\u2028\u{e0001}\u{e0041}\u{e007f}\ufe0f\u3164\u00ad";
const long = "A".repeat(500_000);

/** One line for people is not longer. */
const maxLine = 1_300;
/** A hover has several paragraphs. */
const maxHover = 12_000;

/** A text as YAML reads it, and as any editor can hold it. */
function quoted(text: string): string {
  const escapes = Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const plain = code >= 0x20 && code < 0x7f && character !== '"' && character !== "\\";
    return plain ? character : `\\U${code.toString(16).padStart(8, "0")}`;
  });
  return `"${escapes.join("")}"`;
}

/** Where a text of a file can stand that is told, by what it is there. */
const places: Readonly<Record<string, (evil: string) => string>> = {
  image: (evil) => service(quoted(evil)),
  repository: (evil) => service(quoted(`reg.test/${evil}:1`)),
  registry: (evil) => service(quoted(`${evil}.test:99999/app:1`)),
  tag: (evil) => service(quoted(`reg.test/app:${evil}`)),
  digest: (evil) => service(quoted(`reg.test/app@sha256:${evil}`)),
  "an image that fails": (evil) => service(quoted(`https://reg.test/${evil}`)),
  "a container's name": (evil) =>
    service("dev.local/app").replace("name: user", `name: ${quoted(evil)}`),
  "a resource's name": (evil) =>
    service("dev.local/app").replace("name: app", `name: ${quoted(evil)}`),
  "a namespace": (evil) =>
    service("dev.local/app").replace("name: app", `name: app\n  namespace: ${quoted(evil)}`),
  "a setting's key": (evil) => config(`${quoted(`registriesSkippingTagResolving${evil}`)}: x`),
  "another key": (evil) => config(`${quoted(evil)}: x`),
  "a setting's value": (evil) => config(`digest-resolution-timeout: ${quoted(evil)}`),
  "a quantity": (evil) => config(`queue-sidecar-cpu-request: ${quoted(evil)}`),
  "an entry of the skip list": (evil) =>
    config(`registries-skipping-tag-resolving: ${quoted(`https://${evil},docker.io,*.${evil}`)}`),
  "an entry that skips": (evil) =>
    `${config(`registries-skipping-tag-resolving: ${quoted(`${evil},reg.test`)}`)}---\n${service("reg.test/app:1")}`,
  "a setting in the example": (evil) =>
    config(`_example: ${quoted(`registries-skipping-tag-resolving: ${evil}`)}`),
  "a key of a pull secret": (evil) =>
    pullSecret(JSON.stringify({ auths: { [evil]: {}, "docker.io": {} } })),
  "a pull secret": (evil) => pullSecret(`{"auths": ${evil}`),
};

function config(line: string): string {
  return [
    "apiVersion: v1",
    "kind: ConfigMap",
    "metadata:",
    "  name: config-deployment",
    "  namespace: knative-serving",
    "data:",
    `  ${line}`,
    "",
  ].join("\n");
}

function pullSecret(text: string): string {
  return [
    "apiVersion: v1",
    "kind: Secret",
    "metadata:",
    "  name: pull",
    "type: kubernetes.io/dockerconfigjson",
    "stringData:",
    `  .dockerconfigjson: ${quoted(text)}`,
    "",
  ].join("\n");
}

/** Every text that a reading shows somewhere, by where. */
function* shownIn(reading: FileReading, text: string): Generator<readonly [string, string]> {
  for (const { message, relatedInformation = [] } of diagnosticsOf(
    reading,
    TextDocument.create("file:///work/app.yaml", "yaml", 0, text),
  )) {
    yield ["diagnostic", typeof message === "string" ? message : message.value];
    for (const related of relatedInformation) yield ["related place", related.message];
  }
  for (const { findings } of reading.parts) {
    for (const { fixes } of findings) for (const { title } of fixes) yield ["fix", title];
  }
  for (const placed of placedStates(reading)) {
    for (const { title } of pinActions(placed, "tag-and-digest")) yield ["code action", title];
    yield ["hint", imageHint(placed, 12)?.label ?? ""];
    const { group, outcome, ...texts } = imageRow(placed.state);
    for (const [column, value] of Object.entries(texts)) yield [`tree: ${column}`, value ?? ""];
    assert.ok(group.length + outcome.length > 0);
  }
}

function* hoversIn(reading: FileReading, text: string): Generator<readonly [string, string]> {
  const blocks = placedStates(reading).map(({ state }) =>
    imageHover({
      ...{ state, details: undefined, created: undefined, now: 60_000, knativeVersion: "1.23" },
      ...{ said: [], links: [] },
    }),
  );
  const keys = [...text.matchAll(/^ {2}\S/gm)].flatMap(({ index }) => [
    index + 3,
    text.indexOf(": ", index) + 6,
  ]);
  for (const at of keys) {
    const found = configHover(reading, fileOffset(at), { showsFindings: false });
    if (found !== undefined) blocks.push([...found.blocks]);
  }
  for (const each of blocks) {
    yield ["hover", toMarkdown(each)];
    yield ["plain hover", toPlainText(each)];
  }
}

function assertShown(where: string, text: string, max = maxLine): void {
  assert.ok(text.length <= max, `${where}: ${text.length} characters`);
  assert.doesNotMatch(text.replaceAll("\n\n", ""), unseen, where);
}

const everything = {
  diagnostics: Object.fromEntries(findingCodes.map((code) => [code, "warning" as const])),
};

describe("text that others wrote", () => {
  it("is left as it is where it is short and plain", () => {
    for (const text of ["", "ghcr.io/acme/app:v1", "Größe: 私 é 😀 \\ {x}", "a".repeat(600)]) {
      assert.equal(shownText(text), text);
    }
  });

  it("keeps its beginning and its end where it is cut, and no half of a character", () => {
    const shown = shownText(`The image “${"😀".repeat(500_000)}” is wrong. Fix: write it again.`);
    assert.match(shown, /^The image “(?:😀)+…(?:😀)+” is wrong\. Fix: write it again\.$/u);
    assert.ok(Array.from(shown).length < 700);
  });

  it("has a bound whatever it is, and nothing that nobody sees", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 3_000 }), (text) => {
        assertShown("text", shownText(text), 2_600);
        assert.ok(Array.from(shownText(text)).length <= 1_200);
      }),
      { numRuns: 50 },
    );
  });

  for (const [place, write] of Object.entries(places)) {
    it(`as ${place} is cut and cleaned in diagnostics, fixes, hovers, hints and the tree`, () => {
      for (const evil of [`x${odd}y`, `${odd}${long}${odd}`]) {
        const text = write(evil);
        const reading = readText(text, { settings: everything });
        const shown = [...shownIn(reading, text)];
        for (const [where, each] of shown) assertShown(where, each);
        for (const [where, each] of hoversIn(reading, text)) assertShown(where, each, maxHover);
        assert.ok(shown.length > 0, "nothing is said of it: the test shows nothing");
      }
    });
  }

  const answers: Readonly<Record<string, (evil: string) => Resolution>> = {
    "an error of a registry": (evil) => failed("access-denied", `It says “${evil}”.`),
    "a warning of a registry": (evil) => ({
      ...resolvedWith(evil),
      notices: [`It says “${evil}”.`],
    }),
    "a media type": (evil) => resolvedWith(evil),
  };
  function resolvedWith(mediaType: string): Extract<Resolution, { status: "resolved" }> {
    const answer = resolved(digestA, mediaType);
    assert.ok(answer.status === "resolved");
    return answer;
  }
  for (const [name, answer] of Object.entries(answers)) {
    it(`as ${name} is cut and cleaned`, () => {
      for (const evil of [long, odd]) {
        const text = service("reg.test/app:1");
        const known = { "reg.test/app:1": answer(evil) };
        const reading = readText(text, { settings: everything, known });
        for (const [where, each] of shownIn(reading, text)) assertShown(where, each);
        for (const [where, each] of hoversIn(reading, text)) assertShown(where, each, maxHover);
      }
    });
  }

  const commands = ["check", "check --output github", "check --output sarif", "list", "pin"];
  for (const command of commands) {
    it(`is cut and cleaned by ${command}`, async () => {
      const evils = [odd, `${odd}${"A".repeat(20_000)}`];
      const files = Object.fromEntries(
        evils.flatMap((evil, index) =>
          Object.values(places).map((write, place) => [`${index}-${place}.yaml`, write(evil)]),
        ),
      );
      const known = { "reg.test/app:1": failed("access-denied", `It says “${odd}${long}”.`) };
      const { stdout, stderr } = await runCommand(command, { files, known });
      const lines = `${stdout}\n${stderr}`.split("\n");
      assert.ok(lines.length > 20);
      for (const line of lines) {
        assert.ok(line.length < 3 * maxLine, `a line of ${line.length} characters`);
        assert.doesNotMatch(line, unseenInLines);
      }
    });
  }

  for (const command of ["check", "explain", "list", "pin", "resolve"]) {
    it(`as an operand is cut and cleaned by ${command}`, async () => {
      const { stdout, stderr } = await runArguments([command, `${odd}${long}`]);
      assert.match(`${stdout}${stderr}`, /AAA…AAA/);
      for (const line of `${stdout}\n${stderr}`.split("\n")) {
        assert.ok(line.length < 2 * maxLine, `a line of ${line.length} characters`);
        assert.doesNotMatch(line, unseenInLines);
      }
    });
  }

  it("is one line of the log, cut and cleaned, errors with their stacks too", () => {
    const lines: string[] = [];
    const write = (text: string): number => lines.push(text);
    const log = createLog({ error: write, warn: write, info: write, debug: write });
    for (const level of ["error", "warning", "info", "debug"] as const) {
      log(level, `the file a\nb${odd}${long} is odd`);
      log(level, stackOf(new Error(`first\nsecond ${odd}`)));
    }
    assert.equal(lines.length, 8);
    for (const line of lines) assertShown("log", line);
  });
});
