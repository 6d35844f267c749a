// Wildcards of path patterns, matched without backtracking: the time is bounded by pattern length times name length.

/** Counts the cost of matching, over all patterns and names, which may be hostile. */
export interface Effort {
  spent: number;
}

/** One part of a pattern: a character, any one, any number, or one of a set. */
type Token =
  | { readonly kind: "text"; readonly code: number }
  | { readonly kind: "one" }
  | { readonly kind: "many" }
  | { readonly kind: "set"; readonly negated: boolean; readonly ranges: readonly Range[] };

/** The first and the last character. */
type Range = readonly [number, number];

/** What stands between two slashes; `**` matches any number of folders. */
export type Segment = readonly Token[] | "**";

/**
 * The segments of a pattern as git reads it (wildmatch.c with WM_PATHNAME): `*`, `?`, `[…]`, `\` before what is meant
 * literally, and `**` as a whole segment.
 * @returns undefined for a pattern that matches nothing: an unclosed set, a backslash at the end
 */
export function parseSegments(pattern: string): readonly Segment[] | undefined {
  const segments: Segment[] = [];
  let tokens: Token[] = [];
  let raw = "";
  const close = (): void => {
    segments.push(/^\*{2,}$/.test(raw) ? "**" : tokens);
    [tokens, raw] = [[], ""];
  };
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? "";
    const escaped = character === "\\" ? pattern[++at] : undefined;
    if (character === "\\" && escaped === undefined) return undefined;
    if (character === "/" || escaped === "/") {
      close();
      continue;
    }
    raw += escaped === undefined ? character : `\\${escaped}`;
    if (character === "[") {
      const set = parseSet(pattern, at + 1);
      if (set === undefined) return undefined;
      tokens.push(set.token);
      at = set.end;
    } else if (escaped === undefined && character === "*") {
      if (tokens.at(-1)?.kind !== "many") tokens.push({ kind: "many" });
    } else if (escaped === undefined && character === "?") {
      tokens.push({ kind: "one" });
    } else {
      tokens.push({ kind: "text", code: (escaped ?? character).charCodeAt(0) });
    }
  }
  close();
  return segments;
}

const namedSets: Readonly<Record<string, readonly Range[]>> = {
  alnum: ranges("09", "AZ", "az"),
  alpha: ranges("AZ", "az"),
  blank: ranges("  ", "\t\t"),
  cntrl: ranges("\0\x1f", "\x7f\x7f"),
  digit: ranges("09"),
  graph: ranges("!~"),
  lower: ranges("az"),
  print: ranges(" ~"),
  punct: ranges("!/", ":@", "[`", "{~"),
  space: ranges("  ", "\t\r"),
  upper: ranges("AZ"),
  xdigit: ranges("09", "AF", "af"),
};

function ranges(...pairs: readonly string[]): readonly Range[] {
  return pairs.map((pair) => [pair.charCodeAt(0), pair.charCodeAt(1)]);
}

/** @param from behind the bracket that opens @returns the set and where its closing bracket stands */
function parseSet(pattern: string, from: number): { token: Token; end: number } | undefined {
  const negated = pattern[from] === "!" || pattern[from] === "^";
  const found: Range[] = [];
  let before: number | undefined;
  let at = negated ? from + 1 : from;
  // A closing bracket at the very beginning is meant literally.
  for (let isFirst = true; isFirst || pattern[at] !== "]"; isFirst = false, at++) {
    const named = parseNamedSet(pattern, at);
    if (named === "unknown") return undefined;
    if (named !== undefined) {
      for (const each of named.ranges) found.push(each);
      [before, at] = [undefined, named.end];
      continue;
    }
    const start = before !== undefined && isRangeMark(pattern, at) ? before : undefined;
    if (start !== undefined) at++;
    if (pattern[at] === "\\") at++;
    const code = pattern.charCodeAt(at);
    if (Number.isNaN(code)) return undefined;
    found.push([start ?? code, code]);
    before = start === undefined ? code : undefined;
  }
  return { token: { kind: "set", negated, ranges: found }, end: at };
}

/** Whether a hyphen has a character behind it that ends a range. */
function isRangeMark(pattern: string, at: number): boolean {
  const next = pattern[at + 1];
  return pattern[at] === "-" && next !== undefined && next !== "]";
}

/** `[:alpha:]` inside a set; undefined if there is none, `unknown` if git does not know it or it is not closed. */
function parseNamedSet(
  pattern: string,
  at: number,
): { readonly ranges: readonly Range[]; readonly end: number } | "unknown" | undefined {
  if (!pattern.startsWith("[:", at)) return undefined;
  const end = pattern.indexOf("]", at + 2);
  if (end < 0) return "unknown";
  if (end === at + 2 || pattern[end - 1] !== ":") return undefined;
  const name = pattern.slice(at + 2, end - 1);
  const named = Object.hasOwn(namedSets, name) ? namedSets[name] : undefined;
  return named === undefined ? "unknown" : { ranges: named, end };
}

/** Whether a name without slashes is what the tokens say. */
export function matchesName(tokens: readonly Token[], name: string, effort: Effort): boolean {
  let [token, at] = [0, 0];
  // Of several `*` only the last needs another try: what stood before it has matched as early as it could.
  let [star, resume] = [-1, 0];
  while (at < name.length) {
    const current = tokens[token];
    effort.spent += current?.kind === "set" ? current.ranges.length : 1;
    if (current?.kind === "many") {
      [star, resume] = [token++, at];
    } else if (current !== undefined && fits(current, name.charCodeAt(at))) {
      token++;
      at++;
    } else if (star >= 0) {
      [token, at] = [star + 1, ++resume];
    } else {
      return false;
    }
  }
  while (tokens[token]?.kind === "many") token++;
  return token === tokens.length;
}

function fits(token: Token, code: number): boolean {
  switch (token.kind) {
    case "text":
      return token.code === code;
    case "set":
      return token.ranges.some(([first, last]) => first <= code && code <= last) !== token.negated;
    case "one":
    case "many":
      return true;
  }
}

/** How the names of a path are compared with the segments of a pattern. */
export interface PathRules {
  readonly effort: Effort;
  /** Whether `*`, `?` and `**` match no name that begins with a dot, as in a shell. */
  readonly hidesDots: boolean;
}

/** Whether the names of a path are what the segments say; `**` at the end matches at least one name. */
export function matchesPath(
  segments: readonly Segment[],
  names: readonly string[],
  rules: PathRules,
): boolean {
  let [segment, at] = [0, 0];
  let [star, resume] = [-1, 0];
  while (at < names.length) {
    const current = segments[segment];
    if (current === "**") {
      [star, resume] = [segment++, at];
    } else if (current !== undefined && matchesSegment(current, names[at] ?? "", rules)) {
      segment++;
      at++;
    } else if (star >= 0 && !isHidden(names[resume] ?? "", rules)) {
      [segment, at] = [star + 1, ++resume];
    } else {
      return false;
    }
  }
  return segment === segments.length;
}

/** Whether a path below the folder with these names can be what the segments say. */
export function mayMatchBelow(
  segments: readonly Segment[],
  names: readonly string[],
  rules: PathRules,
): boolean {
  for (const [at, name] of names.entries()) {
    const segment = segments[at];
    if (segment === undefined) return false;
    if (segment === "**") return names.slice(at).every((one) => !isHidden(one, rules));
    if (!matchesSegment(segment, name, rules)) return false;
  }
  return segments.length > names.length;
}

function matchesSegment(
  tokens: readonly Token[],
  name: string,
  { effort, hidesDots }: PathRules,
): boolean {
  const [first] = tokens;
  const asksForDot = first?.kind === "text" && first.code === dot;
  if (hidesDots && name.startsWith(".") && !asksForDot) return false;
  return matchesName(tokens, name, effort);
}

const dot = ".".charCodeAt(0);

function isHidden(name: string, { hidesDots }: PathRules): boolean {
  return hidesDots && name.startsWith(".");
}
