// The demo's registry and workspace, for the demo and for one test.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDemoRegistry, type DemoRegistry } from "../demo/demoRegistry.ts";
import {
  layOutWorkspace,
  privatePrefix,
  pushSampleImages,
  skippedHost,
  writeDockerConfig,
  type SampleDigests,
  type SampleHosts,
} from "../demo/sampleWorkspace.ts";

/** A registry with images, and a workspace that names them. */
export interface SampleEnvironment {
  readonly registry: DemoRegistry;
  readonly digests: SampleDigests;
  /** Full path of the workspace. */
  readonly workspace: string;
  /** A folder for what the test writes; removed at the end. */
  readonly scratch: string;
  /** Makes a program that is started with it sign in to the demo's registry, and to nothing else. */
  readonly env: Readonly<Record<string, string>>;
}

/** Names the sample's registry as this machine does. */
function ownHosts(host: string): SampleHosts {
  return { registry: host, skipped: skippedHost(host) };
}

/**
 * Prepares registry and workspace, and removes both after `body`.
 * @param hosts what the manifests name, by the host of the registry
 */
export async function withSample<Result>(
  body: (sample: SampleEnvironment) => Promise<Result>,
  hosts: (host: string) => SampleHosts = ownHosts,
): Promise<Result> {
  const scratch = await mkdtemp(join(tmpdir(), "knative-digest-sample-"));
  const registry = await startDemoRegistry(privatePrefix);
  try {
    const workspace = join(scratch, "sample");
    const dockerConfig = join(scratch, "docker");
    await mkdir(workspace);
    await mkdir(dockerConfig);
    const digests = pushSampleImages(registry);
    await layOutWorkspace(workspace, hosts(registry.host), digests);
    await writeDockerConfig(dockerConfig, registry);
    const env = { DOCKER_CONFIG: dockerConfig, XDG_CACHE_HOME: join(scratch, "cache") };
    return await body({ registry, digests, workspace, scratch, env });
  } finally {
    await registry.stop();
    await rm(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
