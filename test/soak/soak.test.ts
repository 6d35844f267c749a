// A short soak: what the server holds after some hundred steps of editing is what it held before.

import assert from "node:assert/strict";
import { assertFlat, sampleText, soak, type Sample } from "./soak.ts";

describe("editing for long", () => {
  it("leaves memory, handles and timers flat while registries fail, limit, lie and recover", async () => {
    const { samples, requests, faults, survived } = await soak({
      ...{ seed: 1, samples: 9, stepsPerSample: 120 },
    });
    assert.ok(requests > 50, `only ${requests} requests were made`);
    assert.ok(faults > 10 && survived > 10, `${survived} of ${faults} faults were survived`);
    assertFlat(samples);
  });
});

describe("the soak's own checks", () => {
  const sample = (steps: number, heap: number): Sample => {
    return { steps, heap, resident: heap, handles: 3, counts: {} };
  };
  const steps = [1, 2, 3, 4, 5, 6, 7, 8, 9];

  it("takes what fills at first and then stays", () => {
    assertFlat(steps.map((at) => sample(at, Math.min(at, 3) * 10)));
  });

  it("refuses a heap that grows with every step", () => {
    assert.throws(() => assertFlat(steps.map((at) => sample(at, at * 3))), /heap grew/);
    assert.match(sampleText(sample(1, 2)), /^1 steps: heap 2 MB/);
  });
});
