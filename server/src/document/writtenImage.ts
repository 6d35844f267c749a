// An image as it is written: in one scalar, or in several fields. Nothing above looks at a scalar of it.

import type { ImageReference } from "../image/imageReference.ts";
import type { Placeholder } from "../image/placeholder.ts";
import { touches, type Span } from "./span.ts";
import type { Scalar } from "./yaml/yamlScalar.ts";

/** What a part of an image says. `name` is what a kustomization's entry looks for: it is never edited. */
export type PartKind = "whole" | "name" | "registry" | "repository" | "tag" | "digest";

/** One scalar of an image. */
export interface WrittenPart {
  readonly kind: PartKind;
  /** The scalar: at its anchor if `place` is an alias. */
  readonly scalar: Scalar;
  /** Where this use stands: the scalar with its quotes, or the alias that means it. */
  readonly place: Span;
  /**
   * The stretch of the reference's text that the scalar's text makes; undefined if it makes none, such as an empty
   * digest or a name that another one replaces.
   */
  readonly at: Span | undefined;
  /** The map's field that holds it; undefined where it is not edited as a field. */
  readonly field: WrittenField | undefined;
}

/** A field of a map. */
export interface WrittenField {
  readonly key: Scalar;
  /** Whether its map is written in braces. */
  readonly isFlow: boolean;
}

/** A field that the image could have and does not: where a digest goes if it has no place yet. */
export interface AbsentField {
  readonly key: string;
  /** What its value begins with, in front of the digest: `v1@` where the tag's field is missing. */
  readonly before: string;
  /** The part of the same map that it is written behind. */
  readonly behind: WrittenPart;
}

/** The tag of a digest that is written without one, and where the tag is kept. */
export interface RememberedTag {
  readonly tag: string;
  /** The comment with the white space in front of it; undefined if something else remembers the tag. */
  readonly comment: Span | undefined;
}

/** How the parts are edited: each style has its own writer in `edits/`. */
export type WritingStyle = "scalar" | "kustomize" | "fields";

/** Spans count from the beginning of the YAML document. */
export interface WrittenImage {
  /** Its text is what the parts say together. */
  readonly reference: ImageReference | Placeholder;
  readonly style: WritingStyle;
  /** At least one. */
  readonly parts: readonly WrittenPart[];
  /** The field for a digest, where it is missing; undefined where there is one, and where none can be. */
  readonly digestField: AbsentField | undefined;
  /** What a comment or an annotation says of the tag; the reference's own tag comes before it. */
  readonly remembered: RememberedTag | undefined;
}

/** An image that one scalar holds. @param place where it stands, if that is an alias */
export function scalarImage(
  reference: WrittenImage["reference"],
  scalar: Scalar,
  place: Span = scalar.span,
): WrittenImage {
  const at = { start: 0, end: reference.text.length };
  const part: WrittenPart = { kind: "whole", scalar, place, at, field: undefined };
  return {
    ...{ reference, style: "scalar", parts: [part] },
    ...{ digestField: undefined, remembered: undefined },
  };
}

/** The kinds of parts in order of preference: the first that exists represents the image and is what a pin writes. */
const mainKinds: readonly PartKind[] = ["digest", "tag", "whole", "repository", "registry", "name"];

/** The part that represents the image. */
export function mainPart({ parts }: WrittenImage): WrittenPart {
  const written = parts.filter(({ at }) => at !== undefined);
  const candidates = written.length > 0 ? written : parts;
  const found = mainKinds
    .map((kind) => candidates.find((part) => part.kind === kind))
    .find((part) => part !== undefined);
  const first = found ?? parts[0];
  if (first === undefined) throw new Error("an image has at least one part");
  return first;
}

/** The part that says an offset of the reference's text. */
export function partAt({ parts }: WrittenImage, offset: number): WrittenPart | undefined {
  return parts.find(({ at }) => at !== undefined && at.start <= offset && offset < at.end);
}

/**
 * Where an image, or one part of it, stands without its quotes: what a finding underlines and a link covers.
 * An alias stands where it is written, whatever its anchor says.
 */
export function spanOf(image: WrittenImage, part: WrittenPart = mainPart(image)): Span {
  const { scalar, place } = part;
  return isAlias(part) ? place : (scalar.content ?? place);
}

/** The same with its quotes. */
export function placeOf(image: WrittenImage, part: WrittenPart = mainPart(image)): Span {
  return part.place;
}

/** Whether a part of the image stands at a place, or touches it. */
export function standsAt({ parts }: WrittenImage, span: Span): boolean {
  return parts.some(({ place }) => touches(place, span));
}

/** Where an edit of the image begins: the same for all uses that mean one anchored scalar. */
export function editedPlace(image: WrittenImage): number {
  return mainPart(image).scalar.span.start;
}

/** Whether an edit of the part changes a scalar that stands elsewhere, too. */
export function isAlias({ scalar, place }: WrittenPart): boolean {
  return place.start !== scalar.span.start;
}

/** The tag kept with a pin: written before the digest, or in a comment. Undefined if there is none. */
export function rememberedTag({ reference, remembered }: WrittenImage): string | undefined {
  return reference.kind === "digest" ? (reference.tag ?? remembered?.tag) : undefined;
}
