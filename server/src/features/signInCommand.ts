// The line that signs in to a registry, as a person would type it.

import { dockerHub } from "../image/imageReference.ts";

/** What may stand in a shell's line without being more than a word there. */
const plainRegistry =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * `docker login HOST`; Docker Hub needs no name.
 * @param registry untrusted: it comes from a manifest
 * @returns undefined for a name that could mean something else in a shell
 */
export function signInCommand(registry: string): string | undefined {
  if (registry === dockerHub) return "docker login";
  // zsh takes brackets for a pattern.
  const word = registry.startsWith("[") ? `'${registry}'` : registry;
  return plainRegistry.test(registry) ? `docker login ${word}` : undefined;
}
