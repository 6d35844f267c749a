// A program for threads: it does what the work says.

import { answerInThread } from "../../server/src/node/programs/threadWork.ts";

answerInThread((work) => {
  switch (work) {
    case "environment":
      return { variables: process.env, arguments: process.argv.slice(2) };
    case "fail":
      throw new Error("secret");
    case "print":
      process.stdout.write("secret");
      process.stderr.write("secret");
      return "printed";
    case "never end":
      for (;;);
    case "fill the memory":
      for (const kept: unknown[] = []; ;) kept.push(kept.length.toString().repeat(100));
    default:
      return work;
  }
});
