// What a test opens it closes again, in reverse order, also when it fails.

export interface CleanUp {
  /** Remembers how to close it; gives it back. */
  use<
    Thing extends
      { stop(): Promise<void> } | { close(): Promise<void> } | { remove(): Promise<void> },
  >(
    thing: Thing,
  ): Thing;
  /** To be called after each test. */
  run(): Promise<void>;
}

export function createCleanUp(): CleanUp {
  const steps: (() => Promise<void>)[] = [];
  return {
    use(thing) {
      steps.push(async () => {
        if ("stop" in thing) await thing.stop();
        else if ("close" in thing) await thing.close();
        else await thing.remove();
      });
      return thing;
    },
    async run() {
      for (const step of steps.splice(0).reverse()) await step();
    },
  };
}
