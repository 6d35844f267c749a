// The command line over one manifest, beside a cluster that runs one image.

import { runCommand, type CommandResult } from "../commandLine.ts";
import { digestA, resolved } from "../reading.ts";
import type { ClusterContents } from "./apiServer.ts";
import { configDeployment, resource, revision } from "./knativeResources.ts";
import { withCluster } from "./withCluster.ts";

export const image = "registry.test/shop:1";
export const runs = (digest: string, repository = "registry.test/shop"): string =>
  `${repository}@${digest}`;

interface Written {
  readonly image: string;
  readonly name?: string;
}

/** A manifest with one resource. */
export function manifest(
  containers: readonly Written[],
  { kind = "Service", name = "shop", namespace = "", init = [] as readonly Written[] } = {},
): string {
  const list = (of: readonly Written[]): string =>
    of
      .map(
        (each) =>
          `        - image: ${each.image}\n${each.name ? `          name: ${each.name}\n` : ""}`,
      )
      .join("");
  return [
    `apiVersion: serving.knative.dev/v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`,
    namespace === "" ? "" : `  namespace: ${namespace}\n`,
    `spec:\n  template:\n    spec:\n      containers:\n${list(containers)}`,
    init.length === 0 ? "" : `      initContainers:\n${list(init)}`,
  ].join("");
}

/** A cluster that runs one Revision of `shop`. */
export function oneRevision(
  digest: string | undefined,
  applied = image,
): ClusterContents["resources"] {
  const containers = [
    { image: applied, ...(digest === undefined ? {} : { digest: runs(digest) }) },
  ];
  return {
    configmaps: [configDeployment({})],
    services: [
      resource({
        name: "shop",
        containers,
        latestCreated: "shop-00001",
        latestReady: "shop-00001",
      }),
    ],
    revisions: [revision({ name: "shop-00001", service: "shop", containers })],
  };
}

export interface Asked extends CommandResult {
  readonly commands: readonly (readonly string[])[];
  readonly json: {
    readonly images: readonly { readonly cluster?: unknown; readonly resolution?: unknown }[];
    readonly skipList: unknown;
    readonly findings: readonly { code: string; message: string; severity: string; line: number }[];
  };
}

/** Runs a command over `a.yaml` beside a cluster. */
export function ask(
  contents: ClusterContents,
  text: string,
  { args = "check --cluster", tag = digestA } = {},
): Promise<Asked> {
  return withCluster(contents, async ({ run, commands }) => {
    const known = { [image]: resolved(tag) };
    const result = await runCommand(`${args} --output json`, {
      files: { "a.yaml": text },
      known,
      runKubectl: run,
    });
    const json = JSON.parse(result.stdout || "{}") as Asked["json"];
    return { ...result, commands, json };
  });
}

/** The codes of all findings. */
export const codes = ({ json }: Asked): string[] => json.findings.map(({ code }) => code);
