// How the server ends and does not end: rubbish on its input, half messages, a client that dies, a kill while it writes.

import assert from "node:assert/strict";
import { fork, spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { eventually, timeoutMs, within } from "../support/deadline.ts";
import { startLanguageServer, type LanguageClient } from "../support/lspClient.ts";
import { projectPath } from "../support/projectRoot.ts";
import { withSample, type SampleEnvironment } from "../support/sampleEnvironment.ts";

const message = (body: string, length = Buffer.byteLength(body)): string =>
  `Content-Length: ${length}\r\n\r\n${body}`;

const initialize = (processId: number | null): string =>
  message(
    JSON.stringify({
      ...{ jsonrpc: "2.0", id: 1, method: "initialize" },
      params: { processId, rootUri: null, capabilities: {} },
    }),
  );

const shutdown = message('{"jsonrpc":"2.0","id":2,"method":"shutdown"}');
const harmless = message('{"jsonrpc":"2.0","method":"$/nothing"}');
const exit = message('{"jsonrpc":"2.0","method":"exit"}');

interface Raw {
  readonly child: ChildProcessWithoutNullStreams;
  /** Waits until standard output holds a text. */
  readonly says: (text: string) => Promise<string>;
  readonly ended: Promise<number | null>;
}

function start(args: readonly string[] = ["--stdio"]): Raw {
  const child = spawn(process.execPath, [projectPath("dist/server.cjs"), ...args]);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.on("error", () => undefined);
  return {
    child,
    says: (text) => eventually(text, () => (output.includes(text) ? output : undefined)),
    ended: once(child, "exit").then(([code]) => code as number | null),
  };
}

/** Runs `body` with a server; at the end it is killed if it still runs. */
async function withRaw(
  body: (server: Raw) => Promise<void>,
  args?: readonly string[],
): Promise<void> {
  const server = start(args);
  try {
    await body(server);
  } finally {
    server.child.kill("SIGKILL");
  }
}

describe("input that is not a message", () => {
  for (const [what, bytes] of [
    ["rubbish with an empty line", "\u0000\u00ff GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["a body that is not JSON", message("{{{{")],
    ["a body that is not a message", message("[1,2,3]")],
    ["a body of null", message("null")],
    ["an answer that nobody asked for", message('{"jsonrpc":"2.0","id":99,"result":1}')],
  ] as const) {
    it(`does not end the server: ${what}`, async () => {
      await withRaw(async ({ child, says, ended }) => {
        child.stdin.write(initialize(process.pid));
        await says('"id":1');
        child.stdin.write(bytes);
        child.stdin.write(shutdown);
        // The protocol's library reads on behind a bad header only when more comes.
        const nudge = setInterval(() => child.stdin.write(harmless), 100);
        await says('"id":2').finally(() => {
          clearInterval(nudge);
        });
        child.stdin.write(exit);
        assert.equal(await within(timeoutMs, "the end", ended), 0);
      });
    });
  }

  it("cut into single bytes is read like any other", async () => {
    await withRaw(async ({ child, says, ended }) => {
      for (const byte of Buffer.from(initialize(process.pid))) child.stdin.write(Buffer.of(byte));
      await says('"id":1');
      child.stdin.write(`${shutdown}${exit}`);
      assert.equal(await within(timeoutMs, "the end", ended), 0);
    });
  });

  it("is not kept in memory for the length that it claims", async () => {
    await withRaw(async ({ child, says }) => {
      child.stdin.write(initialize(process.pid));
      await says('"id":1');
      child.stdin.write(message("{", 4_000_000_000));
      child.stdin.end();
      await within(timeoutMs, "the end", once(child, "exit"));
    });
  });
});

describe("the server ends", () => {
  it("when its input is closed in the middle of a message", async () => {
    await withRaw(async ({ child, says, ended }) => {
      child.stdin.write(initialize(process.pid));
      await says('"id":1');
      child.stdin.end('Content-Length: 100\r\n\r\n{"jsonrpc"');
      assert.notEqual(await within(timeoutMs, "the end", ended), 0);
    });
  });

  it("when the client dies that it was told of, though its input stays open", async () => {
    const client = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await withRaw(async ({ child, says, ended }) => {
      child.stdin.write(initialize(client.pid ?? null));
      await says('"id":1');
      client.kill("SIGKILL");
      await within(timeoutMs, "the end", ended);
    });
  });

  it("with 1 at an exit without a shutdown, and with 0 after one", async () => {
    await withRaw(async ({ child, says, ended }) => {
      child.stdin.write(initialize(process.pid));
      await says('"id":1');
      child.stdin.write(exit);
      assert.equal(await within(timeoutMs, "the end", ended), 1);
    });
  });
});

describe("the server's arguments", () => {
  /** What it says and its exit code, while its input stays open. */
  async function answer(args: readonly string[]): Promise<Record<string, unknown>> {
    const child = spawn(process.execPath, [projectPath("dist/server.cjs"), ...args]);
    try {
      let [out, error] = ["", ""];
      child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (error += chunk.toString()));
      const [code] = (await within(timeoutMs, "the end", once(child, "close"))) as [number | null];
      return { code, out, error };
    } finally {
      child.kill("SIGKILL");
    }
  }

  for (const args of [["--help"], ["-h"], ["-h", "--clientProcessId=1"]]) {
    it(`show the help: ${args.join(" ")}`, async () => {
      const { code, out, error } = await answer(args);
      assert.deepEqual([code, error], [0, ""]);
      assert.match(String(out), /--stdio/);
    });
  }

  it("show the version", async () => {
    for (const arg of ["--version", "-V"]) {
      const { code, out } = await answer([arg]);
      assert.equal(code, 0);
      assert.match(String(out), /^\d+\.\d+\.\d+\n$/);
    }
  });

  for (const args of [["--stdoi"], ["--stdio", "--verbose", "--clientProcessId=1"], ["check"]]) {
    it(`end it with 2 and a sentence if they are mistyped: ${args.join(" ")}`, async () => {
      const { code, out, error } = await answer(args);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(String(error), /^knative-digest-language-server: .*\n\nknative-digest-/);
      assert.ok(String(error).includes(args.find((arg) => !/stdio|Id/.test(arg)) ?? ""));
    });
  }

  it("may leave the transport out", async () => {
    await withRaw(
      async ({ child, says, ended }) => {
        child.stdin.write(initialize(process.pid));
        await says('"id":1');
        child.stdin.write(`${shutdown}${exit}`);
        assert.equal(await within(timeoutMs, "the end", ended), 0);
      },
      [`--clientProcessId=${process.pid}`],
    );
  });

  for (const written of [
    (port: number) => [`--socket=${port}`],
    (port: number) => ["--socket", `${port}`],
  ]) {
    it(`name a socket: ${written(5000).join(" ")}`, async () => {
      const client = createServer();
      client.listen(0, "127.0.0.1");
      await once(client, "listening");
      const { port } = client.address() as AddressInfo;
      try {
        await withRaw(async ({ ended }) => {
          await answersOver(client, ended);
        }, written(port));
      } finally {
        client.close();
      }
    });
  }

  it("name a pipe", async () => {
    const folder = await mkdtemp(join(tmpdir(), "knative-digest-pipe-"));
    const client = createServer();
    client.listen(join(folder, "p"));
    await once(client, "listening");
    try {
      await withRaw(
        async ({ ended }) => {
          await answersOver(client, ended);
        },
        [`--pipe=${join(folder, "p")}`],
      );
    } finally {
      client.close();
      await rm(folder, { recursive: true });
    }
  });

  it("name the channel of a parent in Node", async () => {
    const child = fork(projectPath("dist/server.cjs"), [
      "--node-ipc",
      `--clientProcessId=${process.pid}`,
    ]);
    try {
      const answered = once(child, "message");
      const params = { processId: process.pid, rootUri: null, capabilities: {} };
      child.send({ jsonrpc: "2.0", id: 1, method: "initialize", params });
      const [first] = (await within(timeoutMs, "an answer", answered)) as [{ id?: number }];
      assert.equal(first.id, 1);
    } finally {
      child.kill("SIGKILL");
    }
  });

  /** The server connects to its client, answers there and ends. */
  async function answersOver(client: Server, ended: Raw["ended"]): Promise<void> {
    const [socket] = (await within(timeoutMs, "the connection", once(client, "connection"))) as [
      Socket,
    ];
    let output = "";
    socket.on("data", (chunk: Buffer) => (output += chunk.toString()));
    socket.on("error", () => undefined);
    socket.write(initialize(process.pid));
    await eventually("the answer", () => output.includes('"id":1') || undefined);
    socket.write(`${shutdown}${exit}`);
    assert.equal(await within(timeoutMs, "the end", ended), 0);
    socket.destroy();
  }
});

describe("the cache on the disk", () => {
  async function serve(sample: SampleEnvironment): Promise<LanguageClient> {
    const client = await startLanguageServer({
      capabilities: visualStudioCode,
      env: { ...sample.env },
      initializationOptions: { cacheFolder: join(sample.scratch, "kept") },
    });
    const { host } = sample.registry;
    const text = `apiVersion: serving.knative.dev/v1\nkind: Service\nspec: {template: {spec: {containers: [{image: "${host}/shop/frontend:2.1"}]}}}\n`;
    await client.open("file:///a.yaml", text);
    return client;
  }

  const digestShown = (client: LanguageClient, { digests }: SampleEnvironment): Promise<true> =>
    eventually("The digest in the hover", async () => {
      const hover = await client.hover("file:///a.yaml", 2, 60);
      return JSON.stringify(hover).includes(digests.frontend) || undefined;
    });

  it("shared by two servers, of which one is killed, is whole for the next one", async () => {
    await withSample(async (sample) => {
      const [one, other] = [await serve(sample), await serve(sample)];
      await Promise.all([digestShown(one, sample), digestShown(other, sample)]);
      // Both write when they end; one of them is not let.
      const ending = other.stop();
      one.process.kill("SIGKILL");
      assert.equal(await ending, 0);
      const folder = join(sample.scratch, "kept");
      const files = (await readdir(folder)).filter((name) => name.endsWith(".json"));
      assert.ok(files.length > 0);
      for (const file of files) JSON.parse(await readFile(join(folder, file), "utf8"));
      await sample.registry.stop();
      const next = await serve(sample);
      await digestShown(next, sample);
      assert.equal(await next.stop(), 0);
    });
  });
});
