// The library's tokens and documents: as the specification has them, or as go-yaml takes them.

import {
  Composer,
  Lexer,
  Parser,
  type CST,
  type Document,
  type DocumentOptions,
  type ParseOptions,
  type SchemaOptions,
} from "yaml";
import type { Span } from "../span.ts";

/** Nodes of the library, for what reads them and parses nothing. */
export type { Node, Scalar as ScalarNode } from "yaml";

/** A place where the text is not valid YAML. */
export interface SyntaxProblem {
  /** The parser's own words, in English; nothing of the text itself. */
  readonly message: string;
  readonly span: Span;
  /** Whether the text is valid YAML but exceeds our limits; then it is not treated as a template. */
  readonly isLimit?: boolean;
}

/**
 * Collections inside collections at most. The library calls itself for each; near the end of the stack V8 ends the
 * whole process instead of throwing, when that is where a regular expression is compiled.
 */
export const maxNesting = 500;

/**
 * Tokens of one document at most: marks, scalars, blanks and line ends. The library takes 2 to 10 µs and 100 to 800 bytes
 * for each. Without a bound a file of 20 MB that is made of them takes two minutes and 9 GB, which ends the process; so
 * many take five to ten seconds and 700 MB. A List of 400 Services has as many, as kubectl prints it, in 4 MB.
 */
const maxTokens = 1_000_000;

/** The parser quotes what stands there, however long it is; its own words come first. */
const maxMessage = 1000;

/** A message of the parser without what stands there, in which some end: it may be part of a Secret. */
export function withoutSource(message: string): string {
  return message.slice(0, maxMessage).replace(/: ".*"$|(?<=characters|tag|alias.*): .*$/s, "");
}

/** go-yaml begins a comment right behind a quote or a bracket, too (`yaml_parser_scan_to_next_token`). */
export function isTakenByGo({
  code,
  message,
}: {
  readonly code: string;
  readonly message: string;
}): boolean {
  return code === "MISSING_CHAR" && message.startsWith("Comments must be separated");
}

/** What of the library's lexer is changed: its methods are not published, and a test notices when they change. */
interface LexerInside {
  indentNext: number;
  parseFlowCollection(): Generator<string, unknown>;
  parseQuotedScalar(): Generator<string, unknown>;
}

/**
 * Reads as go-yaml does, which sigs.k8s.io/yaml uses: inside brackets and quotes indentation means nothing
 * (`yaml_parser_fetch_next_token` unrolls the indentation at flow level 0 alone).
 */
export function lenientLexer(): Lexer {
  const lexer = new Lexer();
  const inside = lexer as unknown as LexerInside;
  for (const name of ["parseFlowCollection", "parseQuotedScalar"] as const) {
    const strict = inside[name].bind(inside);
    inside[name] = function* () {
      const kept = inside.indentNext;
      inside.indentNext = 0;
      const next = yield* strict();
      inside.indentNext = kept;
      return next;
    };
  }
  return lexer;
}

/**
 * The parser's tokens, up to where they are nested too deeply or are too many, which becomes a problem.
 * @param stretch the part of the text that is read; all places count from the text's beginning
 */
export function* tokensOf(
  text: string,
  problems: SyntaxProblem[],
  lexer = new Lexer(),
  stretch: Span = { start: 0, end: text.length },
): Generator<CST.Token, void> {
  const parser = new Parser();
  parser.offset = stretch.start;
  let count = 0;
  for (const lexeme of lexer.lex(text.slice(stretch.start, stretch.end))) {
    yield* parser.next(lexeme);
    count += 1;
    const isDeep = parser.stack.length > maxNesting;
    if (!isDeep && count <= maxTokens) continue;
    const span = { start: parser.offset, end: parser.offset };
    const message = isDeep
      ? `Nested more than ${maxNesting} levels deep`
      : `It has more than ${maxTokens} YAML tokens`;
    problems.push({ message, span, ...(isDeep ? {} : { isLimit: true }) });
    return;
  }
  yield* parser.end();
}

/** Of equal keys the last one counts, as in Kubernetes; comparing each with all others would also take ages. */
export function composed(
  tokens: Iterable<CST.Token>,
  options: ParseOptions & DocumentOptions & SchemaOptions = {},
): Iterable<Document.Parsed> {
  const fixed = { prettyErrors: false, logLevel: "silent", uniqueKeys: false } as const;
  return new Composer({ ...fixed, ...options }).compose(tokens);
}
