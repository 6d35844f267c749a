// The real kubectl against the API server double, with the command lines that were run.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RunKubectl } from "../../../server/src/environment.ts";
import { createKubectlRunner } from "../../../server/src/node/programs/kubectl.ts";
import { timeoutMs } from "../deadline.ts";
import { requireProgram } from "../registry/programs.ts";
import { startCluster, type ClusterContents, type ClusterDouble } from "./apiServer.ts";

export interface TestCluster extends ClusterDouble {
  readonly run: RunKubectl;
  /** The arguments of each kubectl that was run. */
  readonly commands: readonly (readonly string[])[];
  /** The environment that makes kubectl talk to it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly folder: string;
}

/**
 * Starts a cluster for `body` and ends it.
 * @param contents a function is asked at each request
 */
export async function withCluster<Result>(
  contents: ClusterContents | (() => ClusterContents),
  body: (cluster: TestCluster) => Promise<Result>,
): Promise<Result> {
  requireProgram("kubectl");
  const folder = await mkdtemp(path.join(tmpdir(), "knative-digest-cluster-"));
  const double = await startCluster(
    folder,
    typeof contents === "function" ? contents : () => contents,
  );
  try {
    const variables = {
      ...{ PATH: process.env["PATH"] ?? "", HOME: folder, KUBECONFIG: double.kubeconfig },
    };
    const commands: (readonly string[])[] = [];
    const { platform } = process;
    const places = { variables, home: folder, platform, workspaceFolders: () => [] };
    const runner = createKubectlRunner(places, timeoutMs);
    const run: RunKubectl = (args, signal) => {
      commands.push(args);
      return runner(args, signal);
    };
    return await body({ ...double, run, commands, variables, folder });
  } finally {
    await double.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
