// Looks up everything that a run needs to know, each key once.

import * as l10n from "@vscode/l10n";
import type { Known } from "../findings/imageState.ts";
import {
  distinctKeys,
  keyText,
  type FailureKind,
  type ManifestDetails,
  type ManifestKey,
  type Resolution,
} from "../resolver/resolution.ts";
import type { Answers } from "./commandEnvironment.ts";
import type { CommandContext } from "./commandContext.ts";
import { startProgress } from "./output/progress.ts";
import { readUsablePullSecrets } from "./input/pullSecretFile.ts";

/** What was learned in this run. */
export interface Learned extends Known {
  /** Reads the manifests behind these keys, where that has not been done. */
  learnDetails(keys: readonly ManifestKey[]): Promise<void>;
}

/** Nothing is known and nothing was looked up. */
export const nothingKnown: Known = {
  resolutions: () => ({ status: "not-asked", reason: "offline" }),
  details: () => undefined,
};

/** Opens the way to the registries for as long as `use` takes. */
export async function withRegistries<Value>(
  context: CommandContext,
  use: (answers: Answers) => Promise<Value>,
): Promise<Value> {
  const secrets = await readUsablePullSecrets(context);
  const answers = await context.environment.openRegistries(context.settings, secrets);
  try {
    return await use(answers);
  } finally {
    await answers.dispose();
  }
}

/** Makes all lookups; rejects only when the user interrupts. */
export async function askAll(
  questions: readonly ManifestKey[],
  answers: Answers,
  context: CommandContext,
): Promise<Learned> {
  const { signal } = context.environment;
  const keys = distinctKeys(questions);
  const resolutions = new Map<string, Resolution>();
  const details = new Map<string, ManifestDetails | undefined>();
  const progress = startProgress(context.io.stderr, l10n.t("Looking up digests"), keys.length);
  try {
    await forEach(keys, context.call.options.jobs, async (key) => {
      const resolution = await answers.resolve(key, {
        signal,
        priority: "visible",
        withController: true,
      });
      resolutions.set(keyText(key), resolution);
      progress.step();
    });
  } finally {
    progress.end();
  }
  return {
    resolutions: (key) =>
      resolutions.get(keyText(key)) ?? { status: "not-asked", reason: "not-yet" },
    details: (key) => details.get(keyText(key)),
    async learnDetails(wanted) {
      const open = distinctKeys(wanted).filter((key) => !details.has(keyText(key)));
      await forEach(open, context.call.options.jobs, async (key) => {
        // A person who runs a command waits for the answer, so a GET is sent even where it counts as a pull.
        const found = await answers.details(key, { signal, mayPull: true });
        details.set(keyText(key), "status" in found ? undefined : found);
      });
    },
  };
}

/** Lookups in progress at once: more than any registry is sent, so that the queues can order the waiting ones. */
const usualJobs = 256;

/** Works on some of many at a time. */
async function forEach<Item>(
  items: readonly Item[],
  limit = usualJobs,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}

/** Whether a failure means that nothing was learned of the image: exit code 3, where nothing worse was found. */
export function isUnasked(kind: FailureKind): boolean {
  switch (kind) {
    case "access-denied":
    case "certificate-untrusted":
    case "registry-unreachable":
    case "rate-limited":
    case "invalid-response":
    case "blocked":
      return true;
    case "tag-not-found":
    case "digest-not-found":
    case "no-digest-header":
      return false;
  }
}
