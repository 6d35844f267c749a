// The pages of the diagnostics in each language, made from docs/diagnostics/diagnostics.yaml.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { loadTypeScript } from "./loadTypeScript.mjs";

/** The texts that all pages share. */
const texts = {
  en: {
    folder: "docs/diagnostics",
    index: "DIAGNOSTICS.md",
    written: "Written by `npm run docs` from docs/diagnostics/diagnostics.yaml.",
    default: (severity, more) => `Default: ${severity}${more === undefined ? "" : `; ${more}`}.`,
    sections: ["What Knative does", "Example", "Fix", "Silence it"],
    before: "Gives this diagnostic:",
    after: "Gives none:",
    afterSkipped: "Does not give it any more:",
    settings: "with the settings",
    silence: (code) =>
      `For one place, write a comment on its line or above it, with a reason:`.concat(
        `\n\n\`\`\`yaml\n# knative-digest: ignore <reason>\n\`\`\`\n\n`,
        `For all files, in the editor's settings (\`"off"\`, or another severity):\n\n`,
        `\`\`\`json\n"knativeDigest.diagnostics": { "${code}": "off" }\n\`\`\`\n\n`,
        `On the command line, in \`.knative-digest.yaml\`:\n\n`,
        `\`\`\`yaml\ndiagnostics:\n  ${code}: "off"\n\`\`\``,
      ),
    all: "All diagnostics",
    other: (code) => `[中文](../zh-CN/diagnostics/${code}.md)`,
    title: "Diagnostics",
    groups: {
      images: "Images",
      cluster: "Cluster",
      configuration: "config-deployment and KnativeServing",
      secrets: "Pull secrets",
    },
    more: "What to do",
    intro: `Each has a stable code and a page. Its severity can be changed, or switched off, in the setting
\`knativeDigest.diagnostics\`: \`{ "unpinned-tag": "warning", "tag-moved": "off" }\`. A single one is left alone with a
comment on its line or above it: \`# knative-digest: ignore <reason>\`.

Nothing is ever said about templates and placeholders: \`{{ }}\`, \`{% %}\`, \`<% %>\`, \`\${X}\`, \`$(X)\`, \`#@ x\`,
\`<image>\`, \`{username}\`, \`%IMAGE%\`, \`@IMAGE@\`, \`__IMAGE__\`, words in capitals that stand for something
(\`PROJECT_ID\`, \`REGION\`, \`YOUR_ORG\`, \`:TAG\`), sentences, and paths (\`../src/app\`). A skip list that is one is not
known: the next source applies, and the hover, the list and the JSON (\`skipList.unknown\`) say so.`,
  },
  zh: {
    folder: "docs/zh-CN/diagnostics",
    index: "docs/zh-CN/diagnostics/README.md",
    written: "Written by `npm run docs` from docs/diagnostics/diagnostics.yaml.",
    default: (severity, more) => `默认：${severity}${more === undefined ? "" : `；${more}`}。`,
    sections: ["Knative 的行为", "示例", "解决方法", "关闭"],
    before: "会给出此诊断：",
    after: "不会给出任何诊断：",
    afterSkipped: "不再给出此诊断：",
    settings: "使用设置",
    silence: (code) =>
      "只对一处：在该行或其上方写注释，并说明原因：".concat(
        `\n\n\`\`\`yaml\n# knative-digest: ignore <reason>\n\`\`\`\n\n`,
        `对所有文件：在编辑器的设置中（\`"off"\` 或其他严重程度）：\n\n`,
        `\`\`\`json\n"knativeDigest.diagnostics": { "${code}": "off" }\n\`\`\`\n\n`,
        `在命令行：写入 \`.knative-digest.yaml\`：\n\n`,
        `\`\`\`yaml\ndiagnostics:\n  ${code}: "off"\n\`\`\``,
      ),
    all: "所有诊断",
    other: (code) => `[English](../../diagnostics/${code}.md)`,
    title: "诊断",
    groups: {
      images: "镜像",
      cluster: "集群",
      configuration: "config-deployment 与 KnativeServing",
      secrets: "拉取密钥",
    },
    more: "怎么办",
    intro: `每个诊断都有固定的代码和一页说明。可以在设置 \`knativeDigest.diagnostics\` 中更改其严重程度或将其关闭：
\`{ "unpinned-tag": "warning", "tag-moved": "off" }\`。只对一处忽略时，在该行或其上方写注释：
\`# knative-digest: ignore <reason>\`。

对模板和占位符从不做任何判断：\`{{ }}\`、\`{% %}\`、\`<% %>\`、\`\${X}\`、\`$(X)\`、\`#@ x\`、\`<image>\`、\`{username}\`、
\`%IMAGE%\`、\`@IMAGE@\`、\`__IMAGE__\`、代替内容的大写单词（\`PROJECT_ID\`、\`REGION\`、\`YOUR_ORG\`、\`:TAG\`）、句子，以及路径
（\`../src/app\`）。如果跳过列表本身是占位符，则视为未知：使用下一个来源，并在悬停提示、列表和 JSON（\`skipList.unknown\`）中说明。`,
  },
};

/**
 * What the source says of each diagnostic.
 * @param {string} root the project's folder
 * @returns {Record<string, object>} by code
 */
export function diagnosticSources(root) {
  return parse(readFileSync(join(root, "docs/diagnostics/diagnostics.yaml"), "utf8"));
}

/**
 * An example as text: what is short in the source is written out.
 * @param {string | { image?: string, deployment?: Record<string, string> }} example
 */
export function exampleText(example) {
  if (typeof example === "string") return example;
  const { image, deployment } = example;
  const documents = [
    ...(deployment === undefined ? [] : [serving(deployment)]),
    ...(image === undefined ? [] : [service(image)]),
  ];
  return documents.join("---\n");
}

function serving(deployment) {
  const metadata = { name: "knative-serving", namespace: "knative-serving" };
  const content = {
    apiVersion: "operator.knative.dev/v1beta1",
    kind: "KnativeServing",
    ...{ metadata, spec: { config: { deployment } } },
  };
  return stringify(content, { lineWidth: 0, defaultStringType: "PLAIN" });
}

function service(image) {
  const template = { spec: { containers: [{ image }] } };
  const content = {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    ...{ metadata: { name: "app" }, spec: { template } },
  };
  return stringify(content, { lineWidth: 0 });
}

/**
 * The pages of all diagnostics that exist, and their indexes.
 * @param {string} root the project's folder
 * @returns {Promise<Map<string, string>>} texts by their path in the project
 */
export async function diagnosticPages(root) {
  const { defaultSeverity, findingCodes } = await loadTypeScript(
    "server/src/findings/findingCodes.ts",
  );
  const sources = diagnosticSources(root);
  const missing = findingCodes.filter((code) => sources[code] === undefined);
  if (missing.length > 0) {
    throw new Error(`docs/diagnostics/diagnostics.yaml needs an entry for ${missing.join(", ")}.`);
  }
  const pages = new Map();
  for (const [language, words] of Object.entries(texts)) {
    const entries = Object.entries(sources)
      .filter(([code]) => findingCodes.includes(code))
      .map(([code, source]) => ({ code, source, severity: defaultSeverity(code) }));
    for (const entry of entries) {
      pages.set(`${words.folder}/${entry.code}.md`, page(entry, language));
    }
    pages.set(words.index, index(entries, language));
  }
  return pages;
}

function page({ code, source, severity }, language) {
  const words = texts[language];
  const [knative, example, fix, silence] = words.sections;
  const up = language === "en" ? "../../DIAGNOSTICS.md" : "README.md";
  const settings =
    source.settings === undefined
      ? ""
      : `\n\n(${words.settings} \`${JSON.stringify(source.settings)}\`)`;
  const parts = [
    `<!-- ${words.written} -->`,
    `# ${code}`,
    words.default(severity, source.default?.[language]),
    source.means[language],
    `## ${knative}`,
    source.knative[language],
    `## ${example}`,
    `${words.before}${settings}`,
    fenced(exampleText(source.before)),
    source.afterGives === undefined ? words.after : words.afterSkipped,
    fenced(exampleText(source.after)),
    ...(source.untried === undefined ? [] : [source.untried[language]]),
    `## ${fix}`,
    source.fix[language],
    `## ${silence}`,
    words.silence(code),
    `[${words.all}](${up}) · ${words.other(code)}`,
  ];
  return `${parts.join("\n\n")}\n`;
}

function fenced(text) {
  return `\`\`\`yaml\n${text}\`\`\``;
}

function index(entries, language) {
  const words = texts[language];
  const pages = language === "en" ? "docs/diagnostics/" : "";
  const up = (text) =>
    language === "en"
      ? text.replaceAll("](../", "](docs/").replace(/\]\((?=[a-z-]+\.md)/g, `](${pages}`)
      : text;
  const groups = Object.entries(words.groups).map(([group, title]) => {
    const own = entries.filter(({ source }) => source.group === group);
    if (own.length === 0) return [];
    const sections = own.map(({ code, source, severity }) =>
      [
        `### ${code}`,
        `${words.default(severity, source.default?.[language])} ${up(source.means[language])}`,
        `[${words.more}](${pages}${code}.md)`,
      ].join("\n\n"),
    );
    return [`## ${title}`, ...sections];
  });
  const head = [`<!-- ${words.written} -->`, `# ${words.title}`, words.intro];
  return `${[...head, ...groups.flat()].join("\n\n")}\n`;
}
