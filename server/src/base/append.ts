// Adds to lists, however long they are.

/** Puts items behind a list's own. To spread some hundred thousand of them into `push` would exhaust the stack. */
export function append<Item>(list: Item[], items: Iterable<Item>): void {
  for (const item of items) list.push(item);
}
