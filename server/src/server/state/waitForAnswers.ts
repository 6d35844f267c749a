// Waits a moment for registries: what answers in time is shown at once, the rest when it comes.

import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Answer, ImageState } from "../../findings/imageState.ts";
import type { Settings } from "../../settings.ts";
import { mayBetter } from "./failedLookups.ts";
import { maxReferences } from "./prefetcher.ts";
import type { Session } from "./session.ts";

/** Whether an answer is missing that may still come. */
function isOpen({ resolution }: Answer): boolean {
  return resolution.status === "pending" || resolution.status === "not-asked";
}

/**
 * Looks up what is not known, and waits for all of it, at most `timeoutMs`. A caller that aborts by the signal
 * ends the wait; a lookup that takes longer goes on behind the scenes.
 * @param options.retryAfterMs how old a failure must be to be looked up again; without it none is.
 */
export async function waitForAnswers(
  { outside }: Pick<Session, "outside">,
  answers: readonly (Answer | undefined)[],
  options: {
    readonly timeoutMs: number;
    readonly priority: "hover" | "visible";
    readonly signal: AbortSignal;
    readonly retryAfterMs?: number;
  },
): Promise<void> {
  const { timeoutMs, priority, signal, retryAfterMs = Infinity } = options;
  const asked = answers.filter((answer) => answer !== undefined);
  const oldest = outside.clock.now() - retryAfterMs;
  const failed = asked.filter((answer) => mayBetter(answer, oldest));
  const open = [...asked.filter(isOpen), ...failed];
  if (open.length === 0) return;
  const all = Promise.all(
    open.map((answer) => {
      const fresh = failed.includes(answer);
      return outside.answers.resolve(answer.key, { signal, priority, fresh });
    }),
  );
  await waitAtMost({ outside }, all, timeoutMs);
}

/** Waits for some work, at most `timeoutMs`: what takes longer goes on behind the scenes, and may be cancelled there. */
export async function waitAtMost(
  { outside }: Pick<Session, "outside">,
  work: Promise<unknown>,
  timeoutMs: number,
): Promise<void> {
  let cancel = (): void => undefined;
  const timeout = new Promise<void>((resolve) => {
    cancel = outside.clock.schedule(timeoutMs, resolve);
  });
  try {
    await Promise.race([timeout, work]);
  } finally {
    cancel();
    work.catch(() => undefined);
  }
}

/** How long a response to a client without refresh support is delayed. */
const briefMs = 300;

/**
 * A client without refresh support shows what is known when it asks, so its response waits a moment for registries.
 * A keystroke waits for nothing; opening and scrolling may.
 */
export async function waitBriefly(
  session: Session,
  about: {
    readonly document: TextDocument;
    readonly settings: Settings;
    readonly states: readonly ImageState[];
  },
  signal: AbortSignal,
): Promise<void> {
  const { document, settings, states } = about;
  if (settings.resolve !== "automatic" || session.prefetcher.isTyping(document.uri)) return;
  const unknown = states.slice(0, maxReferences).flatMap(({ tag, pin }) => [tag, pin]);
  await waitForAnswers(session, unknown, { timeoutMs: briefMs, priority: "visible", signal });
}
