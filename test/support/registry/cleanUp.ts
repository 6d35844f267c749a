// What a test opens it closes again, in reverse order, also when it fails.

type Closable =
  | { readonly stop: () => Promise<void> }
  | { readonly close: () => Promise<void> }
  | { readonly remove: () => Promise<void> };

export interface CleanUp {
  /** Remembers how to close it; gives it back. */
  readonly use: <Thing extends Closable>(thing: Thing) => Thing;
  /** To be called after each test. */
  readonly run: () => Promise<void>;
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
