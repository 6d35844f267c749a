// The guard of requests: a fault in one is logged, is answered with its fallback, and ends nothing else.

import assert from "node:assert/strict";
import { CancellationTokenSource, LSPErrorCodes, ResponseError } from "vscode-languageserver";
import { createGuard } from "../../../server/src/server/requests.ts";
import { settled } from "../../support/settled.ts";

describe("the guard of requests", () => {
  const { token } = new CancellationTokenSource();
  const fault = (): never => {
    throw new TypeError("oops");
  };

  it("answers a fault with the fallback, and logs it", async () => {
    const lines: string[] = [];
    const guard = createGuard((_, line) => void lines.push(line));
    const work = { fallback: "nothing", handle: fault };
    assert.equal(await guard.run("hover", token, work), "nothing");
    const later = { fallback: "nothing", handle: () => Promise.reject(new Error("later")) };
    assert.equal(await guard.run("hints", token, later), "nothing");
    assert.match(lines.join("\n"), /hover failed: TypeError: oops[^]*hints failed: Error: later/);
  });

  it("refuses in the protocol's own words, and what was cancelled", async () => {
    const guard = createGuard(() => undefined);
    const refusal = new ResponseError(LSPErrorCodes.RequestFailed, "no");
    const refused = { fallback: "", handle: () => Promise.reject(refusal) };
    await assert.rejects(guard.run("pin", token, refused), refusal);
    const source = new CancellationTokenSource();
    const handle = (): never => {
      source.cancel();
      return fault();
    };
    const code = { code: LSPErrorCodes.RequestCancelled };
    await assert.rejects(guard.run("hover", source.token, { fallback: "", handle }), code);
  });

  it("logs a fault of what nobody waits for", async () => {
    const lines: string[] = [];
    const guard = createGuard((_, line) => void lines.push(line));
    guard.background("change", fault);
    guard.background("close", () => Promise.reject(new Error("later")));
    await settled();
    assert.match(lines.join("\n"), /change failed: TypeError: oops[^]*close failed: Error: later/);
  });
});
