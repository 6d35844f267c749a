// Sends HTTP requests with undici. Loaded with the first request, never before.

import { gunzip, inflate, brotliDecompress } from "node:zlib";
import { promisify } from "node:util";
import sendRequest from "undici/lib/api/api-request.js";
import Pool from "undici/lib/dispatcher/pool.js";
import type { Dispatcher } from "undici";
import {
  TransportError,
  type AddressClass,
  type HttpRequest,
  type HttpResponse,
  type HttpSender,
} from "../environment.ts";
import { classifyHost, mayReach, outermost, type HostClass } from "../registry/addressPolicy.ts";
import type { Certificates } from "./certificates.ts";
import { guardedConnect, type Connection, type LookUp, type Proxy } from "./guardedConnect.ts";
import { toTransportError } from "./transportErrors.ts";

export interface SenderOptions {
  readonly certificates: Certificates;
  /** The proxy for a URL, with the value of `Proxy-Authorization`; undefined for none. */
  readonly proxyFor: (url: URL) => Proxy | undefined;
  readonly lookUp: LookUp;
  readonly classify: (address: string) => HostClass;
  /** Connections to one origin. */
  readonly connections: () => number;
}

/** The connections to one origin that reach equally far inside. */
interface Origin {
  readonly pool: Pool;
  readonly unverified: boolean;
  addressClass: AddressClass | undefined;
  tlsVersion: string | undefined;
  /** Whether an answer came over one of the connections: only then can a reset be that of a stale one. */
  answered: boolean;
  /** Whether a change of settings has ended its connections, under requests perhaps. */
  outdated: boolean;
}

const connectMs = 5000;
const headersMs = 6000;
const bodyIdleMs = 5000;
const keepAliveMs = 30_000;
const maxOrigins = 64;

export function createUndiciSender(options: SenderOptions): HttpSender {
  let origins = new Map<string, Origin>();

  const originFor = (url: URL, reach: AddressClass, proxy: Proxy | undefined): Origin => {
    // A connection that was allowed for one purpose must not serve another that may reach less far.
    const key = `${url.origin} ${reach} ${proxy?.url.href ?? ""}`;
    const known = origins.get(key);
    if (known !== undefined) {
      // Set anew, so that the first key is the one unused for longest.
      origins.delete(key);
      origins.set(key, known);
      return known;
    }
    const made = openOrigin(url, reach, proxy, options);
    origins.set(key, made);
    for (const [oldest, { pool }] of origins) {
      if (origins.size <= maxOrigins) break;
      origins.delete(oldest);
      void pool.close();
    }
    return made;
  };

  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    request.signal.throwIfAborted();
    const hostClass = classifyHost(request.url.hostname);
    if (!mayReach(request.reach, hostClass)) {
      throw new TransportError(
        "address-forbidden",
        `${request.url.hostname} must not be contacted`,
      );
    }
    const attempt = async (signal: AbortSignal): Promise<HttpResponse> => {
      const proxy = options.proxyFor(request.url);
      const origin = originFor(request.url, request.reach, proxy);
      const stale = origin.answered;
      try {
        return await exchange(origin, request, proxy, signal);
      } catch (error) {
        // The settings changed under the request, and what they say now decides.
        if (origin.outdated && !signal.aborted) return attempt(signal);
        const failure = toTransportError(error).failure;
        // The server may close an idle connection while the request is on its way: once more, on a new one.
        if (failure !== "reset" || !stale || request.method === "POST") throw error;
        return exchange(origin, request, proxy, signal);
      }
    };
    return withDeadline(request, attempt);
  };

  const close = async (): Promise<void> => {
    const ended = [...origins.values()];
    origins = new Map();
    await Promise.all(ended.map(({ pool }) => pool.destroy()));
  };
  const reset = (): void => {
    for (const origin of origins.values()) origin.outdated = true;
    void close();
  };
  return { send, reset, close };
}

function openOrigin(
  url: URL,
  reach: AddressClass,
  proxy: Proxy | undefined,
  options: SenderOptions,
): Origin {
  const secure = url.protocol === "https:";
  // Over plain http the proxy itself is spoken to, with the whole URL in the request.
  const direct = secure || proxy === undefined;
  const trust = secure ? options.certificates.forHost(url.host) : undefined;
  const open = (hostname: string, port: number): Promise<Connection> =>
    guardedConnect(hostname, port, {
      reach: direct ? reach : "loopback",
      timeoutMs: connectMs,
      lookUp: options.lookUp,
      classify: options.classify,
      trust: direct ? trust : proxy.trust,
      proxy: direct ? proxy : undefined,
    });
  const pool = new Pool(direct ? url.origin : proxy.url.origin, {
    connections: options.connections(),
    keepAliveTimeout: keepAliveMs,
    headersTimeout: headersMs,
    bodyTimeout: bodyIdleMs,
    connect: ({ hostname, port, protocol }, callback) => {
      open(hostname, Number(port || (protocol === "https:" ? 443 : 80))).then(
        (connection) => {
          note(origin, connection, direct ? undefined : classOfName(url));
          callback(null, connection.socket);
        },
        (error: unknown) => callback(toTransportError(error), null),
      );
    },
  });
  const origin: Origin = {
    pool,
    unverified: trust?.verify === false,
    addressClass: undefined,
    tlsVersion: undefined,
    answered: false,
    outdated: false,
  };
  return origin;
}

function classOfName(url: URL): AddressClass {
  const hostClass = classifyHost(url.hostname);
  return hostClass === "forbidden" ? "public" : hostClass;
}

function note(origin: Origin, connection: Connection, behindProxy: AddressClass | undefined): void {
  const addressClass = behindProxy ?? connection.addressClass;
  origin.addressClass =
    origin.addressClass === undefined ? addressClass : outermost(origin.addressClass, addressClass);
  origin.tlsVersion = connection.tlsVersion;
}

/**
 * Rejects when the time is over or the signal aborts, whatever undici is doing: it minds neither while it
 * connects. The request that is left behind ends with its connection's own deadline.
 */
async function withDeadline(
  request: HttpRequest,
  work: (signal: AbortSignal) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const controller = new AbortController();
  let stop: () => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => {
      reject(new TransportError("timeout", "no answer in time"));
    }, request.timeoutMs);
    const abort = (): void => reject(toError(request.signal.reason));
    request.signal.addEventListener("abort", abort, { once: true });
    stop = () => {
      clearTimeout(timer);
      request.signal.removeEventListener("abort", abort);
    };
  });
  const working = work(controller.signal);
  working.catch(() => undefined);
  try {
    return await Promise.race([working, ended]);
  } catch (error) {
    controller.abort();
    throw request.signal.aborted ? toError(request.signal.reason) : toTransportError(error);
  } finally {
    stop();
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("aborted");
}

async function exchange(
  origin: Origin,
  request: HttpRequest,
  proxy: Proxy | undefined,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const { url, method } = request;
  const absolute = proxy !== undefined && url.protocol === "http:";
  const response = await sendRequest.call(origin.pool, {
    path: absolute ? url.href : `${url.pathname}${url.search}`,
    method,
    headers: {
      ...request.headers,
      ...(absolute ? { host: url.host } : {}),
      ...(absolute && proxy.authorization !== undefined
        ? { "proxy-authorization": proxy.authorization }
        : {}),
    },
    body: request.body ?? null,
    // Without this, undici closes the connection after each HEAD.
    reset: false,
    signal,
  });
  origin.answered = true;
  if (absolute && response.statusCode === 407) {
    await response.body.dump();
    throw new TransportError("proxy-sign-in", "the proxy answered 407");
  }
  const { bytes, truncated } = await readBody(response, request);
  // undici frees the connection in the next turn; whoever sends before opens another one.
  await new Promise((resolve) => setImmediate(resolve));
  const headers = headerLists(response.headers);
  return {
    status: response.statusCode,
    headers,
    body: await decode(bytes, headers["content-encoding"]?.[0], request.maxBytes),
    truncated,
    addressClass: origin.addressClass ?? "public",
    tlsVersion: origin.tlsVersion,
    unverified: origin.unverified,
  };
}

/** Counts bytes itself: undici's limit does not hold in every case. */
async function readBody(
  response: Dispatcher.ResponseData,
  { method, maxBytes }: HttpRequest,
): Promise<{ bytes: Uint8Array; truncated: boolean }> {
  if (method === "HEAD") {
    await response.body.dump();
    return { bytes: new Uint8Array(), truncated: false };
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > maxBytes) {
      const kept = Buffer.concat([...chunks, bytes]).subarray(0, maxBytes);
      return { bytes: kept, truncated: true };
    }
    chunks.push(bytes);
  }
  return { bytes: Buffer.concat(chunks), truncated: false };
}

const decoders = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

/** Undoes a content coding that nobody asked for, with the limit on what comes out of it. */
async function decode(
  bytes: Uint8Array,
  coding: string | undefined,
  maxOutputLength: number,
): Promise<Uint8Array> {
  const name = (coding ?? "").trim().toLowerCase();
  if (bytes.length === 0 || !(name in decoders)) return bytes;
  const decoder = decoders[name as keyof typeof decoders];
  try {
    return await decoder(bytes, { maxOutputLength });
  } catch (error) {
    throw new TransportError("not-http", "the body's content coding cannot be undone", {
      cause: error,
    });
  }
}

function headerLists(
  headers: Dispatcher.ResponseData["headers"],
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [[name, typeof value === "string" ? [value] : value] as const];
    }),
  );
}
