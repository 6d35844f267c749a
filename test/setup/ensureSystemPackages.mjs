// The programs that are not on npm: which tests need them, and how Debian and Ubuntu install them.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { withLock } from "./lock.mjs";
import { join } from "node:path";
import { findProgram, root, run, runOrFail, timed } from "./processes.mjs";

/** Chromium and what is as good: Ubuntu's `chromium` package is a snap, which no container has. */
export const browserNames = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
];

const macBrowser = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** Each program: names on the PATH, the Debian package, and the layer of tests that cannot run without it. */
const programs = [
  { names: browserNames, debian: "chromium", neededBy: "e2e" },
  {
    names: ["docker-registry"],
    debian: "docker-registry",
    neededBy: "integration",
  },
  { names: ["skopeo"], debian: "skopeo", neededBy: "integration" },
  { names: ["nginx"], debian: "nginx-light", neededBy: "integration" },
  { names: ["openssl"], debian: "openssl", neededBy: "integration" },
  { names: ["git"], debian: "git", neededBy: "integration" },
  { names: ["kubectl"], debian: "kubernetes-client", neededBy: "integration" },
  { names: ["make"], debian: "make", neededBy: "integration" },
  { names: ["fish"], debian: "fish", neededBy: "integration" },
  { names: ["zsh"], debian: "zsh", neededBy: "integration" },
  { names: ["nvim"], debian: "neovim", neededBy: "e2e" },
];

/** Without it the pictures of the Chinese editor show boxes. Elsewhere than on Debian fonts are somebody else's matter. */
const font = {
  file: "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
  names: [],
  debian: "fonts-wqy-microhei",
  neededBy: "e2e",
};

/**
 * Finds a browser that playwright-core can drive.
 * @returns {string | undefined} the full path
 */
export function findBrowser() {
  return findProgram(browserNames) ?? (existsSync(macBrowser) ? macBrowser : undefined);
}

/**
 * Installs what is missing, as root on Debian and Ubuntu.
 * @returns {Promise<{ name: string, neededBy: string, why: string }[]>} what is still missing
 */
export async function ensureSystemPackages() {
  if (missingPrograms().length === 0) return [];
  if (!isDebian()) return stillMissing("this is neither Debian nor Ubuntu, so install it by hand");
  if (process.getuid?.() !== 0) {
    const names = missingPrograms().map(({ debian }) => debian);
    return stillMissing(`only root may install it: sudo apt-get install ${names.join(" ")}`);
  }
  try {
    await withLock(join(root, ".cache/apt.lock"), install);
  } catch (error) {
    return stillMissing(error.message);
  }
  return stillMissing("apt-get installed it, and it is not there");
}

function missingPrograms() {
  const missing = programs.filter(({ names, debian }) =>
    debian === "chromium" ? findBrowser() === undefined : findProgram(names) === undefined,
  );
  return isDebian() && !existsSync(font.file) ? [...missing, font] : missing;
}

function stillMissing(why) {
  return missingPrograms().map(({ debian, neededBy }) => ({ name: debian, neededBy, why }));
}

async function install() {
  const names = missingPrograms().map(({ debian }) => debian);
  if (names.length === 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  // Another apt-get may be at work: wait for it instead of failing at once.
  const wait = ["-o", "DPkg::Lock::Timeout=300"];
  await timed(`Installing ${names.join(", ")}`, () =>
    withoutServices(async () => {
      await run("apt-get", [...wait, "update"], { env, quiet: true });
      const args = [...wait, "install", "-y", "--no-install-recommends", ...names];
      await runOrFail("Installing Debian packages", "apt-get", args, { env });
    }),
  );
}

/**
 * Keeps Debian from starting what it installs: a machine should not get a registry on port 5000
 * because somebody ran our tests. (invoke-rc.d asks this file, where there is one.)
 */
async function withoutServices(work) {
  const policy = "/usr/sbin/policy-rc.d";
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await work();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}

function isDebian() {
  try {
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}
