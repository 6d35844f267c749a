// What Go's TLS says of a server, as skopeo prints it: Knative's controller runs Go.

import { spawn } from "node:child_process";
import { requireProgram } from "./programs.ts";

/**
 * Asks a server on loopback with skopeo, by the name `localhost`.
 * @param ca the file of what is trusted, and nothing else is
 * @returns its standard error; it speaks of `x509` or `tls` only where it refuses the certificate
 */
export async function goSays(port: number, ca: string): Promise<string> {
  const image = `docker://localhost:${port}/team/app:1`;
  const env = { ...process.env, SSL_CERT_FILE: ca, SSL_CERT_DIR: "/nonexistent" };
  const child = spawn(requireProgram("skopeo"), ["inspect", "--raw", image], { env });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  await new Promise((resolve) => child.once("close", resolve));
  return said.replaceAll("\\", "");
}
