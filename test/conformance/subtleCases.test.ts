// The subtle cases that people stumble over: each image's outcome, what runs, and what its reader is told.

import assert from "node:assert/strict";
import { defaultAnalysisOptions } from "../../server/src/document/analysisOptions.ts";
import { analyzeDocument } from "../../server/src/document/oneDocument.ts";
import { readDocument } from "../../server/src/findings/reading.ts";
import { readImage } from "../../server/src/image/placeholder.ts";
import { registryScheme } from "../../server/src/image/registryScheme.ts";
import type { ConfigSetting } from "../../server/src/knative/config/configProblem.ts";
import { intendedSkips, missedSkip } from "../../server/src/knative/skipList/intendedSkips.ts";
import {
  imageOutcome,
  runs,
  type ImageRole,
  type Outcome,
} from "../../server/src/knative/outcome.ts";
import { pullCredential } from "../../server/src/knative/pullSecret/pullSecret.ts";
import type { PullSecret } from "../../server/src/knative/pullSecret/pullSecretEntries.ts";
import { validatePullSecret } from "../../server/src/knative/pullSecret/pullSecretProblems.ts";
import { skipListOf } from "../../server/src/knative/skipList/skipList.ts";
import { versionProfile } from "../../server/src/knative/config/versionProfile.ts";
import { defaultSettings } from "../../server/src/settings.ts";
import { noFacts } from "../../server/src/workspace/workspaceFacts.ts";
import { readRows } from "./readRows.ts";

interface SubtleCase {
  /** The number in the list of cases; a case can have several rows. */
  readonly n: number;
  readonly image: string;
  /** Default: a container of a Service. */
  readonly role?: ImageRole;
  /** The value of the skip list, or the whole `data` of config-deployment; default: none is set. */
  readonly skipList?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly outcome: Outcome["kind"];
  /** Of a doomed image. */
  readonly reason?: string;
  /** Of a refused image: what Knative's parser says. */
  readonly problem?: string;
  /** Of a skipped image. */
  readonly entry?: string;
  readonly registry?: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly scheme?: "http" | "https";
  /** What the pods run once the tag is known to point at the digest of sixty-four `a`. */
  readonly runs?: string;
  readonly secret?: {
    readonly text: string;
    readonly error?: string;
    readonly credential?: null;
    readonly works?: string;
  };
  /** The codes that a reader sees without any registry being asked. */
  readonly diagnostics: readonly string[];
  readonly note?: string;
}

const digest = `sha256:${"a".repeat(64)}`;
const cases = readRows<SubtleCase>("subtle-cases");

function settings({ data = {}, skipList }: SubtleCase): ConfigSetting[] {
  const listed = skipList === undefined ? {} : { "registries-skipping-tag-resolving": skipList };
  return Object.entries({ ...data, ...listed }).map(([key, value]) => ({
    key,
    value,
    isString: true,
  }));
}

function skipSetOf(row: SubtleCase): ReadonlySet<string> {
  const data = new Map(settings(row).map(({ key, value }) => [key, value ?? ""]));
  return skipListOf(data).registries;
}

/** What we say of the row's image, with the fields that the row has. */
function answer(row: SubtleCase): Partial<SubtleCase> {
  const reference = readImage(row.image);
  const outcome = imageOutcome({
    reference,
    role: row.role ?? "container",
    skipList: skipSetOf(row),
  });
  const named = reference.kind === "tag" || reference.kind === "digest" ? reference : undefined;
  const known = {
    outcome: outcome.kind,
    reason: outcome.kind === "doomed" ? outcome.reason.kind : undefined,
    problem: outcome.kind === "reject" ? problemOf(outcome.reason) : undefined,
    entry: outcome.kind === "skip" ? outcome.entry : undefined,
    registry: named?.registry,
    repository: named?.repository,
    tag: named?.tag,
    scheme: named === undefined ? undefined : registryScheme(named.registry),
    runs: runs(outcome, reference, digest),
  };
  return Object.fromEntries(Object.entries(known).filter(([name]) => name in row));
}

function problemOf(reason: { kind: "missing" } | { kind: "unparseable"; problem: string }): string {
  return reason.kind === "missing" ? "missing field(s)" : reason.problem;
}

describe("conformance: the subtle cases", () => {
  it("are all there", () => {
    const numbers = [...new Set(cases.map(({ n }) => n))].sort((a, b) => a - b);
    assert.deepEqual(
      numbers,
      Array.from({ length: 75 }, (_, index) => index + 1),
    );
  });
  for (const row of cases) {
    it(`${row.n}: ${JSON.stringify(row.image).slice(0, 80)} is ${row.outcome}`, () => {
      const expected = Object.entries(row).filter(
        ([name]) =>
          !["n", "image", "role", "skipList", "data", "secret", "note", "diagnostics"].includes(
            name,
          ),
      );
      assert.deepEqual(answer(row), Object.fromEntries(expected));
    });
  }
});

describe("conformance: what is reported of the subtle cases", () => {
  /** Said because of what another document says. */
  const elsewhere = ["skip-not-effective", "pull-secret-invalid", "pull-secret-never-matches"];
  for (const row of cases) {
    it(`${row.n}: ${JSON.stringify(row.image).slice(0, 80)}`, () => {
      const field = row.role === "init-container" ? "initContainers" : "containers";
      const manifest = `apiVersion: serving.knative.dev/v1\nkind: Revision\nspec:\n  ${field}:\n    - image: `;
      const text = `${manifest}${JSON.stringify(row.image)}\n`;
      const document = analyzeDocument(text, defaultAnalysisOptions);
      const { findings } = readDocument(
        document,
        {
          settings: defaultSettings,
          skipList: { registries: skipSetOf(row), origin: "setting", location: undefined },
          facts: noFacts,
          intentions: [],
          joined: [],
          fates: undefined,
          known: {
            resolutions: () => ({ status: "not-asked", reason: "offline" }),
            details: () => undefined,
          },
        },
        () => text,
      );
      assert.deepEqual(
        findings.map(({ code }) => code).sort(),
        row.diagnostics.filter((code) => !elsewhere.includes(code)).sort(),
      );
    });
  }
});

describe("conformance: intended skips that have no effect", () => {
  for (const row of cases.filter(({ data, skipList }) => (data ?? skipList) !== undefined)) {
    it(`${row.n}: ${row.image}`, () => {
      const reference = readImage(row.image);
      assert.ok(reference.kind === "tag");
      const intended = intendedSkips(settings(row), "1.23", [reference.registry]);
      const missed = missedSkip(reference, skipSetOf(row), intended);
      assert.equal(missed !== undefined, row.diagnostics.includes("skip-not-effective"));
    });
  }
});

describe("conformance: what a pull secret does to an image", () => {
  for (const row of cases) {
    if (row.secret === undefined) continue;
    const { secret } = row;
    it(`${row.n}: ${secret.text}`, () => {
      const reference = readImage(row.image);
      assert.ok(reference.kind === "tag" || reference.kind === "digest");
      const config: PullSecret = { type: "kubernetes.io/dockerconfigjson", text: secret.text };
      const found = pullCredential([config], reference);
      const [problem] = validatePullSecret(config);
      assert.equal(problem?.kind, row.diagnostics[0]);
      if (secret.error !== undefined) {
        assert.deepEqual(found, { kind: "error", message: secret.error });
      } else {
        assert.equal(found.kind, "anonymous");
        assert.equal(problem?.kind === "pull-secret-never-matches" && problem.works, secret.works);
      }
    });
  }
});

describe("conformance: case 75, a registry that only speaks TLS 1.2", () => {
  it("fails since 1.21.2", () => {
    assert.equal(versionProfile("1.21.1").resolverTlsMinimum, "1.2");
    assert.equal(versionProfile("1.21.2").resolverTlsMinimum, "1.3");
  });
});
