// Kubernetes quantities (`25m`, `400Mi`): which texts `resource.ParseQuantity` takes, and its words where it does not.

const formatWrong =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const suffixWrong = "unable to parse quantity's suffix";
const numberWrong = "unable to parse numeric part of quantity";

const decimalSuffixes: ReadonlySet<string> = new Set([
  "n",
  "u",
  "m",
  "",
  "k",
  "M",
  "G",
  "T",
  "P",
  "E",
]);
const binarySuffix = /^[KMGTPE]i$/;

/**
 * Kubernetes' words for what is wrong with a quantity, undefined if it takes the text (k8s.io/apimachinery
 * pkg/api/resource `ParseQuantity`, whose scanner is laxer than the expression that its message names: `+`, `.` and
 * `Mi` are zero). Nothing is trimmed; negative amounts pass.
 */
export function quantityProblem(text: string): string | undefined {
  // In two steps: in one, the digits of the number could be those of the suffix, and all ways would be tried.
  const [number = "", integer = "", fraction = ""] = /^[+-]?(\d*)(?:\.(\d*))?/.exec(text) ?? [];
  const suffix = text.slice(number.length);
  if (text === "" || !/^[eEinumkKMGTP]*[-+]?\d*$/.test(suffix)) return formatWrong;
  if (!isSuffix(suffix)) return suffixWrong;
  // Without a digit the amount is zero, as long as Kubernetes need not compute with big numbers.
  const hasDigit = integer !== "" || fraction !== "";
  return hasDigit || !needsBigNumber(suffix) ? undefined : numberWrong;
}

function isSuffix(suffix: string): boolean {
  if (decimalSuffixes.has(suffix) || binarySuffix.test(suffix)) return true;
  return exponentOf(suffix) !== undefined;
}

/** The number of `e3`, `E-3`, as far as 64 bits hold it. */
function exponentOf(suffix: string): bigint | undefined {
  const digits = /^[eE]([-+]?\d+)$/.exec(suffix)?.[1];
  if (digits === undefined) return undefined;
  // 64 bits hold 19 digits. More are refused below, too, but reading a million of them takes a second.
  const significant = digits.replace(/^([-+]?)0+(?=\d)/, "$1");
  if (significant.length > 20) return undefined;
  const exponent = BigInt(significant.replace("+", ""));
  return BigInt.asIntN(64, exponent) === exponent ? exponent : undefined;
}

/** Whether a number of one digit with this suffix leaves the range of 64-bit arithmetic in Kubernetes' reckoning. */
function needsBigNumber(suffix: string): boolean {
  if (binarySuffix.test(suffix)) return /^[PE]/.test(suffix);
  return BigInt.asIntN(32, exponentOf(suffix) ?? 0n) < -9n;
}
