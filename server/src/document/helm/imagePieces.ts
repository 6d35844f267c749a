// The values that a Helm template is evaluated with: pieces of an image's text, and tests of the chart's values.

/** A piece of an image's text. */
export type ImagePiece =
  | { readonly kind: "text"; readonly text: string }
  /** A value of the chart by its path; where it is empty, `orElse` takes its place. */
  | { readonly kind: "value"; readonly path: readonly string[]; readonly orElse: ImagePieces }
  /** `appVersion` of Chart.yaml. */
  | { readonly kind: "app-version" }
  /** One of two, by a test of values. */
  | {
      readonly kind: "choice";
      readonly test: ValueTest;
      readonly set: ImagePieces;
      readonly unset: ImagePieces;
    };

export type ImagePieces = readonly ImagePiece[];

/** What decides between two branches, known from the chart's values. */
export type ValueTest =
  | { readonly kind: "constant"; readonly value: boolean }
  /** A value that is not empty, or a map of values. */
  | { readonly kind: "value"; readonly path: readonly string[] }
  /** A key that is there, whatever its value. */
  | { readonly kind: "present"; readonly path: readonly string[] }
  /** Pieces that make a text. */
  | { readonly kind: "filled"; readonly pieces: ImagePieces }
  | { readonly kind: "not"; readonly test: ValueTest }
  | { readonly kind: "all" | "any"; readonly tests: readonly ValueTest[] }
  | { readonly kind: "equal"; readonly one: ImagePieces; readonly others: readonly ImagePieces[] }
  /** Whether the pieces' text begins with, or contains, another. */
  | {
      readonly kind: "begins" | "contains";
      readonly text: string;
      readonly pieces: ImagePieces;
    };

/** What stands in front of an expression in its document and decides what it means, in order. */
export type ScopeStep =
  | { readonly kind: "assign"; readonly name: string; readonly pipeline: string }
  /** A variable that a closed branch may have set: nobody knows. */
  | { readonly kind: "forget"; readonly name: string }
  /** An open `with`: its pipeline is the dot. */
  | { readonly kind: "with"; readonly pipeline: string }
  /** An open `range`: the dot is each item. */
  | { readonly kind: "range" };

/** The result of a pipeline, as far as it is known. */
export type Made =
  /** The root, which holds the chart's `Values` and `Chart`. */
  | { readonly kind: "root" }
  | { readonly kind: "chart" }
  /** A value of the chart, or a map of them. */
  | { readonly kind: "values"; readonly path: readonly string[] }
  | { readonly kind: "dict"; readonly entries: ReadonlyMap<string, Made | undefined> }
  | { readonly kind: "pieces"; readonly pieces: ImagePieces }
  /** A condition; `or` also makes the first of its values that is not empty. */
  | {
      readonly kind: "test";
      readonly test: ValueTest;
      readonly pieces: ImagePieces | undefined;
    }
  | { readonly kind: "nothing" };

export function chosen(
  test: ValueTest,
  one: Made | undefined,
  other: Made | undefined,
): Made | undefined {
  const [set, unset] = [asPieces(one), asPieces(other)];
  if (set === undefined || unset === undefined) return undefined;
  return { kind: "pieces", pieces: [{ kind: "choice", test, set, unset }] };
}

export function asPieces(made: Made | undefined): ImagePieces | undefined {
  switch (made?.kind) {
    case "pieces":
    case "test":
      return made.pieces;
    case "values":
      return made.path.length > 0 ? [{ kind: "value", path: made.path, orElse: [] }] : undefined;
    case "nothing":
      return [];
    case "root":
    case "chart":
    case "dict":
    case undefined:
      return undefined;
  }
}

/** Whether a template takes what was made for true. */
export function testOf(made: Made | undefined): ValueTest | undefined {
  switch (made?.kind) {
    case "root":
    case "chart":
      return { kind: "constant", value: true };
    case "dict":
      return { kind: "constant", value: made.entries.size > 0 };
    case "nothing":
      return { kind: "constant", value: false };
    case "values":
      return { kind: "value", path: made.path };
    case "test":
      return made.test;
    case "pieces":
      return { kind: "filled", pieces: made.pieces };
    case undefined:
      return undefined;
  }
}

export function fieldOf(made: Made | undefined, name: string): Made | undefined {
  switch (made?.kind) {
    case "root":
      if (name === "Values") return { kind: "values", path: [] };
      return name === "Chart" ? { kind: "chart" } : undefined;
    case "chart":
      return name === "AppVersion"
        ? { kind: "pieces", pieces: [{ kind: "app-version" }] }
        : undefined;
    case "values":
      return { kind: "values", path: [...made.path, name] };
    case "dict":
      return made.entries.has(name) ? made.entries.get(name) : { kind: "nothing" };
    case "nothing":
      return made;
    case "test":
    case "pieces":
    case undefined:
      return undefined;
  }
}

export function pieces(made: ImagePieces | undefined): Made | undefined {
  return made === undefined ? undefined : { kind: "pieces", pieces: made };
}

/** Characters that count as one piece. */
const charactersOfPiece = 100;

/**
 * Counts pieces with all that they are made of, as if nothing were shared: each is walked through that often.
 * @param room how many there may be.
 * @returns how many more there may be; negative as soon as there are too many.
 */
export function roomBehind(all: ImagePieces, room: number): number {
  let left = room;
  for (const piece of all) {
    if (left < 0) break;
    left = roomBehindPiece(piece, left - 1);
  }
  return left;
}

function roomBehindPiece(piece: ImagePiece, room: number): number {
  switch (piece.kind) {
    case "text":
      return room - Math.floor(piece.text.length / charactersOfPiece);
    case "value":
      return roomBehind(piece.orElse, room - piece.path.length);
    case "app-version":
      return room;
    case "choice":
      return roomBehind(piece.unset, roomBehind(piece.set, roomBehindTest(piece.test, room)));
  }
}

function roomBehindTest(test: ValueTest, room: number): number {
  if (room < 0) return room;
  switch (test.kind) {
    case "constant":
    case "value":
    case "present":
      return room - 1;
    case "not":
      return roomBehindTest(test.test, room - 1);
    case "all":
    case "any":
      return test.tests.reduce((left, one) => roomBehindTest(one, left), room - 1);
    case "filled":
    case "begins":
    case "contains":
      return roomBehind(test.pieces, room - 1);
    case "equal":
      return test.others.reduce(
        (left, other) => roomBehind(other, left),
        roomBehind(test.one, room - 1),
      );
  }
}
