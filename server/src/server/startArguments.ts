// The server's arguments: how it speaks to its client, help, version; anything else is refused before it waits for input.

import { parseArgs } from "node:util";
import { shownText } from "../shownText.ts";

/** What the arguments ask for. */
export type StartArguments =
  | { readonly kind: "help" | "version" }
  /** To serve; without a transport the protocol's library would serve nobody. */
  | { readonly kind: "serve"; readonly namesTransport: boolean }
  /** A sentence for whoever started it. */
  | { readonly kind: "misused"; readonly problem: string };

/** Those that the protocol's library reads itself (vscode-languageserver `node/main`), and ours. */
const options = {
  stdio: { type: "boolean" },
  "node-ipc": { type: "boolean" },
  socket: { type: "string" },
  pipe: { type: "string" },
  clientProcessId: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
} as const;

/** Reads the arguments behind the program's name: `--socket=5000` and `--socket 5000` alike. */
export function readStartArguments(args: readonly string[]): StartArguments {
  let values: ReturnType<typeof parsed>;
  try {
    values = parsed(args);
  } catch (error) {
    return misused(error instanceof Error ? error.message : String(error));
  }
  if (values.help === true) return { kind: "help" };
  if (values.version === true) return { kind: "version" };
  const { stdio, "node-ipc": ipc, socket, pipe } = values;
  if (socket !== undefined && !isPort(socket)) return misused("--socket needs a port");
  if (pipe === "") return misused("--pipe needs a name");
  return { kind: "serve", namesTransport: [stdio, ipc, socket, pipe].some((one) => one) };
}

function parsed(args: readonly string[]) {
  return parseArgs({ args: [...args], options }).values;
}

function isPort(text: string): boolean {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port > 0 && port < 65_536;
}

function misused(problem: string): StartArguments {
  return { kind: "misused", problem: shownText(problem) };
}
