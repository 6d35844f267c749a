// The guides in docs/ say what is true: their YAML is right, their links lead somewhere, their commands exist.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { findingCodes } from "../../server/src/findings/findingCodes.ts";
import { projectPath } from "../support/projectRoot.ts";
import { readText } from "../support/reading.ts";

/** The pages of both languages, by their path below docs/. */
const guides = ["", "diagnostics/", "zh-CN/", "zh-CN/diagnostics/"].flatMap((below) =>
  readdirSync(projectPath("docs", below))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${below}${name}`),
);

/** The fenced blocks of a language. */
function blocks(text: string, language: string): readonly string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm");
  return [...text.matchAll(fence)].map(([, block = ""]) => block);
}

/** The anchors that headings make. */
function anchors(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

const verbs = ["check", "pin", "update", "unpin", "list", "resolve", "explain"];

describe("the pictures", () => {
  const names = readdirSync(projectPath("docs/images")).sort();

  for (const readme of ["README.md", "README.zh-CN.md"]) {
    it(`of ${readme} are those of docs/images, and each is described`, () => {
      const text = readFileSync(projectPath(readme), "utf8");
      const shown = [...text.matchAll(/\/main\/docs\/images\/([^"]+)"/g)].map(([, name]) => name);
      assert.deepEqual(shown.sort(), names);
      for (const [tag] of text.matchAll(/<img[^>]*>/g)) {
        assert.match(tag, /^<img width="800" alt="[^"]{20,}" src="https:/);
      }
    });
  }

  it("are no larger than a page may load", () => {
    for (const name of names) {
      const { size } = statSync(projectPath("docs/images", name));
      assert.ok(size < (name.endsWith(".webp") ? 600_000 : 150_000), `${name}: ${size}`);
    }
  });
});

describe("addresses of this repository's files", () => {
  const pages = ["README.md", "README.zh-CN.md", ...guides.map((name) => `docs/${name}`)];
  for (const page of [...pages, "docs/examples/gitlab-ci.yml", "docs/knative-digest.schema.json"]) {
    it(`in ${page} are those of files that it has`, () => {
      const text = readFileSync(projectPath(page), "utf8");
      const addresses = text.matchAll(
        /(?:raw\.githubusercontent|github)\.com\/knative-digest\/knative-digest\/(?:blob\/)?main\/([\w./-]+)/g,
      );
      for (const [, file = ""] of addresses) assert.ok(existsSync(projectPath(file)), file);
    });
  }
});

describe("the guides", () => {
  for (const [readme, below] of [
    ["README.md", ""],
    ["README.zh-CN.md", "zh-CN/"],
  ] as const) {
    it(`are all named in ${readme}`, () => {
      const text = readFileSync(projectPath(readme), "utf8");
      const own = guides.filter(
        (name) => path.posix.dirname(`./${name}`) === path.posix.join(below),
      );
      for (const name of own) assert.ok(text.includes(`(docs/${name})`), name);
    });
  }
  for (const name of guides) {
    const file = projectPath("docs", name);
    const folder = path.dirname(file);
    const text = readFileSync(file, "utf8");
    it(`${name}: the YAML can be read, and nothing in it is wrong`, () => {
      for (const block of blocks(text, "yaml")) {
        const { parts } = readText(block);
        assert.deepEqual(
          parts.flatMap(({ document }) => document.syntaxProblems),
          [],
        );
        // The pages of diagnostics show what is wrong; their examples have a test of their own.
        if (name.includes("diagnostics/")) continue;
        const wrong = parts
          .flatMap(({ findings }) => findings)
          .filter(({ severity }) => severity === "error");
        assert.deepEqual(
          wrong.map(({ message }) => message).filter((message) => !/sidecar/.test(message)),
          [],
        );
      }
    });
    it(`${name}: links lead somewhere`, () => {
      for (const [, target = ""] of text.matchAll(/\]\(([^)]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        const [file = "", anchor] = target.split("#");
        const other = file === "" ? text : readFileSync(path.join(folder, file), "utf8");
        assert.ok(file === "" || existsSync(path.join(folder, file)), target);
        if (anchor !== undefined) assert.ok(anchors(other).includes(anchor), target);
      }
    });
    it(`${name}: the rows of a table have the cells of its head`, () => {
      const cells = (row: string): number => row.replaceAll("\\|", "").split("|").length;
      for (const [table] of text.matchAll(/(?:^ *\|.*\n)+/gm)) {
        const rows = table.trimEnd().split("\n");
        for (const row of rows) assert.equal(cells(row), cells(rows[0] ?? ""), row);
      }
    });
    it(`${name}: commands and diagnostics have names that exist`, () => {
      for (const [, verb = ""] of text.matchAll(/(?:^|\| |\s)knative-digest ([a-z]+)/gm)) {
        assert.ok(verbs.includes(verb), verb);
      }
      const settings = readFileSync(projectPath("package.json"), "utf8");
      for (const [setting] of text.matchAll(/knativeDigest\.[A-Za-z.]*[A-Za-z]/g)) {
        assert.ok(settings.includes(`"${setting}"`), setting);
      }
      for (const [, code = ""] of text.matchAll(/shows:?\s+`([a-z]+(?:-[a-z]+)+)`/g)) {
        assert.ok((findingCodes as readonly string[]).includes(code), code);
      }
    });
  }
});
