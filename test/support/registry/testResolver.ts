// A resolver over the real network parts, with an environment of its own and everything it says kept.

import type { LogLevel } from "../../../server/src/environment.ts";
import {
  createRegistryAccess,
  type RegistryAccess,
  type RegistryAccessOptions,
} from "../../../server/src/node/registryAccess.ts";
import { parseImageReference } from "../../../server/src/image/imageReference.ts";
import type { Failed, ManifestKey, Resolved } from "../../../server/src/resolver/resolution.ts";
import { createResolver, type Resolver } from "../../../server/src/resolver/resolver.ts";
import { defaultSettings, type Settings } from "../../../server/src/settings.ts";

export interface TestResolver {
  readonly resolver: Resolver;
  readonly access: RegistryAccess;
  /** Each line with its level. */
  readonly log: string[];
  readonly settings: { current: Settings };
  /** Resolves `host/repository:tag`, which must succeed. */
  resolved(image: string, fresh?: boolean): Promise<Resolved>;
  /** Resolves it, which must fail. */
  failed(image: string, fresh?: boolean): Promise<Failed>;
  close(): Promise<void>;
}

export interface TestResolverOptions extends Partial<RegistryAccessOptions> {
  readonly use?: Partial<Settings>;
  /** The content of `~/.docker/config.json`'s stand-in `DOCKER_AUTH_CONFIG`: user and password by host. */
  readonly logins?: Readonly<Record<string, { username: string; password: string }>>;
}

/** The key of an image as Knative reads it. */
export function keyOf(image: string): ManifestKey {
  const reference = parseImageReference(image);
  if (reference.kind === "invalid") throw new Error(reference.problem);
  const { registry, repository } = reference;
  const which = reference.kind === "tag" ? reference.tag : reference.digest;
  return { registry, repository, reference: which };
}

export function createTestResolver(options: TestResolverOptions = {}): TestResolver {
  const log: string[] = [];
  const settings = { current: { ...defaultSettings, ...options.use } };
  const write = (level: LogLevel, message: string): void => void log.push(`${level}: ${message}`);
  const auths = Object.entries(options.logins ?? {}).map(([host, { username, password }]) => [
    host,
    { auth: Buffer.from(`${username}:${password}`).toString("base64") },
  ]);
  const access = createRegistryAccess({
    settings: () => settings.current,
    variables:
      options.logins === undefined
        ? {}
        : { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: Object.fromEntries(auths) as unknown }) },
    home: "/nonexistent",
    workspaceFolders: () => [],
    log: write,
    ...options,
  });
  const resolver = createResolver({
    ...access,
    log: write,
    settings: () => settings.current,
    policy: { trusted: true, offline: false },
  });
  const resolve: TestResolver["resolver"]["resolve"] = (key, asked) => resolver.resolve(key, asked);
  const signal = (): AbortSignal => new AbortController().signal;
  return {
    resolver,
    access,
    log,
    settings,
    async resolved(image, fresh = false) {
      const answer = await resolve(keyOf(image), { signal: signal(), priority: "hover", fresh });
      if (answer.status === "resolved") return answer;
      throw new Error(`${image}: ${JSON.stringify(answer)}\n${log.join("\n")}`);
    },
    async failed(image, fresh = false) {
      const answer = await resolve(keyOf(image), { signal: signal(), priority: "hover", fresh });
      if (answer.status === "failed") return answer;
      throw new Error(`${image}: ${JSON.stringify(answer)}\n${log.join("\n")}`);
    },
    async close() {
      await resolver.dispose();
    },
  };
}
