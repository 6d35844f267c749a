// A map with a bound: what was set longest ago makes room.

export interface BoundedMap<Value> {
  get(key: string): Value | undefined;
  has(key: string): boolean;
  /** Keeps the value as the newest one; the oldest ones leave while there are too many. */
  set(key: string, value: Value): void;
  delete(key: string): boolean;
  /** From the oldest to the newest. */
  entries(): readonly (readonly [key: string, value: Value])[];
  values(): readonly Value[];
  readonly size: number;
  clear(): void;
}

/**
 * An empty map of at most `most` values.
 * @param onDropped called with each value that leaves to make room.
 */
export function createBoundedMap<Value>(
  most: number,
  onDropped: (value: Value) => void = () => undefined,
): BoundedMap<Value> {
  const map = new Map<string, Value>();
  return {
    get: (key) => map.get(key),
    has: (key) => map.has(key),
    set(key, value) {
      map.delete(key);
      map.set(key, value);
      for (const [oldest, dropped] of map) {
        if (map.size <= most) return;
        map.delete(oldest);
        onDropped(dropped);
      }
    },
    delete: (key) => map.delete(key),
    entries: () => [...map],
    values: () => [...map.values()],
    get size() {
      return map.size;
    },
    clear: () => map.clear(),
  };
}
