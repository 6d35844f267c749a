// Base64 as Go's encoding/base64 reads it: line breaks are skipped, errors name the byte.

import { append } from "../../base/append.ts";

export type Base64Result =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** Go's words; they show nothing of the text. */
  | { readonly kind: "error"; readonly message: string };

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * `base64.StdEncoding.DecodeString`, or `RawStdEncoding` without padding. Bits left over at the end are ignored.
 * @param padded whether the text must end in `=` up to a multiple of four.
 */
export function decodeGoBase64(text: string, padded: boolean): Base64Result {
  const source = new TextEncoder().encode(text);
  const bytes: number[] = [];
  let quantum: number[] = [];
  for (let at = 0; at < source.length; at += 1) {
    const character = String.fromCharCode(source[at] ?? 0);
    if (isLineBreak(source[at])) continue;
    const value = alphabet.indexOf(character);
    if (value >= 0) {
      quantum.push(value);
      if (quantum.length === 4) {
        append(bytes, bytesOf(quantum));
        quantum = [];
      }
      continue;
    }
    if (!padded || character !== "=") return corrupt(at);
    const problem = paddingProblem(source, at, quantum.length);
    if (problem !== undefined) return corrupt(problem);
    return { kind: "bytes", bytes: Uint8Array.from([...bytes, ...bytesOf(quantum)]) };
  }
  if (quantum.length === 1 || (padded && quantum.length > 0)) {
    return corrupt(source.length - quantum.length);
  }
  return { kind: "bytes", bytes: Uint8Array.from([...bytes, ...bytesOf(quantum)]) };
}

function corrupt(at: number): Base64Result {
  return { kind: "error", message: `illegal base64 data at input byte ${String(at)}` };
}

/** Where the padding that begins at `at` is wrong, behind so many characters of its group of four. */
function paddingProblem(source: Uint8Array, at: number, length: number): number | undefined {
  if (length < 2) return at;
  let next = skipLineBreaks(source, at + 1);
  if (length === 2) {
    if (next === source.length) return source.length;
    if (source[next] !== 0x3d) return next - 1;
    next = skipLineBreaks(source, next + 1);
  }
  return next < source.length ? next : undefined;
}

function skipLineBreaks(source: Uint8Array, from: number): number {
  let at = from;
  while (isLineBreak(source[at])) at += 1;
  return at;
}

function isLineBreak(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d;
}

/** The bytes of up to four characters of six bits. */
function bytesOf(quantum: readonly number[]): readonly number[] {
  const [a = 0, b = 0, c = 0, d = 0] = quantum;
  const all = [(a << 2) | (b >> 4), ((b & 15) << 4) | (c >> 2), ((c & 3) << 6) | d];
  return all.slice(0, Math.max(0, quantum.length - 1));
}
