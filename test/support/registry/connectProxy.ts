// An HTTP proxy: tunnels by CONNECT, forwards plain requests, and can refuse or fall silent.

import {
  createServer as createHttp,
  request as send,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { createServer as createHttps } from "node:https";
import { connect, type Socket } from "node:net";
import type { KeyPair } from "./certificates.ts";
import { listenOn } from "./faultServer.ts";

export type ProxyMode = "tunnel" | "forbid" | "sign-in" | "silent";

export interface ConnectProxy {
  readonly host: string;
  readonly url: string;
  /** `CONNECT host:port` and absolute URLs. */
  readonly requests: string[];
  readonly authorizations: (string | undefined)[];
  readonly stop: () => Promise<void>;
}

export interface ProxyOptions {
  readonly mode?: ProxyMode;
  /** Where names lead that no DNS knows, `host:port` by `host:port`. */
  readonly map?: Readonly<Record<string, string>>;
  readonly tls?: KeyPair;
}

export async function startConnectProxy(options: ProxyOptions = {}): Promise<ConnectProxy> {
  const { mode = "tunnel", map = {}, tls } = options;
  const requests: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const note = (request: IncomingMessage): void => {
    requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
    authorizations.push(request.headers["proxy-authorization"]);
  };
  const server =
    tls === undefined ? createHttp() : createHttps({ cert: tls.certificate, key: tls.key });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    note(request);
    if (mode === "tunnel") forward(request, response, map);
    else if (mode !== "silent") response.writeHead(mode === "forbid" ? 403 : 407).end();
  });
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    note(request);
    sockets.add(socket);
    socket.on("error", () => undefined);
    if (mode === "forbid") socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    else if (mode === "sign-in") socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    else if (mode === "tunnel") tunnel(request.url ?? "", socket, { map, sockets });
  });
  const { host } = await listenOn(server, {});
  return {
    host,
    url: `${tls === undefined ? "http" : "https"}://${host}`,
    requests,
    authorizations,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function tunnel(
  wanted: string,
  socket: Socket,
  { map, sockets }: { map: Readonly<Record<string, string>>; sockets: Set<Socket> },
): void {
  const target = map[wanted] ?? wanted;
  const colon = target.lastIndexOf(":");
  const upstream = connect({ host: target.slice(0, colon), port: Number(target.slice(colon + 1)) });
  sockets.add(upstream);
  upstream.on("error", () => socket.destroy());
  upstream.once("connect", () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    upstream.pipe(socket).pipe(upstream);
  });
}

function forward(
  request: IncomingMessage,
  response: ServerResponse,
  map: Readonly<Record<string, string>>,
): void {
  const url = new URL(request.url ?? "");
  const target = map[`${url.hostname}:${url.port === "" ? "80" : url.port}`] ?? url.host;
  const [host = "", port = "80"] = target.split(":");
  const headers = { ...request.headers };
  delete headers["proxy-authorization"];
  const outgoing = send(
    { host, port, method: request.method, path: `${url.pathname}${url.search}`, headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  outgoing.on("error", () => response.destroy());
  request.pipe(outgoing);
}
