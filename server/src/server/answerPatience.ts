// Waits a moment for registries: what answers in time is shown at once, the rest when it comes.

import type { Answer } from "../findings/imageState.ts";
import type { Session } from "./session.ts";

/** Whether an answer is missing that may still come. */
function isOpen({ resolution }: Answer): boolean {
  return resolution.status === "pending" || resolution.status === "not-asked";
}

/**
 * Asks for what is not known, and waits until all of it is, at most `patienceMs`. Whoever goes away by the signal
 * ends the wait; a question that takes longer goes on behind the scenes.
 */
export async function waitForAnswers(
  { outside }: Pick<Session, "outside">,
  answers: readonly (Answer | undefined)[],
  options: {
    readonly patienceMs: number;
    readonly priority: "hover" | "visible";
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { patienceMs, priority, signal } = options;
  const open = answers.filter((answer) => answer !== undefined).filter(isOpen);
  if (open.length === 0) return;
  let cancel = (): void => undefined;
  const patience = new Promise<void>((resolve) => {
    cancel = outside.clock.schedule(patienceMs, resolve);
  });
  const all = Promise.all(
    open.map(({ key }) => outside.answers.resolve(key, { signal, priority })),
  );
  try {
    await Promise.race([patience, all]);
  } finally {
    cancel();
    // It may still be cancelled after the patience has run out: nobody waits for it then.
    all.catch(() => undefined);
  }
}
