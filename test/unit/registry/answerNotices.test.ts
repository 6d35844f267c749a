// What is shown with a digest: each way in which Knative's controller may see something else.

import assert from "node:assert/strict";
import { answerNotices } from "../../../server/src/registry/answerNotices.ts";
import { registryHost } from "../../../server/src/registry/registryHost.ts";

interface World {
  readonly mirror?: string;
  readonly url?: string;
  readonly unverified?: boolean;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly untrustedAuthHost?: string;
  readonly notices?: readonly string[];
}

function noticesOf(world: World): readonly string[] {
  const { mirror, url = "https://r.io/v2/", unverified = false, headers = {} } = world;
  const host = registryHost("r.io", mirror === undefined ? {} : { "r.io": { mirror } });
  assert.ok(typeof host !== "string");
  const { untrustedAuthHost, notices = [] } = world;
  return answerNotices(host, {
    url: new URL(url),
    response: { unverified, headers, status: 200 },
    report: { notices, untrustedAuthHost },
  } as unknown as Parameters<typeof answerNotices>[1]);
}

const limits = (remaining: string, limit: string): World => ({
  headers: { "ratelimit-remaining": [remaining], "ratelimit-limit": [limit] },
});
const unverified = "The certificate of r.io was not verified; Knative's controller verifies it.";

describe("the notices of an answer", () => {
  const rows: readonly [string, World, readonly string[]][] = [
    ["a plain answer", {}, []],
    ["what went wrong on the way", { notices: ["It was odd."] }, ["It was odd."]],
    [
      "a token service that is not trusted",
      { untrustedAuthHost: "auth.io" },
      [
        "auth.io, the token service of r.io, was not given your credentials: if you trust it, add auth.io to knativeDigest.trustedAuthHosts for r.io.",
      ],
    ],
    [
      "a mirror",
      { mirror: "m.io" },
      ["Answered by the mirror m.io; Knative contacts r.io directly."],
    ],
    ["a certificate that was not verified", { unverified: true }, [unverified]],
    ["no certificate", { unverified: true, url: "http://r.io/v2/" }, []],
    [
      "few pulls that are left",
      limits("10;w=21600", "100;w=21600"),
      ["r.io: 10 of 100 pulls left."],
    ],
    ["more than a tenth of the pulls", limits("11", "100"), []],
    ["a limit that is no number", limits("x", "100"), []],
    ["a limit without what is left", { headers: { "ratelimit-limit": ["100"] } }, []],
  ];
  for (const [name, world, expected] of rows) {
    it(`are ${expected.length === 0 ? "none" : "told"} for ${name}`, () => {
      assert.deepEqual(noticesOf(world), expected);
    });
  }
});
