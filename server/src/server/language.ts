// Which of our texts an editor's language means.

/**
 * The bundle for a locale; undefined for English and for languages without translations.
 * @param locale as clients send it: `zh-cn`, `zh-CN`, `zh_CN.UTF-8`, `zh-Hans`.
 * @param files what the folder of the bundles holds.
 */
export function bundleFor(
  locale: string | undefined,
  files: readonly string[],
): string | undefined {
  const [language = "", ...parts] = (locale ?? "").toLowerCase().replace(/\..*$/, "").split(/[-_]/);
  const names = files.flatMap((file) => /^bundle\.l10n\.(.+)\.json$/.exec(file)?.[1] ?? []);
  // Chinese in another script is another written language: Taiwan's and Hong Kong's readers get English.
  if (language === "zh" && parts.some((part) => ["hant", "tw", "hk", "mo"].includes(part))) {
    return undefined;
  }
  const exact = names.find((name) => name === [language, ...parts].join("-"));
  const name = exact ?? names.find((each) => each.split("-")[0] === language);
  return name === undefined ? undefined : `bundle.l10n.${name}.json`;
}
