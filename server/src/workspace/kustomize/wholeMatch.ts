// Matches a whole text against a small regular expression in a time that grows with both lengths alone.

/** What a step of the pattern takes: one character, repeated or not. */
interface Step {
  readonly takes: (unit: string) => boolean;
  readonly isOptional: boolean;
  readonly repeats: boolean;
}

/**
 * Whether a pattern matches a text from end to end, as kustomize's selectors do. Known are characters, `.`, classes,
 * escapes of single signs, `*`, `+`, `?`, and alternatives at the top, in one group or not.
 * @returns undefined for any other pattern: it is not known what it matches.
 */
export function matchesWhole(pattern: string, text: string): boolean | undefined {
  const bare = pattern.replace(/^\^/, "").replace(/(?<!\\)\$$/, "");
  const inner = /^\(([^()]*)\)$/.exec(bare)?.[1] ?? bare;
  const alternatives = inner.split("|").map(stepsOf);
  if (alternatives.some((steps) => steps === undefined)) return undefined;
  return alternatives.some((steps) => steps !== undefined && run(steps, text));
}

function stepsOf(pattern: string): Step[] | undefined {
  const steps: Step[] = [];
  const token = /\\([^A-Za-z0-9])|\[(\^?)((?:[^\]\\^])[^\]\\]*)\]|(\.)|([^\\[\](){}.*+?|^$])/y;
  while (token.lastIndex < pattern.length) {
    const match = token.exec(pattern);
    if (match === null) return undefined;
    const takes = takesOf(match);
    const quantifier = pattern[token.lastIndex];
    const isQuantified = quantifier === "*" || quantifier === "+" || quantifier === "?";
    if (isQuantified) token.lastIndex += 1;
    steps.push({
      takes,
      isOptional: quantifier === "*" || quantifier === "?",
      repeats: quantifier === "*" || quantifier === "+",
    });
  }
  return steps;
}

function takesOf(match: RegExpExecArray): Step["takes"] {
  const [, escaped, negation, members, any, plain] = match;
  if (any !== undefined) return () => true;
  const single = escaped ?? plain;
  if (single !== undefined) return (unit) => unit === single;
  const ranges = [...(members ?? "").matchAll(/([^])-([^])|([^])/g)].map(
    ([, from, to, one]) => [from ?? one ?? "", to ?? one ?? ""] as const,
  );
  const isIn = (unit: string): boolean => ranges.some(([from, to]) => from <= unit && unit <= to);
  return negation === "^" ? (unit) => !isIn(unit) : isIn;
}

/** Follows all ways through the steps at once. */
function run(steps: readonly Step[], text: string): boolean {
  let reached = withSkipped(steps, new Set([0]));
  for (const unit of text) {
    const next = new Set<number>();
    for (const at of reached) {
      const step = steps[at];
      if (step === undefined || !step.takes(unit)) continue;
      next.add(at + 1);
      if (step.repeats) next.add(at);
    }
    if (next.size === 0) return false;
    reached = withSkipped(steps, next);
  }
  // A repeated step that was taken stays reached: its end is one behind it.
  return reached.has(steps.length);
}

function withSkipped(steps: readonly Step[], reached: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(reached);
  for (let at = 0; at < steps.length; at += 1) {
    if (all.has(at) && steps[at]?.isOptional === true) all.add(at + 1);
  }
  return all;
}
