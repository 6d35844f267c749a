// The outside world as the core sees it: everything that is neither a value nor a pure function.

/** Time and timers. */
export interface Clock {
  /** Milliseconds since 1970: for what people see and for what is written to disk. */
  now(): number;
  /** Milliseconds from an arbitrary point that never goes back: for ages and deadlines. */
  monotonic(): number;
  /** Calls once after `milliseconds`; the returned function takes it back. */
  schedule(milliseconds: number, call: () => void): () => void;
}

export type LogLevel = "error" | "warning" | "info" | "debug";

/** Writes a line to the log. The caller must have removed secrets. */
export type Log = (level: LogLevel, message: string) => void;

/** How far inside a network an address lies. What may reach one class may reach those before it. */
export type AddressClass = "public" | "private" | "loopback";

/** One HTTP exchange on one connection: no redirects, no retries, no proxies of one's own. */
export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST";
  /** `http:` or `https:`, without a user or a fragment. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Most bytes of the answer that are kept, before and after its content coding is undone. */
  readonly maxBytes: number;
  /** The innermost class of address that may be connected to; checked where the connection is made. */
  readonly reach: AddressClass;
  /**
   * Whether the connection may identify the user, by the client certificate that this machine has for the host.
   * Only for a host that the user wrote, or that may be given the credential of one.
   */
  readonly mayIdentify: boolean;
  /** All of it: name, connection, handshake, proxy, answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Values by lower-case name, one for each time the header came. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array;
  /** Whether the answer had more than `maxBytes`. */
  readonly truncated: boolean;
  /** Where the connection went: the least inward class of those that serve this origin. */
  readonly addressClass: AddressClass;
  /** `TLSv1.3`; undefined over plain http. */
  readonly tlsVersion: string | undefined;
  /** Why Go's TLS would refuse the server's certificate, in its words; undefined if it would not. */
  readonly goRefusal: string | undefined;
  /** Whether the server's certificate was not verified, because the user said so. */
  readonly unverified: boolean;
}

/** Sends requests; rejects with a `TransportError`, or with the signal's reason. */
export interface HttpSender {
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Ends all connections, as after a change of settings. Requests in flight start again on new ones. */
  reset(): void;
  /** Ends all connections and waits for it. */
  close(): Promise<void>;
}

/** Why no HTTP answer came. */
export type TransportFailure =
  | "name-not-found"
  | "refused"
  | "unreachable"
  | "reset"
  /** The answer began and was not finished. */
  | "cut-off"
  | "timeout"
  | "untrusted-certificate"
  | "expired-certificate"
  | "wrong-name-certificate"
  /** Its issuer does not matter: another one must be issued. The message says what is wrong with it. */
  | "unusable-certificate"
  /** This machine refuses what the certificate is issued for, and Go does not. */
  | "purpose-refused"
  /** The other side does not speak TLS. */
  | "not-tls"
  /** No TLS version or cipher that both sides accept, or a client certificate is required. */
  | "tls-handshake"
  | "not-http"
  | "headers-too-large"
  /** The address policy. */
  | "address-forbidden"
  | "proxy-sign-in"
  | "proxy-refused"
  | "proxy-unreachable"
  /** A setting that decides where requests go is invalid; the message is for the user. */
  | "setting-unusable";

/** No HTTP answer came. The message is the system's, for the log. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly failure: TransportFailure;
  /** The IP address and port, where the connection got that far. */
  readonly address: string | undefined;
  /** For certificates: who issued the first one that is not trusted. */
  readonly issuer: string | undefined;
  /** For certificates: what Go says of them, after `Get "https://…/v2/": `, where that is known. */
  readonly goRefusal: string | undefined;

  constructor(failure: TransportFailure, message: string, details: TransportDetails = {}) {
    super(message, { cause: details.cause });
    this.failure = failure;
    this.address = details.address;
    this.issuer = details.issuer;
    this.goRefusal = details.goRefusal;
  }
}

export interface TransportDetails {
  readonly address?: string | undefined;
  readonly issuer?: string | undefined;
  readonly goRefusal?: string | undefined;
  readonly cause?: unknown;
}

/** What a program answered. */
export interface ProgramAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  /** The beginning of what it wrote to standard error. */
  readonly stderr: string;
}

/** Why a program gave no answer. */
export type ProgramFailure = "not-found" | "timeout" | "too-much-output" | "failed";

/**
 * Runs `docker-credential-<suffix> get` with `input` on its standard input.
 * Looks in absolute PATH folders outside the workspace only; resolves to the reason if there is no answer.
 */
export type RunCredentialHelper = (
  suffix: string,
  input: string,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
) => Promise<ProgramAnswer | ProgramFailure>;

/** Keeps the text of the disk cache. Never rejects: a cache that fails is an empty one. */
export interface CacheFile {
  read(): Promise<string | undefined>;
  /** Replaces the text by what `merge` makes of the text that is there now, other sessions' included. */
  update(merge: (current: string | undefined) => string): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Runs the user's kubectl with these arguments, two at a time at most. Never rejects. The caller has made sure
 * that the user turned this on and trusts the workspace.
 */
export type RunKubectl = (
  args: readonly string[],
  signal: AbortSignal,
) => Promise<ProgramAnswer | ProgramFailure>;
