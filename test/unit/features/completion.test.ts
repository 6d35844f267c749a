// Completion inside an image: what is being typed, whose tags those are, and their order.

import assert from "node:assert/strict";
import {
  repositoryBefore,
  repositoryProposals,
  tagDocumentation,
  tagProposals,
} from "../../../server/src/features/completion.ts";
import { imageTextBefore } from "../../../server/src/features/imageTextBefore.ts";
import { toPlainText } from "../../../server/src/features/markdown.ts";
import { versionOrder } from "../../../server/src/features/tagOrder.ts";
import { digestA, resolved } from "../../support/reading.ts";

const lines: readonly (readonly [line: string, expected: string | undefined])[] = [
  ["  - image: nginx:", "nginx:"],
  ["    image:   ghcr.io/acme/app:v1", "ghcr.io/acme/app:v1"],
  ['    image: "nginx:1.', "nginx:1."],
  ["    image: 'nginx", "nginx"],
  ["    image: &base nginx:", "nginx:"],
  ["    image: ", ""],
  ["  - { name: a, image: nginx:", "nginx:"],
  ['  - {"image":"nginx:', "nginx:"],
  ['    "image": nginx:', "nginx:"],
  ["    imagePullPolicy: Al", undefined],
  ["    # image: nginx:", undefined],
  ["    myimage: nginx:", undefined],
  ["    image:nginx", undefined],
  ["    image: nginx:1 # comment ", undefined],
  ['    image: "nginx" ', undefined],
  ["    image: {{ .Values.image }}:", undefined],
];

describe("the reference that is being typed", () => {
  for (const [line, expected] of lines) {
    it(`in ${JSON.stringify(line)} is ${JSON.stringify(expected)}`, () => {
      assert.equal(imageTextBefore(line), expected);
    });
  }
});

describe("the repository whose tags are asked for", () => {
  const seen = ["registry.internal:5000", "nexus:8082"];
  const asked = (typed: string): string | undefined => {
    const found = repositoryBefore(typed, seen);
    return found === undefined ? undefined : `${found.registry}/${found.repository}`;
  };

  it("stands before the last colon", () => {
    assert.equal(asked("nginx:"), "index.docker.io/library/nginx");
    assert.equal(asked("ghcr.io/acme/app:v1"), "ghcr.io/acme/app");
    assert.equal(asked("registry.internal:5000/app:"), "registry.internal:5000/app");
  });

  it("is none before there is a colon, in a digest, and in a template", () => {
    for (const typed of ["nginx", "registry.internal:5000/app", `nginx@sha256:`, "${IMAGE}:"]) {
      assert.equal(asked(typed), undefined, typed);
    }
  });

  it("is not a host whose port is being typed: Docker Hub would be told its name", () => {
    for (const typed of ["registry.internal:", "registry.internal:50", "localhost:", "nexus:80"]) {
      assert.equal(asked(typed), undefined, typed);
    }
  });
});

describe("proposed tags", () => {
  it("come as versions, the newest first", () => {
    const expected = [
      ...["latest", "v2.0.0", "1.10.0", "1.10", "1.9.2"],
      ...["1.9.2-rc.10", "1.9.2-rc.9", "1.9.2-alpine3.20", "1.9.2-alpine3.9"],
      ...["20240102", "20231231", "edge", "3f2a91bc0de", "main"],
    ];
    assert.deepEqual([...expected].sort().sort(versionOrder()), expected);
  });

  it("have the same order whatever order they came in", () => {
    const tags = ["1", "1-a", "1-b2", "1-b10", "1-abc", "2", "a", "b", "latest", "1.0", "v1"];
    const once = [...tags].sort(versionOrder());
    assert.deepEqual([...tags].reverse().sort(versionOrder()), once);
  });

  it("replace what is typed behind the colon, and keep their order in the editor", () => {
    const { proposals, isComplete } = tagProposals("nginx:1.", {
      tags: ["1.2", "1.10", "2"],
      truncated: false,
    });
    assert.deepEqual(
      proposals.map(({ label, replaces, reference }) => [label, replaces, reference]),
      [
        ["1.10", 2, "nginx:1.10"],
        ["1.2", 2, "nginx:1.2"],
      ],
    );
    assert.ok((proposals[0]?.sortText ?? "") < (proposals[1]?.sortText ?? ""));
    assert.equal(isComplete, true);
  });

  it("are few at once, and the editor asks again as more is typed", () => {
    const tags = Array.from({ length: 500 }, (_, number) => `1.${number}`);
    const { proposals, isComplete } = tagProposals("nginx:", { tags, truncated: false });
    assert.equal(proposals.length, 200);
    assert.equal(isComplete, false);
  });

  it("are documented with the digest where it is known", () => {
    assert.equal(
      toPlainText(tagDocumentation(resolved(digestA), 5 * 60_000)),
      `${digestA}\n\nChecked 5 min ago from this machine (registry.test)`,
    );
    const day = 24 * 60 * 60_000;
    const [, aged] = toPlainText(tagDocumentation(resolved(digestA), 9 * day, 2 * day)).split(
      "\n\n",
    );
    assert.match(aged ?? "", / · built 7 days ago$/);
    assert.deepEqual(tagDocumentation({ status: "not-asked", reason: "not-yet" }, 0), []);
  });
});

describe("proposed repositories", () => {
  it("are those of the workspace but the one that is typed, matching ones first", () => {
    const proposals = repositoryProposals("ghcr", ["docker.io/x", "ghcr.io/a", "ghcr"]);
    const sorted = [...proposals].sort((a, b) => (a.sortText < b.sortText ? -1 : 1));
    assert.deepEqual(
      sorted.map(({ label }) => label),
      ["ghcr.io/a", "docker.io/x"],
    );
    assert.equal(proposals[0]?.replaces, 4);
  });
});
