// Measures the command line over folders of many files, in fresh processes.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { defaultSettings } from "../../server/src/settings.ts";
import { projectPath } from "../support/projectRoot.ts";
import { service } from "./manifests.ts";
import { median, type Row } from "./row.ts";

const few = 1_000;
const many = 10_000;
const documents = 3;
/** How long the registry of the bench takes for an answer. */
const answerMs = 20;

/** `list` and `check` over files of several documents, and `list` over ten times as many files. */
export async function measureCommands(): Promise<readonly Row[]> {
  const lists: Measured[] = [];
  await withFiles(few, documents, "registry.example", async (folder) => {
    for (let round = 0; round < 3; round++) lists.push(await measureCommand("list", folder, few));
  });
  const large = await withFiles(many, 1, "registry.example", (folder) =>
    measureCommand("list", folder, many),
  );
  const check = await withSlowRegistry((host) =>
    withFiles(few, 1, host, (folder) => measureCommand("check", folder, few)),
  );
  const time = median(lists.map(({ ms }) => ms));
  const memory = median(lists.map(({ megabytes }) => megabytes));
  const answers = (few * answerMs) / defaultSettings.requestsPerRegistry;
  const name = "its registry’s answers alone";
  return [
    {
      work: `knative-digest list over ${few} files of ${documents} documents`,
      ours: { value: time, unit: "ms" },
      promise: { words: "≤ 1500 ms", isKept: time <= 1_500 },
    },
    {
      work: "the same: resident memory",
      ours: { value: memory, unit: "MB" },
    },
    {
      work: `knative-digest list over ${many} files: resident memory`,
      ours: { value: large.megabytes, unit: "MB" },
      promise: { words: "≤ 3 × that", isKept: large.megabytes <= 3 * memory },
    },
    {
      work: `knative-digest check over ${few} files, ${answerMs} ms an answer`,
      ours: { value: check.ms, unit: "ms" },
      beside: { value: answers, unit: "ms", name },
    },
  ];
}

/** Writes Services into folders of a hundred files, for as long as `use` takes. */
async function withFiles<Result>(
  count: number,
  perFile: number,
  host: string,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "knative-digest-bench-"));
  try {
    for (let index = 0; index < count; index++) {
      const part = join(folder, `part-${Math.floor(index / 100)}`);
      if (index % 100 === 0) await mkdir(part);
      const services = Array.from({ length: perFile }, (_, at) =>
        service(index * perFile + at, host),
      );
      await writeFile(join(part, `service-${index}.yaml`), services.join("---\n"));
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A registry that has everything and takes its time. */
async function withSlowRegistry<Result>(use: (host: string) => Promise<Result>): Promise<Result> {
  const server = createServer(({ url }, response) => {
    setTimeout(() => {
      if (url === "/v2/") {
        response.end();
        return;
      }
      response.writeHead(200, {
        "Content-Type": "application/vnd.oci.image.manifest.v1+json",
        "Content-Length": "100",
        "Docker-Content-Digest": `sha256:${"a".repeat(64)}`,
      });
      response.end();
    }, answerMs);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await use(`localhost:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** What a process took, and its highest resident memory. */
export interface Measured {
  readonly ms: number;
  readonly megabytes: number;
}

/** Writes the highest resident memory, in kilobytes, where the program itself writes nothing. */
const tellMemory = `data:text/javascript,process.on("exit",()=>process.stderr.write(String(process.resourceUsage().maxRSS)))`;

/** Runs a verb over a folder in a fresh process. @throws {Error} if it finds fewer images than that */
export async function measureCommand(
  verb: string,
  folder: string,
  atLeast: number,
): Promise<Measured> {
  // The registry of `check` is at loopback, which is a warning that the measure does not mean.
  const options = verb === "check" ? ["--fail-on", "error"] : [];
  const program = ["--import", tellMemory, projectPath("dist/cli.cjs")];
  const args = [...program, verb, "--output", "json", ...options];
  const begin = performance.now();
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...args, folder], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const ms = performance.now() - begin;
  const { images } = JSON.parse(stdout) as { images: unknown[] };
  if (images.length < atLeast) throw new Error(`${verb} found only ${images.length} images.`);
  return { ms, megabytes: Number(stderr) / 1024 };
}
