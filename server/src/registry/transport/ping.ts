// `GET /v2/`: what Knative's controller sends first, and what it would meet there.

import type { Clock, HttpResponse } from "../../environment.ts";
import { createBudget } from "../../base/budget.ts";
import { parseChallenges, type Challenge } from "../authentication/challenge.ts";
import { sendToHost, type HostRequest, type HostRequestParts } from "./hostRequest.ts";
import { isGoodPingStatus, type HostTraits, type Ping } from "./hostTraits.ts";
import type { BearerTokens } from "../authentication/keptTokens.ts";
import { elapsed, momentNow, type Moment } from "../../base/moment.ts";
import { createBoundedMap } from "../../base/boundedMap.ts";
import { followRedirects } from "./redirects.ts";
import { RegistryError } from "../registryError.ts";
import type { RegistryHost } from "../registryHost.ts";
import { parseErrorBody, safeText } from "./serverText.ts";

/** Sends pings: once per host, in addition to lookups, and never waited for by one. */
export interface Pings {
  /** Sends one unless what the host answers is known. A bad answer is looked at again after a while, or `again`. */
  begin(host: RegistryHost, again: boolean): void;
  /** Resolves when no ping of the host is under way; undefined if none is. Never rejects. */
  underWay(host: RegistryHost): Promise<void> | undefined;
  /** Aborts requests in flight and forgets when hosts were contacted. */
  clear(): void;
}

export interface PingParts extends HostRequestParts {
  readonly clock: Clock;
  readonly tokens: BearerTokens;
}

/** How long a bad answer is believed, within a session. */
const badMs = 5 * 60_000;
const maxHosts = 256;
const maxBody = 64 * 1024;

/** @param timeoutMs the time for one ping. */
export function createPings(parts: PingParts, timeoutMs: () => number): Pings {
  const { clock, traits } = parts;
  const sent = createBoundedMap<Moment>(maxHosts);
  const running = new Map<string, { readonly work: Promise<void>; readonly end: () => void }>();

  const isKnown = (asked: string, again: boolean): boolean => {
    const last = sent.get(asked);
    if (isFlawless(traits.get(asked))) return !again || last !== undefined;
    // A bad answer of an earlier session may have been put right since.
    return last !== undefined && !again && elapsed(last, clock) < badMs;
  };
  return {
    begin(host, again) {
      const { asked } = host;
      if (running.has(asked) || isKnown(asked, again)) return;
      sent.set(asked, momentNow(clock));
      const controller = new AbortController();
      const work = ping(host, controller.signal, parts, timeoutMs())
        .then(
          (found) => {
            if (found !== undefined) traits.update(asked, { ping: found });
          },
          // It was aborted, or may not be sent: nothing is known then.
          () => undefined,
        )
        .finally(() => running.delete(asked));
      running.set(asked, { work, end: () => controller.abort(new Error("no longer wanted")) });
    },
    underWay: ({ asked }) => running.get(asked)?.work,
    clear() {
      for (const { end } of running.values()) end();
      sent.clear();
    },
  };
}

/** Whether nothing stands in Knative's way, so that the answer is worth remembering. */
function isFlawless({ ping, authentication }: HostTraits): boolean {
  if (ping === undefined || !isGoodPingStatus(ping.status)) return false;
  return ping.bearer ? ping.badRealm === undefined : authentication?.scheme !== "bearer";
}

/** What came of one ping; undefined where it says nothing about Knative's. */
async function ping(
  host: RegistryHost,
  signal: AbortSignal,
  parts: PingParts,
  timeoutMs: number,
): Promise<Ping | undefined> {
  const budget = createBudget(parts.clock, timeoutMs);
  const lookup = { signal, priority: () => "rest" as const, budget, notices: new Set<string>() };
  const request: HostRequest = { method: "GET", path: "/v2/", headers: {}, maxBytes: maxBody };
  const prepare = (): Promise<undefined> => Promise.resolve(undefined);
  try {
    const { answer } = await sendToHost(host, request, { prepare, lookup }, parts);
    // Go takes one that names no target for the answer itself.
    if (answer.response.headers["location"] === undefined) return pingOf(answer.response);
    const last = await followRedirects(
      answer,
      request,
      { authorization: undefined, lookup },
      parts,
    );
    return pingOf(last.response);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const { problem } = error;
    const plain = { bearer: false, badRealm: undefined };
    if (problem.kind === "server-error")
      return { status: problem.status, error: undefined, ...plain };
    const isSilence =
      problem.kind === "transport" &&
      problem.errors.every(({ failure }) => failure === "reset" || failure === "timeout");
    return isSilence ? { status: 0, error: undefined, ...plain } : undefined;
  }
}

function pingOf({ status, headers, body }: HttpResponse): Ping | undefined {
  // Too many requests say nothing about the next one.
  if (status === 429) return undefined;
  const error = isGoodPingStatus(status) ? undefined : parseErrorBody(body);
  const challenge = status === 401 ? chosenByGo(headers["www-authenticate"] ?? []) : undefined;
  const bearer = challenge?.scheme === "bearer";
  return { status, error, bearer, badRealm: bearer ? badRealm(challenge) : undefined };
}

/** One challenge a line; the first that is Basic or Bearer (go-containerregistry `pickFromMultipleChallenges`). */
function chosenByGo(lines: readonly string[]): Challenge | undefined {
  const firsts = lines.flatMap((line) => parseChallenges([line]).slice(0, 1));
  return firsts.find(({ scheme }) => scheme === "basic" || scheme === "bearer");
}

/** A realm that is not an absolute URL: Go resolves it against nothing (go-containerregistry `refreshBasic`). */
function badRealm({ parameters }: Challenge): string | undefined {
  const realm = parameters.get("realm") ?? "";
  if (/^https?:\/\//i.test(realm)) return undefined;
  // Its query may hold private data.
  return safeText(realm.split(/[?#]/, 1)[0] ?? "");
}

/** What is known of a host that bears on Knative's controller. */
export type ControllerTraits = Pick<HostTraits, "scheme" | "tlsVersion" | "goRefusal" | "ping">;
