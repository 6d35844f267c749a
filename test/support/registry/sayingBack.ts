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

export interface SayBack {
  readonly place: Place;
  readonly text: string;
  /** The server's own URL. */
  readonly url: string;
}

/** Answers a request; undefined where the place is not one of this request's and a usual answer is wanted. */
export function sayBack(
  { method, path, authorization = "" }: RecordedRequest,
  response: ServerResponse,
  { place, text, url }: SayBack,
): boolean {
  const refuse = (status: number, body: string): boolean => {
    response.writeHead(status, { "content-type": "application/json" }).end(body);
    return true;
  };
  const challenge = (value: string): boolean => {
    response.writeHead(401, { "www-authenticate": value }).end();
    return true;
  };
  const header = text.replace(/[^\x20-\x7e]/g, "");
  const error = (message: string): string =>
    JSON.stringify({ errors: [{ code: "DENIED", message }] });
  switch (place) {
    case "content type":
    case "warning":
    case "digest":
      if (method !== "HEAD") return false;
      response.writeHead(200, {
        "content-type": place === "content type" ? `application/${header}` : index,
        "content-length": "100",
        "docker-content-digest":
          place === "digest" ? `sha256:${header.slice(0, 64).padEnd(64, "0")}` : testDigest("a"),
        ...(place === "warning" ? { warning: `299 - "${header}"` } : {}),
      });
      response.end();
      return true;
    case "realm":
      if (authorization !== "") return false;
      return challenge(`Bearer realm="${url}/token?said=${encodeURIComponent(header)}"`);
    case "service and scope":
      if (authorization !== "") return false;
      return challenge(`Bearer realm="${url}/token",service="${header}",scope="${header}"`);
    case "unknown scheme":
      return challenge(`${asName(header)} realm="r"`);
    case "error of a refusal":
      return refuse(403, error(`no, ${text} is wrong`));
    case "details of a refusal":
      return refuse(401, JSON.stringify({ details: text }));
    case "plain refusal":
      return refuse(403, text);
    case "escaped refusal":
      return refuse(403, `{"errors":[{"code":"DENIED","message":"${escaped(text)}"}]}`);
    case "server error":
      return refuse(500, error(text));
    case "not found":
      return refuse(404, error(text));
    case "odd status":
      return refuse(418, error(text));
    case "redirect path":
      response.writeHead(307, { location: `${url}/${encodeURIComponent(header)}` }).end();
      return true;
    case "redirect host":
      response.writeHead(307, { location: `http://${asName(header)}.localhost:1/x` }).end();
      return true;
    case "annotations":
    case "labels":
    case "platforms":
      return sayInBody({ method, path }, response, place, text);
    case "tags":
      if (!path.endsWith("/tags/list")) return false;
      response.end(JSON.stringify({ tags: ["1", text, `v-${asName(text)}`, text.slice(0, 20)] }));
      return true;
    case "next page":
      if (!path.endsWith("/tags/list")) return false;
      response.setHeader("link", `</v2/${encodeURIComponent(header)}/tags/list>; rel="next"`);
      response.end(JSON.stringify({ tags: ["1"] }));
      return true;
    case "limit":
      response.writeHead(429, { "retry-after": header, "ratelimit-limit": header }).end(text);
      return true;
    case "page":
      response.writeHead(404, { "content-type": "text/html" }).end(`<html>${text}</html>`);
      return true;
    case "token error":
      return authorization === "" && challenge(`Bearer realm="${url}/refuse"`);
    case "nonsense":
      response.socket?.end(`${header}\r\n\r\n`);
      return true;
  }
}

function sayInBody(
  { method, path }: { readonly method: string; readonly path: string },
  response: ServerResponse,
  place: Place,
  text: string,
): boolean {
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
