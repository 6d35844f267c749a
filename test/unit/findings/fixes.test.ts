// Property: every fix of every finding, applied and read again, does what its title says, however the text is written.

import assert from "node:assert/strict";
import fc from "fast-check";
import { applyChanges } from "../../../server/src/edits/change.ts";
import { spanInFile, type FileOffset } from "../../../server/src/document/span.ts";
import type { Finding, Fix } from "../../../server/src/findings/finding.ts";
import {
  fileFindings,
  placedStates,
  type FileReading,
} from "../../../server/src/findings/reading.ts";
import { digestA, readText, service, type World } from "../../support/reading.ts";

/** Pieces of image references, right and wrong. */
const images = fc
  .tuple(
    fc.constantFrom("", "https://", "http://", "docker://", "ko://"),
    fc.constantFrom(
      "",
      "ghcr.io/",
      "GHCR.io/",
      "localhost/",
      "registry/",
      "localhost:5000/",
      "docker.io/",
      "index.docker.io/",
    ),
    fc.constantFrom("app", "acme/app", "Acme/App", "acme//app", "acme/app/", "library/nginx"),
    fc.constantFrom(
      "",
      ":v1",
      ":v1+build5",
      ":latest",
      ":",
      `@${digestA}`,
      `:v1@${digestA}`,
      "@sha256:abc",
    ),
  )
  .map((parts) => parts.join(""));

const imageForms: readonly ((image: string) => string)[] = [
  service,
  (image) => service(`"${image}"`),
  (image) => service(`'${image}' # a comment`),
  (image) => service(`|-\n            ${image}`),
  (image) => service(`&image ${image}`),
  (image) => `images:\n  - name: app\n    newName: ${image}\n    newTag: v1\n`,
  (image) =>
    `{"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"template": {"spec": {"containers": [{"image": "${image}"}]}}}}\n`,
];

const entries = fc.array(
  fc.constantFrom(
    "docker.io",
    "https://ghcr.io",
    "ghcr.io/acme",
    "*.example.com",
    "quay.io",
    "localhost",
    "registry",
    "kind.local",
    "dev.local",
    "",
    "GHCR.io",
    "localhost:5001",
  ),
  { minLength: 1, maxLength: 4 },
);

const keys = fc.constantFrom(
  "registries-skipping-tag-resolving",
  "registriesSkippingTagResolving",
  "registries-skipping-tag-resolution",
);

/** How the value of a skip list is written. */
const listForms: readonly ((list: readonly string[]) => string)[] = [
  (list) => `"${list.join(",")}"`,
  (list) => `'${list.join(", ")}'`,
  (list) => `|\n    ${list.join(",")}`,
  (list) =>
    `[${list
      .filter((entry) => entry !== "")
      .map((entry) => `"${entry}"`)
      .join(", ")}]`,
  (list) => list.map((entry) => `\n  - "${entry}"`).join(""),
];

const others = fc.constantFrom(
  "",
  "  digest-resolution-timeout: 10\n",
  "  progress-deadline: 10\n",
  "  queueSidecarCPURequest: 25m\n",
  "  queue-sidecar-cpu-limit: lots\n",
  "  progress-deadlin: 600s # ours\n",
  "  _example: |\n    registries-skipping-tag-resolving: quay.io\n",
);

const lasts = fc.constantFrom("", "  queue-sidecar-memory-request: 400Mi\n");

const configs = fc
  .record({
    key: keys,
    list: entries,
    form: fc.constantFrom(...listForms),
    other: others,
    last: lasts,
  })
  .map(
    ({ key, list, form, other, last }) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\ndata:\n  queue-sidecar-image: q\n${other}  ${key}: ${form(list)}\n${last}`,
  );

const manifests = fc.oneof(
  fc.tuple(fc.constantFrom(...imageForms), images).map(([form, image]) => form(image)),
  configs,
);

/** The text alone, or behind another document, with the line ends and the end of file that editors write. */
const shaped = fc
  .record({ text: manifests, behind: fc.boolean(), crlf: fc.boolean(), finalNewline: fc.boolean() })
  .map(({ text, behind, crlf, finalNewline }) => {
    const whole = `${behind ? "# one\na: 1\n---\n" : ""}${finalNewline ? text : text.trimEnd()}`;
    return crlf ? whole.replaceAll("\n", "\r\n") : whole;
  });

const world: World = {
  settings: { diagnostics: { "skip-list-drops-defaults": "warning" } },
  others: { "file:///work/other.yaml": service("localhost:5001/app:1") },
};

function read(text: string): FileReading {
  const isKustomization = /(^|\n)images:/.test(text);
  return readText(
    text,
    isKustomization ? { ...world, uri: "file:///work/kustomization.yaml" } : world,
  );
}

interface Applied {
  readonly finding: Finding;
  readonly fix: Fix;
  readonly text: string;
  readonly after: string;
  /** The readings of both texts. */
  readonly before: FileReading;
  readonly now: FileReading;
}

/** Each fix of a text that changes this text, with the text after it. */
function fixesOf(text: string): Applied[] {
  const before = read(text);
  return before.parts.flatMap(({ findings, start }) =>
    findings.flatMap((finding) =>
      finding.fixes.flatMap((fix) => {
        const changes = fix.changes.map((change) => spanInFile(change, start satisfies FileOffset));
        if (changes.length === 0) return [];
        const after = applyChanges(text, changes);
        return [{ finding, fix, text, after, before, now: read(after) }];
      }),
    ),
  );
}

function countOf(reading: FileReading, { code, message }: Finding): number {
  return fileFindings(reading).filter(
    ({ finding }) => finding.code === code && finding.message === message,
  ).length;
}

/** What a fix must not do, whatever it is for; each returns whether it kept to that. */
const rules: Readonly<Record<string, (applied: Applied) => boolean>> = {
  "its finding is gone": ({ finding, before, now }) =>
    countOf(now, finding) < countOf(before, finding),
  "there are as many documents": ({ before, now }) => now.parts.length === before.parts.length,
  "every document can be read": ({ now }) =>
    now.parts.every(({ document }) => document.syntaxProblems.length === 0),
  "no key of a configuration is lost but the one that the title names": ({ fix, before, now }) =>
    keysOf(before).every((key) => keysOf(now).includes(key) || fix.title.includes(`“${key}”`)),
  "line ends are kept": ({ text, after }) => !text.includes("\r\n") || !/[^\r]\n/.test(after),
  "the last line end is kept": ({ text, after }) => !text.endsWith("\n") || after.endsWith("\n"),
  "the image of the title is written": ({ fix, now }) => {
    const named = /^Change to (.+)$/.exec(fix.title)?.[1];
    if (named === undefined) return true;
    const written = placedStates(now).map(({ state }) => state.use.reference);
    return written.some((reference) => "text" in reference && reference.text.startsWith(named));
  },
};

function keysOf({ parts }: FileReading): string[] {
  const configs = parts.flatMap(({ document }) => document.configs);
  return configs.flatMap(({ entries }) => entries.map(({ key }) => key.text));
}

const config = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\ndata:\n";
const list = "  registries-skipping-tag-resolving:";
const last = "  queue-sidecar-image: q\n";

/** Texts that a fix has broken before. */
const faults: readonly string[] = [
  // What was added stood at the margin.
  `${config}${last}${list} |\n    \n`,
  `${config}${last}${list} |\n    docker.io,\n`,
  // The key below became a part of the value.
  `${config}${list} |\n    docker.io,\n${last}`,
  // The key was there already, as a list.
  `${config}${last}  _example: |\n    registries-skipping-tag-resolving: quay.io\n${list} ["docker.io"]\n`,
];

describe("every fix, applied and read again", () => {
  it("does what its title says, and harms nothing", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(shaped, (text) => {
        for (const applied of fixesOf(text)) {
          const { finding, fix, after } = applied;
          seen.add(finding.code);
          for (const [rule, holds] of Object.entries(rules)) {
            const where = `${rule}: ${finding.code}, ${fix.title}\n${text}\n=>\n${after}`;
            assert.ok(holds(applied), where);
          }
        }
      }),
      { numRuns: 200, seed: 7, examples: faults.map((text) => [text]) },
    );
    assert.ok(seen.size >= 8, [...seen].join());
  });
});
