// Short texts that others write: references, headers, bodies, credential files, Secrets, settings, ignore files, caches.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseImageReference } from "../../server/src/image/imageReference.ts";
import { hasPlaceholder } from "../../server/src/image/placeholder.ts";
import { validatePullSecret } from "../../server/src/knative/pullSecret/pullSecretProblems.ts";
import { findManifests } from "../../server/src/node/files/yamlFiles.ts";
import {
  challengeScopes,
  chooseChallenge,
  parseChallenges,
} from "../../server/src/registry/authentication/challenge.ts";
import { parseConfigFile } from "../../server/src/registry/credentials/dockerConfig.ts";
import { nextLink } from "../../server/src/registry/transport/linkHeader.ts";
import { parseConfig, parseManifest } from "../../server/src/registry/manifestFacts.ts";
import { retryAfter } from "../../server/src/registry/transport/retryAfter.ts";
import { parseErrorBody, safeText } from "../../server/src/registry/transport/serverText.ts";
import { parseCache } from "../../server/src/resolver/cacheText.ts";
import { runArguments } from "../support/commandLine.ts";
import { inTime, inTimeAsync } from "./checks.ts";
import { conformanceTexts, references } from "./corpus.ts";
import type { Fuzzer } from "./fuzzer.ts";
import { mutated } from "./random.ts";

/** A fuzzer over a function of one text. */
function textFuzzer(
  name: string,
  shortRun: number,
  { corpus, words }: { readonly corpus: readonly string[]; readonly words: readonly string[] },
  read: (text: string) => void,
): Fuzzer {
  return {
    name,
    shortRun,
    tryOne(random, note) {
      const text = mutated(corpus, words, random);
      note(text);
      inTime(() => {
        read(text);
      });
    },
  };
}

const digest = `sha256:${"a".repeat(64)}`;

const referenceFuzzer = textFuzzer(
  "references",
  6_000,
  {
    corpus: [...references(), `ghcr.io/acme/app:v1@${digest}`, "[::1]:5000/a", "xn--a.b/c"],
    words: [
      ":",
      "@",
      "/",
      digest,
      "docker.io",
      "localhost",
      "{{ x }}",
      "$(X)",
      "..",
      "%2f",
      "[::1]",
    ],
  },
  (text) => {
    hasPlaceholder(text);
    const reference = parseImageReference(text);
    if (reference.kind === "invalid") {
      assert.ok(reference.problem !== "");
      return;
    }
    assert.ok(reference.registry !== "" && reference.repository !== "");
    if (reference.kind === "digest") assert.ok(text.slice(reference.digestStart).startsWith("@"));
  },
);

const challengeFuzzer = textFuzzer(
  "challenges",
  6_000,
  {
    corpus: [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull"',
      'Basic realm="x y", Bearer realm="/token" , error="invalid_token"',
      'Negotiate abc==, NTLM, Digest qop="auth", nonce=1',
      '</v2/a/tags/list?last=x&n=10>; rel="next", <y>; rel=prev',
      "120",
      "Wed, 21 Oct 2026 07:28:00 GMT",
      '{"errors":[{"code":"DENIED","message":"no","detail":{"a":[1]}}]}',
    ],
    words: [
      'realm="',
      "Bearer ",
      ",",
      "=",
      '"',
      "\\",
      "scope=",
      "; rel=next",
      "{",
      "[",
      '"errors":',
    ],
  },
  (text) => {
    const chosen = chooseChallenge(parseChallenges([text, text.slice(10)]));
    if (chosen !== undefined) challengeScopes(chosen);
    nextLink([text]);
    const wait = retryAfter(text, 1_000, 5);
    assert.ok(wait >= 0 && Number.isFinite(wait), `a wait of ${wait}`);
    parseErrorBody(Buffer.from(text));
    // eslint-disable-next-line no-control-regex -- these are what must not be there
    assert.doesNotMatch(safeText(text), /[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/);
  },
);

const bodyFuzzer = textFuzzer(
  "bodies",
  3_000,
  {
    corpus: [
      `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"digest":"${digest}","size":1,"mediaType":"x","platform":{"os":"linux","architecture":"arm64","variant":"v8"}}]}`,
      `{"schemaVersion":2,"config":{"digest":"${digest}","size":7,"mediaType":"application/vnd.oci.image.config.v1+json"},"layers":[{"size":5}],"annotations":{"org.opencontainers.image.created":"2020-01-01T00:00:00Z"}}`,
      `{"created":"2026-01-01T00:00:00Z","os":"linux","architecture":"amd64","config":{"Labels":{"org.opencontainers.image.version":"1"}}}`,
    ],
    words: [
      '"manifests":',
      "[",
      "{",
      "null",
      "1e999",
      "-1",
      '"size":',
      digest,
      '"platform":',
      "[[",
      "9".repeat(30),
    ],
  },
  (text) => {
    const body = Buffer.from(text);
    parseManifest(body, undefined);
    parseConfig(body);
  },
);

const dockerConfigs = [
  '{"auths":{"https://index.docker.io/v1/":{"auth":"dXNlcjpwYXNz"},"ghcr.io":{"identitytoken":"x"}},"credsStore":"x","credHelpers":{"a.b":"c"}}',
  '{"auths":{"a.b:5000/team":{"username":"u","password":"p"}},"HttpHeaders":{"a":"b"}}',
  '{"a.b":{"auth":"dTpw","email":"x"}}',
];

const dockerWords = [
  '"auths":',
  '"auth":',
  "{",
  "}",
  "null",
  '"\\u0000"',
  "=",
  '"credsStore":',
  "[",
  "{".repeat(50),
];

const dockerConfigFuzzer = textFuzzer(
  "docker-configs",
  3_000,
  { corpus: dockerConfigs, words: dockerWords },
  (text) => {
    for (const format of ["docker", "docker-environment", "podman", "dockercfg"] as const) {
      const { problem = "", auths } = parseConfigFile(text, format);
      // A key is shown, and a change of the text can make one of a secret.
      const isInKey = auths.some(({ key }) => key.includes("dXNlcjpwYXNz"));
      assert.ok(isInKey || !problem.includes("dXNlcjpwYXNz"), problem);
    }
  },
);

const secretFuzzer = textFuzzer(
  "secrets",
  3_000,
  {
    corpus: [...dockerConfigs, ...conformanceTexts("pull-secrets").slice(0, 200)],
    words: [...dockerWords, "*", "?", "[a-", "docker.io", "http://", "/v1/", "*a".repeat(12)],
  },
  (text) => {
    for (const type of ["kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"] as const) {
      validatePullSecret({ type, text }, ["a.b:5000", "index.docker.io"]);
    }
  },
);

const cacheFuzzer = textFuzzer(
  "caches",
  3_000,
  {
    corpus: [
      `{"version":1,"answers":[{"key":"ghcr.io/a/b:1","digest":"${digest}","at":1}],"hosts":[]}`,
      "{}",
      "",
    ],
    words: ['"version":', '"answers":', "[", "{", "1e99", "-1", "null", '"__proto__":{}', digest],
  },
  (text) => void parseCache(text, 1_000),
);

const configFuzzer: Fuzzer = {
  name: "settings",
  shortRun: 600,
  async tryOne(random, note) {
    const text = mutated(settingsFiles, settingsWords, random);
    note(text);
    const { code, stderr } = await inTimeAsync(() =>
      runArguments(["list", "."], { files: { ".knative-digest.yaml": text, "a.yaml": "a: b\n" } }),
    );
    assert.ok([0, 1, 2].includes(code), `exit code ${code}`);
    assert.ok(!/internal error/i.test(stderr), stderr);
  },
};

const settingsFiles = [
  "skipRegistries: [dev.local]\npin.style: digest\ndiagnostics:\n  unpinned-tag: warning\nknativeVersion: '1.20'\n",
  "registries:\n  a.b: {insecure: true, caFile: x}\ncache:\n  minutes: 3\nexclude: ['**/x']\n",
  "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n<<: *a\n",
];

const settingsWords = [
  ...[
    "skipRegistries:",
    "diagnostics:",
    "pin:",
    "style:",
    "exclude:",
    "<<: *a",
    "&a ",
    "*a",
    "null",
  ],
  ...["[", "{", "- ", ": ", "\n", "1e99", "-1", "__proto__:", "'", '"', "!!js ", "\t", "**/"],
];

const ignoreFuzzer: Fuzzer = {
  name: "ignore-files",
  shortRun: 80,
  async tryOne(random, note) {
    const text = mutated(ignoreFiles, ignoreWords, random).slice(0, 2_000);
    note(text);
    const folder = await mkdtemp(join(tmpdir(), "knative-digest-fuzz-"));
    try {
      await writeFile(join(folder, ".gitignore"), text);
      await writeFile(join(folder, `${"a".repeat(120)}.yaml`), "a: b\n");
      const { files: found } = await inTimeAsync(() => findManifests(folder));
      assert.ok(found.length <= 1);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const ignoreFiles = [
  "*.yaml\n!a*.yaml\n",
  "/build/\n**/x/**\n# comment\n",
  "a[b-d]?\\*\n",
  "\n\n*\n",
  `${"*a".repeat(30)}b\n`,
  `${"**/a/".repeat(25)}b\n`,
  "a[b-!]c\n",
];

const ignoreWords = ["*", "**/", "!", "/", "[", "]", "\\", "?", "*a", "{a,b}", "(", "+", "#", " "];

export const textFuzzers: readonly Fuzzer[] = [
  ...[referenceFuzzer, challengeFuzzer, bodyFuzzer, dockerConfigFuzzer, secretFuzzer, cacheFuzzer],
  ...[configFuzzer, ignoreFuzzer],
];
