// `npm run release-check`: what has to be true before a version is published, each with what to do if it is not.
// `npm run release-check -- --tag v1.2.3` also wants that tag to be the version.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { writtenDocuments } from "./docs.mjs";
import { root, say } from "./processes.mjs";

/** Files other than package.json that name the version, and how. */
const mentions = [
  ["package-lock.json", (version) => `"version": "${version}"`],
  ["action.yml", (version) => `default: ${version}`],
  [".github/krew/knative-digest.yaml", (version) => `version: v${version}`],
  [".github/krew/knative-digest.yaml", (version) => `knative-digest-${version}.tgz`],
  ["docs/examples/tekton-task.yaml", (version) => `knative-digest:${version}`],
  ...["docs/ci-and-gitops.md", "docs/zh-CN/ci-and-gitops.md"].flatMap((guide) => [
    [guide, (version) => `rev: v${version}`],
    [guide, (version) => `knative-digest/knative-digest@v${version}`],
  ]),
];

/**
 * The checklist.
 * @param {{
 *   read: (file: string) => string, version: string, tag?: string, changed: string, written: Map<string, string>,
 * }} world the project's files, its version, the tag to be released if it is known, what git would commit
 * @returns {{ name: string, problem: string | undefined }[]}
 */
export function releaseChecks({ read, version, tag, changed, written }) {
  const stale = [...written].filter(([file, text]) => read(file) !== text).map(([file]) => file);
  const missing = mentions.filter(([file, text]) => !read(file).includes(text(version)));
  const heading = new RegExp(
    `^## \\[?${version.replaceAll(".", "\\.")}\\]?.*\\d{4}-\\d\\d-\\d\\d$`,
    "m",
  );
  return [
    check(
      "The version is a plain one",
      /^\d+\.\d+\.\d+$/.test(version),
      `${version} is not X.Y.Z.`,
    ),
    check(
      "The tag is the version",
      tag === undefined || tag === `v${version}`,
      `The tag ${tag} is not v${version}.`,
    ),
    check(
      "CHANGELOG.md has the version with its date",
      heading.test(read("CHANGELOG.md")),
      `Rename “Unreleased” to “${version} – YYYY-MM-DD”.`,
    ),
    check(
      "Everything that names the version has it",
      missing.length === 0,
      `Change ${missing.map(([file, text]) => `${file} to “${text(version)}”`).join(", ")}.`,
    ),
    check(
      "Written documents are up to date",
      stale.length === 0,
      `Run “npm run docs”: ${stale.join(", ")}.`,
    ),
    check("Everything is committed", changed === "", `Commit or remove:\n${changed}`),
  ];
}

function check(name, isTrue, problem) {
  return { name, problem: isTrue ? undefined : problem };
}

async function main() {
  const { values } = parseArgs({ options: { tag: { type: "string" } } });
  const read = (file) => readFileSync(join(root, file), "utf8");
  const { version } = JSON.parse(read("package.json"));
  const git = spawnSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" });
  const written = await writtenDocuments();
  const checks = releaseChecks({ read, version, tag: values.tag, changed: git.stdout, written });
  for (const { name, problem } of checks) {
    say(problem === undefined ? `ok    ${name}` : `STOP  ${name}\n      ${problem}`);
  }
  if (checks.some(({ problem }) => problem !== undefined)) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
