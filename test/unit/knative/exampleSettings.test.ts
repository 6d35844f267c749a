// Settings that somebody wrote into `_example` are told from those that Knative ships there.

import assert from "node:assert/strict";
import { editedExampleSettings } from "../../../server/src/knative/config/exampleSettings.ts";

/** The shape of the shipped example: every key with its value, comments, and commented settings. */
const shipped = `################################
#    EXAMPLE CONFIGURATION     #
################################

# List of repositories for which tag to digest resolving should be skipped
registries-skipping-tag-resolving: "kind.local,ko.local,dev.local"

digest-resolution-timeout: "10s"
progress-deadline: "600s"
queue-sidecar-cpu-request: "25m"
queue-sidecar-cpu-limit: "1000m"
queue-sidecar-memory-request: "400Mi"
queue-sidecar-memory-limit: "800Mi"
queue-sidecar-ephemeral-storage-request: "512Mi"
queue-sidecar-ephemeral-storage-limit: "1024Mi"

# For example, to add the audience:
#    queue-sidecar-token-audiences: "service-x"
queue-sidecar-token-audiences: ""
queue-sidecar-rootca: ""
queue-sidecar-tls-min-version: ""
# default-affinity-type: "prefer-spread-revision-over-nodes"
# runtime-class-name: |
#   kata: {}
runtime-class-name: ""
pod-is-always-schedulable: "false"
concurrency-state-endpoint: ""
`;

function edited(example: string): string[] {
  return editedExampleSettings(example, "1.23").map(({ name, key, value }) =>
    name === key.name ? `${name}=${value}` : `${name} for ${key.name}=${value}`,
  );
}

describe("editedExampleSettings", () => {
  it("finds none in what Knative ships", () => {
    assert.deepEqual(edited(shipped), []);
  });
  it("finds none in what earlier releases shipped", () => {
    const early =
      'registriesSkippingTagResolving: "ko.local,dev.local"\nprogressDeadline: "120s"\n';
    assert.deepEqual(edited(early), []);
    assert.deepEqual(edited(early.replace("ko.local,", "")), [
      "registriesSkippingTagResolving for registries-skipping-tag-resolving=dev.local",
    ]);
  });
  it("finds a value that differs, with its place", () => {
    const example = shipped.replace('"10s"', '"30s" # longer');
    const [setting] = editedExampleSettings(example, "1.23");
    assert.ok(setting);
    assert.equal(example.slice(setting.start, setting.end), 'digest-resolution-timeout: "30s"');
    assert.equal(setting.value, "30s");
  });
  it("finds a setting that was added", () => {
    assert.deepEqual(edited(`${shipped}queue-sidecar-image: reg.example.com/queue\n`), [
      "queue-sidecar-image=reg.example.com/queue",
    ]);
  });
  it("finds a misspelt key and says which was meant", () => {
    assert.deepEqual(edited("registries-skipping-tag-resolution: a.io\n"), [
      "registries-skipping-tag-resolution for registries-skipping-tag-resolving=a.io",
    ]);
  });
  it("finds a block of YAML", () => {
    assert.deepEqual(edited("runtime-class-name: |\n  kata: {}\n\n  gvisor: {}\nother: 1\n"), [
      "runtime-class-name=kata: {}\n\n  gvisor: {}",
    ]);
  });
  it("takes a plain value up to its comment, and quotes off", () => {
    assert.deepEqual(edited("progress-deadline:   30s  # half\nqueue-sidecar-rootca: 'a # b'\n"), [
      "progress-deadline=30s",
      "queue-sidecar-rootca=a # b",
    ]);
  });
  it("reads lines that end in CR LF", () => {
    assert.deepEqual(edited("progress-deadline: 30s\r\nprogress-deadline: 600s\r\n"), [
      "progress-deadline=30s",
    ]);
  });
  it("ignores comments, indented lines and words that are not settings", () => {
    assert.deepEqual(edited("#progress-deadline: 1s\n  progress-deadline: 1s\nNote: this\n"), []);
  });
  it("does not mind the order of the default registries", () => {
    assert.deepEqual(
      edited('registries-skipping-tag-resolving: "dev.local, ko.local,kind.local"\n'),
      [],
    );
    assert.deepEqual(edited('registries-skipping-tag-resolving: "dev.local"\n'), [
      "registries-skipping-tag-resolving=dev.local",
    ]);
  });
});
