// The image that a chart's values make: which fields say it, and which of them a pin writes.

import type { GrammarProfile } from "../../image/grammarProfile.ts";
import { readImage } from "../../image/placeholder.ts";
import type { PartKind, WrittenImage, WrittenPart } from "../writtenImage.ts";
import { valueSeparator, valueText, type ValueField } from "./chartParts.ts";
import type { ImagePieces } from "./imageExpression.ts";

export interface ChartValues {
  /** The values of the file that is read, by path: what an edit can write. */
  readonly own: ReadonlyMap<string, ValueField>;
  /** The texts of values that stand in another file, by path: the chart's defaults below an overriding file. */
  readonly base: ReadonlyMap<string, string>;
  readonly appVersion: string | undefined;
}

/** A piece of text, and the value that says it. */
interface Segment {
  readonly text: string;
  readonly path: string | undefined;
}

/** Stands for any digest while it is tried out where one can be written. */
const sampleDigest = `sha256:${"0".repeat(64)}`;

/**
 * The image that the pieces make of the values.
 * @returns undefined if no value of the file is part of it, or their result is not an image.
 */
export function valuesImage(
  pieces: ImagePieces,
  values: ChartValues,
  grammar: GrammarProfile,
): WrittenImage | undefined {
  const textOf = (path: string): string => {
    const field = values.own.get(path);
    return field === undefined ? (values.base.get(path) ?? "") : valueText(field);
  };
  const segments = segmentsOf(pieces, textOf, values.appVersion);
  if (segments === undefined) return undefined;
  const text = segments.map((segment) => segment.text).join("");
  if (text === "") return undefined;
  const reference = readImage(text, grammar);
  const parts = partsOf(segments, reference, values);
  if (parts.length === 0) return undefined;
  if (parts.length === 1 && segments.length === 1 && parts[0]?.kind === "whole") {
    return { reference, style: "scalar", parts, digestField: undefined, remembered: undefined };
  }
  const make = (path: string, value: string): WrittenImage["reference"] | undefined => {
    const changed = segmentsOf(
      pieces,
      (at) => (at === path ? value : textOf(at)),
      values.appVersion,
    );
    return changed && readImage(changed.map((segment) => segment.text).join(""), grammar);
  };
  const shape = { pieces, values, reference, parts, make };
  return { reference, style: "fields", parts: [...parts, ...emptyParts(shape)], ...restOf(shape) };
}

interface Shape {
  readonly pieces: ImagePieces;
  readonly values: ChartValues;
  readonly reference: WrittenImage["reference"];
  readonly parts: readonly WrittenPart[];
  /** What the values make if one of them is another text. */
  readonly make: (path: string, value: string) => WrittenImage["reference"] | undefined;
}

/** The value that a digest can be written to: empty or absent now, and it makes a pin of the same repository. */
function digestPath({ pieces, reference, make }: Shape): string | undefined {
  if (reference.kind !== "tag") return undefined;
  return choicePaths(pieces).find((path) => {
    const pinned = make(path, sampleDigest);
    return (
      pinned?.kind === "digest" &&
      pinned.registry === reference.registry &&
      pinned.repository === reference.repository
    );
  });
}

/** Fields that say nothing yet and are written by a pin: an empty digest, or an empty tag that means the app's version. */
function emptyParts(shape: Shape): WrittenPart[] {
  const { values, reference, parts, pieces, make } = shape;
  const digest = digestPath(shape);
  const field = digest === undefined ? undefined : values.own.get(digest);
  if (field !== undefined) return [partOf("digest", field)];
  if (digest !== undefined || reference.kind !== "tag") return [];
  if (parts.some(({ kind }) => kind === "tag")) return [];
  const tag = valuePaths(pieces).find((path) => {
    const empty = values.own.get(path);
    const pinned = empty && make(path, `${reference.tag}@${sampleDigest}`);
    return pinned?.kind === "digest" && pinned.repository === reference.repository;
  });
  const empty = tag === undefined ? undefined : values.own.get(tag);
  return empty === undefined ? [] : [partOf("tag", empty)];
}

function restOf(shape: Shape): Pick<WrittenImage, "digestField" | "remembered"> {
  const { values, reference, parts, make } = shape;
  const digest = digestPath(shape);
  const behind = parts.find(({ kind }) => kind === "tag") ?? parts.at(-1);
  const isAbsent = digest !== undefined && !values.own.has(digest) && behind !== undefined;
  // Where the template writes a digest in place of the tag, the tag is what it makes without the digest.
  const written = parts.find(({ kind }) => kind === "digest");
  const path = [...values.own].find(([, { scalar }]) => scalar === written?.scalar)?.[0];
  const without = path === undefined ? undefined : make(path, "");
  const tag =
    reference.kind === "digest" && reference.tag === undefined && without?.kind === "tag"
      ? without.tag
      : undefined;
  return {
    digestField:
      isAbsent && sameMap(digest, behind, values)
        ? { key: digest.slice(digest.lastIndexOf(valueSeparator) + 1), behind }
        : undefined,
    remembered: tag === undefined ? undefined : { tag, comment: undefined },
  };
}

/** Whether a field of that path would stand in the map of the part. */
function sameMap(path: string, part: WrittenPart, { own }: ChartValues): boolean {
  const map = path.slice(0, path.lastIndexOf(valueSeparator) + 1);
  return [...own].some(
    ([at, { scalar }]) =>
      scalar === part.scalar && at.slice(0, at.lastIndexOf(valueSeparator) + 1) === map,
  );
}

/** The pieces' texts with the values in place; undefined if one that must be there is empty. */
function segmentsOf(
  pieces: ImagePieces,
  textOf: (path: string) => string,
  appVersion: string | undefined,
): readonly Segment[] | undefined {
  const segments: Segment[] = [];
  for (const piece of pieces) {
    let made: readonly Segment[] | undefined;
    switch (piece.kind) {
      case "text":
        made = [{ text: piece.text, path: undefined }];
        break;
      case "app-version":
        made = appVersion === undefined ? undefined : [{ text: appVersion, path: undefined }];
        break;
      case "value": {
        const path = piece.path.join(valueSeparator);
        const text = textOf(path);
        if (text !== "") made = [{ text, path }];
        else if (piece.orElse.length > 0) made = segmentsOf(piece.orElse, textOf, appVersion);
        break;
      }
      case "choice": {
        const text = textOf(piece.path.join(valueSeparator));
        const isSet = text !== "" && text !== "false" && text !== "0";
        made = segmentsOf(isSet ? piece.set : piece.unset, textOf, appVersion);
        break;
      }
    }
    if (made === undefined) return undefined;
    segments.push(...made);
  }
  return segments;
}

function partsOf(
  segments: readonly Segment[],
  reference: WrittenImage["reference"],
  { own }: ChartValues,
): WrittenPart[] {
  const parts: WrittenPart[] = [];
  let start = 0;
  for (const { text, path } of segments) {
    const at = { start, end: start + text.length };
    start = at.end;
    const field = path === undefined ? undefined : own.get(path);
    if (field !== undefined) parts.push({ ...partOf(kindAt(at, reference), field), at });
  }
  return parts;
}

function partOf(kind: PartKind, { key, scalar, place, isFlow }: ValueField): WrittenPart {
  return { kind, scalar, place, at: undefined, field: { key, isFlow } };
}

/** What a stretch of a reference's text says. */
function kindAt(
  at: { readonly start: number; readonly end: number },
  reference: WrittenImage["reference"],
): PartKind {
  if (at.start === 0 && at.end === reference.text.length) return "whole";
  if (reference.kind === "digest" && at.start > reference.digestStart) return "digest";
  const isNamed = reference.kind === "digest" || reference.kind === "tag";
  if (isNamed && at.start > reference.tagStart) return "tag";
  return at.start === 0 && reference.text[at.end] === "/" ? "registry" : "repository";
}

/** The values that the pieces depend on being set, outermost first. */
function choicePaths(pieces: ImagePieces): string[] {
  return pieces.flatMap((piece) => {
    switch (piece.kind) {
      case "choice":
        return [
          piece.path.join(valueSeparator),
          ...choicePaths(piece.set),
          ...choicePaths(piece.unset),
        ];
      case "value":
        return choicePaths(piece.orElse);
      case "text":
      case "app-version":
        return [];
    }
  });
}

/** The values that the pieces are made of. */
function valuePaths(pieces: ImagePieces): string[] {
  return pieces.flatMap((piece) => {
    switch (piece.kind) {
      case "choice":
        return [...valuePaths(piece.set), ...valuePaths(piece.unset)];
      case "value":
        return [piece.path.join(valueSeparator), ...valuePaths(piece.orElse)];
      case "text":
      case "app-version":
        return [];
    }
  });
}
