// Loopback registries: for Knative's controller they are another machine than for the author of the manifest.

import { hostOf } from "./registryClass.ts";

/**
 * Whether a registry is this machine by its name: `localhost:PORT`, `127.0.0.1:PORT`, `[::1]:PORT`. Knative's controller
 * contacts it from inside its pod, which is the pod itself. Docker's `host.docker.internal` is a machine outside it.
 */
export function isLoopbackRegistry(registry: string): boolean {
  const host = hostOf(registry).toLowerCase();
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    host === "[::1]" ||
    host === "0.0.0.0" ||
    /^127(?:\.\d{1,3}){3}$/.test(host)
  );
}
