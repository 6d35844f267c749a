// File, tag and cluster side by side in the editor: the real kubectl, against an API server on loopback.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DemoRegistry } from "../demo/demoRegistry.ts";
import { singleImage } from "../demo/sampleImages.ts";
import type { ClusterContents, Resource } from "../support/kubernetes/apiServer.ts";
import { configDeployment, resource, revision } from "../support/kubernetes/knativeResources.ts";
import { withCluster, type TestCluster } from "../support/kubernetes/withCluster.ts";
import { withSample } from "../support/sampleEnvironment.ts";
import { eventually as eventuallyIn } from "../support/deadline.ts";
import { actUntil, eventually, middle, moment, shows, type EditorDriver } from "./editorDriver.ts";
import { boxOf, visibleLines } from "./pageScripts.ts";
import { withEditor } from "./withEditor.ts";

/** A Service of the file, and what the cluster has for it. */
interface Case {
  /** The Service's name, and its repository's. */
  readonly name: string;
  /** Version `1` of the image is pushed; then, for a tag that moved, another one. */
  readonly moved?: boolean;
  /** What the file says behind the repository, from the digests of both pushes. */
  readonly written?: (first: string, now: string) => string;
  /** What was applied behind the repository; absent where the cluster has no such Service. */
  readonly applied?: (first: string, now: string) => string;
  /** Why the latest Revision is not ready: an older one serves. */
  readonly fails?: string;
  /** What the popup says. */
  readonly follows: RegExp;
}

const tag = (): string => ":1";
const pinned = (first: string): string => `:1@${first}`;

const cases: readonly Case[] = [
  { name: "agrees", applied: tag, follows: /The cluster runs what this file says/ },
  { name: "moved", moved: true, applied: tag, follows: /applying (this file|it) changes nothing/i },
  {
    ...{ name: "behind", moved: true, written: pinned, applied: pinned },
    follows: /no longer names/,
  },
  { name: "newer", applied: () => ":0", follows: /rolls out sha256:/ },
  { name: "same", written: pinned, applied: tag, follows: /runs the same digest/ },
  {
    ...{ name: "failing", applied: tag, fails: "ContainerMissing" },
    follows: /not ready.*ContainerMissing/s,
  },
  { name: "absent", follows: /applying this file creates it/ },
];

interface Shop {
  readonly text: string;
  readonly contents: ClusterContents;
  /** The digests that run, by case. */
  readonly runs: Readonly<Record<string, string>>;
}

/** The file and the cluster of all cases; pushes their images. */
function shopOf(registry: DemoRegistry): Shop {
  const services: Resource[] = [];
  const revisions: Resource[] = [];
  const runs: Record<string, string> = {};
  const texts = cases.map(({ name, moved = false, written = tag, applied, fails }) => {
    const repository = `${registry.host}/case/${name}`;
    const first = registry.push(`case/${name}`, "1", singleImage(`${name} first`));
    const now = moved ? registry.push(`case/${name}`, "1", singleImage(`${name} now`)) : first;
    if (applied !== undefined) {
      const image = `${repository}${applied(first, now)}`;
      const isOther = image.endsWith(":0") || fails !== undefined;
      const digest = isOther
        ? registry.push(`case/${name}`, "0", singleImage(`${name} before`))
        : first;
      runs[name] = digest;
      const old = { image: fails === undefined ? image : `${repository}:0` };
      const [ready, failed] = [`${name}-00001`, `${name}-00002`];
      const containers = [{ ...old, digest: `${repository}@${digest}` }];
      revisions.push(revision({ name: ready, service: name, containers }));
      if (fails !== undefined) {
        const message = `Unable to fetch image "${image}": failed to resolve image to digest: boom`;
        const unmet = [{ type: "ContainerHealthy", status: "False", reason: fails, message }];
        revisions.push(revision({ name: failed, service: name, containers: [{ image }], unmet }));
      }
      const latestCreated = fails === undefined ? ready : failed;
      services.push(resource({ name, containers: [{ image }], latestCreated, latestReady: ready }));
    }
    return service(name, `"${repository}${written(first, now)}"`);
  });
  registry.push("case/typed", "1", singleImage("typed"));
  const configmaps = [configDeployment({})];
  return {
    // For the one who types, at the end of a line.
    text: [service("typed", `\n  ${registry.host}/case/typed:1\n `), ...texts].join("---\n"),
    contents: { resources: { configmaps, services, revisions } },
    runs,
  };
}

/** Short, so that all are in sight. */
const service = (name: string, image: string): string =>
  `{ apiVersion: serving.knative.dev/v1, kind: Service, metadata: { name: ${name} },\n  spec: { template: { spec: { containers: [{ image: ${image} }] } } } }\n`;

/** All requests that wait for an answer, and the cluster that gives none. */
const silent: ClusterContents = {
  resources: {},
  faults: { configmaps: "slow", services: "slow", revisions: "slow" },
};

const compareCommand = "Knative Digest: Compare With Cluster";

/** What a user does, and how it is taken back. */
interface Act {
  readonly what: string;
  readonly act: () => Promise<void>;
  readonly undo?: () => Promise<void>;
}

/**
 * Does something while the cluster owes an answer: who waits for the cluster cannot.
 * Where the machine is so busy that kubectl has given up meanwhile, it is done again.
 */
async function whileCompared(
  { runCommand }: EditorDriver,
  { held }: TestCluster,
  { what, act, undo }: Act,
): Promise<void> {
  await eventually(what, async (attempt) => {
    await runCommand(compareCommand);
    const ask = (): readonly number[] | undefined => (held.size > 0 ? [...held] : undefined);
    const asked = await eventuallyIn("A question to the cluster", ask, 10 * moment(attempt)).catch(
      () => undefined,
    );
    if (asked === undefined) return undefined;
    await act();
    const wasQuick = asked.some((each) => held.has(each));
    await undo?.();
    return wasQuick || undefined;
  });
}

/** Waits until as many errors are marked in the text. */
async function errorsMarked({ page }: EditorDriver, count: number): Promise<void> {
  const marks = page.locator(".squiggly-error");
  await eventually(`${count} errors`, async () => (await marks.count()) === count || undefined);
}

/** Types what makes an image invalid, until that is seen. */
async function typeAnError(editor: EditorDriver): Promise<void> {
  await atTheEnd(editor, "!", true);
  await errorsMarked(editor, 1);
}

async function takeBack(editor: EditorDriver): Promise<void> {
  await atTheEnd(editor, "Backspace", false);
  await errorsMarked(editor, 0);
}

/** Presses a key at the end of the line to type in, until the line has an exclamation mark, or none. */
async function atTheEnd({ page }: EditorDriver, key: string, isMarked: boolean): Promise<void> {
  const isTyped = async (): Promise<boolean> =>
    shows("/case/typed:1", (line) => line.includes("!") === isMarked)(await visibleLines(page));
  await actUntil(`Pressing ${key}`, isTyped, async () => {
    const box = await boxOf(page, "/case/typed:1");
    if (box === undefined) return false;
    const { x, y } = middle(box);
    await page.mouse.click(x, y);
    await page.keyboard.press("End");
    await page.keyboard.press(key);
    return true;
  });
}

/** Runs the command until an answer of the cluster is marked. */
async function compare({ page, runCommand }: EditorDriver): Promise<void> {
  const marks = page.locator(".squiggly-error");
  await actUntil(
    "The cluster's answer",
    async () => (await marks.count()) > 0,
    async () => {
      await runCommand(compareCommand);
      return true;
    },
  );
}

describe("beside a cluster", () => {
  it("a silent one holds up nothing; then file, tag and cluster stand in one popup, and a fix pins to what runs", async () => {
    await withSample(async ({ env, registry, workspace }) => {
      const shop = shopOf(registry);
      const openFile = join(workspace, "cases.yaml");
      await writeFile(openFile, shop.text);
      let contents = silent;
      const use = async (cluster: TestCluster): Promise<void> => {
        const variables = { ...env, KUBECONFIG: cluster.kubeconfig };
        await withEditor({ workspace, openFile, env: variables }, async (editor) => {
          await hintsShown(editor);
          assert.deepEqual(cluster.requests, []);
          await whileSilent(editor, cluster);
          contents = shop.contents;
          await compare(editor);
          await compareEach(editor, shop);
          await pinToWhatRuns(editor, shop);
        });
      };
      await withCluster(() => contents, use);
    });
  });
});

/** Waits until the extension is there, and the registry has answered. */
async function hintsShown({ page }: EditorDriver): Promise<void> {
  const isThere = async (): Promise<true | undefined> =>
    (await visibleLines(page)).some((line) => /moved:1@sha256/.test(line)) ? true : undefined;
  await eventually("The first hints", isThere);
}

async function whileSilent(editor: EditorDriver, cluster: TestCluster): Promise<void> {
  const point = async (): Promise<void> => {
    const shown = await editor.hoverText("/case/agrees:1", (text) => /sha256:/.test(text));
    assert.doesNotMatch(shown, /The cluster/);
  };
  await whileCompared(editor, cluster, { what: "A popup", act: point });
  await whileCompared(editor, cluster, {
    what: "An error that is typed",
    act: () => typeAnError(editor),
    undo: () => takeBack(editor),
  });
  await editor.languageStatus((text) => /did not answer in time/.test(text));
  await editor.screenshot("cluster-silent");
  // Trouble with the cluster marks nothing.
  assert.equal(await editor.page.locator(".squiggly-error, .squiggly-warning").count(), 0);
}

async function compareEach(editor: EditorDriver, { runs }: Shop): Promise<void> {
  for (const { name, follows, applied } of cases) {
    const isWhole = (text: string): boolean =>
      follows.test(text) && (applied === undefined || /The tag now: sha256/.test(text));
    const shown = await editor.hoverText(`/case/${name}:1`, isWhole);
    await editor.screenshot(`cluster-${name}`);
    if (applied === undefined) continue;
    assert.match(shown, /This file: /);
    const running = (runs[name] ?? "").slice(0, "sha256:".length + 12);
    assert.ok(shown.includes(`The cluster: ${running}`), shown);
  }
}

async function pinToWhatRuns(editor: EditorDriver, { runs }: Shop): Promise<void> {
  await editor.quickFixes("/case/moved:1", /Pin to what the tag points at/);
  const pinned = shows(`/case/moved:1@${runs["moved"] ?? ""}`);
  await editor.applyQuickFix("/case/moved:1", /Pin to what runs in the cluster/, pinned);
  await editor.screenshot("cluster-pinned");
}
