// How much one document has asked for by itself.

import type { ManifestKey } from "./resolution.ts";

const maxRegistriesOfDocument = 20;
const maxKeysOfDocument = 200;

/** Documents made to scan networks or to load registries reach few hosts by themselves. */
export function withinBudget(keys: readonly ManifestKey[]): readonly ManifestKey[] {
  const registries = new Set<string>();
  return keys.slice(0, maxKeysOfDocument).filter(({ registry }) => {
    if (registries.size < maxRegistriesOfDocument) registries.add(registry);
    return registries.has(registry);
  });
}
