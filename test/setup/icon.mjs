// Draws the extension's icon, client/media/icon.png: a padlock whose keyhole is a pin, on a hexagon.
// Run it after changing it: node test/setup/icon.mjs

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deflateSync } from "node:zlib";
import { root } from "./processes.mjs";

const size = 256;

// A shape is a function from a point (the middle is 0, 0; y grows downwards) to its distance from the
// edge, negative inside; so shapes are joined by min, cut by max, and smoothed over one pixel.

/** Folds the plane into one sixth, where the hexagon is a straight edge. */
const hexagon = (x, y) => {
  const corner = 16;
  const radius = 106 - corner;
  const [px, py] = [Math.abs(x), Math.abs(y)];
  const fold = 2 * Math.min(-0.866025404 * px + 0.5 * py, 0);
  const [fx, fy] = [px + 0.866025404 * fold, py - 0.5 * fold];
  const half = 0.577350269 * radius;
  const dx = fx - Math.min(half, Math.max(-half, fx));
  return Math.hypot(dx, fy - radius) * Math.sign(fy - radius) - corner;
};

const box = (x, y, halfWidth, halfHeight, corner) => {
  const dx = Math.abs(x) - halfWidth + corner;
  const dy = Math.abs(y) - halfHeight + corner;
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - corner;
};

const shackle = (x, y) =>
  y < -22
    ? Math.abs(Math.hypot(x, y + 22) - 27) - 7
    : Math.max(Math.abs(Math.abs(x) - 27) - 7, y - 10);

const pin = (x, y) => {
  const head = Math.hypot(x, y - 17) - 12;
  const needle = Math.max(Math.abs(x) - Math.max(0.5, (54 - y) / 6), 20 - y, y - 52);
  return Math.min(head, needle);
};

const lock = (x, y) => Math.min(box(x, y - 28, 45, 34, 9), shackle(x, y));

/** How much of a pixel a shape covers, 0 to 1. */
function cover(distance) {
  return Math.min(1, Math.max(0, 0.5 - distance));
}

function mix(from, to, share) {
  return from.map((value, index) => value + (to[index] - value) * share);
}

function colourAt(x, y) {
  const ground = mix([38, 132, 199], [13, 71, 135], (y + 104) / 208);
  const withLock = mix(ground, [255, 255, 255], cover(lock(x, y)));
  const colour = mix(withLock, [232, 93, 60], cover(pin(x, y)));
  return [...colour.map(Math.round), Math.round(255 * cover(hexagon(x, y)))];
}

function pixels() {
  const rows = [];
  for (let row = 0; row < size; row++) {
    // Each row of a PNG begins with its filter: 0 for none.
    rows.push(0);
    for (let column = 0; column < size; column++) {
      rows.push(...colourAt(column - size / 2 + 0.5, row - size / 2 + 0.5));
    }
  }
  return Buffer.from(rows);
}

/** PNG's checksum: node:zlib has it from Node 22.2 on only. */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

const header = Buffer.alloc(13);
header.writeUInt32BE(size, 0);
header.writeUInt32BE(size, 4);
// 8 bits a channel, with red, green, blue and transparency.
header.set([8, 6, 0, 0, 0], 8);

const file = join(root, "client/media/icon.png");
mkdirSync(dirname(file), { recursive: true });
writeFileSync(
  file,
  Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels(), { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]),
);
