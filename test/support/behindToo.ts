// Runs a reading twice: offsets that count from the wrong beginning show only behind another document.

import assert from "node:assert/strict";

/** A document to stand in front of another one. */
export const documentInFront = "a: 1\n---\n";

/** What is made of a text, having checked that the same is made of it behind another document. */
export function behindToo<Value>(text: string, make: (text: string) => Value): Value {
  const alone = make(text);
  assert.deepEqual(make(documentInFront + text), alone, "behind another document");
  return alone;
}
