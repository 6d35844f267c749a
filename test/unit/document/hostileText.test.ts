// Texts made to take ages, or to end the process: each is read in the time of an ordinary one.

import assert from "node:assert/strict";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../../server/src/document/documentAnalysis.ts";
import { budgetFor, parseYaml } from "../../../server/src/document/yaml/yamlDocument.ts";
import { plainYaml } from "../../../server/src/document/yaml/yamlValue.ts";
import { hasPlaceholder } from "../../../server/src/image/placeholder.ts";
import { cpuTimed } from "../../support/cpuTime.ts";
import { readText, service } from "../../support/reading.ts";

/** Far more than any of them needs, and far less than the ages that each took. */
const timeoutMs = 4000;

function timed<Value>(work: () => Value): Value {
  const { value, milliseconds } = cpuTimed(work);
  assert.ok(milliseconds < timeoutMs, `took ${Math.round(milliseconds)} ms`);
  return value;
}

function images(text: string): number {
  const { parts } = timed(() => analyzeFile(text, defaultAnalysisOptions));
  return parts.reduce((sum, { document }) => sum + document.images.length, 0);
}

/** Each line names the one above nine times. */
function bomb(levels: number, first: string, next: (before: string) => string): string {
  const lines = [`a0: &a0 ${first}`];
  for (let level = 1; level < levels; level += 1) {
    lines.push(`a${level}: &a${level} ${next(`*a${level - 1}`)}`);
  }
  return `${lines.join("\n")}\n`;
}

const nine = (text: string): string => Array(9).fill(text).join(", ");
const head =
  "apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  template:\n    spec:\n      containers:\n";

describe("aliases that multiply", () => {
  it("are not followed in search of comments", () => {
    const aliases = bomb(12, "[x]", (before) => `[${nine(before)}]`);
    assert.equal(images(`# knative-digest: ignore x\n${aliases}${service("nginx:1")}`), 1);
  });
  it("are followed once by merge keys", () => {
    const maps = bomb(12, "{k: 1}", (before) => `{<<: [${nine(before)}]}`);
    assert.equal(images(`${maps}${head}      - <<: *a11\n        image: nginx:1\n`), 1);
  });
  it("are read once as maps that merge each other, in every way", () => {
    const level = (at: number): string => {
      const both = at === 0 ? "{image: nginx:1}" : `{<<: [*a${at - 1}, *b${at - 1}]}`;
      return `a${at}: &a${at} ${both}\nb${at}: &b${at} ${both}\n`;
    };
    const levels = Array.from({ length: 30 }, (_, at) => level(at)).join("");
    assert.equal(images(`${levels}${head}      - <<: *a29\n`), 1);
  });
  it("are counted where merge keys copy them, though few of the copies are looked at", () => {
    const keys = Array.from({ length: 1000 }, (_, at) => `k${at}: v, `).join("");
    const spent = (maps: number): boolean => {
      const text = `- &m {${keys}}\n${"- {<<: *m}\n".repeat(maps)}`;
      const budget = budgetFor(text);
      const items = parseYaml(text, budget).roots[0]?.items() ?? [];
      for (const item of items) item.get("k1");
      return budget.isSpent;
    };
    assert.deepEqual([spent(190), spent(210)], [false, true]);
  });
  it("are followed so far in Lists", () => {
    const list = (items: string): string =>
      `{apiVersion: v1, kind: List, items: [${Array(60).fill(items).join(", ")}]}`;
    const lists = bomb(3, list("{}"), list);
    assert.equal(images(`${lists}apiVersion: v1\nkind: List\nitems: [*a2]\n`), 0);
  });
  it("are found by the thousand", () => {
    const pair = (at: number): string => `      - &c${at} {image: nginx:1}\n      - *c${at}\n`;
    assert.equal(images(head + Array.from({ length: 2000 }, (_, at) => pair(at)).join("")), 4000);
  });
  it("end where they began", () => {
    assert.equal(
      images(`${head}      - &c\n        image: nginx:1\n        <<: *c\n        x: *c\n`),
      1,
    );
    assert.equal(images("&l\napiVersion: v1\nkind: List\nitems: [*l, *l, *l]\n"), 0);
  });
});

describe("expansions", () => {
  const keys = Array.from({ length: 4000 }, (_, at) => `  k${at}: v\n`).join("");
  const many = (count: number, line: string): string => line.repeat(count);
  const bombs: Readonly<Record<string, string>> = {
    "one large map merged by many containers": `x: &m\n${keys}${head}${many(4900, "        - <<: *m\n")}`,
    "a large list of maps, merged by many": `x: &m [${many(3000, "{a: b}, ")}]\n${head}${many(3000, "        - <<: *m\n")}`,
    "a chain of maps that merge each other": Array.from(
      { length: 6000 },
      (_, at) => `x${at}: &x${at} {k${at}: v${at === 0 ? "" : `, <<: *x${at - 1}`}}\n`,
    )
      .join("")
      .concat(head, Array.from({ length: 6000 }, (_, at) => `        - <<: *x${at}\n`).join("")),
    "a long list that many resources share": `apiVersion: serving.knative.dev/v1\nkind: List\nx: &c [${many(4000, "{}, ")}]\nr: &r {apiVersion: serving.knative.dev/v1, kind: Service, spec: {template: {spec: {initContainers: *c}}}}\nitems: [${many(4000, "*r, ")}]\n`,
    "a long scalar that many containers share": `x: &x "${"x".repeat(200_000)}"\n${head}${many(4900, "        - image: *x\n")}`,
  };
  for (const [name, text] of Object.entries(bombs)) {
    it(`are counted before they are made: ${name}`, () => {
      const { parts } = timed(() => analyzeFile(text, defaultAnalysisOptions));
      const problems = parts.flatMap(({ document }) => document.syntaxProblems);
      assert.deepEqual(
        problems.map(({ isLimit }) => isLimit),
        [true],
      );
      assert.equal(parts[0]?.document.images.length, 0);
    });
  }
  it("of an ordinary size are read", () => {
    const shared = `x: &m {imagePullPolicy: Always, resources: {}}\n${head}${many(2000, "        - {<<: *m, image: nginx:1}\n")}`;
    assert.equal(images(shared), 2000);
  });
});

describe("collections without an end", () => {
  // The library's recursion over some of these ends the process, not just the reading.
  const deep = {
    brackets: "[".repeat(100_000),
    braces: "{a: ".repeat(20_000),
    dashes: `${"- ".repeat(20_000)}x: 1`,
    "dashes and an anchor": `${"- ".repeat(20_000)}x: &a 1`,
    "question marks": `${"? ".repeat(20_000)}a`,
    indentation: Array.from({ length: 2000 }, (_, at) => `${" ".repeat(at)}a: &a${at}`).join("\n"),
  };
  for (const [name, text] of Object.entries(deep)) {
    it(`are a problem of their own document: ${name}`, () => {
      const { parts } = timed(() =>
        analyzeFile(`${text} #\n# serving.knative.dev/v1\n---\n${service("nginx:1")}`, {
          ...defaultAnalysisOptions,
        }),
      );
      assert.equal(parts[0]?.document.syntaxProblems.length, 1);
      assert.equal(parts[1]?.document.images.length, 1);
    });
    it(`are an error where a setting holds them: ${name}`, () => {
      assert.equal(timed(() => plainYaml(text)).kind, "error");
    });
  }
  it("begin far above what manifests have", () => {
    assert.equal(images(`${service("nginx:1")}x: ${"[".repeat(300)}${"]".repeat(300)}\n`), 1);
  });
});

describe("ignore comments in a row", () => {
  it("are walked through once, and each covers the line behind the last", () => {
    const comment = "          # knative-digest: ignore x\n";
    const text = (count: number): string =>
      service("nginx:1").replace(/^ *image:/m, (line) => comment.repeat(count) + line);
    const { parts } = timed(() => analyzeFile(text(20_000), defaultAnalysisOptions));
    const ignores = parts[0]?.document.ignores ?? [];
    const image = text(20_000).indexOf("          image:");
    assert.equal(ignores.length, 20_000);
    assert.ok(ignores.every(({ covers }) => covers.start === image));
  });
});

describe("texts that patterns read again and again", () => {
  it("are brackets in an image", () => {
    assert.equal(
      timed(() => hasPlaceholder("[[".repeat(100_000))),
      false,
    );
    assert.equal(
      timed(() => hasPlaceholder("]][[")),
      false,
    );
    assert.equal(
      timed(() => hasPlaceholder("a/[[b]]")),
      true,
    );
  });
  const config = (lines: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\ndata:\n  queue-sidecar-image: x/y\n${lines}`;
  const others = { "file:///work/app.yaml": service(`${"a".repeat(200)}.io/app/web:1`) };
  it("are stars in the skip list", () => {
    const list = `  registries-skipping-tag-resolving: "${"*a".repeat(40)}b.io"\n`;
    timed(() => readText(config(list), { others, uri: "file:///work/config.yaml" }));
    const long = `  registries-skipping-tag-resolving: "${"*a".repeat(20_000)}"\n`;
    timed(() => readText(config(long), { others, uri: "file:///work/config.yaml" }));
  });
  it("are wrong entries and public registries of a skip list by the thousand", () => {
    for (const [entry, separator] of [
      ["https://r", ","],
      ["https://r", ",\t"],
      ["quay.io", ","],
    ] as const) {
      const entries = Array.from({ length: 20_000 }, (_, at) =>
        entry === "quay.io" ? entry : `${entry}${at}`,
      );
      const list = JSON.stringify(entries.join(separator));
      const text = config(`  registries-skipping-tag-resolving: ${list}\n`);
      const { parts } = timed(() => readText(text));
      // So many as somebody may read.
      const count = parts[0]?.findings.length ?? 0;
      assert.ok(count > 200 && count < 300, String(count));
    }
  });
  it("are long keys", () => {
    timed(() => readText(config(`  ${"x".repeat(100_000)}: y\n`)));
  });
});
