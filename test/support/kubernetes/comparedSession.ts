// A language server beside a cluster, and what it leaves behind.

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { CompareReport } from "../../../server/src/protocol.ts";
import { visualStudioCode } from "../clientProfiles.ts";
import { eventually, timeoutMs } from "../deadline.ts";
import { withSession, type SessionOptions, type TestSession } from "../session.ts";
import type { ClusterContents } from "./apiServer.ts";
import { withCluster, type TestCluster } from "./withCluster.ts";

/** Runs `body` with a language server beside a cluster; no registry is asked. */
export function compared(
  contents: ClusterContents,
  options: Partial<SessionOptions>,
  body: (session: TestSession, cluster: TestCluster) => Promise<void>,
): Promise<void> {
  return withCluster(contents, (cluster) =>
    withSession(
      {
        ...{ capabilities: visualStudioCode, folder: false },
        initializationOptions: { commandLinks: true },
        env: cluster.variables,
        configuration: () => ({ resolve: "off" }),
        ...options,
      },
      (session) => body(session, cluster),
    ),
  );
}

/** Compares; again where kubectl was not ready within its five seconds, as on a busy machine. */
export async function compare(session: TestSession): Promise<CompareReport> {
  return await eventually(
    "An answer of the cluster",
    async () => {
      const report = await compareOnce(session);
      return /did not answer in time/.test(report.problem ?? "") ? undefined : report;
    },
    timeoutMs,
  );
}

/** Compares, whatever comes of it. */
export async function compareOnce({ client }: TestSession): Promise<CompareReport> {
  const params = { command: "knativeDigest.server.compareCluster", arguments: [{}] };
  return await client.connection.sendRequest("workspace/executeCommand", params);
}

/** All that is written in a folder. */
export async function everythingUnder(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => readFile(path.join(file.parentPath, file.name), "latin1"));
  return (await Promise.all(texts)).join("\n");
}
