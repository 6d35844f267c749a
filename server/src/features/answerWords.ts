// What a registry answered, in words: digest, platforms and age, or why there is no answer.

import * as l10n from "@vscode/l10n";
import {
  isIndexMediaType,
  resolvedDigest,
  type Answer,
  type ImageState,
} from "../findings/imageState.ts";
import { unableToFetch } from "../knative/conditions.ts";
import type { ManifestDetails, NotAskedReason, Resolved } from "../resolver/resolution.ts";
import { ageWords, sizeWords } from "./amounts.ts";
import { code, paragraph, text, type Block } from "./markdown.ts";

export interface AnswerFacts {
  readonly state: ImageState;
  readonly details: ManifestDetails | undefined;
  readonly created: number | undefined;
  readonly now: number;
  readonly said: readonly string[];
}

/** The answer to the question that matters most of a use: the pinned digest's, else its tag's. */
export function answerBlocks(facts: AnswerFacts): Block[] {
  const { tag, pin } = facts.state;
  const answered = pin ?? tag;
  if (answered === undefined) return [];
  const { resolution, key } = answered;
  switch (resolution.status) {
    case "resolved":
      return resolvedBlocks(resolution, facts);
    case "failed":
      return failedBlocks(answered, facts);
    case "pending":
      return [paragraph(text(l10n.t("Asking {0}…", key.registry)))];
    case "not-asked":
      return [paragraph(text(notAskedWords(resolution.reason, key.registry)))];
  }
}

/** Why a registry was not asked, as a sentence. */
export function notAskedWords(reason: NotAskedReason, registry: string): string {
  switch (reason) {
    case "untrusted":
      return l10n.t("{0} was not asked: this workspace is not trusted.", registry);
    case "off":
      return l10n.t("{0} was not asked: the setting knativeDigest.resolve is off.", registry);
    case "offline":
      return l10n.t("{0} was not asked: offline.", registry);
    case "on-demand":
    case "not-yet":
    case "template":
      return l10n.t("{0} has not been asked yet.", registry);
  }
}

function resolvedBlocks(resolved: Resolved, facts: AnswerFacts): Block[] {
  const { digest, notices } = resolved;
  const { use, runs } = facts.state;
  // The digest stands in full in one place: here, unless the reference that runs has it.
  const isShown = [use.reference.text, runs].some((shown) => shown?.includes(digest) === true);
  const parts = [
    ...[kindWords(resolved), ...detailWords(facts), formatWords(resolved)],
    seenWords(resolved, facts.now),
  ];
  return [
    ...(isShown ? [] : [paragraph(code(digest))]),
    paragraph(text(parts.filter((part) => part !== "").join(" · "))),
    ...notices.map((notice) => paragraph(text(notice))),
    ...controllerBlocks(resolved, facts),
  ];
}

/** Why Knative's controller cannot resolve it, and the way out. */
function controllerBlocks({ controller }: Resolved, { state, said }: AnswerFacts): Block[] {
  if (controller === undefined || !holdsUpRevision(state)) return [];
  return [
    ...(said.includes(controller.message) ? [] : [paragraph(text(controller.message))]),
    paragraph(text(controller.fix)),
    paragraph(code(unableToFetch(state.use.reference.text, controller.knative))),
  ];
}

function seenWords({ host, at, stale }: Resolved, now: number): string {
  const age = ageWords(now - at);
  return stale
    ? l10n.t("{0} said so {1}; it has not answered again yet", host, age)
    : l10n.t("{0} said so {1}, as seen from this machine", host, age);
}

function kindWords({ mediaType }: Resolved): string {
  if (mediaType === undefined) return "";
  return isIndexMediaType(mediaType) ? l10n.t("several platforms") : l10n.t("one platform");
}

/** What the manifest is, in the field's own short words where it has some. */
function formatWords({ mediaType }: Resolved): string {
  switch (mediaType) {
    case "application/vnd.oci.image.index.v1+json":
      return "OCI index";
    case "application/vnd.oci.image.manifest.v1+json":
      return "OCI manifest";
    case "application/vnd.docker.distribution.manifest.list.v2+json":
      return "Docker manifest list";
    case "application/vnd.docker.distribution.manifest.v2+json":
      return "Docker manifest";
    default:
      return mediaType ?? "";
  }
}

/** Platforms that are named; an index may hold many more. */
const maxPlatforms = 8;

function detailWords({ details, created, now }: AnswerFacts): string[] {
  if (details === undefined) return [];
  const platforms = details.platforms.map(({ platform: { os, architecture, variant } }) =>
    [os, architecture, variant].filter((part) => part !== undefined).join("/"),
  );
  const more = platforms.length - maxPlatforms;
  const named = platforms.slice(0, maxPlatforms).join(", ");
  return [
    more > 0 ? l10n.t("{0} and {1} more", named, more) : named,
    details.layersSize === undefined ? "" : sizeWords(details.layersSize),
    created === undefined ? "" : l10n.t("built {0}", ageWords(now - created)),
    details.source === undefined ? "" : l10n.t("source {0}", details.source),
  ];
}

function failedBlocks(answered: Answer, { state, now, said }: AnswerFacts): Block[] {
  const { resolution } = answered;
  if (resolution.status !== "failed") return [];
  const { error, last } = resolution;
  const blocks: Block[] = [];
  // The editor shows a diagnostic of the same place above.
  if (!said.includes(error.message)) blocks.push(paragraph(text(error.message)));
  if (error.knative !== undefined && holdsUpRevision(state)) {
    blocks.push(
      paragraph(
        text(
          l10n.t("If the controller gets the same answer, the Revision stays ContainerMissing:"),
        ),
      ),
      paragraph(code(unableToFetch(state.use.reference.text, error.knative))),
    );
  }
  const digest = resolvedDigest(answered);
  if (last !== undefined && digest !== undefined) {
    const words = l10n.t("Last known ({0}):", ageWords(now - last.at));
    blocks.push(paragraph(text(words), text(" "), code(digest)));
  }
  return blocks;
}

/** Only what Knative resolves itself can hold up a revision. */
function holdsUpRevision({ outcome }: ImageState): boolean {
  return outcome.kind === "resolve" || outcome.kind === "status-only";
}
