// What the pieces of a chart's image say once values stand in their places, and which values they speak of.

import { append } from "../../base/append.ts";
import { valueSeparator } from "./chartParts.ts";
import type { ImagePiece, ImagePieces, ValueTest } from "./imagePieces.ts";

/** A piece of text, and the value that says it. */
export interface Segment {
  readonly text: string;
  readonly path: string | undefined;
}

/** What the values say. */
export interface Look {
  /** Empty for a value that is not there; undefined where it is unknown. */
  readonly textOf: (path: string) => string | undefined;
  /** Whether the key is there. */
  readonly has: (path: string) => boolean;
  readonly isMap: (path: string) => boolean;
  readonly appVersion: string | undefined;
}

/**
 * What the pieces of an image say with the values in place, without the quotes that stand around it once Helm has run:
 * behind `image:` they are YAML's (`{{ with .Values.image }}"{{ .name }}"{{ end }}`).
 * @returns undefined if a text that must be there is empty or unknown.
 */
export function imageSegments(pieces: ImagePieces, look: Look): readonly Segment[] | undefined {
  const segments = segmentsOf(pieces, look);
  const [first, last] = [segments?.[0], segments?.at(-1)];
  if (segments === undefined || first === undefined || last === undefined) return segments;
  const quote = /^["']/.exec(first.text)?.[0];
  const isQuoted = quote !== undefined && first !== last && last.text.endsWith(quote);
  if (!isQuoted || first.path !== undefined || last.path !== undefined) return segments;
  return segments.map((segment) => {
    if (segment === first) return { ...segment, text: segment.text.slice(1) };
    return segment === last ? { ...segment, text: segment.text.slice(0, -1) } : segment;
  });
}

function segmentsOf(pieces: ImagePieces, look: Look): readonly Segment[] | undefined {
  const segments: Segment[] = [];
  for (const piece of pieces) {
    const made = pieceSegments(piece, look);
    if (made === undefined) return undefined;
    append(segments, made);
  }
  return segments;
}

function pieceSegments(piece: ImagePiece, look: Look): readonly Segment[] | undefined {
  switch (piece.kind) {
    case "text":
      return [{ text: piece.text, path: undefined }];
    case "app-version":
      return look.appVersion === undefined
        ? undefined
        : [{ text: look.appVersion, path: undefined }];
    case "value": {
      const path = piece.path.join(valueSeparator);
      const text = look.textOf(path);
      if (text === undefined || look.isMap(path)) return undefined;
      if (text !== "") return [{ text, path }];
      return piece.orElse.length > 0 ? segmentsOf(piece.orElse, look) : undefined;
    }
    case "choice": {
      const isSet = holds(piece.test, look);
      return isSet === undefined ? undefined : segmentsOf(isSet ? piece.set : piece.unset, look);
    }
  }
}

/** Whether a test holds; undefined where it is unknown. */
function holds(test: ValueTest, look: Look): boolean | undefined {
  const textOf = (pieces: ImagePieces): string =>
    segmentsOf(pieces, look)
      ?.map((segment) => segment.text)
      .join("") ?? "";
  switch (test.kind) {
    case "constant":
      return test.value;
    case "present":
      return look.has(test.path.join(valueSeparator));
    case "value": {
      const path = test.path.join(valueSeparator);
      const text = look.textOf(path);
      if (path === "" || look.isMap(path)) return true;
      return text === undefined ? undefined : text !== "" && text !== "false" && text !== "0";
    }
    case "filled":
      return textOf(test.pieces) !== "";
    case "not": {
      const inner = holds(test.test, look);
      return inner === undefined ? undefined : !inner;
    }
    case "all":
    case "any": {
      const decisive = test.kind === "any";
      const each = test.tests.map((one) => holds(one, look));
      if (each.includes(decisive)) return decisive;
      return each.includes(undefined) ? undefined : !decisive;
    }
    case "equal": {
      const own = textOf(test.one);
      return test.others.some((other) => textOf(other) === own);
    }
    case "begins":
      return textOf(test.pieces).startsWith(test.text);
    case "contains":
      return textOf(test.pieces).includes(test.text);
  }
}

/** The values that decide between branches, outermost first. */
export function testedPaths(pieces: ImagePieces): string[] {
  return pathsIn(pieces, () => []);
}

/** The values that the pieces are made of, and those that decide between branches. */
export function valuePaths(pieces: ImagePieces): string[] {
  return pathsIn(pieces, (path) => [path]);
}

/** @param ofText what a value that becomes text adds */
function pathsIn(pieces: ImagePieces, ofText: (path: string) => string[]): string[] {
  return pieces.flatMap((piece) => {
    switch (piece.kind) {
      case "choice":
        return [
          ...pathsOfTest(piece.test),
          ...pathsIn(piece.set, ofText),
          ...pathsIn(piece.unset, ofText),
        ];
      case "value":
        return [...ofText(piece.path.join(valueSeparator)), ...pathsIn(piece.orElse, ofText)];
      case "text":
      case "app-version":
        return [];
    }
  });
}

function pathsOfTest(test: ValueTest): string[] {
  switch (test.kind) {
    case "value":
      return [test.path.join(valueSeparator)];
    case "filled":
    case "begins":
    case "contains":
      return valuePaths(test.pieces);
    case "not":
      return pathsOfTest(test.test);
    case "all":
    case "any":
      return test.tests.flatMap(pathsOfTest);
    case "equal":
      return [test.one, ...test.others].flatMap(valuePaths);
    case "present":
    case "constant":
      return [];
  }
}
