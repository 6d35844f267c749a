// What is said about images: the right code at the right place, with the fix that mends it.

import assert from "node:assert/strict";
import { applyChanges } from "../../../server/src/edits/change.ts";
import { spanInFile, type FileOffset, type Span } from "../../../server/src/document/span.ts";
import { fileFindings } from "../../../server/src/findings/reading.ts";
import type { Finding, Fix } from "../../../server/src/findings/finding.ts";
import {
  failed,
  digestA,
  digestB,
  readText,
  resolved,
  service,
  type KnownAnswers,
  type World,
} from "../../support/reading.ts";
import { behindToo } from "../../support/behindToo.ts";
import { readMarks } from "../../support/markedText.ts";

/** All findings of a text as `code start-end «what it points at»`. */
function codesIn(marked: string, world: World = {}): string[] {
  return behindToo(marked, (text) => {
    const front = text.length - marked.length;
    return fileFindings(readText(text, world)).map(({ finding, span }) =>
      placed(marked, finding.code, { start: span.start - front, end: span.end - front }),
    );
  });
}

function placed(text: string, code: string, { start, end }: Span): string {
  return `${code} ${start}-${end} «${text.slice(start, end)}»`;
}

/** Checks that exactly these codes are found, each at the marked ranges in order. */
function check(marked: string, codes: readonly string[], world: World = {}): void {
  const { text, ranges } = readMarks(marked);
  const expected = codes.map((code, index) => {
    const range = ranges[Math.min(index, ranges.length - 1)] ?? { start: 0, end: 0 };
    return placed(text, code, range);
  });
  assert.deepEqual(codesIn(text, world), expected);
}

function find(text: string, code: string, world: World = {}): Finding & { start: FileOffset } {
  for (const part of readText(text, world).parts) {
    for (const finding of part.findings) {
      if (finding.code === code) return { ...finding, start: part.start };
    }
  }
  return assert.fail(`no ${code} among ${codesIn(text, world).join(", ")}`);
}

function applyFix(text: string, finding: { start: FileOffset }, fix: Fix | undefined): string {
  assert.ok(fix !== undefined, "there is no fix");
  return applyChanges(
    text,
    fix.changes.map((change) => spanInFile(change, finding.start)),
  );
}

const configMap = (list: string, rest = ""): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\ndata:\n  queue-sidecar-image: gcr.io/q/proxy@${digestA}\n${rest}  registries-skipping-tag-resolving: ${list}\n`;

describe("an image that Knative resolves", () => {
  it("has nothing said of it", () => check(service("nginx:1.25"), []));
  it("is unpinned if somebody wants to hear that", () =>
    check(service("«nginx:1.25»"), ["unpinned-tag"], {
      settings: { diagnostics: { "unpinned-tag": "warning" } },
    }));
  it("is an error if its tag is not there", () =>
    check(service('"«nginx:1.25»"'), ["tag-not-found"], {
      known: { "index.docker.io/library/nginx:1.25": failed("tag-not-found") },
    }));
  for (const kind of [
    "access-denied",
    "certificate-untrusted",
    "registry-unreachable",
    "rate-limited",
    "no-digest-header",
  ] as const) {
    it(`is reported as ${kind}`, () =>
      check(service("«nginx:1.25»"), [kind], {
        known: { "index.docker.io/library/nginx:1.25": failed(kind) },
      }));
  }
  it("is never an error because of the network", () => {
    const known = { "index.docker.io/library/nginx:1": failed("registry-unreachable") };
    assert.equal(
      find(service("nginx:1"), "registry-unreachable", { known }).severity,
      "information",
    );
  });
});

describe("an image that Knative refuses", () => {
  it("is an error with the reason that Knative does not show", () => {
    check(service("«ghcr.io/Org/app»"), ["invalid-reference"]);
    assert.match(
      find(service("ghcr.io/Org/app"), "invalid-reference").message,
      /^Repository names must be lower case: “Org\/app”/,
    );
  });
  it("is refused if it is empty, a number or a boolean", () => {
    // The place of an empty value is the end of its line.
    const at = service("").length - 1;
    assert.deepEqual(codesIn(service("")), [`invalid-reference ${at}-${at} «»`]);
    check(service("«1.0»"), ["invalid-reference"]);
    check(service('"«»"'), ["invalid-reference"]);
  });
  it("is a digest's own mistake where a digest was meant", () => {
    assert.match(
      find(service("nginx@sha256:abc"), "invalid-reference").message,
      /64 hex digits; this has 3/,
    );
  });
});

describe("a template", () => {
  for (const image of [
    "{{ .Values.image }}",
    "${IMAGE}",
    "$(IMAGE)",
    "<image>",
    "'{username}/x'",
  ]) {
    it(`${image} has nothing said of it`, () => check(service(image), []));
  }
});

describe("an image that is certain to fail", () => {
  it("is an error, and its fix writes what was meant", () => {
    const text = service('"https://gcr.io/p/app:1" # keep');
    const finding = find(text, "doomed-reference");
    assert.equal(finding.severity, "error");
    assert.equal(applyFix(text, finding, finding.fixes[0]), service('"gcr.io/p/app:1" # keep'));
  });
  it("is information for ko, which replaces it first", () =>
    assert.equal(find(service("ko://github.com/x/y"), "doomed-reference").severity, "information"));
  it("says that localhost without a port is Docker Hub", () =>
    check(service("«localhost/foo:1»"), ["doomed-reference"]));
});

describe("an image on the skip list", () => {
  it("is skipped by Knative's default", () =>
    check(service("«dev.local/team/app:v1»"), ["registry-skipped"]));
  it("is always pulled if it is latest", () =>
    check(service("«dev.local/app»"), ["registry-skipped", "side-loaded-latest"]));
  it("points at the entry in the workspace, and can be taken off it", () => {
    const config = configMap('"dev.local, reg.example.com,x.io"');
    const others = { "file:///work/cluster/config.yaml": config };
    const finding = find(service("reg.example.com/app:1"), "registry-skipped", { others });
    const [related] = finding.related;
    assert.ok(related !== undefined);
    assert.equal(related.uri, "file:///work/cluster/config.yaml");
    assert.equal(config.slice(related.span.start, related.span.end), "reg.example.com");
    const fix = finding.fixes[0]?.elsewhere;
    assert.equal(
      applyChanges(config, fix?.changes ?? []),
      config.replace('"dev.local, reg.example.com,x.io"', '"dev.local,x.io"'),
    );
  });
  it("is kept if it is pinned, whatever the list says", () =>
    check(service(`dev.local/app:v1@${digestA}`), []));
  it("follows the setting before the workspace", () =>
    check(service("reg.example.com/app:1"), [], {
      settings: { skipRegistries: [] },
      others: { "file:///work/config.yaml": configMap("reg.example.com") },
    }));
});

describe("a skip that was meant and does not work", () => {
  const wrongKey = configMap("dev.local").replace(
    "registries-skipping-tag-resolving: dev.local",
    "registries-skipping-tag-resolution: reg.example.com",
  );
  const others = { "file:///work/config.yaml": wrongKey };
  it("is said at the image, with the place it was written", () => {
    const finding = find(service("reg.example.com/app:1"), "skip-not-effective", { others });
    const [related] = finding.related;
    assert.equal(wrongKey.slice(related?.span.start, related?.span.end), "reg.example.com");
    assert.match(
      applyChanges(wrongKey, finding.fixes[0]?.elsewhere?.changes ?? []),
      /registries-skipping-tag-resolving: reg\.example\.com/,
    );
  });
  it("is said for docker.io, which is index.docker.io to Knative", () => {
    const config = configMap("docker.io");
    const finding = find(service("nginx:1"), "skip-not-effective", {
      others: { "file:///work/config.yaml": config },
    });
    assert.match(
      applyChanges(config, finding.fixes[0]?.elsewhere?.changes ?? []),
      /resolving: index\.docker\.io\n/,
    );
  });
  it("is said for a missing port", () => {
    find(service("reg.example.com:5000/app:1"), "skip-not-effective", {
      others: { "file:///work/config.yaml": configMap("reg.example.com") },
    });
  });
});

describe("a pinned image", () => {
  const pinned = service(`nginx:1@${digestA}`);
  const tag = "index.docker.io/library/nginx:1";
  it("has nothing said of it while its tag stands still", () =>
    check(pinned, [], { known: { [tag]: resolved(digestA) } }));
  it("is information when its tag moved", () =>
    check(service(`«nginx:1@${digestA}»`), ["tag-moved"], { known: { [tag]: resolved(digestB) } }));
  it("is an error when its digest is gone", () =>
    check(service(`«nginx:1@${digestA}»`), ["digest-not-found"], {
      known: { [`index.docker.io/library/nginx@${digestA}`]: failed("digest-not-found") },
    }));
  it("is a warning when it is one platform of the tag's index (updatecli#1603: a pin to one architecture failed on the others)", () => {
    const index = "application/vnd.oci.image.index.v1+json";
    check(service(`«nginx:1@${digestA}»`), ["single-platform-digest"], {
      known: { [tag]: resolved(digestB, index) },
      details: {
        [tag]: {
          digest: digestB,
          mediaType: index,
          platforms: [
            {
              digest: digestA,
              platform: { os: "linux", architecture: "amd64", variant: undefined },
            },
          ],
          layersSize: undefined,
          created: undefined,
          source: undefined,
        },
      },
    });
  });
});

describe("images in other places", () => {
  it("say that an init container runs by its tag", () => {
    const text = service("nginx:1").replace("containers:", "initContainers:");
    check(text.replace("nginx:1", "«nginx:1»"), ["init-container-by-tag"]);
  });
  it("say that Knative never resolves a ContainerSource's image", () => {
    const text = service("«nginx:1»")
      .replace("serving.knative.dev/v1", "sources.knative.dev/v1")
      .replace("kind: Service", "kind: ContainerSource");
    check(text, ["unresolved-image"]);
  });
  it("are not looked at in a Deployment, unless the setting says so", () => {
    const text = service("«nginx:1»")
      .replace("serving.knative.dev/v1", "apps/v1")
      .replace("kind: Service", "kind: Deployment");
    check(text, []);
    check(text, ["unresolved-image"], { settings: { kubernetesWorkloads: true } });
  });
});

describe("an ignore comment", () => {
  it("covers its own line", () =>
    check(service("dev.local/app:v1 # knative-digest: ignore - a laptop"), []));
  it("covers the next line if it stands alone", () => {
    const text = service("dev.local/app:v1").replace(
      "          image",
      "          # knative-digest: ignore only on kind\n          image",
    );
    check(text, []);
  });
  it("is reported where there is nothing to ignore", () => {
    check(`«# knative-digest: ignore old»\n${service("nginx:1")}`, ["unused-ignore"]);
    check(service("'{{ .image }}' «# knative-digest: ignore old»"), ["unused-ignore"]);
  });
  it("is never called unused on an image, which it keeps from being pinned, updated and unpinned", () => {
    const comment = "# knative-digest: ignore old";
    for (const image of ["nginx:1", `nginx:1@${digestA}`, "dev.local/app:v1"]) {
      const answers: KnownAnswers[] = [
        { "index.docker.io/library/nginx:1": resolved(digestA) },
        { "index.docker.io/library/nginx:1": { status: "not-asked", reason: "offline" } },
        {},
      ];
      for (const known of answers) check(service(`${image} ${comment}`), [], { known });
      check(service(image).replace("          image", `          ${comment}\n          image`), []);
    }
  });
  it("is taken out with nothing left of it and nothing else", () => {
    const image = "'{{ .image }}'";
    const text = service(image).replaceAll("\n", "\r\n");
    const comment = "# knative-digest: ignore old ";
    for (const [commented, left] of [
      [text.replace(image, `${image} \t${comment}`), text],
      [text.replace("          image", `          ${comment}\r\n          image`), text],
      [`${comment}\r\n${text}`, text],
      [`${text.trimEnd()}   ${comment}`, text.trimEnd()],
      [`${text}  ${comment}`, text],
    ] as const) {
      const [fix] = find(commented, "unused-ignore").fixes;
      assert.equal(applyChanges(commented, fix?.changes ?? []), left);
    }
  });
  it("is none inside a scalar", () =>
    check(service(`"«dev.local/app:v1»"\n          command: ["# knative-digest: ignore"]`), [
      "registry-skipped",
    ]));
});

describe("severities", () => {
  it("can be changed and switched off by code", () => {
    const text = service("dev.local/app:v1");
    const settings = { diagnostics: { "registry-skipped": "hint" } } as const;
    assert.equal(find(text, "registry-skipped", { settings }).severity, "hint");
    check(text, [], { settings: { diagnostics: { "registry-skipped": "off" } } });
  });
});

describe("an image in a registry of this machine", () => {
  for (const registry of [
    "localhost:5001",
    "127.0.0.1:5000",
    "127.1.2.3:5000",
    "[::1]:5000",
    "LOCALHOST:1",
  ]) {
    it(`is warned of: ${registry}`, () =>
      check(service(`"«${registry}/app:1»"`), ["loopback-registry"]));
  }
  for (const registry of ["host.docker.internal:5000", "registry:5000", "10.0.0.1:5000"]) {
    it(`is none: ${registry}`, () => check(service(`${registry}/app:1`), []));
  }
  it("is nothing to say where it is skipped, pinned or never resolved", () => {
    check(service("«localhost:5001/app:1»"), ["registry-skipped"], {
      settings: { skipRegistries: ["localhost:5001"] },
    });
    check(service(`localhost:5001/app:1@${digestA}`), []);
  });
  it("is said once where somebody meant to skip it", () =>
    check(service("«localhost:5001/app:1»"), ["skip-not-effective"], {
      others: { "file:///work/c.yaml": configMap("localhost") },
    }));
  for (const [name, config, fixed] of [
    ["behind the others", configMap("dev.local"), configMap("dev.local,localhost:5001")],
    [
      "with the defaults where none is set",
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\ndata:\n  progress-deadline: 1s\n",
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\ndata:\n  registries-skipping-tag-resolving: "kind.local,ko.local,dev.local,localhost:5001"\n  progress-deadline: 1s\n',
    ],
  ] as const) {
    it(`is added to the skip list ${name}`, () => {
      const others = { "file:///work/c.yaml": config };
      const [fix] = find(service("localhost:5001/app:1"), "loopback-registry", { others }).fixes;
      assert.equal(fix?.title, "Add localhost:5001 to the skip list");
      const after = applyChanges(config, fix.elsewhere?.changes ?? []);
      assert.equal(after.replaceAll('"', ""), fixed.replaceAll('"', ""));
    });
  }
  it("has no fix where the list is a template's or a setting's", () => {
    const others = { "file:///work/c.yaml": configMap('"${SKIP}"') };
    const image = service("localhost:5001/app:1");
    assert.deepEqual(find(image, "loopback-registry", { others }).fixes, []);
    const settings = { skipRegistries: [] };
    assert.deepEqual(find(image, "loopback-registry", { settings }).fixes, []);
  });
  const hosting =
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: local-registry-hosting\n  namespace: kube-public\ndata:\n  localRegistryHosting.v1: |\n    host: "localhost:5001"\n    help: "https://kind.sigs.k8s.io/"\n';
  it("is skipped as it should be where its cluster's ConfigMap names it, and pulled from", () => {
    const config = { "file:///work/c.yaml": configMap("localhost:5001") };
    const text = service("«localhost:5001/app»");
    check(text, ["registry-skipped", "side-loaded-latest"], { others: config });
    const others = { ...config, "file:///work/hosting.yaml": hosting };
    check(text, ["registry-skipped"], { others });
    const finding = find(service("localhost:5001/app"), "registry-skipped", { others });
    assert.equal(finding.severity, "hint");
    assert.deepEqual(finding.fixes, []);
  });
  it("is known by its cluster's ConfigMap, also where the port is missing", () => {
    const others = { "file:///work/hosting.yaml": hosting };
    assert.match(
      find(service("localhost:5001/app:1"), "loopback-registry", { others }).message,
      /nodes pull from this local registry/,
    );
    const text = service("localhost/app:1");
    const finding = find(text, "doomed-reference", { others });
    assert.equal(applyFix(text, finding, finding.fixes[0]), service("localhost:5001/app:1"));
  });
});

describe("the fix of a reference that Knative refuses", () => {
  for (const [written, meant] of [
    ["ghcr.io/Acme/App:V1 # why", "ghcr.io/acme/app:V1 # why"],
    ['"MyOrg/app"', '"myorg/app"'],
    ["'nginx:1 '", "'nginx:1'"],
    ['"gcr.io/p/app: v1"', '"gcr.io/p/app:v1"'],
    ["gcr.io/p/app:v1+build5", "gcr.io/p/app:v1-build5"],
    [`nginx@sha256:${"A".repeat(64)}`, `nginx@sha256:${"a".repeat(64)}`],
  ] as const) {
    it(`makes ${meant} of ${written}`, () => {
      const text = service(written);
      const finding = find(text, "invalid-reference");
      assert.equal(applyFix(text, finding, finding.fixes[0]), service(meant));
    });
  }
  it("is none where nothing is plain", () =>
    assert.deepEqual(find(service("gcr.io/p/app:1:2"), "invalid-reference").fixes, []));
});
