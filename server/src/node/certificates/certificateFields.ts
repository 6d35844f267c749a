// Reads the fields of a certificate that Node does not give: its version, its signature's algorithm, its extensions.

/** The algorithm and the extensions by their object identifiers, as hexadecimal digits of the encoding. */
export interface CertificateFields {
  /** Whether it says its version at all; the first version does not. */
  readonly isVersion3: boolean;
  readonly signatureAlgorithm: string;
  readonly extensions: ReadonlyMap<string, CertificateExtension>;
}

export interface CertificateExtension {
  readonly critical: boolean;
  /** What its octet string holds. */
  readonly value: Uint8Array;
}

/** One element of the encoding: where its content begins and ends. */
interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

const tags = { boolean: 0x01, octetString: 0x04, version: 0xa0, extensions: 0xa3 };
/** Far more than certificates have. */
const maxElements = 1000;

/**
 * Reads a certificate (RFC 5280, section 4.1) that OpenSSL was able to parse.
 * What cannot be read is left out: then nothing is known of it.
 */
export function certificateFields(der: Uint8Array): CertificateFields {
  const [certificate] = elementsIn(der, { start: 0, end: der.length });
  const [signed, algorithm] = certificate === undefined ? [] : elementsIn(der, certificate);
  const [identifier] = algorithm === undefined ? [] : elementsIn(der, algorithm);
  const parts = signed === undefined ? [] : elementsIn(der, signed);
  const holder = parts.find(({ tag }) => tag === tags.extensions);
  const [list] = holder === undefined ? [] : elementsIn(der, holder);
  return {
    isVersion3: parts[0]?.tag === tags.version,
    signatureAlgorithm: identifier === undefined ? "" : hexOf(der, identifier),
    extensions: new Map(
      (list === undefined ? [] : elementsIn(der, list)).map((one) => extensionOf(der, one)),
    ),
  };
}

function extensionOf(der: Uint8Array, extension: Element): readonly [string, CertificateExtension] {
  const [identifier, ...others] = elementsIn(der, extension);
  const flag = others.find(({ tag }) => tag === tags.boolean);
  const value = others.find(({ tag }) => tag === tags.octetString);
  return [
    identifier === undefined ? "" : hexOf(der, identifier),
    {
      critical: flag !== undefined && der[flag.start] !== 0,
      value: value === undefined ? new Uint8Array() : der.subarray(value.start, value.end),
    },
  ];
}

function elementsIn(der: Uint8Array, { start, end }: Omit<Element, "tag">): readonly Element[] {
  const elements: Element[] = [];
  let at = start;
  while (at + 2 <= end && elements.length < maxElements) {
    const first = der[at + 1] ?? 0;
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    let length = lengthBytes === 0 ? first : 0;
    for (let index = 0; index < lengthBytes; index += 1) {
      length = length * 256 + (der[at + 2 + index] ?? 0);
    }
    const content = at + 2 + lengthBytes;
    if (content + length > end) break;
    elements.push({ tag: der[at] ?? 0, start: content, end: content + length });
    at = content + length;
  }
  return elements;
}

function hexOf(der: Uint8Array, { start, end }: Element): string {
  return Buffer.from(der.subarray(start, end)).toString("hex");
}
