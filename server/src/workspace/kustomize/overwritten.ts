// Which images are replaced wherever they are included.

import type { Replacement } from "./fate.ts";
import { getOrMake } from "./getOrMake.ts";
import type { Layer, Writer, WriterChain } from "./layers.ts";

/** Replacements of one image that are told. */
const maxReplacements = 5;

interface Lost {
  readonly chain: WriterChain;
  readonly by: Map<string, Replacement>;
}

export interface Overwritten {
  readonly writer: Writer;
  readonly image: string;
  readonly by: readonly Replacement[];
}

/** The writers whose image is the last word in none of the results. */
export function overwritten(tops: readonly Layer[]): readonly Overwritten[] {
  const standing = new Set<string>();
  const lost = new Map<string, Lost>();
  for (const top of tops) {
    for (const { chain } of top.images) {
      const last = chain.writer;
      // Where not all is seen a missing image may be brought by what is not.
      if (chain.image !== "" || !top.hasUnseen) standing.add(nameOf(last));
      else lost.set(nameOf(last), { chain, by: new Map() });
      for (let link = chain.before; link !== undefined; link = link.before) {
        addReplacement(getOrMake(lost, nameOf(link.writer), lostOf(link)), chain);
      }
    }
  }
  return [...lost]
    .filter(([name]) => !standing.has(name))
    .map(([, { chain, by }]) => ({
      writer: chain.writer,
      image: chain.image,
      by: [...by.values()],
    }));
}

function nameOf({ uri, key, span }: Writer): string {
  return `${uri} ${key ?? span.start}`;
}

const lostOf =
  (chain: WriterChain): (() => Lost) =>
  () => ({ chain, by: new Map() });

function addReplacement({ by }: Lost, { writer, image }: WriterChain): void {
  const { uri, span, text } = writer;
  if (by.size < maxReplacements) by.set(`${image} ${nameOf(writer)}`, { image, uri, span, text });
}
