// A resolver over the real network parts, with an environment of its own and everything it says kept.

import type { LogLevel } from "../../../server/src/environment.ts";
import { parseImageReference } from "../../../server/src/image/imageReference.ts";
import {
  createRegistryAccess,
  type RegistryAccess,
  type RegistryAccessOptions,
} from "../../../server/src/node/registryAccess.ts";
import {
  classifyAddress,
  type HostClass,
} from "../../../server/src/registry/transport/addressPolicy.ts";
import type { Priority } from "../../../server/src/registry/transport/requestQueue.ts";
import type {
  Failed,
  ManifestKey,
  Resolution,
  Resolved,
} from "../../../server/src/resolver/resolution.ts";
import { createResolver, type Resolver } from "../../../server/src/resolver/resolver.ts";
import type { Policy } from "../../../server/src/resolver/resolverContract.ts";
import { defaultSettings, type Settings } from "../../../server/src/settings.ts";
import { timeoutMs } from "../deadline.ts";
import type { Login } from "./fixtures.ts";

export interface TestResolver {
  readonly resolver: Resolver;
  readonly access: RegistryAccess;
  /** Each line with its level. */
  readonly log: string[];
  readonly settings: { current: Settings };
  /** For another one like it: the next session. */
  readonly options: TestResolverOptions;
  /** Asks for `host/repository:tag`, as a person who hovers. */
  ask(image: string, options?: AskOptions): Promise<Resolution>;
  /** Asks, and must get a digest. */
  resolved(image: string, options?: AskOptions): Promise<Resolved>;
  /** Asks, and must fail. */
  failed(image: string, options?: AskOptions): Promise<Failed>;
  readonly close: () => Promise<void>;
}

export interface AskOptions {
  readonly fresh?: boolean;
  readonly signal?: AbortSignal;
  readonly priority?: Priority;
}

export interface TestResolverOptions extends Partial<RegistryAccessOptions> {
  /** Settings that differ from the defaults. */
  readonly use?: Partial<Settings>;
  /** Users and passwords by host, given as `DOCKER_AUTH_CONFIG`. */
  readonly logins?: Readonly<Record<string, Login>>;
  /** Names that DNS does not know, and their addresses. */
  readonly names?: Readonly<Record<string, string>>;
  /** Addresses that stand for ones elsewhere: 127.0.0.2 as a public one, for example. */
  readonly classes?: Readonly<Record<string, HostClass>>;
  readonly policy?: Policy;
}

/** The key of an image as Knative reads it. */
export function keyOf(image: string): ManifestKey {
  const reference = parseImageReference(image);
  if (reference.kind === "invalid") throw new Error(reference.problem);
  const { registry, repository } = reference;
  const which = reference.kind === "tag" ? reference.tag : reference.digest;
  return { registry, repository, reference: which };
}

/** Longer than usual: on a busy machine a lookup must not end before that which a test is about. */
const timeoutSeconds = 60;

export function createTestResolver(options: TestResolverOptions = {}): TestResolver {
  const { names = {}, classes = {}, policy = { trusted: true, offline: false } } = options;
  const log: string[] = [];
  const settings = { current: { ...defaultSettings, timeoutSeconds, ...options.use } };
  const write = (level: LogLevel, message: string): void => void log.push(`${level}: ${message}`);
  const access = createRegistryAccess({
    settings: () => settings.current,
    variables: loginVariables(options.logins),
    home: "/nonexistent",
    workspaceFolders: () => [],
    log: write,
    lookUp: (name) => {
      const address = names[name] ?? (name === "localhost" ? "127.0.0.1" : undefined);
      if (address === undefined)
        return Promise.reject(Object.assign(new Error(name), { code: "ENOTFOUND" }));
      return Promise.resolve([{ address, family: address.includes(":") ? 6 : 4 }]);
    },
    classify: (address) => classes[address] ?? classifyAddress(address),
    retryPauses: [1, 3],
    ...options,
  });
  const resolver = createResolver({
    ...access,
    log: write,
    settings: () => settings.current,
    policy,
  });
  const ask: TestResolver["ask"] = (image, { fresh = false, signal, priority = "hover" } = {}) =>
    resolver.resolve(keyOf(image), {
      signal: signal ?? new AbortController().signal,
      priority,
      fresh,
      withController: true,
    });
  const complain = (image: string, answer: Resolution): Error =>
    new Error(`${image}: ${JSON.stringify(answer, undefined, 2)}\n${log.join("\n")}`);
  return {
    resolver,
    access,
    log,
    settings,
    options,
    ask,
    async resolved(image, asked) {
      const answer = await ask(image, asked);
      if (answer.status === "resolved") return answer;
      throw complain(image, answer);
    },
    async failed(image, asked) {
      const answer = await ask(image, asked);
      if (answer.status === "failed") return answer;
      throw complain(image, answer);
    },
    close: () => resolver.dispose(),
  };
}

/** `DOCKER_AUTH_CONFIG` with users and passwords by host. */
function loginVariables(
  logins: Readonly<Record<string, Login>> | undefined,
): Readonly<Record<string, string>> {
  if (logins === undefined) return {};
  const auths = Object.entries(logins).map(([host, { username, password }]) => [
    host,
    { auth: Buffer.from(`${username}:${password}`).toString("base64") },
  ]);
  return { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: Object.fromEntries(auths) as unknown }) };
}

/** Waits until the condition holds, and fails after the deadline: never a bare sleep. */
export async function eventually(condition: () => boolean, deadlineMs = timeoutMs): Promise<void> {
  const until = Date.now() + deadlineMs;
  while (!condition()) {
    if (Date.now() > until) throw new Error("the condition did not come true in time");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
