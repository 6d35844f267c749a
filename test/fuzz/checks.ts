// What must hold for every input: a bound on time, and edits that touch references alone.

import assert from "node:assert/strict";
import { cpuTimed } from "../support/cpuTime.ts";

/** Inputs have at most some ten thousand characters: what takes longer than this does not grow with the length alone. */
const maxMilliseconds = 5_000;

/** Runs `work` and holds it against the time that one input may take. */
export function inTime<Value>(work: () => Value): Value {
  const { value, milliseconds } = cpuTimed(work);
  assert.ok(milliseconds < maxMilliseconds, `took ${Math.round(milliseconds)} ms`);
  return value;
}

/** The same for work that waits. */
export async function inTimeAsync<Value>(work: () => Promise<Value>): Promise<Value> {
  const start = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(start);
  assert.ok(user + system < maxMilliseconds * 1000, `took ${(user + system) / 1000} ms`);
  return value;
}

/**
 * Checks that a text differs from the one before only where a digest was written: the digest, with its `@`, with
 * `:latest` where the image named no tag, as the value of a field of its own, or behind the tag that an empty `newTag`
 * leaves as it is.
 */
export function assertOnlyPinned(before: string, after: string, digest: string): void {
  const pieces = after.split(digest);
  let at = 0;
  for (const [index, piece] of pieces.entries()) {
    const isLast = index === pieces.length - 1;
    const isField = /\bdigest["']?[ \t]*:[ \t]*["']?$/.test(piece);
    // A field without a value may need a blank in front of it.
    const inField = isField ? ["", " "] : [];
    const unchanged = isLast ? [""] : inField;
    const inEmpty = isLast ? [] : tagInEmptyField(piece);
    const added = isLast ? [] : ["@", ":latest@", '"@', ...fieldsBefore(piece), ...inEmpty];
    const written = [...unchanged, ...added];
    const rest = written.find(
      (ending) => piece.endsWith(ending) && before.startsWith(without(piece, ending), at),
    );
    assert.ok(rest !== undefined, `a byte outside of a reference changed near ${piece.slice(-80)}`);
    at += without(piece, rest).length;
    // What a pin replaces in a field of its own: the empty text or the digest of before.
    const replaced = /^(?:sha256:[0-9a-f]{64}|""|null\b|~)/.exec(before.slice(at));
    const isReplaced = isField || inEmpty.includes(rest);
    if (!isLast && replaced !== null && isReplaced) at += replaced[0].length;
  }
  assert.equal(at, before.length, "the end of the text is gone");
}

/**
 * A digest as a field of its own: a new line, or a new member in flow style; behind its tag in another one where the
 * entry said no version.
 */
function fieldsBefore(piece: string): readonly string[] {
  const start = String.raw`(?:[\r\n]+[ \t]*|, ?)`;
  const digest = String.raw`${start}"?digest"?: ?["']?$`;
  const tag = String.raw`${start}"?newTag"?: ?["']?[\w.-]{1,128}["']?`;
  return [digest, tag + digest].flatMap((field) => new RegExp(field).exec(piece)?.[0] ?? []);
}

/** The tag in a field that was empty. */
function tagInEmptyField(piece: string): readonly string[] {
  const tag = /\bnewTag["']?:([ \t]*["']?)([\w.-]{1,128}@)$/.exec(piece);
  return tag === null ? [] : [tag[2] ?? "", `${tag[1] ?? ""}${tag[2] ?? ""}`];
}

function without(text: string, ending: string): string {
  return text.slice(0, text.length - ending.length);
}
