// What programs and servers answer besides registries: a cluster's lists through kubectl, certificates.

import { rootCertificates } from "node:tls";
import { X509Certificate } from "node:crypto";
import { templateChange } from "../../server/src/cluster/appliedTemplate.ts";
import { readConfig } from "../../server/src/cluster/answers/config.ts";
import { readPods } from "../../server/src/cluster/answers/pods.ts";
import { readResources } from "../../server/src/cluster/answers/resources.ts";
import { readRevisions } from "../../server/src/cluster/answers/revisions.ts";
import { failureOf } from "../../server/src/cluster/clusterFailure.ts";
import { parseYaml } from "../../server/src/document/yaml/yamlDocument.ts";
import { certificateFields } from "../../server/src/node/certificates/certificateFields.ts";
import { goAcceptsName } from "../../server/src/node/certificates/goCertificate.ts";
import { oneRevision } from "../support/kubernetes/comparing.ts";
import { digestA } from "../support/reading.ts";
import { inTime } from "./checks.ts";
import type { Fuzzer } from "./fuzzer.ts";
import { mutated, type Random } from "./random.ts";

const service =
  "template:\n  metadata: {annotations: {a: b}}\n  spec:\n    containers:\n      - image: registry.test/shop:1\n        resources: {limits: {cpu: 1000m}}\n";
const resources = oneRevision(digestA);
const applied = JSON.stringify({
  spec: { template: { spec: { containers: [{ image: "a" }], volumes: [{ name: "v" }] } } },
});
const lists = [
  ...Object.values(resources).map((items) => JSON.stringify({ kind: "List", items })),
  JSON.stringify(resources["configmaps"]?.[0]),
  JSON.stringify({
    items: (resources["services"] ?? []).map((each) => ({
      ...each,
      metadata: {
        name: "shop",
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": applied },
      },
    })),
  }),
  JSON.stringify({
    kind: "Pod",
    metadata: { labels: { "serving.knative.dev/revision": "shop-00001" } },
    status: { containerStatuses: [{ name: "user", imageID: `docker-pullable://a/b@${digestA}` }] },
  }),
  'error: context "x" does not exist\n',
];
const listWords = [
  ...[
    '"items":',
    '"kind":"Service"',
    '"spec":',
    '"template":',
    "{",
    "}",
    "[",
    "]",
    "null",
    "1e999",
  ],
  ...['{"a":'.repeat(60), "[".repeat(60), '"__proto__":', '"status":', '"name":', digestA, "-1"],
];

/** A cluster's answers, as text. */
const clusterFuzzer: Fuzzer = {
  name: "cluster-answers",
  shortRun: 1_500,
  tryOne(random, note) {
    const text = mutated(lists, listWords, random);
    note(text);
    inTime(() => {
      readConfig(text);
      readRevisions(text);
      readPods(text);
      failureOf({ exitCode: 1, stdout: "", stderr: text });
      const found = readResources(text);
      if ("failure" in found) return;
      const written = parseYaml(service).roots[0]?.get("template");
      for (const { template } of found)
        if (written !== undefined) templateChange(written, template);
    });
  },
};

const certificates = rootCertificates.slice(0, 40).map((pem) => new X509Certificate(pem).raw);
const names = [
  "DNS:a.example, DNS:*.b.example, IP Address:127.0.0.1",
  'DNS:"a, DNS:b", IP Address:0:0:0:0:0:0:0:1',
];

/** Certificates, as bytes, and the text that Node makes of their names. */
const certificateFuzzer: Fuzzer = {
  name: "certificates",
  shortRun: 3_000,
  tryOne(random, note) {
    const der = changedBytes(random.pick(certificates), random);
    const text = mutated(names, ['"', "DNS:", "\\", "*.", "IP Address:", "::", ", "], random);
    note(`${der.toString("base64")} ${text}`);
    inTime(() => {
      certificateFields(der);
      for (const host of ["a.example", "127.0.0.1", "::1", ""]) {
        goAcceptsName(host, { subjectaltname: text });
      }
    });
  },
};

function changedBytes(bytes: Buffer, random: Random): Buffer {
  let changed = Buffer.from(bytes);
  for (let left = random.below(9); left > 0; left -= 1) {
    const at = random.below(Math.max(1, changed.length));
    if (random.oneIn(4)) changed = changed.subarray(0, at);
    else changed[at] = random.pick([0, 1, 0x7f, 0x80, 0x84, 0xff, random.below(256)]);
  }
  return changed;
}

export const answerFuzzers: readonly Fuzzer[] = [clusterFuzzer, certificateFuzzer];
