// The server's log: one record is one line, and text from outside is shown as everywhere else.

import type { RemoteConsole } from "vscode-languageserver";
import type { Log, LogLevel } from "../environment.ts";
import { shownText } from "../shownText.ts";

/** Writes to the client's log. */
export function createLog(console: Pick<RemoteConsole, "error" | "warn" | "info" | "debug">): Log {
  const write: Readonly<Record<LogLevel, (message: string) => void>> = {
    error: (message) => console.error(message),
    warning: (message) => console.warn(message),
    info: (message) => console.info(message),
    debug: (message) => console.debug(message),
  };
  return (level, message) => {
    write[level](shownText(message));
  };
}

/** An error with its stack on one line, a bar before each frame. */
export function stackOf(error: unknown): string {
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return words.split(/\n\s*/).join(" | ");
}
