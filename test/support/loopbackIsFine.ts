// Tests have their registries on loopback, which is not what they are about: the rule against it is off.

/** The setting that keeps `loopback-registry` quiet. */
export const loopbackIsFine = { diagnostics: { "loopback-registry": "off" } } as const;

/** The same beside the `initializationOptions` of a test; whatever has another form stays what it is. */
export function withLoopback(options: unknown): unknown {
  if (options === undefined) return loopbackIsFine;
  if (typeof options !== "object" || options === null || Array.isArray(options)) return options;
  if (!("knativeDigest" in options)) return { ...loopbackIsFine, ...options };
  const { knativeDigest: nested } = options;
  if (typeof nested !== "object" || nested === null) return options;
  return { ...options, knativeDigest: { ...loopbackIsFine, ...nested } };
}
