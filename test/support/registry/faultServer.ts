// Servers that misbehave on purpose, and note everything that reaches them.

import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from "node:net";
import { TLSSocket, type SecureVersion } from "node:tls";
import type { KeyPair } from "./certificates.ts";

export interface RecordedRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** `Authorization`, undefined if there was none. */
  readonly authorization: string | undefined;
  readonly body: string;
  /** Whether a client certificate was presented. */
  readonly identified: boolean;
  /** The number of the connection that it came over. */
  readonly connection: number;
}

export type FaultHandler = (request: RecordedRequest, response: ServerResponse) => void;

export interface FaultServerOptions {
  readonly tls?: KeyPair & {
    readonly maxVersion?: SecureVersion;
    readonly minVersion?: SecureVersion;
    readonly ca?: string;
    readonly ciphers?: string;
    readonly requestCert?: boolean;
    readonly rejectUnauthorized?: boolean;
  };
  readonly address?: string;
  readonly port?: number;
  readonly keepAliveMs?: number;
  /** Whether `handle` answers `/v2/`, too, and it is noted; otherwise it is answered with 200. */
  readonly handlesPing?: "noted" | "unnoted";
}

export interface FaultServer {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly requests: RecordedRequest[];
  readonly connections: () => number;
  /** Those that are open now. */
  readonly openConnections: () => number;
  handle: FaultHandler;
  readonly stop: () => Promise<void>;
}

/** An HTTP server whose answers the test writes. Requests are noted before they are answered. */
export async function startFaultServer(
  handle: FaultHandler,
  options: FaultServerOptions = {},
): Promise<FaultServer> {
  const requests: RecordedRequest[] = [];
  const sockets = new Map<Socket, number>();
  let connections = 0;
  const listen = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const recorded = record(request, Buffer.concat(chunks), sockets.get(request.socket) ?? 0);
      const isPing = recorded.path === "/v2/";
      if (isPing && options.handlesPing === undefined) {
        response.end();
        return;
      }
      if (!isPing || options.handlesPing === "noted") requests.push(recorded);
      server.handle(recorded, response);
    });
  };
  const { tls } = options;
  const http =
    tls === undefined ? createHttp(listen) : createHttps({ ...tls, cert: tls.certificate }, listen);
  http.keepAliveTimeout = options.keepAliveMs ?? 60_000;
  const note = (socket: Socket): void => {
    connections += 1;
    sockets.set(socket, connections);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
  };
  http.on(tls === undefined ? "connection" : "secureConnection", note);
  http.on("clientError", (_: Error, socket: Socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
  });
  const { host, port } = await listenOn(http, options);
  const server: FaultServer = {
    host,
    port,
    url: `${tls === undefined ? "http" : "https"}://${host}`,
    requests,
    connections: () => connections,
    openConnections: () => sockets.size,
    handle,
    async stop() {
      for (const socket of sockets.keys()) socket.destroy();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}

function record(request: IncomingMessage, body: Buffer, connection: number): RecordedRequest {
  const url = request.url ?? "";
  return {
    method: request.method ?? "",
    url,
    path: url.split("?", 1)[0] ?? "",
    headers: request.headers,
    authorization: request.headers.authorization,
    body: body.toString("utf8"),
    identified:
      request.socket instanceof TLSSocket && request.socket.getPeerX509Certificate() !== undefined,
    connection,
  };
}

export interface RawServer {
  readonly host: string;
  readonly port: number;
  readonly connections: () => number;
  readonly stop: () => Promise<void>;
}

/** A TCP server that does what the test says with each connection. */
export async function startRawServer(
  handle: (socket: Socket) => void,
  address = "127.0.0.1",
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const tcp = createTcp((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
    handle(socket);
  });
  const { host, port } = await listenOn(tcp, { address });
  return {
    host,
    port,
    connections: () => connections,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => tcp.close(resolve));
    },
  };
}

/** Listens on loopback and says where. */
export async function listenOn(
  server: Server,
  { address = "127.0.0.1", port = 0 }: { readonly address?: string; readonly port?: number },
): Promise<{ host: string; port: number }> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, resolve);
  });
  const bound = server.address() as AddressInfo;
  const host = address.includes(":") ? `[${address}]` : address;
  return { host: `${host}:${bound.port}`, port: bound.port };
}

/** A digest that is easy to tell from others. */
export function testDigest(digit: string): string {
  return `sha256:${digit.repeat(64)}`;
}

export interface ManifestHead {
  readonly digest?: string | readonly string[];
  readonly type?: string;
  readonly status?: number;
}

/** Answers HEAD of a manifest as a good registry does. */
export function answerHead(response: ServerResponse, head: ManifestHead = {}): void {
  const { digest = testDigest("a"), type = "application/vnd.oci.image.index.v1+json" } = head;
  response.writeHead(head.status ?? 200, {
    "content-type": type,
    "content-length": "100",
    "docker-content-digest": typeof digest === "string" ? digest : [...digest],
  });
  response.end();
}
