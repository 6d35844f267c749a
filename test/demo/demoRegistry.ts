// A registry in memory, on loopback: speaks as much of the distribution spec as reading an image needs.

import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { SampleImage, StoredContent } from "./sampleImages.ts";

/** A running registry. */
export interface DemoRegistry {
  /** `localhost:PORT`, as references name it. */
  readonly host: string;
  /** The account that may read private repositories; another password at each start. */
  readonly account: { readonly username: string; readonly password: string };
  /** `METHOD path` of each request so far. */
  readonly requests: readonly string[];
  /** Stores an image, and makes the tag point at it. @returns the digest */
  readonly push: (repository: string, tag: string, image: SampleImage) => string;
  /** Lets requests wait for an answer until `resume`. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Ends the registry and all connections to it. */
  readonly stop: () => Promise<void>;
}

interface Repository {
  readonly manifests: Map<string, StoredContent>;
  readonly tags: Map<string, string>;
}

interface Contents {
  readonly repositories: Map<string, Repository>;
  readonly blobs: Map<string, StoredContent>;
  readonly isPrivate: (repository: string) => boolean;
}

interface Access {
  readonly account: DemoRegistry["account"];
  /** Tokens given out, and the repositories that each may read. */
  readonly tokens: Map<string, readonly string[]>;
}

/**
 * Starts a registry on a free port of the loopback interface.
 * @param privatePrefix repositories that begin with it want a bearer token for the account
 */
export async function startDemoRegistry(privatePrefix: string, port = 0): Promise<DemoRegistry> {
  const contents: Contents = {
    repositories: new Map(),
    blobs: new Map(),
    isPrivate: (repository) => repository.startsWith(privatePrefix),
  };
  const account = { username: "demo", password: randomBytes(12).toString("hex") };
  const access: Access = { account, tokens: new Map() };
  const requests: string[] = [];
  let waiting: (() => void)[] | undefined;
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? "GET"} ${request.url ?? "/"}`);
    const answer = (): void => send(request, response, reply(request, contents, access));
    if (waiting === undefined) answer();
    else waiting.push(answer);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    account,
    requests,
    push: (repository, tag, image) => push(contents, repository, tag, image),
    pause() {
      waiting ??= [];
    },
    resume() {
      const answers = waiting ?? [];
      waiting = undefined;
      for (const answer of answers) answer();
    },
    async stop() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function push(contents: Contents, name: string, tag: string, image: SampleImage): string {
  const repository = contents.repositories.get(name) ?? { manifests: new Map(), tags: new Map() };
  contents.repositories.set(name, repository);
  for (const each of [image.top, ...image.children]) repository.manifests.set(each.digest, each);
  for (const each of image.blobs) contents.blobs.set(each.digest, each);
  repository.tags.set(tag, image.top.digest);
  return image.top.digest;
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

function reply(request: IncomingMessage, contents: Contents, access: Access): Reply {
  const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "localhost"}`);
  if (url.pathname === "/token") return giveToken(url, request, access);
  if (url.pathname === "/v2/") return found("application/json", Buffer.from("{}"));
  const match = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(url.pathname);
  if (match === null) return refused(404, "UNSUPPORTED", "There is nothing here.");
  const [, name = "", kind = "", reference = ""] = match;
  if (contents.isPrivate(name) && !mayRead(request, name, access)) {
    const scope = `repository:${name}:pull`;
    const challenge = `Bearer realm="${url.origin}/token",service="demo",scope="${scope}"`;
    const refusal = refused(401, "UNAUTHORIZED", "authentication required");
    return { ...refusal, headers: { ...refusal.headers, "WWW-Authenticate": challenge } };
  }
  return read(contents, { name, kind, reference });
}

function read(
  contents: Contents,
  { name, kind, reference }: { name: string; kind: string; reference: string },
): Reply {
  const repository = contents.repositories.get(name);
  if (repository === undefined) return refused(404, "NAME_UNKNOWN", "unknown repository");
  if (kind === "tags") return tagList(name, repository);
  const stored =
    kind === "blobs"
      ? contents.blobs.get(reference)
      : repository.manifests.get(repository.tags.get(reference) ?? reference);
  if (stored === undefined) return refused(404, "MANIFEST_UNKNOWN", "manifest unknown");
  return found(stored.mediaType, stored.body, { "Docker-Content-Digest": stored.digest });
}

function tagList(name: string, { tags }: Repository): Reply {
  const list = { name, tags: [...tags.keys()].sort() };
  return found("application/json", Buffer.from(JSON.stringify(list)));
}

function found(mediaType: string, body: Buffer, headers: Reply["headers"] = {}): Reply {
  return { status: 200, headers: { "Content-Type": mediaType, ...headers }, body };
}

function refused(status: number, code: string, message: string): Reply {
  const body = Buffer.from(JSON.stringify({ errors: [{ code, message }] }));
  return { status, headers: { "Content-Type": "application/json" }, body };
}

function send(request: IncomingMessage, response: ServerResponse, answer: Reply): void {
  const { status, headers, body } = answer;
  response.writeHead(status, { ...headers, "Content-Length": body.length });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Everybody gets a token; only the account's opens private repositories. */
function giveToken(url: URL, request: IncomingMessage, access: Access): Reply {
  const given = request.headers.authorization;
  if (given !== undefined && !isAccount(given, access.account)) {
    return refused(401, "UNAUTHORIZED", "incorrect username or password");
  }
  const names = url.searchParams.getAll("scope").map((scope) => scope.split(":")[1] ?? "");
  const token = randomBytes(16).toString("hex");
  access.tokens.set(token, given === undefined ? [] : names);
  const body = Buffer.from(JSON.stringify({ token, expires_in: 300 }));
  return found("application/json", body);
}

function isAccount(authorization: string, account: DemoRegistry["account"]): boolean {
  const pair = Buffer.from(`${account.username}:${account.password}`).toString("base64");
  const expected = Buffer.from(`Basic ${pair}`);
  const actual = Buffer.from(authorization);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function mayRead(request: IncomingMessage, name: string, { tokens }: Access): boolean {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
  return tokens.get(token)?.includes(name) ?? false;
}
