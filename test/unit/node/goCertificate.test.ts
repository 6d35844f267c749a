// Whether Go accepts a certificate's names for a host: a table, odd names of hostile certificates among them.

import assert from "node:assert/strict";
import { goAcceptsName } from "../../../server/src/node/certificates/goCertificate.ts";

const rows: readonly (readonly [names: string | undefined, host: string, accepted: boolean])[] = [
  ["DNS:a.example", "a.example", true],
  ["DNS:a.example", "A.EXAMPLE", true],
  ["DNS:*.b.example", "c.b.example", true],
  ["DNS:*.b.example", "b.example", false],
  ["DNS:*.b.example", "d.c.b.example", false],
  ["DNS:a.example, IP Address:127.0.0.1", "127.0.0.1", true],
  ["DNS:127.0.0.1", "127.0.0.1", false],
  ["IP Address:0:0:0:0:0:0:0:1", "::1", true],
  ["IP Address:2001:DB8:0:0:0:0:0:1", "2001:db8::1", true],
  ["IP Address:2001:DB8:0:0:0:0:0:2", "2001:db8::1", false],
  // Neither a zone nor a name that ends its quotes makes an address.
  ["IP Address:0:0:0:0:0:0:0:1%", "::1", false],
  ["IP Address:fe80::1%eth0, IP Address:0:0:0:0:0:0:0:1", "::1", true],
  ["IP Address:fe80::1", "fe80::1%eth0", false],
  ['DNS:"a, DNS:b.example"', "b.example", false],
  ["", "a.example", false],
  [undefined, "a.example", false],
];

describe("a certificate's names", () => {
  for (const [names, host, accepted] of rows) {
    it(`${names ?? "none"} are ${accepted ? "" : "not "}those of ${host}`, () => {
      assert.equal(goAcceptsName(host, { subjectaltname: names }), accepted);
    });
  }
});
