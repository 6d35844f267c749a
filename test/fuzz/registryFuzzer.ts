// Registries that answer anything: every question ends as a value, and the credential stays where it belongs.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { HttpRequest, HttpResponse, HttpSender } from "../../server/src/environment.ts";
import { TransportError, type TransportFailure } from "../../server/src/environment.ts";
import { parseConfigFile } from "../../server/src/registry/credentials/dockerConfig.ts";
import { createKeychain } from "../../server/src/registry/credentials/keychain.ts";
import { createRegistryClient } from "../../server/src/registry/registryClient.ts";
import {
  createSecretsInHand,
  logWithoutSecrets,
} from "../../server/src/registry/credentials/secretsInHand.ts";
import { createResolver } from "../../server/src/resolver/resolver.ts";
import { defaultSettings } from "../../server/src/settings.ts";
import { createHandClock, type HandClock } from "../support/handClock.ts";
import { settled } from "../support/settled.ts";
import type { Fuzzer } from "./fuzzer.ts";
import { mutated, type Random } from "./random.ts";

/** In every credential of this fuzzer and nowhere else. */
const canary = "correct-horse-battery";
const registry = "registry.example";
const digest = `sha256:${"a".repeat(64)}`;

const values: readonly string[] = [
  `Bearer realm="https://${registry}/token",service="s",scope="repository:team/app:pull"`,
  'Bearer realm="https://evil.example/token",service="registry.example"',
  'Bearer realm="http://registry.example/token"',
  'Bearer realm="https://registry.example@evil.example/token"',
  'Bearer realm="/token"',
  'Bearer realm="//evil.example/token"',
  'Basic realm="x"',
  "https://evil.example/v2/team/app/manifests/1",
  "/v2/team/app/manifests/1?x",
  `http://${registry}/v2/`,
  digest,
  "sha256:zz",
  "120",
  '</v2/team/app/tags/list?last=b>; rel="next"',
  "application/vnd.oci.image.index.v1+json",
  "100;w=21600",
];

const names: readonly string[] = [
  ...["www-authenticate", "location", "docker-content-digest", "retry-after", "link"],
  ...["content-type", "ratelimit-remaining", "warning", "content-length", "date"],
];

const bodies: readonly string[] = [
  '{"token":"tttttttttttttttt","expires_in":300}',
  '{"access_token":"aaaaaaaaaaaaaa","refresh_token":"r"}',
  '{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}',
  '{"tags":["a","b"]}',
  `{"schemaVersion":2,"manifests":[{"digest":"${digest}","size":1,"platform":{"os":"linux","architecture":"amd64"}}]}`,
  "",
  "<html>",
];

const statuses: readonly number[] = [
  ...[200, 200, 200, 401, 401, 401, 403, 404, 301, 302, 307, 308, 400, 405, 408, 429, 500, 503],
  ...[204, 206, 304, 418, 199, 999],
];

const failures: readonly TransportFailure[] = [
  ...(["name-not-found", "refused", "reset", "timeout", "untrusted-certificate"] as const),
  ...(["not-tls", "tls-handshake", "not-http", "headers-too-large", "address-forbidden"] as const),
];

export const registryFuzzer: Fuzzer = {
  name: "registries",
  shortRun: 1_000,
  async tryOne(random, note) {
    const story: string[] = [];
    const clock = createHandClock();
    const said: string[] = [];
    const requests: HttpRequest[] = [];
    const resolver = resolverFor(senderOf(random, { clock, requests, story, note }), clock, said);
    const { signal } = new AbortController();
    const image = { registry, repository: "team/app" };
    const key = { ...image, reference: random.pick(["v1", digest]) };
    const questions = random.pick([
      () => resolver.resolve(key, { signal, priority: "hover", fresh: true }),
      () => resolver.details(key, { signal, mayPull: true }),
      () => resolver.tags(image.registry, image.repository, { signal }),
    ]);
    const answer = await untilAnswered(Promise.all([questions(), questions()]), clock);
    await untilAnswered(resolver.dispose(), clock);
    assert.ok(requests.length < 60, `${requests.length} requests for one question`);
    for (const request of requests) assertRightPlace(request);
    const shown = JSON.stringify(answer);
    assert.ok(!shown.includes(canary), `the password is shown: ${shown}`);
    const logged = said.filter((line) => line.includes(canary));
    assert.deepEqual(logged, [], "the password is in the log");
  },
};

/** Lets time pass until the promise is settled: an hour is more than any question may take. */
async function untilAnswered<Value>(promise: Promise<Value>, clock: HandClock): Promise<Value> {
  const state = { isOver: false };
  const mark = (): void => void (state.isOver = true);
  promise.then(mark, mark);
  for (let second = 0; second < 3600; second += 1) {
    await settled();
    if (state.isOver) return await promise;
    clock.advance(1_000);
  }
  throw new Error("The question had no answer after an hour.");
}

function resolverFor(sender: HttpSender, clock: HandClock, said: string[]) {
  const settings = () => ({ ...defaultSettings, timeoutSeconds: 10 });
  const auth = Buffer.from(`user:${canary}`).toString("base64");
  const config = parseConfigFile(JSON.stringify({ auths: { [registry]: { auth } } }), "docker");
  const file = { source: "docker-config", format: "docker", place: "~/config.json" } as const;
  const files = [{ ...file, stamp: "1", config }];
  const secrets = createSecretsInHand();
  // As after an earlier lookup: what was never read cannot have been sent to anybody, who could say it back.
  secrets.add(canary);
  const log = logWithoutSecrets((_, message) => void said.push(message), secrets);
  const keychain = createKeychain({
    readFiles: () => Promise.resolve({ files, lookedIn: [], notices: [] }),
    runHelper: () => Promise.resolve("not-found"),
    clock,
    log,
    secrets,
    helperTimeoutMs: () => 1_000,
  });
  const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
  const client = createRegistryClient({ sender, keychain, clock, log, secrets, sha256, settings });
  return createResolver({
    client,
    clock,
    log,
    settings,
    policy: { trusted: true, offline: false },
  });
}

interface Stage {
  readonly clock: HandClock;
  readonly requests: HttpRequest[];
  readonly story: string[];
  readonly note: (input: string) => void;
}

function senderOf(random: Random, { clock, requests, story, note }: Stage): HttpSender {
  return {
    async send(request) {
      requests.push(request);
      const failure = random.oneIn(8) ? random.pick(failures) : undefined;
      const response = responseOf(random);
      story.push(`${request.method} ${request.url.href} → ${failure ?? describe(response)}`);
      note(story.join("\n"));
      // Silence lasts as long as the request may.
      const wait = random.oneIn(10) ? request.timeoutMs : random.below(50);
      await new Promise<void>((resolve, reject) => {
        const cancel = clock.schedule(wait, resolve);
        const leave = (): void => {
          cancel();
          reject(request.signal.reason as Error);
        };
        if (request.signal.aborted) leave();
        else request.signal.addEventListener("abort", leave, { once: true });
      });
      if (failure !== undefined) throw new TransportError(failure, "made up");
      return response;
    },
    reset: () => undefined,
    close: () => Promise.resolve(),
  };
}

function responseOf(random: Random): HttpResponse {
  const headers: Record<string, readonly string[]> = {};
  for (let left = random.below(4); left > 0; left -= 1) {
    const value = random.oneIn(3)
      ? mutated(values, [canary, ...values], random)
      : random.pick(values);
    const name = value.startsWith("B") ? "www-authenticate" : random.pick(names);
    headers[name] = random.oneIn(6) ? [value, random.pick(values)] : [value];
  }
  const said = random.oneIn(3) ? mutated(bodies, [canary, '"', "{"], random) : random.pick(bodies);
  const status = random.pick(statuses);
  if (status === 401) headers["www-authenticate"] ??= [random.pick(values.slice(0, 7))];
  if (status === 200 && random.oneIn(2)) headers["docker-content-digest"] = [digest];
  if (status >= 300 && status < 309) headers["location"] ??= [random.pick(values.slice(7, 10))];
  return {
    status,
    headers,
    body: Buffer.from(said),
    truncated: random.oneIn(20),
    addressClass: random.pick(["public", "private", "loopback"]),
    tlsVersion: random.pick(["TLSv1.3", "TLSv1.2", undefined]),
    goRefusal: undefined,
    unverified: false,
  };
}

function describe({ status, headers, body }: HttpResponse): string {
  return `${status} ${JSON.stringify(headers)} ${Buffer.from(body).toString("utf8").slice(0, 200)}`;
}

/** The password may reach the registry itself over https, in the header or the body, and nobody else. */
function assertRightPlace({ url, headers, body = "" }: HttpRequest): void {
  const authorization = headers["authorization"] ?? headers["Authorization"] ?? "";
  const decoded = Buffer.from(authorization.replace(/^Basic /, ""), "base64").toString("utf8");
  const holds = [decoded, body, url.href, JSON.stringify(headers)].some((text) =>
    text.includes(canary),
  );
  if (!holds || echoed(url)) return;
  assert.equal(url.host, registry, `the password goes to ${url.href}`);
  assert.equal(url.protocol, "https:", `the password goes to ${url.href}`);
}

/** A server may say the password itself, as a part of an address that it names: that is its own doing. */
function echoed(url: URL): boolean {
  return url.href.includes(canary);
}
