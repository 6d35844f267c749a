// A registry that says back what it was told, in every place where a registry can say something.

import type { RecordedRequest } from "./faultServer.ts";
import { testDigest } from "./faultServer.ts";
import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";

/** Where something is said back; each is the answer to every request but that for a token. */
export const places = [
  "content type",
  "warning",
  "realm",
  "realm host",
  "service and scope",
  "unknown scheme",
  "error of a refusal",
  "details of a refusal",
  "plain refusal",
  "escaped refusal",
  "server error",
  "not found",
  "odd status",
  "redirect path",
  "redirect host",
  "digest",
  "annotations",
  "labels",
  "platforms",
  "tags",
  "next page",
  "limit",
  "page",
  "token error",
  "nonsense",
] as const;

/** Places for a few words alone. */
export const smallPlaces: readonly string[] = [
  ...["annotations", "labels", "platforms", "unknown scheme", "redirect host", "realm host"],
];

export type Place = (typeof places)[number];

const index = "application/vnd.oci.image.index.v1+json";
const manifest = "application/vnd.oci.image.manifest.v1+json";

/** A host's name can hold letters and digits alone, and is told in lower case. */
function asName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "")
    .slice(0, 60);
}

function escaped(text: string): string {
  const unit = (at: number): string => text.charCodeAt(at).toString(16).padStart(4, "0");
  return Array.from({ length: text.length }, (_, at) => `\\u${unit(at)}`).join("");
}

interface SayBack {
  readonly place: Place;
  readonly text: string;
  /** The server's own URL. */
  readonly url: string;
}

interface Saying extends RecordedRequest {
  readonly response: ServerResponse;
  readonly text: string;
  /** The text as it may stand in a header. */
  readonly header: string;
  readonly url: string;
}

function refuse({ response }: Saying, status: number, body: string): boolean {
  response.writeHead(status, { "content-type": "application/json" }).end(body);
  return true;
}

function challenge({ response }: Saying, value: string): boolean {
  response.writeHead(401, { "www-authenticate": value }).end();
  return true;
}

function found({ method, response }: Saying, headers: Readonly<Record<string, string>>): boolean {
  if (method !== "HEAD") return false;
  const usual = { "content-type": index, "docker-content-digest": testDigest("a") };
  response.writeHead(200, { ...usual, "content-length": "100", ...headers }).end();
  return true;
}

function move({ response }: Saying, location: string): boolean {
  response.writeHead(307, { location }).end();
  return true;
}

function errorText(message: string): string {
  return JSON.stringify({ errors: [{ code: "DENIED", message }] });
}

function list(saying: Saying, tags: readonly string[], link = ""): boolean {
  const { path, response } = saying;
  if (!path.endsWith("/tags/list")) return false;
  if (link !== "") response.setHeader("link", link);
  response.end(JSON.stringify({ tags }));
  return true;
}

/** What each place answers; false where it is not one of this request's and a usual answer is wanted. */
const answers: Readonly<Record<Place, (saying: Saying) => boolean>> = {
  "content type": (saying) => found(saying, { "content-type": `application/${saying.header}` }),
  warning: (saying) => found(saying, { warning: `299 - "${saying.header}"` }),
  digest: (saying) =>
    found(saying, {
      "docker-content-digest": `sha256:${saying.header.slice(0, 64).padEnd(64, "0")}`,
    }),
  realm(saying) {
    const realm = `${saying.url}/token?said=${encodeURIComponent(saying.header)}`;
    return challenge(saying, `Bearer realm="${realm}"`);
  },
  "realm host"(saying) {
    return challenge(saying, `Bearer realm="https://${asName(saying.text)}.example/token"`);
  },
  "service and scope"(saying) {
    const { url, header } = saying;
    return challenge(saying, `Bearer realm="${url}/token",service="${header}",scope="${header}"`);
  },
  "unknown scheme": (saying) => challenge(saying, `${asName(saying.header)} realm="r"`),
  "error of a refusal": (saying) => refuse(saying, 403, errorText(`no, ${saying.text} is wrong`)),
  "details of a refusal": (saying) => refuse(saying, 401, JSON.stringify({ details: saying.text })),
  "plain refusal": (saying) => refuse(saying, 403, saying.text),
  "escaped refusal": (saying) =>
    refuse(saying, 403, `{"errors":[{"code":"DENIED","message":"${escaped(saying.text)}"}]}`),
  "server error": (saying) => refuse(saying, 500, errorText(saying.text)),
  "not found": (saying) => refuse(saying, 404, errorText(saying.text)),
  "odd status": (saying) => refuse(saying, 418, errorText(saying.text)),
  "redirect path": (saying) => move(saying, `${saying.url}/${encodeURIComponent(saying.header)}`),
  "redirect host": (saying) => move(saying, `http://${asName(saying.header)}.localhost:59999/x`),
  annotations: (saying) => sayInBody(saying, "annotations"),
  labels: (saying) => sayInBody(saying, "labels"),
  platforms: (saying) => sayInBody(saying, "platforms"),
  tags: (saying) =>
    list(saying, ["1", saying.text, `v-${asName(saying.text)}`, saying.text.slice(0, 20)]),
  "next page": (saying) =>
    list(saying, ["1"], `</v2/${encodeURIComponent(saying.header)}/tags/list>; rel="next"`),
  limit({ response, header, text }) {
    response.writeHead(429, { "retry-after": header, "ratelimit-limit": header }).end(text);
    return true;
  },
  page({ response, text }) {
    response.writeHead(404, { "content-type": "text/html" }).end(`<html>${text}</html>`);
    return true;
  },
  // Also where a kept token comes along: another one is asked for then, and refused with words.
  "token error": (saying) => challenge(saying, `Bearer realm="${saying.url}/refuse"`),
  nonsense({ response, header }) {
    response.socket?.end(`${header}\r\n\r\n`);
    return true;
  },
};

/** Answers a request by saying something back; false where that is no answer to this request. */
export function sayBack(
  request: RecordedRequest,
  response: ServerResponse,
  { place, text, url: own }: SayBack,
): boolean {
  const header = text.replace(/[^\x20-\x7e]/g, "");
  return answers[place]({ ...request, response, text, header, url: own });
}

function sayInBody({ method, path, response, text }: Saying, place: Place): boolean {
  const config = JSON.stringify({
    ...(place === "labels"
      ? { os: "linux", architecture: "amd64" }
      : { os: text, architecture: text }),
    created: text,
    config: { Labels: { "org.opencontainers.image.source": text } },
  });
  const digest = `sha256:${createHash("sha256").update(config).digest("hex")}`;
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifest,
    config: { digest },
    layers: [{ size: 1 }],
    ...(place === "annotations"
      ? {
          annotations: {
            "org.opencontainers.image.created": text,
            "org.opencontainers.image.source": text,
          },
        }
      : {}),
  });
  const own = `sha256:${createHash("sha256").update(body).digest("hex")}`;
  const isConfig = path.includes("/blobs/");
  response.writeHead(200, {
    "content-type": isConfig ? "application/json" : manifest,
    "content-length": String(Buffer.byteLength(isConfig ? config : body)),
    ...(isConfig ? {} : { "docker-content-digest": own }),
  });
  response.end(method === "HEAD" ? undefined : isConfig ? config : body);
  return true;
}
