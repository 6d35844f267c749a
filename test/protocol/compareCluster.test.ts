// The cluster in an editor: asked with the real kubectl, shown in hover, diagnostics and quick fixes.

import assert from "node:assert/strict";
import type { ServerStatus } from "../../server/src/protocol.ts";
import {
  compare,
  compared,
  compareOnce,
  everythingUnder,
} from "../support/kubernetes/comparedSession.ts";
import { eventually } from "../support/deadline.ts";
import { image, manifest, oneRevision } from "../support/kubernetes/comparing.ts";
import { digestB } from "../support/reading.ts";
import { positionOf, type TestSession } from "../support/session.ts";

const text = manifest([{ image: `${image}@${digestB}` }]);
const secret = "s3cr3t-of-the-cluster";

async function hover({ client }: TestSession, uri: string): Promise<string> {
  const { line, character } = positionOf(text, image);
  return JSON.stringify(await client.hover(uri, line, character + 1));
}

describe("Compare With Cluster", () => {
  it("asks once it is run, and shows what runs", async () => {
    const digest = `sha256:${"a".repeat(64)}`;
    await compared({ resources: oneRevision(digest) }, {}, async (session, cluster) => {
      const { client, open } = session;
      const { uri } = await open("service.yaml", text);
      await client.diagnostics(uri);
      assert.equal(cluster.requests.length, 0);
      assert.deepEqual(await compare(session), { problem: null, differs: 1, failed: 0 });
      assert.match(await hover(session, uri), /The cluster.*aaaaaaaaaaaa….*shop-00001/);
      const found = await client.diagnostics(uri);
      assert.deepEqual(
        found.map(({ code }) => code),
        ["cluster-differs"],
      );
      assert.ok(cluster.requests.every((each) => !each.includes("secrets")));
    });
  });

  it("says a failure once, in the status, and paints nothing", async () => {
    const contents = { resources: oneRevision(digestB), faults: { services: 401 } as const };
    await compared(contents, {}, async (session) => {
      const { client, open } = session;
      const { uri } = await open("service.yaml", text);
      const { problem } = await compare(session);
      assert.match(problem ?? "", /Sign in to the cluster again/);
      assert.deepEqual(await client.diagnostics(uri), []);
      assert.doesNotMatch(await hover(session, uri), /cluster/i);
      const status = (): ServerStatus | undefined =>
        client.received.filter(({ method }) => method === "knativeDigest/status").at(-1)?.params as
          ServerStatus | undefined;
      while ((status()?.cluster ?? null) === null) await client.next("knativeDigest/status");
      assert.equal(status()?.cluster, problem);
    });
  });

  it("asks nothing without trust", async () => {
    const options = { initializationOptions: { commandLinks: true, trusted: false } };
    await compared({ resources: oneRevision(digestB) }, options, async (session, cluster) => {
      await session.open("service.yaml", text);
      const { problem } = await compare(session);
      assert.match(problem ?? "", /^Restricted Mode: the cluster was not contacted/);
      assert.equal(cluster.requests.length, 0);
    });
  });

  it("holds up neither a hover nor a key while the cluster is silent", async () => {
    const contents = { resources: oneRevision(digestB), faults: { services: "slow" } as const };
    await compared(contents, {}, async (session, { held }) => {
      const { client, open } = session;
      const { uri } = await open("service.yaml", text);
      // Once more where the machine is so busy that kubectl has given up meanwhile: who waits for it never sees it wait.
      await eventually("A hover and a key while the cluster owes an answer", async (attempt) => {
        const compared = compareOnce(session);
        const asked = await eventually("A question", () => (held.size > 0 ? [...held] : undefined));
        assert.match(await hover(session, uri), /Pinned/);
        const digest = `sha256:${String(attempt % 10).repeat(64)}`;
        await client.change(uri, [{ text: text.replace(digestB, digest) }]);
        assert.deepEqual(await client.diagnostics(uri), []);
        const wasQuick = asked.some((each) => held.has(each));
        await compared;
        return wasQuick || undefined;
      });
    });
  });

  it("leaves nothing of the kubeconfig and of the cluster's secrets anywhere", async () => {
    const data = { ".dockerconfigjson": Buffer.from(secret).toString("base64") };
    const metadata = { name: "pull", namespace: "default" };
    const secrets = [{ apiVersion: "v1", kind: "Secret", metadata, data }];
    await compared(
      { resources: { ...oneRevision(digestB), secrets } },
      {},
      async (session, cluster) => {
        const { client, open, sample } = session;
        const { uri } = await open("service.yaml", text);
        const report = await compare(session);
        const shown = await hover(session, uri);
        const said = JSON.stringify([report, shown, client.received]) + client.standardError();
        const written = await everythingUnder(sample.scratch);
        for (const canary of ["token-of-the-test", secret, data[".dockerconfigjson"]]) {
          assert.equal(said.includes(canary), false, canary);
          assert.equal(written.includes(canary), false, canary);
        }
        assert.ok(cluster.requests.length > 0);
      },
    );
  });
});
