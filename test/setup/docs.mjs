// `npm run docs`: writes the README's table of settings from package.json, which is where settings are named.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./processes.mjs";

const start = "<!-- settings: written by `npm run docs` -->";
const end = "<!-- end of settings -->";

/** The README with its table of settings as it should be. */
export function readmeWithSettings() {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const before = readme.slice(0, readme.indexOf(start) + start.length);
  const after = readme.slice(readme.indexOf(end));
  return `${before}\n\n${settingsTable()}\n\n${after}`;
}

function settingsTable() {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const texts = JSON.parse(readFileSync(join(root, "package.nls.json"), "utf8"));
  const properties = manifest.contributes.configuration.flatMap((group) =>
    Object.entries(group.properties),
  );
  const rows = properties.map(([name, setting]) => {
    const text = texts[setting.markdownDescription.replaceAll("%", "")];
    return [`\`${name}\``, `\`${JSON.stringify(setting.default)}\``, text.replaceAll("|", "\\|")];
  });
  return table([["Setting", "Default", "Meaning"], ...rows]);
}

/** Padded as the formatter would. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writeFileSync(join(root, "README.md"), readmeWithSettings());
}
