// What resolving many tags of one registry costs: requests and time, beside a process for each image.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startDockerRegistry } from "../support/registry/dockerRegistry.ts";
import { startFrontServer } from "../support/registry/frontServer.ts";
import { createCleanUp } from "../support/registry/cleanUp.ts";
import { pushManyImages } from "../support/registry/manyImages.ts";
import { requireProgram, temporaryFolder } from "../support/registry/programs.ts";
import { startTokenServer } from "../support/registry/tokenServer.ts";
import type { FaultServer } from "../support/registry/faultServer.ts";

/** What was measured for 200 tags in 50 repositories of a registry that wants tokens, at 40 ms a request. */
export interface RegistryMeasures {
  /** Requests to the registry and its token endpoint, cold. */
  readonly requests: number;
  /** Of a process of ours that resolves all, from its start to its end, in milliseconds. */
  readonly coldMs: number;
  /** Of a second process with the disk cache of the first. */
  readonly warmRequests: number;
  readonly warmMs: number;
  /** Of `skopeo inspect --raw`, a process for each image, sixteen at a time. */
  readonly skopeoMs: number;
  readonly skopeoRequests: number;
}

const delayMs = 40;
const repositories = Array.from({ length: 50 }, (_, index) => `team/app${index}`);
const tags = ["latest", "main", "1.0.0", "1.1.0"];

/** Starts a registry, measures, and ends everything it started. */
export async function measureRegistry(): Promise<RegistryMeasures> {
  const { use, run } = createCleanUp();
  try {
    const open = use(await startDockerRegistry());
    const names = await pushManyImages(open.url, repositories, tags);
    const front = await startTokenRegistry(open.storage, use);
    const images = names.map((name) => `${front.host}/${name}`);
    const cache = use(await temporaryFolder());
    const cold = await measure(front, () => resolveAll(images, cache.path));
    const warm = await measure(front, () => resolveAll(images, cache.path));
    const skopeo = await measure(front, () => inspectAll(images));
    return {
      requests: cold.requests,
      coldMs: cold.ms,
      warmRequests: warm.requests,
      warmMs: warm.ms,
      skopeoMs: skopeo.ms,
      skopeoRequests: skopeo.requests,
    };
  } finally {
    await run();
  }
}

type Use = ReturnType<typeof createCleanUp>["use"];

/** The registry and its token endpoint behind one slow front, as most registries have them. */
async function startTokenRegistry(storage: string, use: Use): Promise<FaultServer> {
  const tokens = use(await startTokenServer());
  let registryHost = "";
  const front = use(
    await startFrontServer(({ path }) => (path === "/token" ? tokens.server.host : registryHost), {
      delayMs,
    }),
  );
  const token = { ...tokens, realm: `${front.url}/token` };
  registryHost = use(await startDockerRegistry({ storage, token })).host;
  return front;
}

async function measure(
  front: FaultServer,
  work: () => Promise<void>,
): Promise<{ ms: number; requests: number }> {
  front.requests.splice(0);
  const start = performance.now();
  await work();
  return { ms: performance.now() - start, requests: front.requests.length };
}

/** In a process of its own, so that nothing is warm. */
function resolveAll(images: readonly string[], cacheFolder: string): Promise<void> {
  const child = fileURLToPath(new URL("./registryProcess.js", import.meta.url));
  return finish(process.execPath, [child, cacheFolder], images.join("\n"));
}

/** Sixteen at a time. */
async function inspectAll(images: readonly string[]): Promise<void> {
  const skopeo = requireProgram("skopeo");
  const left = [...images];
  const worker = async (): Promise<void> => {
    for (let image = left.shift(); image !== undefined; image = left.shift()) {
      await finish(skopeo, ["inspect", "--raw", "--tls-verify=false", `docker://${image}`], "");
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

function finish(program: string, args: readonly string[], input: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["pipe", "ignore", "pipe"] });
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString("utf8")));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} failed: ${complaint}`));
    });
    child.stdin.end(input);
  });
}
