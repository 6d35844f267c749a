// Maps with a bound: what was kept longest ago makes room.

/** Keeps a value as the newest of a map, and forgets the oldest ones until at most `most` are left. */
export function keepNewest<Value>(
  map: Map<string, Value>,
  [key, value]: readonly [key: string, value: Value],
  most: number,
): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
