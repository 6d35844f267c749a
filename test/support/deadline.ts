// Waiting for something that will happen, and saying what it was if it does not in time.

/** How long a test waits for what should take milliseconds, on a machine that is busy. */
export const timeoutMs = 120_000;

/**
 * Waits for a promise, but not for ever.
 * @param what completes the sentence "… did not happen within N ms"
 * @throws {Error} when the time is over
 */
export async function within<Value>(
  milliseconds: number,
  what: string,
  promise: Promise<Value>,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} did not happen within ${milliseconds} ms.`));
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks again and again until the answer is not undefined: for what announces itself by no event.
 * @param what completes the sentence "… did not happen within N ms"
 * @param ask is told how often it was asked, from 1 on: so that what it waits for itself can grow
 */
export async function eventually<Value>(
  what: string,
  ask: (attempt: number) => Promise<Value | undefined> | Value | undefined,
  milliseconds: number = timeoutMs,
): Promise<Value> {
  const end = performance.now() + milliseconds;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask(attempt);
    if (answer !== undefined) return answer;
    if (performance.now() > end)
      throw new Error(`${what} did not happen within ${milliseconds} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
