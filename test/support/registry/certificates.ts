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
  /** An authority below this one, in whose folder its files are. */
  issueAuthority(odd: OddCertificate): Authority;
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
  /** The signature's hash; SHA-256 by default. */
  readonly hash?: string;
  /** 30 by default. */
  readonly days?: number;
}

/** @param extensions what the authority says of itself, or would say if somebody believed it. */
export async function createAuthority(
  name = "Test CA",
  extensions = "basicConstraints=critical,CA:TRUE",
  makeKey: readonly string[] = ellipticKey,
): Promise<Authority> {
  const folder = await temporaryFolder();
  const at = (file: string): string => path.join(folder.path, file);
  const [key, certificate] = [at("ca.key"), at("ca.crt")];
  runProgram("openssl", [...makeKey, "-out", key]);
  writeFileSync(
    at("ca.cnf"),
    `[req]\ndistinguished_name=dn\nx509_extensions=own\n[dn]\n[own]\n${extensions}\n`,
  );
  runProgram("openssl", [
    ...["req", "-x509", "-new", "-key", key, "-out", certificate, "-days", "30"],
    ...["-subj", `/CN=${name}`, "-config", at("ca.cnf")],
  ]);
  return authorityOf({ name, key, certificate, remove: folder.remove });
}

interface AuthorityFiles {
  readonly name: string;
  readonly key: string;
  readonly certificate: string;
  readonly remove: () => Promise<void>;
}

function authorityOf({ name, key: ownKey, certificate: own, remove }: AuthorityFiles): Authority {
  let count = 0;
  const make = (odd: OddCertificate): { readonly key: string; readonly certificate: string } => {
    count += 1;
    const file = (suffix: string): string => `${own}-${count}.${suffix}`;
    const [key, request, extensions, certificate] = ["key", "csr", "ext", "crt"].map(file) as [
      string,
      string,
      string,
      string,
    ];
    runProgram("openssl", [...(odd.key ?? ellipticKey), "-out", key]);
    const subject = ["-subj", `/CN=${odd.commonName}`];
    runProgram("openssl", ["req", "-new", "-key", key, "-out", request, ...subject]);
    writeFileSync(extensions, `${odd.extensions}\n`);
    runProgram("openssl", [
      ...["x509", "-req", "-in", request, "-CA", own, "-CAkey", ownKey],
      ...(odd.serial === undefined ? ["-CAcreateserial"] : ["-set_serial", odd.serial]),
      ...["-out", certificate, "-days", String(odd.days ?? 30), `-${odd.hash ?? "sha256"}`],
      ...(odd.extensions === "" ? [] : ["-extfile", extensions]),
    ]);
    return { key, certificate };
  };
  const issueOdd: Authority["issueOdd"] = (odd) => {
    const { key, certificate } = make(odd);
    return { certificate: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") };
  };
  return {
    name,
    certificate: readFileSync(own, "utf8"),
    key: readFileSync(ownKey, "utf8"),
    file: own,
    issueOdd,
    issue(names, { expired = false } = {}) {
      const alternatives = names.map((one) =>
        /^[\d.]+$|:/.test(one) ? `IP:${one}` : `DNS:${one}`,
      );
      const [commonName = "server"] = names;
      const extensions = `subjectAltName=${alternatives.join(",")}`;
      return issueOdd({ commonName, extensions, days: expired ? -1 : 30 });
    },
    issueAuthority(odd) {
      const none = (): Promise<void> => Promise.resolve();
      return authorityOf({ name: odd.commonName, ...make(odd), remove: none });
    },
    remove,
  };
}

const ellipticKey = ["ecparam", "-name", "prime256v1", "-genkey", "-noout"] as const;

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
