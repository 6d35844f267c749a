// Measures the command line over a folder of many files.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectPath } from "../support/projectRoot.ts";
import { service } from "./manifests.ts";
import { median, type Row } from "./row.ts";

/** Times `knative-digest list` over `count` files in folders of a hundred. */
export async function measureList(count: number): Promise<Row> {
  const folder = await mkdtemp(join(tmpdir(), "knative-digest-bench-"));
  try {
    for (let index = 0; index < count; index++) {
      const part = join(folder, `part-${Math.floor(index / 100)}`);
      if (index % 100 === 0) await mkdir(part);
      await writeFile(join(part, `service-${index}.yaml`), service(index, "registry.example"));
    }
    const times: number[] = [];
    for (let round = 0; round < 3; round++) times.push(await timeList(folder, count));
    const value = median(times);
    return {
      work: `knative-digest list over ${count} files`,
      ours: { value, unit: "ms" },
      promise: { words: "≤ 1500 ms", isKept: value <= 1_500 },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function timeList(folder: string, count: number): Promise<number> {
  const begin = performance.now();
  const args = [projectPath("dist/cli.cjs"), "list", "--output", "json", folder];
  const options = { maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, args, options);
  const time = performance.now() - begin;
  const { images } = JSON.parse(stdout) as { images: unknown[] };
  if (images.length !== count) throw new Error(`list found ${images.length} of ${count} images.`);
  return time;
}
