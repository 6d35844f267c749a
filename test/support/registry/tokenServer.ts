// A token server: signs tokens that docker-registry believes, and can behave as badly as real ones do.

import { createSign } from "node:crypto";
import type { ServerResponse } from "node:http";
import { createSigner, type KeyPair } from "./certificates.ts";
import { startFaultServer, type FaultServer, type RecordedRequest } from "./faultServer.ts";

export interface TokenServerOptions {
  /** Passwords by user. With none, everybody gets tokens anonymously. */
  readonly users?: Readonly<Record<string, string>>;
  /** Repositories that only users may pull. */
  readonly privateRepositories?: readonly string[];
  readonly lifeSeconds?: number;
  /** Which of several scopes are granted. */
  readonly scopes?: "all" | "first";
  /** Whether one scope that is not granted makes the whole request fail. */
  readonly strict?: boolean;
  readonly tls?: KeyPair;
  /** Identity tokens that the POST form is answered for; without it POST is 404. */
  readonly identityTokens?: readonly string[];
}

export interface TokenServer {
  readonly server: FaultServer;
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** For docker-registry's `rootcertbundle`. */
  readonly certificate: string;
  /** The scopes of each token request. */
  readonly asked: () => readonly (readonly string[])[];
  /** May be changed while it runs. */
  readonly options: { current: TokenServerOptions };
  readonly stop: () => Promise<void>;
}

const issuer = "test-issuer";
const service = "test-registry";

export async function startTokenServer(options: TokenServerOptions = {}): Promise<TokenServer> {
  const signer = await createSigner();
  const current = { current: options };
  const server = await startFaultServer(
    (request, response) => answer(request, response, current.current, signer),
    options.tls === undefined ? {} : { tls: options.tls },
  );
  return {
    server,
    realm: `${server.url}/token`,
    service,
    issuer,
    certificate: signer.certificate,
    asked: () => server.requests.map(scopesOf),
    options: current,
    stop: server.stop,
  };
}

function scopesOf({ url, method, body }: RecordedRequest): readonly string[] {
  if (method === "POST") return (new URLSearchParams(body).get("scope") ?? "").split(" ");
  return new URL(url, "http://server").searchParams.getAll("scope");
}

function answer(
  request: RecordedRequest,
  response: ServerResponse,
  options: TokenServerOptions,
  signer: KeyPair,
): void {
  const user = userOf(request, options);
  const knowsMethod = request.method !== "POST" || options.identityTokens !== undefined;
  if (user === "wrong" || !knowsMethod) {
    const status = knowsMethod ? 401 : 404;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ errors: [{ code: "UNAUTHORIZED", message: "no" }] }));
    return;
  }
  const wanted = scopesOf(request).slice(0, options.scopes === "first" ? 1 : undefined);
  const granted = wanted.filter((scope) => mayPull(scope, user, options));
  if (options.strict === true && granted.length < wanted.length) {
    response.writeHead(403, { "content-type": "application/json" });
    response.end(JSON.stringify({ errors: [{ code: "DENIED", message: "access denied" }] }));
    return;
  }
  const life = options.lifeSeconds ?? 300;
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ token: sign(granted, life, signer), expires_in: life }));
}

function userOf(request: RecordedRequest, options: TokenServerOptions): string {
  if (request.method === "POST") {
    const token = new URLSearchParams(request.body).get("refresh_token") ?? "";
    return options.identityTokens?.includes(token) === true ? "identity" : "wrong";
  }
  if (request.authorization === undefined) return "";
  const pair = Buffer.from(request.authorization.slice("Basic ".length), "base64").toString("utf8");
  const colon = pair.indexOf(":");
  const user = pair.slice(0, colon);
  return options.users?.[user] === pair.slice(colon + 1) ? user : "wrong";
}

function mayPull(scope: string, user: string, options: TokenServerOptions): boolean {
  const name = scope.split(":").slice(1, -1).join(":");
  return user !== "" || options.privateRepositories?.includes(name) !== true;
}

/** A JSON Web Token as docker-registry 2.8 reads it: RS256 with the certificate in its header. */
function sign(scopes: readonly string[], life: number, { certificate, key }: KeyPair): string {
  const now = Math.floor(Date.now() / 1000);
  const der = certificate.replace(/-----[A-Z ]+-----|\s/g, "");
  const header = { typ: "JWT", alg: "RS256", x5c: [der] };
  const access = scopes.map((scope) => {
    const [type = "", ...rest] = scope.split(":");
    return { type, name: rest.slice(0, -1).join(":"), actions: (rest.at(-1) ?? "").split(",") };
  });
  const claims = {
    iss: issuer,
    sub: "",
    aud: service,
    exp: now + life,
    nbf: now - 10,
    iat: now,
    jti: String(Math.random()),
    access,
  };
  const text = [header, claims].map((part) => base64Url(JSON.stringify(part))).join(".");
  const signature = createSign("RSA-SHA256").update(text).sign(key);
  return `${text}.${signature.toString("base64url")}`;
}

function base64Url(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}
