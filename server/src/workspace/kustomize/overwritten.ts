// Which images are replaced wherever they are included.

import type { Replacement } from "./fate.ts";
import { getOrMake } from "./getOrMake.ts";
import type { Layer, Writer, WriterChain } from "./layers.ts";
import type { Tracker } from "./tracker.ts";

/** Replacements of one image that are reported. */
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

/** The writers whose image is the last word in none of the results; none if there are too many to follow. */
export function overwritten(tops: readonly Layer[], { take }: Tracker): readonly Overwritten[] {
  const all: Chains = { standing: new Set(), lost: new Map(), last: new Map() };
  for (const { images, hasUnseen } of tops) {
    if (!images.every(({ chain }) => take(1) && follow(chain, hasUnseen, all, take))) return [];
  }
  return [...all.lost]
    .filter(([name]) => !all.standing.has(name))
    .map(([, { chain, by }]) => ({
      writer: chain.writer,
      image: chain.image,
      by: [...by.values()],
    }));
}

interface Chains {
  /** The writers that are the last word somewhere. */
  readonly standing: Set<string>;
  readonly lost: Map<string, Lost>;
  readonly last: Map<string, Replacement>;
}

/** Notes who has the last word, and who has lost it. @returns whether there was room for it */
function follow(
  chain: WriterChain,
  hasUnseen: boolean,
  { standing, lost, last }: Chains,
  take: Tracker["take"],
): boolean {
  // Where not all is seen a missing image may be brought by what is not.
  if (chain.image !== "" || !hasUnseen) standing.add(nameOf(chain.writer));
  else getOrMake(lost, nameOf(chain.writer), () => lostOf(chain));
  const name = `${chain.image} ${nameOf(chain.writer)}`;
  for (let link = chain.before; link !== undefined; link = link.before) {
    if (!take(1)) return false;
    const own = link;
    const { by } = getOrMake(lost, nameOf(own.writer), () => lostOf(own));
    if (by.size >= maxReplacements || by.has(name)) continue;
    by.set(
      name,
      getOrMake(last, name, () => replacementOf(chain)),
    );
  }
  return true;
}

function nameOf({ uri, key, start }: Writer): string {
  return `${uri} ${key ?? start}`;
}

function lostOf(chain: WriterChain): Lost {
  return { chain, by: new Map<string, Replacement>() };
}

function replacementOf({ writer, image }: WriterChain): Replacement {
  const { uri, start, text } = writer;
  return { image, uri, line: text.slice(0, start).split("\n").length };
}
