// Text that a server sent, made fit to be shown: error bodies, header values.

import { isRecord } from "../../base/record.ts";

const maxLength = 200;
/** Of an error body no more is read. */
const maxErrorBody = 64 * 1024;

/**
 * Server text as inert words: control characters, ANSI sequences, bidirectional and zero-width marks
 * become spaces, Markdown's and links' characters lose their meaning, and it is cut to 200 characters.
 */
export function safeText(text: string): string {
  const plain = text
    // eslint-disable-next-line no-control-regex -- terminal sequences are what is taken out here.
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, " ")
    // Control, format (bidirectional, zero-width, tags), surrogate, separator and other unseen characters.
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]+/gu, " ")
    .replace(/[[\]()<>`*_~|\\!#{}]/g, " ")
    .replace(/\b(command|javascript|data|file|vscode):/gi, "$1 ")
    .replace(/\s+/g, " ")
    .trim();
  const characters = Array.from(plain);
  return characters.length <= maxLength ? plain : `${characters.slice(0, maxLength - 1).join("")}…`;
}

/** One error of a registry. */
export interface ServerError {
  /** `MANIFEST_UNKNOWN`; undefined where the body is not of the specified form. */
  readonly code: string | undefined;
  /** Made safe; never `detail`, which names paths inside some registries. */
  readonly message: string | undefined;
}

/**
 * Reads an error body leniently: the specified form, Docker Hub's `details`, Artifactory's without a code,
 * OAuth's `error_description`, or plain text. HTML is ignored.
 * @param body at most the first 64 KiB of it.
 */
export function parseErrorBody(body: Uint8Array): ServerError {
  const text = new TextDecoder().decode(body.subarray(0, maxErrorBody));
  const json = parseJson(text);
  if (isRecord(json)) return fromJson(json);
  const plain = json === undefined && !/<\s*(!doctype|html|head|body)/i.test(text) ? text : "";
  return { code: undefined, message: nonEmpty(safeText(plain)) };
}

/**
 * Everything that the beginning of a body says, whatever JSON has escaped in it: for a search, not for people.
 * @returns the text itself, and behind it the texts of its JSON one by one
 */
export function wordsOf(body: Uint8Array): string {
  const text = new TextDecoder().decode(body.subarray(0, maxErrorBody));
  const words = [text];
  const waiting = [parseJson(text)];
  // Without recursion: JSON of this size can be nested deeper than the stack.
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value === "string") words.push(value);
    else if (typeof value === "object" && value !== null) {
      const inner = Object.entries(value as Record<string, unknown>).flat();
      for (const one of inner) waiting.push(one);
    }
  }
  return words.join("\n");
}

function fromJson(json: Record<string, unknown>): ServerError {
  const first: unknown = Array.isArray(json["errors"]) ? json["errors"][0] : undefined;
  const error = isRecord(first) ? first : json;
  const message = [
    error["message"],
    json["details"],
    json["error_description"],
    json["message"],
    json["error"],
  ].find((value) => typeof value === "string");
  const code = error["code"];
  return {
    code: typeof code === "string" && /^[A-Z][A-Z0-9_]{0,63}$/.test(code) ? code : undefined,
    message: message === undefined ? undefined : nonEmpty(safeText(message)),
  };
}

function nonEmpty(text: string): string | undefined {
  return text === "" ? undefined : text;
}

/** JSON as an unchecked value; undefined if it is none. Nesting made to exhaust the stack is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}
