// Which certificates count for a host: bounded in size and number, and verified for all but the host that is named insecure.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  createCertificates,
  type Certificates,
} from "../../../server/src/node/certificates/certificates.ts";
import { createSecretsInHand } from "../../../server/src/registry/credentials/secretsInHand.ts";
import { defaultSettings, type Settings } from "../../../server/src/settings.ts";
import { createAuthority, type Authority } from "../../support/registry/certificates.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";

describe("certificates", () => {
  const { use, run } = createCleanUp();
  let authority: Authority;
  before(async () => {
    authority = await createAuthority();
  });
  after(() => authority.remove());
  afterEach(run);

  interface Given {
    readonly certificates: Certificates;
    readonly home: string;
    readonly lines: readonly string[];
  }

  async function start(settings: Partial<Settings> = {}): Promise<Given> {
    const home = use(await temporaryFolder()).path;
    const lines: string[] = [];
    const certificates = createCertificates({
      ...{ home, variables: {}, secrets: createSecretsInHand() },
      settings: () => ({ ...defaultSettings, ...settings }),
      log: (_, line) => void lines.push(line),
    });
    return { certificates, home, lines };
  }

  async function hostFolder(home: string): Promise<string> {
    const folder = path.join(home, ".docker/certs.d/registry.example");
    await mkdir(folder, { recursive: true });
    return folder;
  }

  const isTrusted = async ({ certificates }: Given): Promise<boolean> => {
    const trust = await certificates.forHost("registry.example", true);
    return trust.isTrusted(new X509Certificate(authority.certificate).raw);
  };

  it("of another host than the insecure one are verified, whichever is asked for first", async () => {
    const registries = { "insecure.example": { insecure: true } };
    for (const hosts of [
      ["insecure.example", "other.example"],
      ["other.example", "insecure.example"],
    ]) {
      const { certificates } = await start({ registries });
      for (const host of hosts) {
        const { verify } = await certificates.forHost(host, true);
        assert.equal(verify, host === "other.example", hosts.join());
      }
    }
  });

  it("are read from files of 4 MiB at most", async () => {
    for (const [length, expected] of [
      [4 * 1024 * 1024, true],
      [4 * 1024 * 1024 + 1, false],
    ] as const) {
      const given = await start();
      const file = path.join(await hostFolder(given.home), "ca.crt");
      await writeFile(file, authority.certificate.padEnd(length));
      assert.equal(await isTrusted(given), expected);
    }
  });

  it("are two thousand of one file at most, and that is logged", async () => {
    const given = await start();
    const other = await createAuthority("Other CA");
    use(other);
    const file = path.join(await hostFolder(given.home), "ca.crt");
    await writeFile(file, other.certificate.repeat(2000) + authority.certificate);
    assert.equal(await isTrusted(given), false);
    assert.match(given.lines.join(), /holds more than 2000 certificates/);
  });

  it("are looked for in the first hundred files of a host's folder", async () => {
    for (const [before, expected] of [
      [99, true],
      [100, false],
    ] as const) {
      const given = await start();
      const folder = await hostFolder(given.home);
      for (let at = 0; at < before; at += 1) await writeFile(path.join(folder, `a${at}.txt`), "");
      await writeFile(path.join(folder, "z.crt"), authority.certificate);
      assert.equal(await isTrusted(given), expected);
    }
  });

  it("of a client come with a key of 64 KiB at most", async () => {
    const pair = authority.issue(["client.example"]);
    for (const [length, expected] of [
      [64 * 1024, []],
      [64 * 1024 + 1, ["too-large"]],
    ] as const) {
      const given = await start();
      const folder = await hostFolder(given.home);
      await writeFile(path.join(folder, "client.cert"), pair.certificate);
      await writeFile(path.join(folder, "client.key"), pair.key.padEnd(length));
      await given.certificates.forHost("registry.example", true);
      const said = given.lines.flatMap((line) => /client\.key .*: (.*)$/.exec(line)?.[1] ?? []);
      assert.deepEqual(said, expected);
    }
  });
});
