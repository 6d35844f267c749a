// Whether a text says a secret back: whole or in part, encoded or not.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createSecretsInHand } from "../../../server/src/registry/credentials/secretsInHand.ts";
import { growthOf, maxRatio } from "../../support/growth.ts";

const secret = "Canary/S3cret+päss:w0rd";
const base64 = (text: string): string => Buffer.from(text).toString("base64");
/** Whose base64 differs from its form in URLs, and has no eight characters in a row without such a place. */
const marks = "~~~???>>>???~~~";
/** Too long for its base64 to be kept: a text is decoded instead. */
const long = Array.from({ length: 100 }, (_, index) => `part ${index}`).join(" ");

describe("secrets in hand", () => {
  const said: readonly (readonly [what: string, text: string, own?: string])[] = [
    ["the whole", `no, ${secret} is wrong`],
    ["its first eight characters", "no Canary/S"],
    ["its last eight characters", "päss:w0rd is wrong"],
    ["eight in its middle", "is S3cret+p"],
    ["another case", secret.toUpperCase()],
    ["URL-encoded", `https://registry/${encodeURIComponent(secret)}`],
    ["a part, URL-encoded", "p%C3%A4ss%3Aw0rd"],
    [
      "all of it percent-encoded",
      [...Buffer.from("S3cret+p")].map((byte) => `%${byte.toString(16)}`).join(""),
    ],
    ["base64", base64(secret)],
    ["base64 behind a user", `Basic ${base64(`me:${secret}`)}`],
    ["base64 behind another user", `Basic ${base64(`bob:${secret}`)}`],
    ["base64 behind yet another user", `Basic ${base64(`robot:${secret}`)}`],
    // Too few to be decoded, at each of the three places that a text has in base64.
    ...["", "a", "ab"].map(
      (before) =>
        [
          `eight characters of base64 behind “${before}”`,
          base64(`${before}${secret}`).slice(8, 16),
        ] as const,
    ),
    [
      "eight characters of base64 in a URL",
      Buffer.from(marks).toString("base64url").slice(2, 10),
      marks,
    ],
    ...["", "a", "ab", "abc"].map(
      (before) =>
        [
          `base64 of a long one in a run that begins “${before}”`,
          `${before}${base64(long)}`,
          long,
        ] as const,
    ),
    ["a short line of several", "no pin12 there", `${secret}\npin12\r\npin34`],
    ["base64 in a URL", Buffer.from(`me:${secret}`).toString("base64url")],
    ["base64 of a part", base64("hello S3cret+p hello")],
  ];
  for (const [what, text, own = secret] of said) {
    it(`are found: ${what}`, () => {
      const secrets = createSecretsInHand();
      secrets.add("another one, before");
      secrets.add(own);
      secrets.add("another one, after");
      assert.equal(secrets.areIn(text), true);
    });
  }

  const unsaid: readonly string[] = [
    "",
    "unauthorized: authentication required",
    "Canary/",
    "S3cret+",
    "https://registry.example/v2/team/app/manifests/1",
    "application/vnd.oci.image.index.v1+json",
    base64("something else altogether"),
    `sha256:${"0123456789abcdef".repeat(4)}`,
  ];
  for (const text of unsaid) {
    it(`are not found in ${JSON.stringify(text)}`, () => {
      const secrets = createSecretsInHand();
      secrets.add(secret);
      assert.equal(secrets.areIn(text), false);
    });
  }

  it("of fewer than eight characters are found whole, and of fewer than four never", () => {
    const secrets = createSecretsInHand();
    secrets.add("hunter");
    secrets.add("pin1");
    secrets.add("abc");
    assert.equal(secrets.areIn("your hunter is wrong"), true);
    assert.equal(secrets.areIn("your hunte is wrong"), false);
    assert.equal(secrets.areIn("it is pin1"), true);
    assert.equal(secrets.areIn("abc"), false);
  });

  it("give nothing away in what everybody may see", () => {
    const secrets = createSecretsInHand();
    secrets.add("registry-password");
    assert.equal(secrets.areIn("registry.example"), true);
    assert.equal(secrets.areIn("registry.example", "registry.example/team/app"), false);
    assert.equal(secrets.areIn("registry-password", "registry.example/team/app"), true);
  });

  it("are forgotten, the oldest first, where there are too many", () => {
    const secrets = createSecretsInHand();
    const tokens = Array.from({ length: 5 }, () => randomBytes(125_000).toString("hex"));
    const held = (): readonly boolean[] =>
      tokens.map((token) => secrets.areIn(token.slice(100, 140)));
    for (const token of tokens.slice(0, 4)) secrets.add(token);
    assert.deepEqual(held(), [true, true, true, true, false]);
    // Known once more, it is no longer the oldest.
    secrets.add(tokens[0] ?? "");
    secrets.add(tokens[4] ?? "");
    assert.deepEqual(held(), [true, false, false, false, true]);
  });

  it("of a service account are its keys alone", () => {
    const secrets = createSecretsInHand();
    secrets.add(
      JSON.stringify({
        type: "service_account",
        project_id: "acme-production",
        private_key_id: "canary0123456789",
        private_key: "-----BEGIN PRIVATE KEY-----\nMIICanaryKeyLine\n-----END PRIVATE KEY-----\n",
        token_uri: "https://oauth2.googleapis.com/token",
      }),
    );
    assert.equal(secrets.areIn("MIICanaryKey"), true);
    assert.equal(secrets.areIn("canary0123456789"), true);
    assert.equal(secrets.areIn("https://console.cloud.google.com/acme-production"), false);
    assert.equal(secrets.areIn("-----BEGIN PRIVATE KEY-----"), false);
  });

  it("are found in long tokens and long texts, and the newest of very many are", () => {
    const secrets = createSecretsInHand();
    const tokens = Array.from({ length: 1500 }, () => randomBytes(1500).toString("base64url"));
    for (const token of tokens) secrets.add(token);
    const newest = tokens.at(-1) ?? "";
    const filler = "no such thing. ".repeat(1000);
    assert.equal(secrets.areIn(`${filler}${newest.slice(700, 708)}${filler}`), true);
    assert.equal(secrets.areIn(`${filler}${base64(`x:${newest}`)}`), true);
    assert.equal(secrets.areIn(filler), false);
    // The oldest are forgotten: what is kept has a bound.
    assert.equal(secrets.areIn(tokens[0] ?? ""), false);
  });

  it("are kept where a hundred long tokens follow, or a text that is no secret by its length", () => {
    const secrets = createSecretsInHand();
    secrets.add(secret);
    for (let count = 0; count < 100; count += 1) secrets.add(randomBytes(1500).toString("hex"));
    secrets.add("no secret ".repeat(100_000));
    assert.equal(secrets.areIn(secret), true);
    assert.equal(secrets.areIn("no secret no secret"), false);
  });

  it("are looked for in time that grows with the text", () => {
    const secrets = createSecretsInHand();
    for (let count = 0; count < 100; count += 1) secrets.add(randomBytes(1500).toString("base64"));
    const { ratio } = growthOf((size) => {
      const text = "abcdefgh".repeat(size);
      return () => secrets.areIn(text);
    });
    assert.ok(ratio < maxRatio, `eight times the text takes ${ratio.toFixed(1)} times as long`);
  });
});
