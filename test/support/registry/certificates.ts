// Certificates for tests: an authority of its own and servers that it vouches for, made by openssl.

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runProgram, temporaryFolder } from "./programs.ts";

export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Authority extends KeyPair {
  readonly name: string;
  /** The authority's certificate as a file, for settings that name one. */
  readonly file: string;
  /** A server's certificate for names and addresses. */
  issue(names: readonly string[], options?: { readonly expired?: boolean }): KeyPair;
  /** A server's certificate that is odd in some way. */
  issueOdd(odd: OddCertificate): KeyPair;
  readonly remove: () => Promise<void>;
}

/** What openssl is told of a certificate. */
export interface OddCertificate {
  readonly commonName: string;
  /** Lines of extensions; none at all if empty. */
  readonly extensions: string;
  /** Arguments that make the key; an elliptic one by default. */
  readonly key?: readonly string[];
  readonly serial?: string;
}

/** @param extensions what the authority says of itself. */
export async function createAuthority(
  name = "Test CA",
  extensions = "basicConstraints=critical,CA:TRUE",
): Promise<Authority> {
  const folder = await temporaryFolder();
  const at = (file: string): string => path.join(folder.path, file);
  newKey(at("ca.key"));
  writeFileSync(at("empty.cnf"), "[req]\ndistinguished_name=dn\n[dn]\n[none]\n");
  const subject = ["-subj", `/CN=${name}`];
  runProgram("openssl", [
    ...["req", "-x509", "-new", "-key", at("ca.key"), "-out", at("ca.crt"), "-days", "30"],
    ...subject,
    ...["-addext", extensions, "-config", at("empty.cnf"), "-extensions", "none"],
  ]);
  let count = 0;
  const issue: Authority["issue"] = (names, { expired = false } = {}) => {
    count += 1;
    const [key, request, extensions, certificate] = ["key", "csr", "ext", "crt"].map((suffix) =>
      at(`server${count}.${suffix}`),
    ) as [string, string, string, string];
    newKey(key);
    const [first = "server"] = names;
    runProgram("openssl", ["req", "-new", "-key", key, "-out", request, "-subj", `/CN=${first}`]);
    const alternatives = names.map((one) => (/^[\d.]+$|:/.test(one) ? `IP:${one}` : `DNS:${one}`));
    writeFileSync(extensions, `subjectAltName=${alternatives.join(",")}\n`);
    runProgram("openssl", [
      ...["x509", "-req", "-in", request, "-CA", at("ca.crt"), "-CAkey", at("ca.key")],
      ...["-CAcreateserial", "-out", certificate, "-extfile", extensions],
      ...["-days", expired ? "-1" : "30"],
    ]);
    return { certificate: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") };
  };
  const issueOdd: Authority["issueOdd"] = ({ commonName, extensions: lines, key, serial }) => {
    count += 1;
    const [keyFile, request, extensionFile, certificate] = ["key", "csr", "ext", "crt"].map(
      (suffix) => at(`odd${count}.${suffix}`),
    ) as [string, string, string, string];
    if (key === undefined) newKey(keyFile);
    else runProgram("openssl", [...key, "-out", keyFile]);
    const subjectOf = ["-subj", `/CN=${commonName}`];
    runProgram("openssl", ["req", "-new", "-key", keyFile, "-out", request, ...subjectOf]);
    writeFileSync(extensionFile, `${lines}\n`);
    runProgram("openssl", [
      ...["x509", "-req", "-in", request, "-CA", at("ca.crt"), "-CAkey", at("ca.key")],
      ...(serial === undefined ? ["-CAcreateserial"] : ["-set_serial", serial]),
      ...["-out", certificate, "-days", "30"],
      ...(lines === "" ? [] : ["-extfile", extensionFile]),
    ]);
    return { certificate: readFileSync(certificate, "utf8"), key: readFileSync(keyFile, "utf8") };
  };
  return {
    name,
    issueOdd,
    certificate: readFileSync(at("ca.crt"), "utf8"),
    key: readFileSync(at("ca.key"), "utf8"),
    file: at("ca.crt"),
    issue,
    remove: folder.remove,
  };
}

/** A certificate that vouches for itself, with an RSA key: for signing tokens. */
export async function createSigner(): Promise<KeyPair> {
  const folder = await temporaryFolder();
  const key = path.join(folder.path, "key");
  const certificate = path.join(folder.path, "crt");
  runProgram("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate],
    ...["-days", "30", "-subj", "/CN=issuer"],
  ]);
  const pair = {
    certificate: readFileSync(certificate, "utf8"),
    key: readFileSync(key, "utf8"),
  };
  await folder.remove();
  return pair;
}

function newKey(file: string): void {
  runProgram("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file]);
}
