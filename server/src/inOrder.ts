// Work that waits, done for several items at once and reported in their order.

/** An item and what came of it. */
export interface Done<Item, Result> {
  readonly item: Item;
  readonly result: Result;
}

/**
 * Does the work for each item, for at most `ahead` of them at the same time: what is done is reported in the order of the
 * items. Ends with the first that fails. @throws what the work throws
 */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  ahead: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Done<Item, Result>> {
  const underWay: Promise<Result>[] = [];
  for (const [index, item] of items.entries()) {
    while (underWay.length < ahead && index + underWay.length < items.length) {
      const next = items[index + underWay.length];
      if (next === undefined) break;
      const started = work(next);
      // Its turn reports the failure; until then it is not an unhandled error.
      started.catch(() => undefined);
      underWay.push(started);
    }
    const first = underWay.shift();
    if (first === undefined) return;
    yield { item, result: await first };
  }
}
