// What differs on Windows and macOS, with the platform injected: the home folder, credential files, programs on the
// PATH, trusted certificates, and files that somebody holds open.

import assert from "node:assert/strict";
import { homedir } from "node:os";
import {
  hostFolders,
  systemBundles,
} from "../../../server/src/node/certificates/certificatePlaces.ts";
import { credentialPlaces } from "../../../server/src/node/credentialPlaces.ts";
import { homeFolder } from "../../../server/src/node/files/homeFolder.ts";
import { renameOver } from "../../../server/src/node/files/renameOver.ts";
import { programPlaces } from "../../../server/src/node/programs/programPlaces.ts";

type Variables = Readonly<Record<string, string>>;

describe("the home folder", () => {
  const rows: readonly (readonly [NodeJS.Platform, Variables, string])[] = [
    ["linux", { HOME: "/home/me", USERPROFILE: "/elsewhere" }, "/home/me"],
    ["darwin", { HOME: "/Users/me" }, "/Users/me"],
    ["win32", { USERPROFILE: "C:\\Users\\me" }, "C:\\Users\\me"],
    // A shell of Unix on Windows sets HOME, and docker does not read it there.
    ["win32", { HOME: "/c/Users/me", USERPROFILE: "C:\\Users\\me" }, "C:\\Users\\me"],
    ["win32", { HOME: "D:\\other", USERPROFILE: "C:\\Users\\me" }, "C:\\Users\\me"],
    ["win32", { USERPROFILE: "\\\\server\\homes\\me" }, "\\\\server\\homes\\me"],
    ["win32", { HOME: "D:/home" }, "D:/home"],
  ];
  for (const [platform, variables, expected] of rows) {
    it(`is ${expected} on ${platform} with ${JSON.stringify(variables)}`, () => {
      assert.equal(homeFolder(variables, platform), expected);
    });
  }

  it("is never relative, nor that of whatever drive is the current one", () => {
    assert.equal(homeFolder({ HOME: "home" }, "linux"), homedir());
    // This system's own home is no path of Windows.
    for (const USERPROFILE of ["\\Users\\me", "/Users/me", "C:me", "Users\\me", "\\\\"]) {
      assert.equal(homeFolder({ USERPROFILE }, "win32"), "/nonexistent", USERPROFILE);
    }
  });
});

describe("credential files", () => {
  const files = (
    platform: NodeJS.Platform,
    home: string,
    variables: Variables = {},
  ): readonly (string | undefined)[] =>
    credentialPlaces({ platform, home, variables, uid: 7, workspaceFolders: () => [] }).map(
      ({ file }) => file,
    );

  const rows: readonly (readonly [NodeJS.Platform, string, Variables, readonly string[]])[] = [
    [
      "linux",
      "/home/me",
      {},
      [
        "/home/me/.docker/config.json",
        "/run/containers/7/auth.json",
        "/home/me/.config/containers/auth.json",
        "/home/me/.dockercfg",
      ],
    ],
    [
      "darwin",
      "/Users/me",
      { XDG_RUNTIME_DIR: "/tmp/run" },
      [
        "/Users/me/.docker/config.json",
        "/Users/me/.config/containers/auth.json",
        "/Users/me/.dockercfg",
      ],
    ],
    [
      "win32",
      "C:\\Users\\me",
      {},
      [
        "C:\\Users\\me\\.docker\\config.json",
        "C:\\Users\\me\\.config\\containers\\auth.json",
        "C:\\Users\\me\\.dockercfg",
      ],
    ],
    [
      "win32",
      "C:\\Users\\me",
      { DOCKER_CONFIG: "D:\\docker" },
      [
        "D:\\docker\\config.json",
        "C:\\Users\\me\\.config\\containers\\auth.json",
        "C:\\Users\\me\\.dockercfg",
      ],
    ],
  ];
  for (const [platform, home, variables, expected] of rows) {
    it(`stand where docker and podman of ${platform} write them ${JSON.stringify(variables)}`, () => {
      assert.deepEqual(files(platform, home, variables), expected);
    });
  }

  it("are named with a short home", () => {
    const places = { variables: {}, uid: undefined, workspaceFolders: () => [] };
    const [docker] = credentialPlaces({ ...places, platform: "win32", home: "C:\\Users\\me" });
    assert.equal(docker?.name, "~\\.docker\\config.json");
  });
});

describe("programs", () => {
  const rows: readonly (readonly [NodeJS.Platform, string, Variables, readonly string[]])[] = [
    [
      "darwin",
      "docker-credential-osxkeychain",
      { PATH: "/usr/local/bin:relative::/opt/homebrew/bin" },
      [
        "/usr/local/bin/docker-credential-osxkeychain",
        "/opt/homebrew/bin/docker-credential-osxkeychain",
      ],
    ],
    [
      "win32",
      "docker-credential-wincred",
      { Path: "C:\\Windows;.;tools;\\tools;C:tools;;D:/bin;\\\\server\\bin" },
      [
        "C:\\Windows\\docker-credential-wincred.exe",
        "D:\\bin\\docker-credential-wincred.exe",
        "\\\\server\\bin\\docker-credential-wincred.exe",
      ],
    ],
    [
      "win32",
      "kubectl",
      { PATH: '"C:\\Program Files\\Docker";c:\\bin\\' },
      ["C:\\Program Files\\Docker\\kubectl.exe", "c:\\bin\\kubectl.exe"],
    ],
    ["win32", "kubectl", {}, []],
  ];
  for (const [platform, name, variables, expected] of rows) {
    it(`${name} is looked for in full folders of the PATH alone, on ${platform}`, () => {
      assert.deepEqual(programPlaces(name, { platform, variables }), expected);
    });
  }
});

describe("trusted certificates", () => {
  it("are read from /etc on Linux and macOS, and never on Windows", () => {
    assert.ok(systemBundles("linux").every((file) => file.startsWith("/etc/")));
    assert.deepEqual(systemBundles("win32"), []);
    const host = "registry.example:5000";
    assert.deepEqual(hostFolders(host, { home: "C:\\Users\\me", platform: "win32" }), [
      "C:\\Users\\me\\.config\\containers\\certs.d\\registry.example5000",
      "C:\\Users\\me\\.docker\\certs.d\\registry.example5000",
    ]);
    assert.deepEqual(hostFolders(host, { home: "/Users/me", platform: "darwin" }), [
      "/Users/me/.config/containers/certs.d/registry.example:5000",
      "/Users/me/.docker/certs.d/registry.example:5000",
      "/etc/containers/certs.d/registry.example:5000",
      "/etc/docker/certs.d/registry.example:5000",
    ]);
  });
});

describe("replacing a file that somebody holds open", () => {
  /** Renames on a system that refuses so many times. @returns how often it was tried, and how long it paused */
  async function rename(
    platform: NodeJS.Platform,
    code: string,
    refusals: number,
  ): Promise<{ tries: number; paused: number; error: unknown }> {
    let tries = 0;
    let paused = 0;
    const system = {
      platform,
      rename: (): Promise<void> => {
        tries += 1;
        const error = Object.assign(new Error(code), { code });
        return tries > refusals ? Promise.resolve() : Promise.reject(error);
      },
      pause: (milliseconds: number): Promise<void> => {
        paused += milliseconds;
        return Promise.resolve();
      },
    };
    const error = await renameOver("new", "old", system).then(
      () => undefined,
      (reason: unknown) => (reason as { code: string }).code,
    );
    return { tries, paused, error };
  }

  for (const code of ["EPERM", "EACCES", "EBUSY"]) {
    it(`tries again on Windows after ${code}, for a second at most`, async () => {
      assert.deepEqual(await rename("win32", code, 2), { tries: 3, paused: 30, error: undefined });
      const held = await rename("win32", code, Infinity);
      assert.deepEqual(held, { tries: 7, paused: 780, error: code });
    });
  }

  it("gives up at once where trying again is of no use", async () => {
    assert.equal((await rename("win32", "ENOSPC", 1)).error, "ENOSPC");
    assert.deepEqual(await rename("linux", "EPERM", 1), { tries: 1, paused: 0, error: "EPERM" });
    assert.deepEqual(await rename("linux", "EPERM", 0), { tries: 1, paused: 0, error: undefined });
  });
});
