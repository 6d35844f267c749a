// A registry whose mood changes: it answers, fails, limits, lies, falls silent and comes back.

import type { ServerResponse } from "node:http";
import {
  answerHead,
  startFaultServer,
  testDigest,
  type FaultServer,
  type RecordedRequest,
} from "../support/registry/faultServer.ts";

export const moods = [
  "well",
  "failing",
  "limiting",
  "lying",
  "cutting",
  "silent",
  "private",
] as const;
export type Mood = (typeof moods)[number];

export interface MoodyRegistry {
  readonly host: string;
  /** How many requests came so far, and how many of them were answered wrongly, late or not at all. */
  readonly requests: () => number;
  readonly faults: () => number;
  mood: Mood;
  readonly stop: () => Promise<void>;
}

export async function startMoodyRegistry(): Promise<MoodyRegistry> {
  let [requests, faults] = [0, 0];
  const server: FaultServer = await startFaultServer((request, response) => {
    requests += 1;
    if (registry.mood !== "well" && registry.mood !== "private") faults += 1;
    // An hour of requests is not kept.
    server.requests.length = 0;
    answers[registry.mood](request, response);
  });
  const registry: MoodyRegistry = {
    host: server.host,
    requests: () => requests,
    faults: () => faults,
    mood: "well",
    stop: server.stop,
  };
  return registry;
}

type Answer = (request: RecordedRequest, response: ServerResponse) => void;

/** The digest of a tag: the same for the same tag. */
function digestOf(path: string): string {
  const last = path.charCodeAt(path.length - 1);
  return testDigest((last % 16).toString(16));
}

const well: Answer = ({ path }, response) => {
  if (path.endsWith("/tags/list")) response.end('{"tags":["v1","v2"]}');
  else if (path === "/token") response.end('{"token":"tttttttttttt","expires_in":60}');
  else answerHead(response, { digest: digestOf(path) });
};

const answers: Readonly<Record<Mood, Answer>> = {
  well,
  failing: (_, response) => void response.writeHead(503).end("busy"),
  limiting: (_, response) => void response.writeHead(429, { "retry-after": "1" }).end(),
  lying: (_, response) =>
    void response.writeHead(200, { "docker-content-digest": "x".repeat(90) }).end("{["),
  cutting: (_, response) => void response.destroy(),
  silent: () => undefined,
  private: (request, response) => {
    if (request.path === "/token" || request.authorization !== undefined) well(request, response);
    else response.writeHead(401, { "www-authenticate": 'Bearer realm="/token",service="s"' }).end();
  },
};
