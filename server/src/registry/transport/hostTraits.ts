// What is remembered of a host: schemes, authentication, scopes. Holds nothing secret.

import type { AddressClass } from "../../environment.ts";
import { createBoundedMap } from "../../base/boundedMap.ts";
import type { Scheme } from "../registryHost.ts";
import type { SecretsInHand } from "../credentials/secretsInHand.ts";
import type { ServerError } from "./serverText.ts";

/** The authentication that the host's last challenge demanded. */
export type Authentication =
  | { readonly scheme: "none" }
  | { readonly scheme: "basic" }
  | { readonly scheme: "bearer"; readonly realm: string; readonly service: string | undefined };

export interface HostTraits {
  /** The scheme that worked; undefined until one did. */
  readonly scheme: Scheme | undefined;
  /** Undefined until the host answered for the first time. */
  readonly authentication: Authentication | undefined;
  /** Whether a request without any authorization was answered: then it is tried first. */
  readonly servesAnonymously: boolean;
  /** Where it was reached in this session; it may be elsewhere in the next. */
  readonly addressClass: AddressClass | undefined;
  /** Whether its credential is in a helper, which is not run before the host refused once in this session. */
  readonly usesHelper: boolean;
  /** Whether one token may be for several repositories: `any` = a token is for all of them. */
  readonly scopes: "unknown" | "single" | "multi" | "any";
  /** `TLSv1.3`, as agreed with this machine; undefined over plain http. */
  readonly tlsVersion: string | undefined;
  /** Why Go refuses the certificate that was accepted here, in its words; undefined if it does not. */
  readonly goRefusal: string | undefined;
  /** What `GET /v2/` came to, which Knative's controller sends first; undefined if it was not sent. */
  readonly ping: Ping | undefined;
}

/** The result of `GET /v2/` without credentials. */
export interface Ping {
  /** 0 if no answer came. */
  readonly status: number;
  /** What the answer's body says was wrong, made harmless. */
  readonly error: ServerError | undefined;
  /** Whether go-containerregistry would get a token after it. */
  readonly bearer: boolean;
  /** Its realm without the query, where Go cannot use it: a relative one, or empty for none. */
  readonly badRealm: string | undefined;
}

/** Whether Knative's controller goes on after a status of `/v2/`. Its authentication may still fail. */
export function isGoodPingStatus(status: number): boolean {
  return status === 200 || status === 401;
}

export interface HostTraitsStore {
  get(host: string): HostTraits;
  update(host: string, change: Partial<HostTraits>): void;
  /** All hosts with what is known of them, for the disk: without those whose realm says a secret back. */
  entries(): readonly (readonly [host: string, traits: HostTraits])[];
  clear(): void;
}

const maxHosts = 256;

/** Whether enough is known of a host for parallel requests. */
export function isKnownHost({ authentication, usesHelper, addressClass }: HostTraits): boolean {
  return authentication !== undefined && (!usesHelper || addressClass !== undefined);
}

/** Facts about public registries that cannot be learned from responses. */
function initialTraits(host: string): HostTraits {
  const single = /(^|\.)gcr\.io$|\.pkg\.dev$/.test(host);
  return {
    scheme: undefined,
    authentication: undefined,
    servesAnonymously: false,
    addressClass: undefined,
    usesHelper: false,
    tlsVersion: undefined,
    goRefusal: undefined,
    ping: undefined,
    scopes: single ? "single" : host === "public.ecr.aws" ? "any" : "unknown",
  };
}

/** An empty memory of hosts; the least recently changed leave when there are too many. */
export function createHostTraits(secrets?: SecretsInHand): HostTraitsStore {
  const known = createBoundedMap<HostTraits>(maxHosts);
  const isSecret = ({ authentication, ping }: HostTraits): boolean =>
    secrets?.areIn(JSON.stringify({ authentication, ping })) === true;
  const get = (host: string): HostTraits => known.get(host) ?? initialTraits(host);
  return {
    get,
    update(host, change) {
      const before = get(host);
      const after = { ...before, ...change };
      if (known.has(host) && isSame(before, after)) return;
      known.set(host, after);
    },
    entries: () => known.entries().filter(([, traits]) => !isSecret(traits)),
    clear: () => known.clear(),
  };
}

/** Called after each answer, so the usual case, the very same values, is found quickly. */
function isSame(before: HostTraits, after: HostTraits): boolean {
  const names = Object.keys(before) as (keyof HostTraits)[];
  return names.every((name) => {
    const [one, other] = [before[name], after[name]];
    return (
      one === other || (typeof one === "object" && JSON.stringify(one) === JSON.stringify(other))
    );
  });
}
