// Work in another thread: it ends this process by nothing, and hears nothing of it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createThreadWork } from "../../../server/src/node/programs/threadWork.ts";

const program = fileURLToPath(new URL("../../support/threadProgram.js", import.meta.url));
const enough = { milliseconds: 60_000, megabytes: 500 };

describe("work in a thread of its own", () => {
  it("comes back as what came of it, each in its order", async () => {
    const run = createThreadWork(program, enough);
    const works = [{ text: "a", list: [1, undefined] }, "b", 3];
    assert.deepEqual(await Promise.all(works.map(run)), works);
  });

  it("gets none of this process's variables and arguments", async () => {
    const run = createThreadWork(program, enough);
    assert.deepEqual(await run("environment"), { variables: {}, arguments: [] });
  });

  for (const [work, limits] of [
    ["fail", enough],
    ["never end", { ...enough, milliseconds: 200 }],
    ["fill the memory", { ...enough, megabytes: 50 }],
  ] as const) {
    it(`that would ${work} comes to nothing, and the next is done`, async () => {
      const run = createThreadWork(program, limits);
      assert.equal(await run(work), undefined);
      const next = createThreadWork(program, enough);
      assert.equal(await next("next"), "next");
    });
  }

  it("comes to nothing where it cannot be handed over, and the next is done", async () => {
    const run = createThreadWork(program, enough);
    const works = [() => "a function cannot be cloned", "next"];
    assert.deepEqual(await Promise.all(works.map(run)), [undefined, "next"]);
  });

  it("is followed by the next one where it came to nothing", async () => {
    const run = createThreadWork(program, enough);
    assert.deepEqual(await Promise.all(["fail", "next"].map(run)), [undefined, "next"]);
  });

  it("prints nothing: standard output belongs to the protocol", async () => {
    const source = `
      import { createThreadWork } from ${JSON.stringify(new URL("../../../server/src/node/programs/threadWork.js", import.meta.url).href)};
      const run = createThreadWork(${JSON.stringify(program)}, ${JSON.stringify(enough)});
      const answers = [await run("print"), await run("fail")];
      console.log(JSON.stringify(answers));`;
    const args = ["--input-type=module", "--eval", source];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
    assert.deepEqual([stdout, stderr], ['["printed",null]\n', ""]);
  });
});
