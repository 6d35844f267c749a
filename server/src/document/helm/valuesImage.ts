// The image that a chart's values make: which fields say it, and which of them a pin writes.

import type { GrammarProfile } from "../../image/grammarProfile.ts";
import { readImage } from "../../image/placeholder.ts";
import type { PartKind, WrittenImage, WrittenPart } from "../writtenImage.ts";
import { valueSeparator, valueText, type ValueField } from "./chartParts.ts";
import { imageSegments, testedPaths, valuePaths, type Look, type Segment } from "./fillPieces.ts";
import type { ImagePieces } from "./imagePieces.ts";

export interface ChartValues {
  /** The values of the file that is read, by path: what an edit can write. */
  readonly own: ReadonlyMap<string, ValueField>;
  /** The texts of values that stand in another file, by path: the chart's defaults below an overriding file. */
  readonly base: ReadonlyMap<string, string | undefined>;
  /** The paths of the maps in both. */
  readonly maps: ReadonlySet<string>;
  readonly appVersion: string | undefined;
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
  const look = lookIn(values);
  const segments = imageSegments(pieces, look);
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
    const textOf: Look["textOf"] = (at) => (at === path ? value : look.textOf(at));
    const changed = imageSegments(pieces, { ...look, textOf });
    return changed && readImage(changed.map((segment) => segment.text).join(""), grammar);
  };
  const shape = { pieces, values, look, reference, parts, make };
  return { reference, style: "fields", parts: [...parts, ...emptyParts(shape)], ...restOf(shape) };
}

/**
 * The value that alone makes the pieces' text.
 * @returns undefined if it does not stand in the file, or something else is part of the text
 */
export function soleValue(pieces: ImagePieces, values: ChartValues): ValueField | undefined {
  const segments = imageSegments(pieces, lookIn(values))?.filter(({ text }) => text !== "");
  const [only, ...more] = segments ?? [];
  if (only?.path === undefined || more.length > 0) return undefined;
  return values.own.get(only.path);
}

function lookIn({ own, base, maps, appVersion }: ChartValues): Look {
  return {
    textOf: (path) => {
      const field = own.get(path);
      if (field !== undefined) return valueText(field);
      return base.has(path) ? base.get(path) : "";
    },
    has: (path) => own.has(path) || base.has(path) || maps.has(path),
    isMap: (path) => maps.has(path),
    appVersion,
  };
}

interface Shape {
  readonly pieces: ImagePieces;
  readonly values: ChartValues;
  readonly look: Look;
  readonly reference: WrittenImage["reference"];
  readonly parts: readonly WrittenPart[];
  /** What the values make if one of them is another text. */
  readonly make: (path: string, value: string) => WrittenImage["reference"] | undefined;
}

/** The value that a digest can be written to: empty or absent now, and it makes a pin of the same repository. */
function digestPath({ pieces, look, reference, make }: Shape): string | undefined {
  if (reference.kind !== "tag") return undefined;
  return testedPaths(pieces).find((path) => {
    // A value that says the tag keeps it.
    if (look.textOf(path) !== "") return false;
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
  const digest = digestPath(shape);
  const field = digest === undefined ? undefined : shape.values.own.get(digest);
  if (field !== undefined) return [partOf("digest", field)];
  const tag = digest === undefined ? tagPath(shape) : undefined;
  const empty = tag === undefined ? undefined : shape.values.own.get(tag);
  return empty === undefined ? [] : [partOf("tag", empty)];
}

/** The value that a tag with its digest can be written to: empty or absent now, so that something else says the tag. */
function tagPath({ look, reference, parts, pieces, make }: Shape): string | undefined {
  if (reference.kind !== "tag" || parts.some(({ kind }) => kind === "tag")) return undefined;
  return valuePaths(pieces).find((path) => {
    if (look.textOf(path) !== "" || look.isMap(path)) return false;
    const pinned = make(path, `${reference.tag}@${sampleDigest}`);
    return (
      pinned?.kind === "digest" &&
      pinned.registry === reference.registry &&
      pinned.repository === reference.repository &&
      pinned.tag === reference.tag
    );
  });
}

function restOf(shape: Shape): Pick<WrittenImage, "digestField" | "remembered"> {
  const { values, reference, parts, make } = shape;
  // Where the template writes a digest in place of the tag, the tag is what it makes without the digest.
  const written = parts.find(({ kind }) => kind === "digest");
  const path = [...values.own].find(([, { scalar }]) => scalar === written?.scalar)?.[0];
  const without = path === undefined ? undefined : make(path, "");
  const tag =
    reference.kind === "digest" && reference.tag === undefined && without?.kind === "tag"
      ? without.tag
      : undefined;
  return {
    digestField: absentField(shape),
    remembered: tag === undefined ? undefined : { tag, comment: undefined },
  };
}

/** The field for a digest, or for the tag with its digest, that the values do not have yet. */
function absentField(shape: Shape): WrittenImage["digestField"] {
  const { values, reference, parts } = shape;
  const digest = digestPath(shape);
  const path = digest ?? tagPath(shape);
  if (path === undefined || values.own.has(path) || reference.kind !== "tag") return undefined;
  // The tag's neighbour in the same map; another image's field would do, and nobody would look for it there.
  const behind = [...parts].reverse().find((part) => sameMap(path, part, values));
  const before = digest === undefined ? `${reference.tag}@` : "";
  const key = path.slice(path.lastIndexOf(valueSeparator) + 1);
  return behind === undefined || !/^[\w-]+$/.test(key) ? undefined : { key, before, behind };
}

/** Whether a field of that path would stand in the map of the part. */
function sameMap(path: string, part: WrittenPart, { own }: ChartValues): boolean {
  const map = path.slice(0, path.lastIndexOf(valueSeparator) + 1);
  return [...own].some(
    ([at, { scalar }]) =>
      scalar === part.scalar && at.slice(0, at.lastIndexOf(valueSeparator) + 1) === map,
  );
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
