// `npm run docs`: writes what documents say of settings and diagnostics from where those are defined.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./processes.mjs";
import { diagnosticPages } from "./diagnosticPages.mjs";
import { completionFiles } from "./completions.mjs";
import { configurationSchema } from "./configurationSchema.mjs";

const start = "<!-- settings: written by `npm run docs` -->";
const end = "<!-- end of settings -->";

/** The table's head in each language, with the page that has the table and the file of its texts. */
const languages = [
  ["docs/settings.md", "package.nls.json", ["Setting", "Default", "Meaning"]],
  ["docs/zh-CN/settings.md", "package.nls.zh-cn.json", ["设置", "默认值", "含义"]],
];

/**
 * Everything that this command writes, as it should be.
 * @returns {Promise<Map<string, string>>} texts by their path in the project
 */
export async function writtenDocuments() {
  const pages = languages.map(([page, texts, head]) => [page, withSettings(page, texts, head)]);
  const guides = ["README.md", ...guideNames().map((name) => `docs/${name}`)];
  const manifest = readJson("package.json");
  const schema = configurationSchema(manifest, readJson("package.nls.json"));
  return new Map([
    ...guides.map(translated),
    ...pages,
    await schema,
    ...(await diagnosticPages(root)),
    ...(await completionFiles()),
  ]);
}

function guideNames() {
  const names = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  return names.filter((name) => name !== "settings.md");
}

/** The Chinese page of an English one, with the code that stands in that; without its prose, since a person writes it. */
function translated(english) {
  const chinese =
    english === "README.md" ? "README.zh-CN.md" : english.replace("docs/", "docs/zh-CN/");
  const fence = /^( *)```[^\n]*\n[^]*?^\1```$/gm;
  const code = readFileSync(join(root, english), "utf8").match(fence) ?? [];
  const text = readFileSync(join(root, chinese), "utf8");
  const own = text.match(fence) ?? [];
  // Where a whole piece is missing somebody has to translate what stands around it: a test says so.
  if (own.length !== code.length) return [chinese, text];
  return [chinese, text.replace(fence, () => code.shift() ?? "")];
}

function readJson(file) {
  return JSON.parse(readFileSync(join(root, file), "utf8"));
}

function withSettings(page, texts, head) {
  const text = readFileSync(join(root, page), "utf8");
  const before = text.slice(0, text.indexOf(start) + start.length);
  const after = text.slice(text.indexOf(end));
  return `${before}\n\n${settingsTable(texts, head)}\n\n${after}`;
}

function settingsTable(textFile, head) {
  const texts = readJson(textFile);
  const properties = readJson("package.json").contributes.configuration.flatMap((group) =>
    Object.entries(group.properties),
  );
  const rows = properties.map(([name, setting]) => {
    const text = texts[setting.markdownDescription.replaceAll("%", "")];
    return [`\`${name}\``, `\`${JSON.stringify(setting.default)}\``, text.replaceAll("|", "\\|")];
  });
  return table([head, ...rows]);
}

/** Padded as the formatter would: a Chinese character takes two columns. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => width(row[column]))));
  const pad = (cell, i) => cell + " ".repeat(widths[i] - width(cell));
  const line = (cells) => `| ${cells.map(pad).join(" | ")} |`;
  const rule = `| ${widths.map((one) => "-".repeat(one)).join(" | ")} |`;
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join("\n");
}

function width(text) {
  return [...text].reduce((sum, letter) => sum + (isWide(letter) ? 2 : 1), 0);
}

function isWide(letter) {
  return /[\p{Script=Han}\u3000-\u303f\uff01-\uff60]/u.test(letter);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const [file, text] of await writtenDocuments()) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}
