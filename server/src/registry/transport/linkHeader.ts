// The next page of a list, as `Link` headers name it (RFC 8288).

/**
 * The target of the link with `rel="next"`, relative or absolute, unresolved; undefined if there is none.
 * @param lines all `Link` header lines; each may hold several links.
 */
export function nextLink(lines: readonly string[]): string | undefined {
  for (const line of lines.slice(0, 8)) {
    if (line.length > 8 * 1024) continue;
    for (const [, target = "", parameters = ""] of line.matchAll(/<([^<>]*)>([^<]*)/g)) {
      const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters);
      const relations = (relation?.[1] ?? relation?.[2] ?? "").toLowerCase().split(/\s+/);
      if (relations.includes("next")) return target;
    }
  }
  return undefined;
}
