// Secrets for tests of leaks, and the search for any piece of one in a text.

import { createHash } from "node:crypto";

export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** A secret like what generators of passwords make: no word of a message stands in it. */
export function madeSecret(name: string, length: number): string {
  let text = "";
  for (let count = 0; text.length < length; count += 1) {
    text += createHash("sha512").update(`${name} ${count}`).digest("base64url");
  }
  return text.slice(0, length);
}

const pieceLength = 8;

/** All pieces of eight characters in which a secret could be told, in lower case. */
function piecesOf(secret: string): readonly string[] {
  const said = [
    secret,
    encodeURIComponent(secret),
    // At each of the three places of a longer text in base64.
    ...["", "_", "__", "user:", "me:"].map((before) => base64(before + secret)),
  ];
  const pieces = said.flatMap((text) =>
    Array.from({ length: text.length - pieceLength + 1 }, (_, at) =>
      text.slice(at, at + pieceLength),
    ),
  );
  // The beginning of `user:` in base64 is no secret.
  const secretOnes = pieces.filter((piece) => !base64("user:user:").includes(piece));
  return secretOnes.map((piece) => piece.toLowerCase());
}

/**
 * Searches a text for any piece of some secrets, whatever its case: names of hosts and media types are told in lower case.
 * @param secrets by what they are called
 * @returns which secret was found, with what stands around the piece; undefined if none was
 */
export function leakIn(
  secrets: Readonly<Record<string, string>>,
  text: string,
): string | undefined {
  const nameOf = new Map(
    Object.entries(secrets).flatMap(([name, secret]) =>
      piecesOf(secret).map((piece) => [piece, name] as const),
    ),
  );
  const lower = text.toLowerCase();
  for (let at = 0; at + pieceLength <= lower.length; at += 1) {
    const name = nameOf.get(lower.slice(at, at + pieceLength));
    if (name !== undefined) return `${name}: ${text.slice(Math.max(0, at - 200), at + 100)}`;
  }
  return undefined;
}
