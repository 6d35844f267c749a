// What a registry answered, in words: platforms and age, or why there is no answer and when it is looked up again.

import * as l10n from "@vscode/l10n";
import { isIndexMediaType, type Answer, type ImageState } from "../findings/imageState.ts";
import { unableToFetch } from "../knative/conditions.ts";
import type { Failed, NotAskedReason, Resolved } from "../resolver/resolution.ts";
import { ageWords, sizeWords, waitWords } from "./amountWords.ts";
import { saysFailure } from "./hoverVerdict.ts";
import type { HoverFacts } from "./imageFacts.ts";
import { code, paragraph, text, type Block, type Piece } from "./markdown.ts";
import { versionWords } from "./versionWords.ts";

/** The answer to the lookup that matters most of a use: the pinned digest's, else its tag's. */
export function answerBlocks(facts: HoverFacts): Block[] {
  const { tag, pin } = facts.state;
  const answered = pin ?? tag;
  if (answered === undefined) return [];
  const { resolution, key } = answered;
  switch (resolution.status) {
    case "resolved":
      return resolvedBlocks(resolution, facts);
    case "failed":
      return failedBlocks(resolution, facts);
    case "pending":
      // The verdict on a tag that Knative resolves says so already.
      if (facts.state.outcome.kind === "resolve") return [];
      return [paragraph(text(l10n.t("Looking up the digest in {0}…", key.registry)))];
    case "not-asked":
      return [paragraph(text(notAskedWords(resolution.reason, key.registry)))];
  }
}

/** Why a registry was not contacted, as a sentence. */
export function notAskedWords(reason: NotAskedReason, registry: string): string {
  switch (reason) {
    case "untrusted":
      return l10n.t("Restricted Mode: {0} was not contacted.", registry);
    case "off":
      return l10n.t("Lookups are off (knativeDigest.resolve): {0} was not contacted.", registry);
    case "offline":
      return l10n.t("Offline: {0} was not contacted.", registry);
    case "on-demand":
    case "not-yet":
      return l10n.t("Not looked up in {0} yet.", registry);
  }
}

function resolvedBlocks(resolved: Resolved, facts: HoverFacts): Block[] {
  const parts = [
    seenWords(resolved, facts.now),
    ...[kindWords(resolved, facts), ...detailWords(facts), formatWords(resolved)],
  ];
  return [
    paragraph(text(parts.filter((part) => part !== "").join(" · "))),
    ...resolved.notices.map((notice) => paragraph(text(notice))),
    ...controllerBlocks(resolved, facts),
  ];
}

/** Why Knative's controller cannot resolve it, and the way out. */
function controllerBlocks({ controller }: Resolved, { state, said }: HoverFacts): Block[] {
  if (controller === undefined || !holdsUpRevision(state)) return [];
  return [
    ...(said.some(({ code: shown }) => shown === "controller-cannot-resolve")
      ? []
      : [paragraph(text(controller.message))]),
    paragraph(text(controller.fix)),
    paragraph(code(unableToFetch(state.use.reference.text, controller.knative))),
  ];
}

/** When and by whom it was said: what this machine sees may differ from what the controller sees. */
export function seenWords({ host, at, stale }: Resolved, now: number): string {
  const age = ageWords(now - at);
  return stale
    ? l10n.t("Last answer {0}; no newer answer", age)
    : l10n.t("Checked {0} from this machine ({1})", age, host);
}

/** Whether it has several platforms, where they are not named. */
function kindWords({ mediaType }: Resolved, { details }: HoverFacts): string {
  if (mediaType === undefined || (details?.platforms.length ?? 0) > 0) return "";
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

function detailWords({ details, created, now }: HoverFacts): string[] {
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

/** What went wrong, unless the verdict or the editor says it above. */
function failedBlocks({ error }: Failed, facts: HoverFacts): Block[] {
  const isShown = saysFailure(facts) || facts.said.some(({ message }) => message === error.message);
  return isShown ? [] : [paragraph(text(error.message))];
}

/** When a failed lookup was and will be repeated, for the line of the links; empty for what did not fail. */
export function triedPieces(facts: HoverFacts): Piece[] {
  const resolution = (facts.state.pin ?? facts.state.tag)?.resolution;
  if (resolution?.status !== "failed") return [];
  return [triedWords(resolution, facts.now), ...versionWords(facts)].map(text);
}

/** A failure that nothing but a change of settings ends has no next time worth naming. */
const longestNamedWait = 60 * 60_000;

function triedWords({ at, retryAt }: Failed, now: number): string {
  const age = ageWords(now - at);
  const wait = retryAt - now;
  if (wait > longestNamedWait) return l10n.t("Tried {0}", age);
  return l10n.t("Tried {0}; next try {1}", age, waitWords(wait));
}

/** The last digest that was known before the registry stopped answering. */
export function lastDigestBlocks({ last }: Failed, now: number): Block[] {
  if (last === undefined) return [];
  const words = l10n.t("Last known ({0}):", ageWords(now - last.at));
  return [paragraph(text(words), text(" "), code(last.digest))];
}

/** What the Revision would show if the controller got the same answer; nothing where nothing waits for it. */
export function failureCondition(state: ImageState): Block[] {
  const { use } = state;
  const knative = failureOf(state.pin ?? state.tag)?.error.knative;
  if (knative === undefined || !holdsUpRevision(state)) return [];
  return [
    paragraph(
      text(l10n.t("If the cluster sees the same, the Revision fails with ContainerMissing:")),
      text(" "),
      code(unableToFetch(use.reference.text, knative)),
    ),
  ];
}

function failureOf(answer: Answer | undefined): Failed | undefined {
  return answer?.resolution.status === "failed" ? answer.resolution : undefined;
}

/** Only what Knative resolves itself can hold up a revision. */
function holdsUpRevision({ outcome }: ImageState): boolean {
  return outcome.kind === "resolve" || outcome.kind === "status-only";
}
