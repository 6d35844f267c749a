// Entries that no image can match are told from those that can, with the entry that was meant.

import assert from "node:assert/strict";
import fc from "fast-check";
import { parseImageReference } from "../../../server/src/image/imageReference.ts";
import {
  validateSkipEntry,
  validateSkipList,
  type SkipEntryMistake,
} from "../../../server/src/knative/skipList/skipEntry.ts";

const seen = [
  "index.docker.io",
  "reg.example.com:5000",
  "eu.reg.example.com",
  "localhost:5001",
  "harbor.corp",
  "registry:5000",
];

describe("validateSkipEntry", () => {
  const rows: readonly (readonly [string, SkipEntryMistake, string | undefined])[] = [
    ["", "empty", undefined],
    ["docker.io", "docker-io", "index.docker.io"],
    ["Docker.io", "docker-io", "index.docker.io"],
    ["docker.io:443", "docker-io", "index.docker.io"],
    ["registry-1.docker.io", "docker-hub-host", "index.docker.io"],
    ["hub.docker.com", "docker-hub-host", "index.docker.io"],
    ["index.docker.io:443", "docker-hub-host", "index.docker.io"],
    ["dockerhub", "docker-hub-host", "index.docker.io"],
    ["https://index.docker.io/v1/", "url", "index.docker.io"],
    ["https://other.example.com", "url", "other.example.com"],
    ["http://bob@other.example.com:80/v2/", "url", "other.example.com:80"],
    ["//other.example.com", "url", "other.example.com"],
    ["https://reg.example.com", "url", "reg.example.com:5000"],
    ["other.example.com/", "path", "other.example.com"],
    ["other.example.com/team/app:1", "path", "other.example.com"],
    ["docker.io/library", "path", "index.docker.io"],
    ["localhost/foo", "path", "localhost:5001"],
    ["library/nginx", "path", undefined],
    ["*.example.com", "wildcard", "reg.example.com:5000,eu.reg.example.com"],
    [".example.com", "wildcard", "reg.example.com:5000,eu.reg.example.com"],
    ["reg.example.com:*", "wildcard", "reg.example.com:5000"],
    ["^.*\\.corp$", "wildcard", "harbor.corp"],
    ["reg.exampl?.com", "wildcard", "reg.example.com:5000"],
    ["reg.exampl?e.com", "wildcard", undefined],
    ["*.nowhere.test", "wildcard", undefined],
    ["localhost", "localhost", "localhost:5001"],
    ["harbor", "bare-name", "harbor.corp"],
    ["registry", "bare-name", "registry:5000"],
    ["quay", "bare-name", undefined],
    ["a.io b.io", "separator", "a.io,b.io"],
    ["a.io;b.io", "separator", "a.io,b.io"],
    ["a.io\nb.io", "separator", "a.io,b.io"],
    ["- a.io # ours\n- docker.io", "separator", "a.io,index.docker.io"],
    ['"a.io"', "quoted", "a.io"],
    ['["a.io"', "quoted", "a.io"],
    ["'docker.io']", "quoted", "index.docker.io"],
    ["- a.io", "quoted", "a.io"],
    ['"[::1]:5000"', "quoted", "[::1]:5000"],
    ["a.io:latest", "malformed", "a.io"],
    ["bob@a.io", "malformed", "a.io"],
    // Longer than any host: no way to find one in it is tried.
    [`a.io:${"x".repeat(600)}`, "malformed", undefined],
    ["reg.example.com", "port", "reg.example.com:5000"],
    ["harbor.corp:443", "port", "harbor.corp"],
    ["Harbor.corp", "case", "harbor.corp"],
  ];
  for (const [entry, mistake, meant] of rows) {
    it(`${JSON.stringify(entry)} is the mistake ${mistake}`, () => {
      assert.deepEqual(validateSkipEntry(entry, seen), { mistake, meant });
    });
  }
  for (const entry of [
    "index.docker.io",
    "dev.local",
    "DEV.local",
    "other.example.com:5000",
    "[::1]:5000",
    "ko:",
  ]) {
    it(`${entry} can match`, () => {
      assert.equal(validateSkipEntry(entry, []), undefined);
    });
  }
  it("accepts any entry that an image of the workspace has", () => {
    assert.equal(validateSkipEntry("registry-1.docker.io", ["registry-1.docker.io"]), undefined);
  });

  it("accepts whatever registry an image can have, but for Docker Hub's other names and patterns", () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,6}(-[a-z0-9]{1,3})?$/);
    const registry = fc
      .tuple(label, label, fc.option(fc.nat(65535)))
      .map(([a, b, port]) => `${a}.${b}${port === null ? "" : `:${String(port)}`}`);
    fc.assert(
      fc.property(registry, (name) => {
        const reference = parseImageReference(`${name}/app`);
        assert.ok(reference.kind === "tag");
        assert.equal(validateSkipEntry(reference.registry), undefined);
      }),
    );
  });
  it("means only entries that need no further correction", () => {
    const piece = fc.constantFrom(
      "a.io",
      "docker.io",
      "https://",
      "/",
      "*.",
      "b:5000",
      " ",
      '"',
      "[",
      "x",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (parts) => {
        const meant = validateSkipEntry(parts.join(""), seen)?.meant;
        if (meant === undefined) return;
        for (const entry of meant.split(",")) assert.notEqual(entry, "docker.io");
      }),
    );
  });
});

describe("validateSkipList", () => {
  it("says nothing of an empty value, which skips nothing on purpose", () => {
    assert.deepEqual(validateSkipList(" \n"), []);
  });
  it("gives each mistake with its place", () => {
    const judged = validateSkipList("dev.local, docker.io,", []);
    assert.deepEqual(
      judged.map(({ entry, index, problem }) => [index, entry.start, entry.end, problem.mistake]),
      [
        [1, 11, 20, "docker-io"],
        [2, 21, 21, "empty"],
      ],
    );
  });
  it("gives no advice about a port that is listed as well", () => {
    assert.deepEqual(validateSkipList("reg.example.com,reg.example.com:5000", seen), []);
  });
});

describe("an entry that an image has", () => {
  it("needs no advice, whatever other ports its host has", () => {
    const of = (entry: string): number =>
      validateSkipList(entry, ["a.io:5000", "a.io:6000"]).length;
    assert.deepEqual([of("a.io:5000"), of("a.io:7000"), of("a.io:5000,a.io:6000")], [0, 1, 0]);
  });
});
