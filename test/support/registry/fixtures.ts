// Sample images in a registry: pushed by skopeo, and looked up by skopeo for a second opinion.

import { createHash } from "node:crypto";
import { runProgram, temporaryFolder } from "./programs.ts";
import { writeOciLayout, type ImageSpecification } from "./ociLayout.ts";

export interface Login {
  readonly username: string;
  readonly password: string;
}

export interface Fixture extends ImageSpecification {
  /** `repository:tag` in the registry. */
  readonly target: string;
  /** docker's own formats instead of OCI's. */
  readonly docker?: boolean;
}

/** One of each kind that Knative meets. */
export const standardFixtures: readonly Fixture[] = [
  { name: "index", platforms: ["linux/amd64", "linux/arm64"], target: "team/app:index" },
  { name: "single", platforms: ["linux/amd64"], target: "team/app:single" },
  {
    name: "list",
    platforms: ["linux/amd64", "linux/arm64"],
    target: "team/app:list",
    docker: true,
  },
  { name: "v2s2", platforms: ["linux/amd64"], target: "team/app:v2s2", docker: true },
];

/** Pushes the fixtures; gives the digest of each by its target. */
export async function pushFixtures(
  host: string,
  fixtures: readonly Fixture[] = standardFixtures,
  login?: Login,
): Promise<ReadonlyMap<string, string>> {
  const folder = await temporaryFolder();
  try {
    await writeOciLayout(folder.path, fixtures);
    for (const { name, target, docker, platforms } of fixtures) {
      const format = platforms.length > 1 ? ["--all"] : [];
      runProgram("skopeo", [
        "--insecure-policy",
        "copy",
        ...format,
        "--dest-tls-verify=false",
        ...(login === undefined ? [] : [`--dest-creds=${login.username}:${login.password}`]),
        ...(docker === true ? ["--format", "v2s2"] : []),
        `oci:${folder.path}:${name}`,
        `docker://${host}/${target}`,
      ]);
    }
  } finally {
    await folder.remove();
  }
  return new Map(
    fixtures.map(({ target }) => [target, skopeoDigest(`${host}/${target}`, login)] as const),
  );
}

/** The digest that skopeo sees: of the raw manifest or index. */
function skopeoDigest(image: string, login?: Login): string {
  const raw = runProgram("skopeo", [
    "inspect",
    "--raw",
    "--tls-verify=false",
    ...(login === undefined ? ["--no-creds"] : [`--creds=${login.username}:${login.password}`]),
    `docker://${image}`,
  ]);
  return `sha256:${createHash("sha256").update(raw).digest("hex")}`;
}
