// Sends HTTP requests with undici. Loaded with the first request, never before.

import sendRequest from "undici/lib/api/api-request.js";
import Pool from "undici/lib/dispatcher/pool.js";
import type { Dispatcher } from "undici";
import {
  TransportError,
  type AddressClass,
  type HttpRequest,
  type HttpResponse,
  type HttpSender,
} from "../../environment.ts";
import {
  classifyHost,
  mayReach,
  outermost,
  type HostClass,
} from "../../registry/transport/addressPolicy.ts";
import type { Certificates } from "../certificates/certificates.ts";
import { withDeadline } from "./deadline.ts";
import {
  guardedConnect,
  type ConnectOptions,
  type Connection,
  type LookUp,
  type Proxy,
  type TlsTrust,
} from "./guardedConnect.ts";
import { decodeBody, readBody } from "./responseBody.ts";
import { toTransportError } from "./transportErrors.ts";

export interface SenderOptions {
  readonly certificates: Certificates;
  /** The proxy for a URL, with the value of `Proxy-Authorization`; undefined for none. */
  readonly proxyFor: (url: URL) => Proxy | undefined | Promise<Proxy | undefined>;
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
  goRefusal: string | undefined;
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
  let resets = 0;
  const opening: ConnectOptions["opening"] = new Set();

  const originFor = (
    request: HttpRequest,
    proxy: Proxy | undefined,
    trust: TlsTrust | undefined,
  ): Origin => {
    const { url, reach, mayIdentify } = request;
    // A connection that was made for one purpose must not serve another with narrower limits on address or identity.
    const key = JSON.stringify([url.origin, reach, mayIdentify, proxy?.url.href]);
    const known = origins.get(key);
    if (known !== undefined) {
      // Set again, so that the first key is the least recently used one.
      origins.delete(key);
      origins.set(key, known);
      return known;
    }
    const made = openOrigin(request, { proxy, trust }, { ...options, opening });
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
      const { url, mayIdentify } = request;
      const before = resets;
      const proxy = await options.proxyFor(url);
      const isSecure = url.protocol === "https:";
      const trust = isSecure
        ? await options.certificates.forHost(url.host, mayIdentify)
        : undefined;
      signal.throwIfAborted();
      // The settings changed while the files were read, and what they say now decides.
      if (resets !== before) return attempt(signal);
      const origin = originFor(request, proxy, trust);
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
    // A connection still being made would keep the process running until its deadline.
    for (const one of opening)
      one.destroy(new TransportError("reset", "all connections are ended"));
    await Promise.all(ended.map(({ pool }) => pool.destroy()));
  };
  const reset = (): void => {
    resets += 1;
    for (const origin of origins.values()) origin.outdated = true;
    void close();
  };
  return { send, reset, close };
}

function openOrigin(
  { url, reach }: HttpRequest,
  { proxy, trust }: Pick<ConnectOptions, "proxy" | "trust">,
  options: SenderOptions & Pick<ConnectOptions, "opening">,
): Origin {
  const secure = url.protocol === "https:";
  // Over plain http the proxy itself is spoken to, with the whole URL in the request.
  const direct = secure || proxy === undefined;
  const open = (hostname: string, port: number): Promise<Connection> =>
    guardedConnect(hostname, port, {
      reach: direct ? reach : "loopback",
      timeoutMs: connectMs,
      lookUp: options.lookUp,
      opening: options.opening,
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
    goRefusal: undefined,
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
  origin.goRefusal = connection.goRefusal;
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
  const { bytes, truncated } = await readBody(response, request).catch((error: unknown) => {
    const { failure, message } = toTransportError(error);
    throw failure === "reset" ? new TransportError("cut-off", message, { cause: error }) : error;
  });
  // undici frees the connection in the next turn; a request sent before that opens another one.
  await new Promise((resolve) => setImmediate(resolve));
  const headers = headerLists(response.headers);
  return {
    status: response.statusCode,
    headers,
    body: await decodeBody(bytes, headers["content-encoding"]?.[0], request.maxBytes),
    truncated,
    addressClass: origin.addressClass ?? "public",
    tlsVersion: origin.tlsVersion,
    goRefusal: origin.goRefusal,
    unverified: origin.unverified,
  };
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
