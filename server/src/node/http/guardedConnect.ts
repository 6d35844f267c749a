// Opens connections: only to addresses that the policy allows, through the proxy if there is one, with verified TLS.

import { lookup as systemLookup } from "node:dns";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect as tcpConnect, isIP, type LookupFunction, type Socket } from "node:net";
import {
  checkServerIdentity,
  connect as tlsConnect,
  TLSSocket,
  type DetailedPeerCertificate,
  type SecureContext,
} from "node:tls";
import { TransportError, type AddressClass } from "../../environment.ts";
import {
  classifyAddress,
  classifyHost,
  mayReach,
  type HostClass,
} from "../../registry/transport/addressPolicy.ts";
import { certificateDetails, goAcceptsPurpose } from "../certificates/certificateVerdict.ts";
import {
  chainOf,
  goAcceptsName,
  goRefusalOf,
  type IsTrusted,
} from "../certificates/goCertificate.ts";
import { toTransportError } from "./transportErrors.ts";

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name. */
export type LookUp = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** How the servers of an origin are verified. */
export interface TlsTrust {
  readonly context: SecureContext;
  readonly verify: boolean;
  readonly isTrusted: IsTrusted;
}

export interface ConnectOptions {
  readonly reach: AddressClass;
  readonly timeoutMs: number;
  readonly lookUp: LookUp;
  readonly classify: (address: string) => HostClass;
  /** The server's; undefined over plain http. */
  readonly trust: TlsTrust | undefined;
  readonly proxy: Proxy | undefined;
  /** Holds what is being opened, so that it can be ended. */
  readonly opening: Set<{ destroy(error: Error): unknown }>;
}

export interface Proxy {
  readonly url: URL;
  /** `Proxy-Authorization`, undefined for none. */
  readonly authorization: string | undefined;
  readonly trust: TlsTrust | undefined;
}

export interface Connection {
  readonly socket: Socket;
  readonly addressClass: AddressClass;
  readonly tlsVersion: string | undefined;
  /** Why Go would refuse the certificate, in its words; undefined if it would not. */
  readonly goRefusal: string | undefined;
}

/** The system's resolver. */
export const lookUpBySystem: LookUp = (hostname) =>
  new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, addresses) => {
      if (error === null) resolve(addresses);
      else reject(error);
    });
  });

/** The address policy itself. */
export const classifyByPolicy = classifyAddress;

/**
 * Connects to a host and, where `trust` is given, speaks TLS.
 * Rejects with a `TransportError`, also when the deadline passes; the socket is destroyed then.
 * @param hostname without brackets.
 */
export async function guardedConnect(
  hostname: string,
  port: number,
  options: ConnectOptions,
): Promise<Connection> {
  const { proxy, trust, reach } = options;
  const nameClass = classifyHost(hostname);
  if (!mayReach(reach, nameClass)) throw forbidden(hostname);
  const socket =
    trust === undefined
      ? await settle(openPlain(hostname, port, options), "connect", options)
      : await openTls(hostname, port, { ...options, trust });
  // Behind a proxy the address is the proxy's: only the name can be checked.
  const remote = proxy === undefined ? options.classify(socket.remoteAddress ?? "") : nameClass;
  if (remote === "forbidden" || !mayReach(reach, remote)) {
    socket.destroy();
    throw forbidden(hostname);
  }
  const secure = socket instanceof TLSSocket ? socket : undefined;
  const tlsVersion = secure?.getProtocol() ?? undefined;
  const goRefusal =
    secure && trust && goRefusalOf(hostname, chainOf(peerOf(secure), trust.isTrusted));
  return { socket, addressClass: remote, tlsVersion, goRefusal };
}

function forbidden(hostname: string): TransportError {
  return new TransportError(
    "address-forbidden",
    `the address of ${hostname} must not be contacted`,
  );
}

function openPlain(hostname: string, port: number, options: ConnectOptions): Socket {
  return tcpConnect({ host: hostname, port, lookup: guardedLookup(options), noDelay: true });
}

/** Gives the connection exactly the addresses that were checked: a second answer cannot take their place. */
function guardedLookup({ lookUp, classify, reach }: ConnectOptions): LookupFunction {
  return (hostname, lookupOptions, callback) => {
    const wanted = lookupOptions.family;
    lookUp(hostname).then(
      (addresses) => {
        const bad = addresses.some(({ address }) => !mayReach(reach, classify(address)));
        const usable = addresses.filter(
          ({ family }) => wanted === undefined || wanted === 0 || wanted === family,
        );
        const [first] = usable;
        if (bad) callback(forbidden(hostname), "");
        else if (first === undefined) callback(notFound(hostname), "");
        else if (lookupOptions.all === true) callback(null, [...usable]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(toTransportError(error), ""),
    );
  };
}

function notFound(hostname: string): TransportError {
  return new TransportError("name-not-found", `no address for ${hostname}`);
}

type TlsConnectOptions = ConnectOptions & { readonly trust: TlsTrust };

/** Speaks TLS. Where OpenSSL refuses a purpose that Go accepts, once more, with exactly that certificate. */
async function openTls(
  hostname: string,
  port: number,
  options: TlsConnectOptions,
): Promise<TLSSocket> {
  const { isTrusted } = options.trust;
  let peer: DetailedPeerCertificate | undefined;
  try {
    return await tryTls(hostname, port, options, { onPeer: (one) => (peer = one) });
  } catch (error) {
    const presented = { hostname, peer, isTrusted };
    if (peer === undefined || !goAcceptsPurpose(error, presented)) {
      throw toTransportError(error, certificateDetails(error, presented));
    }
    return await tryTls(hostname, port, options, { accepted: peer.raw });
  }
}

interface TlsAttempt {
  /** Receives what the server presents, before it is verified. */
  readonly onPeer?: (peer: DetailedPeerCertificate) => void;
  /** A certificate that was verified by us, its purpose being the one thing that OpenSSL finds wrong. */
  readonly accepted?: Buffer;
}

async function tryTls(
  hostname: string,
  port: number,
  options: TlsConnectOptions,
  { onPeer, accepted }: TlsAttempt,
): Promise<TLSSocket> {
  const { trust, proxy } = options;
  const tunnel = proxy === undefined ? undefined : await openTunnel(hostname, port, proxy, options);
  const socket = tlsConnect({
    ...(tunnel === undefined
      ? { host: hostname, port, lookup: guardedLookup(options) }
      : { socket: tunnel }),
    secureContext: trust.context,
    // Explicit, since NODE_TLS_REJECT_UNAUTHORIZED=0 would win otherwise.
    rejectUnauthorized: trust.verify && accepted === undefined,
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    // What Knative's controller accepts is accepted here, and the other way round it is said.
    checkServerIdentity: (name, certificate) =>
      goAcceptsName(hostname, certificate) ? undefined : checkServerIdentity(name, certificate),
    ALPNProtocols: ["http/1.1"],
  });
  socket.setNoDelay(true);
  // The certificate can be read only before the socket is destroyed for it, which this event precedes.
  if (onPeer !== undefined) socket.prependListener("secure", () => onPeer(peerOf(socket)));
  await settle(socket, "secureConnect", options);
  if (accepted === undefined || isExactly(socket, accepted)) return socket;
  socket.destroy();
  throw new TransportError("untrusted-certificate", "another certificate than just before");
}

function isExactly(socket: TLSSocket, certificate: Buffer): boolean {
  // Node's own type says that this is an error; it is the error's code.
  const isPurposeAlone = String(socket.authorizationError) === "INVALID_PURPOSE";
  return isPurposeAlone && peerOf(socket).raw.equals(certificate);
}

function peerOf(socket: TLSSocket): DetailedPeerCertificate {
  return socket.getPeerCertificate(true);
}

/** Waits for an event of the socket; later errors belong to the caller. */
function settle<S extends Socket>(
  socket: S,
  event: string,
  { timeoutMs, opening }: ConnectOptions,
): Promise<S> {
  opening.add(socket);
  return new Promise<S>((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy(new TransportError("timeout", "no connection in time"));
    }, timeoutMs);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once("error", fail);
    socket.once(event, () => {
      clearTimeout(timer);
      socket.off("error", fail);
      resolve(socket);
    });
  }).finally(() => opening.delete(socket));
}

/** Requests a tunnel from an HTTP proxy. The name is looked up by the proxy, not here. */
function openTunnel(
  hostname: string,
  port: number,
  proxy: Proxy,
  options: ConnectOptions,
): Promise<Socket> {
  const secure = proxy.url.protocol === "https:";
  const host = proxy.url.hostname.replace(/^\[(.*)\]$/, "$1");
  const target = `${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${port}`;
  const settings = {
    method: "CONNECT",
    host,
    port: Number(proxy.url.port || (secure ? 443 : 80)),
    path: target,
    headers: {
      host: target,
      ...(proxy.authorization === undefined ? {} : { "proxy-authorization": proxy.authorization }),
    },
    agent: false,
    // Without this Node would verify the proxy by the name in `Host`, which is the registry's.
    servername: isIP(host) === 0 ? host : "",
  };
  const trust = { secureContext: proxy.trust?.context, rejectUnauthorized: proxy.trust?.verify };
  const request = secure ? httpsRequest({ ...settings, ...trust }) : httpRequest(settings);
  options.opening.add(request);
  return new Promise<Socket>((resolve, reject) => {
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      reject(proxyError(error));
    };
    const timer = setTimeout(() => {
      request.destroy(new TransportError("timeout", "the proxy did not answer in time"));
    }, options.timeoutMs);
    request.once("error", fail);
    request.once("connect", (response, socket) => {
      clearTimeout(timer);
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) {
        resolve(socket);
        return;
      }
      socket.destroy();
      const failure = status === 407 ? "proxy-sign-in" : "proxy-refused";
      reject(new TransportError(failure, `the proxy answered ${status}`));
    });
    request.end();
  }).finally(() => options.opening.delete(request));
}

function proxyError(error: unknown): TransportError {
  const cause = toTransportError(error);
  return new TransportError("proxy-unreachable", `proxy: ${cause.message}`, { cause });
}
