// What is remembered of a host: how it wants to be asked. Holds nothing secret.

import type { AddressClass } from "../environment.ts";
import { createBoundedMap } from "./boundedMap.ts";
import type { Scheme } from "./registryHost.ts";
import type { SecretsInHand } from "./secretsInHand.ts";

/** How a host wants to be signed in to, as its last challenge said. */
export type SignIn =
  | { readonly scheme: "none" }
  | { readonly scheme: "basic" }
  | { readonly scheme: "bearer"; readonly realm: string; readonly service: string | undefined };

export interface HostTraits {
  /** The scheme that worked; undefined until one did. */
  readonly scheme: Scheme | undefined;
  /** Undefined until the host answered for the first time. */
  readonly signIn: SignIn | undefined;
  /** Whether a request without any authorization was answered: then it is tried first. */
  readonly servesAnonymously: boolean;
  /** Where it was reached in this session; it may be elsewhere in the next. */
  readonly addressClass: AddressClass | undefined;
  /** Whether its credential is in a helper, which is not run before the host refused once in this session. */
  readonly usesHelper: boolean;
  readonly noHead: boolean;
  readonly noDigestHeader: boolean;
  /** Whether one token may be for several repositories: `any` = a token is for all of them. */
  readonly scopes: "unknown" | "single" | "multi" | "any";
}

export interface HostTraitsStore {
  get(host: string): HostTraits;
  update(host: string, change: Partial<HostTraits>): void;
  /** All hosts with what is known of them, for the disk: without those whose realm says a secret back. */
  entries(): readonly (readonly [host: string, traits: HostTraits])[];
  /** Grows with each change. */
  readonly generation: number;
  clear(): void;
}

const maxHosts = 256;

/** Whether enough is known of a host for everybody to ask it at once. */
export function isKnownHost({ signIn, usesHelper, addressClass }: HostTraits): boolean {
  return signIn !== undefined && (!usesHelper || addressClass !== undefined);
}

/** Facts about public registries that no request tells. */
function initialTraits(host: string): HostTraits {
  const single = /(^|\.)gcr\.io$|\.pkg\.dev$/.test(host);
  return {
    scheme: undefined,
    signIn: undefined,
    servesAnonymously: false,
    addressClass: undefined,
    usesHelper: false,
    noHead: false,
    noDigestHeader: false,
    scopes: single ? "single" : host === "public.ecr.aws" ? "any" : "unknown",
  };
}

/** An empty memory of hosts; the least recently changed leave when there are too many. */
export function createHostTraits(secrets?: SecretsInHand): HostTraitsStore {
  const known = createBoundedMap<HostTraits>(maxHosts);
  let generation = 0;
  const isSecret = (signIn: SignIn | undefined): boolean =>
    signIn?.scheme === "bearer" &&
    secrets?.areIn(`${signIn.realm} ${signIn.service ?? ""}`) === true;
  const get = (host: string): HostTraits => known.get(host) ?? initialTraits(host);
  return {
    get,
    update(host, change) {
      const before = get(host);
      const after = { ...before, ...change };
      if (known.has(host) && isSame(before, after)) return;
      generation += 1;
      known.set(host, after);
    },
    entries: () => known.entries().filter(([, { signIn }]) => !isSecret(signIn)),
    get generation() {
      return generation;
    },
    clear: () => known.clear(),
  };
}

/** Asked after each answer, so the usual case, the very same values, is told quickly. */
function isSame(before: HostTraits, after: HostTraits): boolean {
  const { signIn: one, ...others } = before;
  const { signIn: other, ...changed } = after;
  const names = Object.keys(others) as (keyof typeof others)[];
  if (names.some((name) => others[name] !== changed[name])) return false;
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
