// A block scalar of the quick reading: where it ends is known, and the library reads it when somebody asks for its text.

import type { Span } from "../span.ts";
import { PlainLeaf } from "./plainNodes.ts";
import { parseYaml, type YamlNode } from "./yamlDocument.ts";
import type { Scalar } from "./yamlScalar.ts";

/** A block scalar, from its header to the end of its last line. */
export class BlockScalar extends PlainLeaf {
  readonly #text: string;
  readonly #stretch: Span;
  #scalar: Scalar | undefined;
  /** @param stretch of the text, which alone must be valid YAML */
  constructor(text: string, stretch: Span) {
    super();
    this.#text = text;
    this.#stretch = stretch;
  }
  get place(): Span {
    return this.scalar().span;
  }
  get source(): string {
    return this.#root().source;
  }
  scalar(): Scalar {
    this.#scalar ??= moved(this.#root().scalar(), this.#stretch.start);
    return this.#scalar;
  }
  text(): string {
    return this.scalar().text;
  }
  #root(): YamlNode {
    const { start, end } = this.#stretch;
    const root = parseYaml(this.#text.slice(start, end)).roots[0];
    if (root === undefined) throw new TypeError("The stretch of a scalar holds no YAML");
    return root;
  }
}

function moved(scalar: Scalar | undefined, by: number): Scalar {
  if (scalar === undefined) throw new TypeError("The stretch of a scalar holds something else");
  const { span, content } = scalar;
  return {
    ...scalar,
    span: { start: span.start + by, end: span.end + by },
    content: content && { start: content.start + by, end: content.end + by },
  };
}
