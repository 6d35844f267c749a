// Which secrets are in hand when a registry answers, and what of a broken connection may not say one of them.

import assert from "node:assert/strict";
import {
  TransportError,
  type HttpRequest,
  type HttpResponse,
} from "../../../server/src/environment.ts";
import type { Keychain } from "../../../server/src/registry/credentials/keychain.ts";
import {
  createSecretsInHand,
  type SecretsInHand,
} from "../../../server/src/registry/credentials/secretsInHand.ts";
import { createRegistryClient } from "../../../server/src/registry/registryClient.ts";
import { RegistryError } from "../../../server/src/registry/registryError.ts";
import { defaultSettings } from "../../../server/src/settings.ts";
import { createHandClock } from "../../support/handClock.ts";
import { settled } from "../../support/settled.ts";

const registry = "registry.example";
const password = "correct-horse-battery";
const name = { registry, repository: "team/app", reference: `sha256:${"a".repeat(64)}` };

/** Has a password, and remembers nothing itself. */
const keychain: Keychain = {
  credentialFor: () =>
    Promise.resolve({
      credential: {
        origin: { source: "docker-config", place: "~/config.json", key: registry, username: "u" },
        secret: { kind: "password", username: "u", password },
        id: "1",
      },
      lookedIn: [],
      unusedKey: undefined,
      notices: [],
    }),
  explain: () => Promise.reject(new Error("not asked")),
  placeOf: () => Promise.resolve(""),
  stamp: () => Promise.resolve(""),
  clear: () => undefined,
  remember: () => undefined,
};

function response(
  status: number,
  headers: HttpResponse["headers"] = {},
  body: unknown = "",
): HttpResponse {
  return {
    ...{ status, headers, body: Buffer.from(JSON.stringify(body)), truncated: false },
    ...{ addressClass: "public", tlsVersion: "TLSv1.3", goRefusal: undefined, unverified: false },
  };
}

interface Asked {
  readonly secrets: SecretsInHand;
  readonly error: RegistryError;
  readonly lines: readonly string[];
}

/** Looks an image up that cannot be found. */
async function ask(answer: (request: HttpRequest) => HttpResponse): Promise<Asked> {
  const secrets = createSecretsInHand();
  const lines: string[] = [];
  const clock = createHandClock();
  const client = createRegistryClient({
    sender: {
      // eslint-disable-next-line @typescript-eslint/require-await -- what is thrown becomes a rejection.
      send: async (request) => answer(request),
      reset: () => undefined,
      close: () => Promise.resolve(),
    },
    ...{ keychain, secrets, clock },
    log: (_, line) => void lines.push(line),
    sha256: () => "",
    settings: () => defaultSettings,
  });
  const { signal } = new AbortController();
  let refusal: unknown;
  client
    .findManifest(name, { signal, priority: () => "hover", byPerson: true })
    .catch((error: unknown) => (refusal = error));
  // Some requests wait a moment for others to share them with.
  for (let turn = 0; turn < 1000 && refusal === undefined; turn += 1) {
    clock.advance(10);
    await settled();
  }
  assert.ok(refusal instanceof RegistryError, String(refusal));
  return { secrets, error: refusal, lines };
}

describe("a secret", () => {
  const basic = response(401, { "www-authenticate": ['Basic realm="r"'] });
  const bearer = response(401, {
    "www-authenticate": [`Bearer realm="https://${registry}/token"`],
  });

  it("is in hand once it is sent, wherever the keychain has it from", async () => {
    const { secrets } = await ask(({ headers }) =>
      headers["authorization"] === undefined ? basic : response(404),
    );
    assert.ok(secrets.areIn(`no ${password}`));
  });

  it("is in hand once it is issued", async () => {
    const issued = { access_token: "issued-access-token", refresh_token: "issued-refresh-token" };
    const { secrets } = await ask(({ url, headers }) => {
      if (url.pathname === "/token") return response(200, {}, issued);
      return headers["authorization"] === undefined ? bearer : response(404);
    });
    for (const one of Object.values(issued)) assert.ok(secrets.areIn(`no ${one}`), one);
  });

  const refusals: Readonly<Record<string, (text: string) => HttpResponse>> = {
    "a refusal": (text) => response(500, {}, { errors: [{ code: "UNKNOWN", message: text }] }),
    "a refusal in escapes": (text) => {
      const escaped = Array.from(
        text,
        (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
      return { ...response(500), body: Buffer.from(`{"message":"${escaped.join("")}"}`) };
    },
    "a warning": (text) => response(404, { warning: [`299 - "${text}"`] }),
  };
  for (const [what, refusal] of Object.entries(refusals)) {
    it(`is not said by ${what}`, async () => {
      const shown = async (text: string): Promise<string> => {
        const { error, lines } = await ask(({ headers }) =>
          headers["authorization"] === undefined ? basic : refusal(text),
        );
        return JSON.stringify([error.problem, lines]);
      };
      assert.match(await shown("some reason"), /some reason/);
      assert.doesNotMatch(await shown(`it was ${password}`), /correct|battery/);
    });
  }

  const said = (text: string): readonly TransportError[] => [
    new TransportError("tls-handshake", text),
    new TransportError("untrusted-certificate", "", { issuer: text }),
    new TransportError("untrusted-certificate", "", { goRefusal: text }),
  ];
  for (const [at, what] of ["message", "issuer", "refusal of Go"].entries()) {
    it(`is not said by a broken connection's ${what}`, async () => {
      const shown = async (text: string): Promise<string> => {
        const { error, lines } = await ask(({ headers }) => {
          if (headers["authorization"] === undefined) return basic;
          throw said(text)[at] ?? new Error();
        });
        const { problem } = error;
        assert.equal(problem.kind, "transport");
        const errors = problem.errors.map(({ message, issuer, goRefusal }) => [
          ...[message, issuer, goRefusal],
        ]);
        return JSON.stringify([errors, lines]);
      };
      assert.match(await shown("some reason"), /some reason/);
      assert.doesNotMatch(await shown(`it was ${password}`), /correct|battery/);
      // The refusal is made of our own words.
      if (at < 2) assert.doesNotMatch(await shown("turned \u202e around"), /\u202e/);
    });
  }
});
