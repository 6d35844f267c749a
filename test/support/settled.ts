// When nothing is left to run but what waits for something outside of the process.

/**
 * Resolves when every promise that waits for no timer, socket or file has been handled: Node runs all of
 * these before it turns to its event loop again, however many there are.
 */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
